import HTTPCore
import Testing

/// Every field of an order, in forms and in JSON: what it becomes, and how a wrong one is named.
@Suite struct OrderFieldTests {
    typealias Part = APIHarness.Part
    static let wav = APIHarness.wav(frames: 588 * 310, seed: 7)
    static let track = Part("track", file: "a.wav", wav)

    /// An uploaded file, to be named by its digest.
    static func upload(_ api: APIHarness) async throws -> String {
        let answer = try await api.form("/api/v1/files", [Part("file", file: "a.wav", wav)])
        guard case .string(let id)? = try answer.member("items", "0", "id") else { return "" }
        return id
    }

    @Test func `a form's fields become the job's, those of tracks by what part they follow`() async throws {
        let api = try await APIHarness()
        let answer = try await api.form(
            "/api/v1/jobs",
            [
                Part("mode", "sao"), Part("title", "Album"), Part("performer", "We"), Part("client_name", "desk 3"),
                Part("gap", "silence"), Part("speed", #"{"sectors_per_second":600,"pure_cav":true}"#),
                Part("close", "session"), Part("eject", "yes"), Part("test_write", "true"), Part("verify", "quick"),
                Part("blank", "required"), Part("erase", "full"), Part("mcn", "123456789012"),
                Part("buffer_underrun_free_disabled", "1"), Part("first_track_number", "3"),
                Part("start_of_leadout_limit", "300000"), Part("cd_text", "false"), Self.track,
                Part("track_title", "One"), Part("track_pregap_sectors", "225"),
                Part("track_isrc", "us-k7y-98-12345"), Part("track_copy", "scms"),
                Part("track_indexes", "40, 20,0,40"), Self.track, Part("track_title", "Two"),
                Part("track_preemphasis", "true"), Part("track_gap", "none"),
                Part("track_songwriter", "S"), Part("track_composer", "C"), Part("track_arranger", "A"),
                Part("track_message", "M"), Part("track_performer", "P"),
            ])
        #expect(answer.status == 201, "\(answer.text)")
        let expected: [([String], JSONValue)] = [
            (["title"], "Album"), (["performer"], "We"), (["client_name"], "desk 3"), (["gap"], "silence"),
            (["speed", "sectors_per_second"], 600), (["speed", "pure_cav"], true), (["close"], "session"),
            (["eject"], true), (["test_write"], true), (["verify"], "quick"),
            (["media", "blank"], "required"), (["media", "erase"], "full"),
            (["source", "mcn"], "0123456789012"), (["buffer_underrun_free_disabled"], true),
            (["source", "first_track_number"], 3), (["start_of_leadout_limit"], 300_000),
            (["source", "cd_text"], false), (["source", "tracks", "0", "title"], "One"),
            (["source", "tracks", "0", "isrc"], "US-K7Y-98-12345"), (["source", "tracks", "0", "copy"], "scms"),
            (["source", "tracks", "0", "indexes"], [20, 40]), (["source", "tracks", "0", "preemphasis"], false),
            (["source", "tracks", "1", "title"], "Two"), (["source", "tracks", "1", "preemphasis"], true),
            (["source", "tracks", "1", "gap"], "none"), (["source", "tracks", "0", "pregap_sectors"], 225),
            (["source", "tracks", "1", "songwriter"], "S"), (["source", "tracks", "1", "composer"], "C"),
            (["source", "tracks", "1", "arranger"], "A"), (["source", "tracks", "1", "message"], "M"),
            (["source", "tracks", "1", "performer"], "P"),
        ]
        for (path, value) in expected { #expect(try answer.member(path) == value, "\(path)") }
    }

    @Test func `JSON says the same with pointers, and what it leaves out has the defaults`() async throws {
        let api = try await APIHarness()
        let id = try await Self.upload(api)
        let answer = try await api.json(
            "/api/v1/jobs",
            """
            {"mode":"tao","media":{"blank":"append-if-open"},"speed":8,"owner":"Büro/3",
             "source":{"mcn":"4006381333931","tracks":[{"file":"\(id)","isrc":"DEA450612345"}]}}
            """)
        #expect(answer.status == 201, "\(answer.text)")
        let expected: [([String], JSONValue)] = [
            (["client_name"], "B_ro_3"), (["speed"], 8), (["media", "blank"], "append-if-open"),
            (["media", "erase"], "quick"), (["verify"], "full"), (["test_write"], false),
            (["sector_type"], .null), (["source", "mcn"], "4006381333931"), (["source", "cd_text"], true),
            (["source", "image"], .null), (["source", "tracks", "0", "isrc"], "DE-A45-06-12345"),
            (["source", "tracks", "0", "type"], "audio"), (["task"], "burn"),
        ]
        for (path, value) in expected { #expect(try answer.member(path) == value, "\(path)") }
    }

    static let faults: [(String, String, Int, contract: String?)] = [
        ("mode", "x", 400, nil), ("sector_type", "96", 400, nil), ("gap", "two", 400, nil), ("speed", "0", 400, nil),
        ("speed", "73", 400, nil), ("speed", #"{"sectors_per_second":0}"#, 400, nil), ("close", "maybe", 400, nil),
        ("eject", "perhaps", 400, nil), ("test_write", "2", 400, nil), ("verify", "all", 400, nil),
        ("blank", "any", 400, nil), ("erase", "slow", 400, nil), ("cd_text", "{", 400, nil),
        ("cd_text", "perhaps", 400, nil), ("first_track_number", "one", 400, nil),
        ("first_track_number", "0", 422, "0x80070057"), ("first_track_number", "100", 422, "0x80070057"),
        ("start_of_leadout_limit", "398100", 422, "0x80070057"),
        ("stream_lead_in_sectors", "-1", 422, "0x80070057"), ("stream_lead_in_sectors", "45151", 422, "0x80070057"),
        ("client_name", "", 422, "0xC0AA0211"), ("client_name", "a/b", 422, "0xC0AA0211"),
        ("client_name", String(repeating: "x", count: 64), 422, "0xC0AA0211"), ("mcn", "124", 422, "0xC0AA050C"),
        ("mcn", "4006381333932", 422, "0xC0AA050C"), ("mcn", "40063813339311", 422, "0xC0AA050C"),
        ("title", "a\u{0}b", 400, nil), ("track_title", "One", 400, nil), ("pregap_sectors", "1", 400, nil),
    ]

    @Test(arguments: faults) func `a wrong field is named, with the contract's error where it has one`(
        _ field: String, _ value: String, _ status: Int, _ contract: String?
    ) async throws {
        let api = try await APIHarness()
        let answer = try await api.form("/api/v1/jobs", [Part(field, value), Self.track])
        #expect(answer.status == status, "\(answer.text)")
        #expect(try answer.member("errors", "0", "field") == .string(field), "\(answer.text)")
        #expect(try answer.member("contract_code") == contract.map { .string($0) }, "\(answer.text)")
        #expect(try api.spooled().isEmpty)
    }

    static let faultsOfTracks: [(String, String)] = [
        ("track_isrc", "USK7Y981234"), ("track_copy", "free"), ("track_preemphasis", "some"), ("track_gap", "index1"),
        ("track_indexes", "1,,2"), ("track_indexes", "-5"), ("track_indexes", "398100"), ("track_pregap_sectors", "-1"),
        ("track_message", "a\nb"), ("track_colour", "red"),
    ]

    @Test(arguments: faultsOfTracks) func `a wrong field of a track is named`(
        _ field: String, _ value: String
    ) async throws {
        let api = try await APIHarness()
        let answer = try await api.form("/api/v1/jobs", [Part("mode", "tao"), Self.track, Part(field, value)])
        #expect(answer.status == 400 || answer.status == 422, "\(answer.text)")
        #expect(try answer.member("errors", "0", "field") == .string(field), "\(answer.text)")
        #expect(try api.spooled().isEmpty)
    }

    @Test func `a field may come once for the disc, and once for each track`() async throws {
        let api = try await APIHarness()
        let twice = [Part("mode", "tao"), Self.track, Part("track_title", "a"), Part("track_title", "b")]
        #expect(try await api.form("/api/v1/jobs", twice).slug == "invalid-field")
        #expect(try await api.form("/api/v1/jobs", [Part("gap", "none"), Part("gap", "none")]).slug == "invalid-field")
    }

    static let pointers: [(String, String)] = [
        (#"{"source":{"tracks":[{"file":"F","isrc":"x"}]}}"#, "#/source/tracks/0/isrc"),
        (#"{"source":{"tracks":[{"file":"F"}],"mcn":"1"}}"#, "#/source/mcn"),
        (#"{"source":{"tracks":[{"file":"F"}],"first_track_number":0}}"#, "#/source/first_track_number"),
        (#"{"source":{"tracks":[{"file":"F","indexes":[-1]}]}}"#, "#/source/tracks/0/indexes"),
        (#"{"client_name":"","source":{"tracks":[{"file":"F"}]}}"#, "#/client_name"),
        (#"{"media":{"blank":"x"},"source":{"tracks":[{"file":"F"}]}}"#, "#/media/blank"),
        (#"{"source":{"image":"F","tracks":[{"file":"F"}]}}"#, "#/source/image"),
        (
            #"{"source":{"stream_lead_in_sectors":200,"tracks":[{"file":"F"}]}}"#,
            "#/source/stream_lead_in_sectors"
        ),
        (#"{"drive":"nowhere","source":{"tracks":[{"file":"F"}]}}"#, "#/drive"),
        (#"{"source":{"tracks":[{"file":"F","cdg":"sha256:00000000"}]}}"#, "#/source/tracks/0/cdg"),
        (#"{"source":{"tracks":[{"file":"F"}],"cd_text":"yes"}}"#, "#/source/cd_text"),
    ]

    @Test(arguments: pointers) func `a wrong member of JSON is pointed at`(
        _ json: String, _ pointer: String
    ) async throws {
        let api = try await APIHarness()
        let id = try await Self.upload(api)
        let answer = try await api.json("/api/v1/jobs", json.replacing("\"F\"", with: "\"\(id)\""))
        #expect(answer.status == 400 || answer.status == 422, "\(answer.text)")
        #expect(try answer.member("errors", "0", "pointer") == .string(pointer), "\(answer.text)")
    }
}
