import BurnJobs
import BurnPlan
import HTTPCore
import JobQueue
import StationSupport
import Testing

/// What composes discs without burning them, and what is done to discs without an order.
@Suite struct DiscTests {
    typealias Part = APIHarness.Part
    static let wav = APIHarness.wav(frames: 588 * 400, seed: 3)
    static let track = Part("track", file: "a.wav", wav)

    // MARK: Checking

    @Test func `a check says where everything lies, and keeps nothing`() async throws {
        let api = try await APIHarness()
        let answer = try await api.form(
            "/api/v1/jobs:check",
            [
                Part("mode", "raw"), Part("title", "Grüße 東"), Part("mcn", "4006381333931"), Self.track,
                Part("track_isrc", "DEA450612345"), Part("track_indexes", "100"), Self.track,
                Part("track_gap", "silence"),
            ])
        #expect(answer.status == 200, "\(answer.text)")
        let expected: [([String], JSONValue)] = [
            (["tracks", "0", "start_lba"], 0), (["tracks", "0", "sector_count"], 400),
            (["tracks", "0", "pregap_sectors"], 150), (["tracks", "0", "indexes"], [0, 100]),
            (["tracks", "0", "isrc"], "DE-A45-06-12345"), (["tracks", "1", "number"], 2),
            (["tracks", "1", "start_lba"], 550), (["start_of_leadout"], 950), (["last_user_sector"], 949),
            (["needed_sectors"], 950), (["image_sectors"], .integer(22_650 + 950 + 6750)),
            (["toc", "tracks", "1", "number"], 2), (["toc", "tracks", "1", "start_lba"], 550),
            (["toc", "lead_out", "lba"], 950), (["toc", "lead_out", "msf"], "00:14:50"),
            (["toc", "expected"], true),
        ]
        for (path, value) in expected { #expect(try answer.member(path) == value, "\(path) in \(answer.text)") }
        // Two bytes of length, first, last, then eight for each of three.
        #expect(try answer.member("toc", "raw") == "ABoBAgASAQAAAAAAABICAAAAAiYAEqoAAAADtg==")
        #expect(try answer.member("cd_text", "changes", "0", "field") == "title")
        #expect(try api.spooled().isEmpty)
        #expect(try await api.send(.get, "/api/v1/jobs").member("items") == .array([]))
    }

    @Test func `everything that is wrong with an order is said at once, each with its place`() async throws {
        let api = try await APIHarness()
        let answer = try await api.form(
            "/api/v1/jobs:check",
            [
                Part("mode", "tao"), Part("gap", "none"), Self.track, Part("track_indexes", "5"),
                Part("sector_type", "pq"),
            ])
        #expect(answer.status == 422, "\(answer.text)")
        guard case .array(let errors)? = try answer.member("errors") else {
            Issue.record("no errors in \(answer.text)")
            return
        }
        let fields = try errors.indices.map { try answer.member("errors", String($0), "field") }
        #expect(fields.contains("gap") && fields.contains("sector_type"), "\(answer.text)")
    }

    @Test func `a check names the drives that can write it, and how`() async throws {
        let api = try await APIHarness()
        let answer = try await api.form("/api/v1/jobs:check", [Part("drive", "left"), Self.track])
        #expect(try answer.member("drives", "0", "label") == "left")
        // A drive that does not tell counts as one that can.
        #expect(try answer.member("mode") == "sao")
        #expect(try answer.member("mode_reason") == "session-at-once")
        #expect(try answer.member("drives", "0", "fits") == true)
        #expect(try answer.member("cue_sheet", "0", "text") == "lead-in at 00:00:00", "\(answer.text)")
    }

    // MARK: Images

    @Test func `an image is a file, and the same order makes the same one`() async throws {
        let api = try await APIHarness()
        let parts = [Part("sector_type", "pq"), Self.track]
        let first = try await api.form("/api/v1/files:image", parts)
        #expect(first.status == 201, "\(first.text)")
        #expect(try first.member("bytes") == .integer((22_650 + 400 + 6750) * 2368))
        let second = try await api.form("/api/v1/files:image", parts)
        #expect(try first.member("id") == second.member("id"))
        guard case .string(let id)? = try first.member("id") else { return }
        let content = try await api.send(
            .get, "/api/v1/files/\(id)/content", headers: ["Range": "bytes=\(22_650 * 2368)-\(22_650 * 2368 + 7)"])
        #expect(content.status == 206)
        // The first sector of the track is the file's samples.
        #expect(content.bytes == Array(Self.wav.dropFirst(44).prefix(8)))
    }

    @Test func `an image that was made is one that can be burned`() async throws {
        let api = try await APIHarness()
        let made = try await api.form("/api/v1/files:image", [Part("sector_type", "pq"), Self.track])
        guard case .string(let id)? = try made.member("id") else {
            Issue.record("\(made.text)")
            return
        }
        let json = #"{"mode":"raw","sector_type":"pq","source":{"image":"\#(id)"}}"#
        let check = try await api.json("/api/v1/jobs:check", json)
        #expect(try check.member("start_of_leadout") == 400, "\(check.text)")
        let wrong = try await api.json("/api/v1/jobs:check", #"{"source":{"image":"\#(id)"}}"#)
        #expect(wrong.status == 422 && wrong.slug == "image-invalid", "\(wrong.text)")
        #expect(try wrong.member("contract_error") == "E_IMAPI_DF2RAW_STREAM_NOT_SUPPORTED")
    }

    static let imageFaults: [([Part], String, String)] = [
        ([Part("track", file: "s.wav", APIHarness.wav(frames: 588 * 299, seed: 4))], "track", "0x80070057"),
        ([track, Part("track_indexes", "100,105")], "track_indexes", "0x80AA0A0A"),
        ([track, Part("track_pregap_sectors", "149")], "track_pregap_sectors", "0x80070057"),
        ([track, Part("start_of_leadout_limit", "100")], "track", "0x80AA0A05"),
    ]

    @Test(arguments: imageFaults) func `an image that breaks a rule is refused with the contract's error`(
        _ parts: [Part], _ field: String, _ code: String
    ) async throws {
        let api = try await APIHarness()
        let answer = try await api.form("/api/v1/files:image", parts)
        #expect(answer.status == 422, "\(answer.text)")
        #expect(try answer.member("contract_code") == .string(code), "\(answer.text)")
        #expect(try api.spooled().isEmpty)
    }

    // MARK: Content

    @Test func `content comes whole, in part, or not at all when it is there already`() async throws {
        let api = try await APIHarness()
        let id = try await OrderFieldTests.upload(api)
        let path = "/api/v1/files/\(id)/content"
        let whole = try await api.send(.get, path)
        #expect(whole.bytes == OrderFieldTests.wav)
        let tag = try #require(whole.headers["ETag"])
        #expect(tag == "\"\(id.dropFirst(7))\"")
        #expect(try await api.send(.get, path, headers: ["If-None-Match": tag]).status == 304)
        let size = OrderFieldTests.wav.count
        for (range, expected) in [
            ("bytes=0-3", 0..<4), ("bytes=-4", size - 4..<size), ("bytes=\(size - 2)-", size - 2..<size),
        ] {
            let part = try await api.send(.get, path, headers: ["Range": range])
            #expect(part.status == 206 && part.bytes == Array(OrderFieldTests.wav[expected]), "\(range)")
            #expect(part.headers["Content-Range"] == "bytes \(expected.lowerBound)-\(expected.upperBound - 1)/\(size)")
        }
        for range in ["bytes=3-1", "bytes=a-b", "items=0-1", "bytes=0-1,4-5"] {
            #expect(try await api.send(.get, path, headers: ["Range": range]).status == 200, "\(range)")
        }
        let beyond = try await api.send(.get, path, headers: ["Range": "bytes=\(size)-"])
        #expect(beyond.status == 416 && beyond.headers["Content-Range"] == "bytes */\(size)")
        #expect(try await api.send(.get, path, headers: ["Range": "bytes=0-3", "If-Range": "\"x\""]).status == 200)
    }

    // MARK: Tasks

    @Test func `erasing and closing are jobs of their own`() async throws {
        let api = try await APIHarness()
        let erase = try await api.json("/api/v1/drives/left/erase", #"{"full":true}"#)
        #expect(erase.status == 202, "\(erase.text)")
        #expect(try erase.member("task") == "erase")
        #expect(try erase.member("media", "erase") == "full")
        #expect(try erase.member("requested_drive") == "tests-looking-drive-s1")
        let close = try await api.send(.post, "/api/v1/drives/left/close")
        #expect(close.status == 202)
        #expect(try close.member("task") == "close")
        #expect(try await api.json("/api/v1/drives/left/erase", #"{"fool":true}"#).slug == "unknown-field")
        #expect(try await api.json("/api/v1/drives/left/erase", #"{"full":null}"#).status == 400)
        #expect(try await api.send(.post, "/api/v1/drives/right/erase").slug == "drive-not-found")
    }

    // MARK: Changing

    /// Burns until somebody spoils the disc.
    private static let endless = ScriptedWorker { desk in
        try desk.write(.phase(.burning))
        try desk.write(.laserOn)
        _ = desk.awaitCancellation()
        try desk.write(.outcome(BurnOutcome(.cancelled, disc: .spoiled)))
    }

    @Test func `a queued job is changed field by field`() async throws {
        let api = try await APIHarness(Self.endless)
        _ = try await api.form("/api/v1/jobs", [Part("mode", "tao"), Self.track])
        _ = try await job(1, in: api.station, becomes: .burning)
        let order = try await api.form("/api/v1/jobs", [Part("mode", "tao"), Part("title", "Old"), Self.track])
        #expect(order.status == 201, "\(order.text)")
        _ = try await job(2, in: api.station, becomes: .queued)
        let read = try await api.send(.get, "/api/v1/jobs/2")
        let tag = try #require(read.headers["ETag"])
        let patch = #"{"title":"New","speed":8,"close":"session","source":{"mcn":"4006381333931"}}"#
        let changed = try await api.patch("/api/v1/jobs/2", patch, ["If-Match": tag])
        #expect(changed.status == 200, "\(changed.text)")
        #expect(try changed.member("title") == "New" && changed.member("speed") == 8)
        #expect(try changed.member("source", "mcn") == "4006381333931")
        #expect(try changed.member("source", "tracks", "0", "name") == "a.wav")
        let late = try await api.patch("/api/v1/jobs/2", patch, ["If-Match": tag])
        #expect(late.status == 412 && late.slug == "precondition-failed")
        #expect(try await api.patch("/api/v1/jobs/2", #"{"source":{"mcn":null}}"#).member("source", "mcn") == .null)
        let wrong = try await api.patch("/api/v1/jobs/2", #"{"source":{"mcn":"1"}}"#)
        #expect(try wrong.status == 422 && wrong.member("errors", "0", "pointer") == "#/source/mcn")
        #expect(try await api.patch("/api/v1/jobs/2", #"{"colour":"red"}"#).slug == "unknown-field")
        #expect(try await api.patch("/api/v1/jobs/2", "[]").slug == "invalid-field")
        #expect(try await api.send(.get, "/api/v1/jobs/2").member("title") == "New")
        #expect(try await api.patch("/api/v1/jobs/1", patch).slug == "job-not-editable")
        _ = try await api.send(.post, "/api/v1/jobs/2/cancel")
        _ = try await api.send(.post, "/api/v1/jobs/1/cancel?spoil=yes")
        _ = try await job(1, in: api.station, becomes: .cancelled)
    }

    @Test func `a job that is over is changed no more, and its burns are told one by one`() async throws {
        let api = try await APIHarness()
        _ = try await api.form("/api/v1/jobs", [Part("mode", "tao"), Self.track])
        _ = try await job(1, in: api.station, becomes: .completed)
        let refused = try await api.patch("/api/v1/jobs/1", #"{"title":"x"}"#)
        #expect(refused.status == 409 && refused.slug == "job-not-editable")
        let burns = try await api.send(.get, "/api/v1/jobs/1/burns")
        #expect(try burns.member("items", "0", "mode") == "tao")
        #expect(try burns.member("items", "0", "mode_reason") == "demanded")
        guard case .integer(let id)? = try burns.member("items", "0", "id") else { return }
        let burn = try await api.send(.get, "/api/v1/burns/\(id)")
        #expect(try burn.member("job") == 1 && burn.member("outcome") == "completed", "\(burn.text)")
        #expect(try await api.send(.get, "/api/v1/burns/99").slug == "burn-not-found")
    }
}
