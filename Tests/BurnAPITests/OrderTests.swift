import HTTPCore
import JobQueue
import Spool
import StationSupport
import Testing

/// `POST /jobs` and `/files`: what is taken, what is refused, and that a refusal leaves nothing behind.
@Suite struct OrderTests {
    typealias Part = APIHarness.Part
    static let wav = APIHarness.wav(frames: 588 * 10 + 3, seed: 1)

    @Test func `a form with files becomes a job with the lengths that they decode to`() async throws {
        let api = try await APIHarness()
        let answer = try await api.form(
            "/api/v1/jobs",
            [
                Part("mode", "tao"), Part("title", "Live"), Part("track", file: "01.wav", Self.wav),
                Part("track", file: "02.wav", APIHarness.wav(frames: 588 * 400, seed: 2)),
            ])
        #expect(answer.status == 201)
        #expect(answer.headers["Location"] == "/api/v1/jobs/1")
        #expect(try answer.member("title") == "Live")
        // Filled up to the shortest legal track of 300 sectors.
        #expect(try answer.member("source", "tracks", "0", "sectors") == 300)
        #expect(try answer.member("source", "tracks", "1", "sectors") == 400)
        #expect(try answer.member("total_sectors") == .integer(300 + 152 + 400))
        #expect(try answer.member("problem") == .null)
        _ = try await job(1, in: api.station, becomes: .completed)
    }

    @Test func `a track may be the digest of a file that was uploaded before`() async throws {
        let api = try await APIHarness()
        let upload = try await api.form("/api/v1/files", [Part("file", file: "a.wav", Self.wav)])
        #expect(upload.status == 201)
        guard case .string(let id)? = try upload.member("items", "0", "id") else {
            Issue.record("no id in \(upload.text)")
            return
        }
        #expect(try upload.member("items", "0", "audio", "sample_frames") == .integer(588 * 10 + 3))
        let byForm = try await api.form("/api/v1/jobs", [Part("mode", "tao"), Part("track", id)])
        #expect(byForm.status == 201)
        let json = #"{"mode":"tao","source":{"tracks":[{"file":"\#(id.prefix(20))","title":"One","performer":"We"}]}}"#
        let byJSON = try await api.json("/api/v1/jobs", json)
        #expect(byJSON.status == 201)
        #expect(try byJSON.member("source", "tracks", "0", "title") == "One")
        #expect(try byJSON.member("source", "tracks", "0", "file") == .string(id))
    }

    @Test func `curl -T uploads under the name in the path`() async throws {
        let api = try await APIHarness()
        let answer = try await api.send(.put, "/api/v1/files/My%20song.wav", body: HTTPBytesBody(Self.wav))
        #expect(answer.status == 201)
        #expect(try answer.member("name") == "My song.wav")
        let listed = try await api.send(.get, "/api/v1/files")
        #expect(try listed.member("items", "0", "name") == "My song.wav")
    }

    static let refusals: [(String, Int, String, [Part])] = [
        (
            "unknown field", 400, "unknown-field",
            [Part("mode", "tao"), Part("sped", "4"), Part("track", file: "a", wav)]
        ),
        (
            "raw sectors track at once", 422, "invalid-field",
            [Part("mode", "tao"), Part("sector_type", "pq"), Part("track", file: "a.wav", wav)]
        ),
        ("no track", 400, "missing-track", [Part("mode", "tao")]),
        ("wrong mode", 400, "invalid-field", [Part("mode", "doa"), Part("track", file: "a.wav", wav)]),
        (
            "wrong speed", 400, "invalid-field",
            [Part("mode", "tao"), Part("speed", "0"), Part("track", file: "a", wav)]
        ),
        (
            "wrong drive", 422, "drive-not-found",
            [Part("mode", "tao"), Part("drive", "x"), Part("track", file: "a", wav)]
        ),
        ("unknown file", 422, "file-not-found", [Part("mode", "tao"), Part("track", "sha256:0123456789")]),
        ("no digest", 400, "invalid-field", [Part("mode", "tao"), Part("track", "01.wav")]),
        (
            "text as audio", 422, "not-audio",
            [Part("mode", "tao"), Part("track", file: "a.wav", wav), Part("track", file: "b.wav", Array("hello".utf8))]
        ),
        (
            "cut audio", 422, "damaged-audio",
            [Part("mode", "tao"), Part("track", file: "a.wav", Array(wav.dropLast(9000)))]
        ),
        (
            "a field twice", 400, "invalid-field",
            [Part("mode", "tao"), Part("title", "a"), Part("title", "b"), Part("track", file: "a", wav)]
        ),
        (
            "a letter under two thousand marks", 400, "invalid-field",
            [
                Part("mode", "tao"), Part("title", "a" + String(repeating: "\u{301}", count: 2000)),
                Part("track", file: "a", wav),
            ]
        ),
        ("mode as a file", 400, "invalid-field", [Part("mode", file: "m", Array("tao".utf8))]),
    ]

    @Test(arguments: refusals) func `what cannot be a disc is refused and leaves nothing behind`(
        _ name: String, _ status: Int, _ slug: String, _ parts: [Part]
    ) async throws {
        let api = try await APIHarness()
        let answer = try await api.form("/api/v1/jobs", parts)
        #expect(answer.status == status, "\(answer.text)")
        #expect(answer.slug == slug, "\(answer.text)")
        #expect(try api.spooled().isEmpty)
        #expect(try await api.send(.get, "/api/v1/jobs").member("items") == .array([]))
        #expect(try await api.send(.get, "/api/v1/files").member("items") == .array([]))
    }

    @Test func `a refusal names the track that is no audio`() async throws {
        let api = try await APIHarness()
        let parts = [
            Part("mode", "tao"), Part("track", file: "a.wav", Self.wav),
            Part("track", file: "b.txt", [0x41, 0x42, 0x43]),
        ]
        let answer = try await api.form("/api/v1/jobs", parts)
        #expect(try answer.member("errors", "0", "detail") == "track 2: b.txt")
    }

    @Test func `a form without its end is refused and leaves nothing behind`() async throws {
        let api = try await APIHarness()
        let parts = [Part("mode", "tao"), Part("track", file: "a.wav", Self.wav)]
        let answer = try await api.form("/api/v1/jobs", parts, hasEnd: false)
        #expect(answer.status == 400 && answer.slug == "malformed-multipart")
        #expect(try api.spooled().isEmpty)
    }

    @Test func `a body that is cut off leaves nothing behind`() async throws {
        let api = try await APIHarness()
        let head = "--XyZ\r\nContent-Disposition: form-data; name=\"track\"; filename=\"a.wav\"\r\n\r\n"
        let body = HTTPBytesBody(
            pieces: [Array(head.utf8), Array(Self.wav.prefix(5000))], failure: .disconnected, isLengthKnown: false)
        _ = try await api.send(
            .post, "/api/v1/jobs", headers: ["Content-Type": "multipart/form-data; boundary=XyZ"], body: body)
        #expect(try api.spooled().isEmpty)
    }

    @Test func `a refused request takes no file that the station had before`() async throws {
        let api = try await APIHarness()
        _ = try await api.form("/api/v1/files", [Part("file", file: "a.wav", Self.wav)])
        let before = try api.spooled()
        let refused = try await api.form("/api/v1/jobs", [Part("mode", "x"), Part("track", file: "a.wav", Self.wav)])
        #expect(refused.status == 400)
        #expect(try api.spooled() == before)
    }

    @Test func `a part of a file is refused, since the rest would be missing on a disc`() async throws {
        let api = try await APIHarness()
        let answer = try await api.send(
            .put, "/api/v1/files/a.wav", headers: ["Content-Range": "bytes 10-19/20"],
            body: HTTPBytesBody(Array(Self.wav.dropFirst(10))))
        #expect(answer.status == 400)
        #expect(try api.spooled().isEmpty)
    }

    @Test(arguments: [
        (#"{"mode":"tao"}"#, "missing-field"), (#"{"mode":"tao","source":{"tracks":[]}}"#, "missing-track"),
        (#"{"mode":"tao","source":{"tracks":[{"file":"x"}]}}"#, "invalid-field"),
        (#"{"mode":"tao","colour":"red","source":{"tracks":[]}}"#, "unknown-field"),
        (#"{"mode":"tao","speed":0,"source":{"tracks":[]}}"#, "invalid-field"), ("{", "malformed-json"),
    ]) func `JSON that is no order is refused with the place`(_ json: String, _ slug: String) async throws {
        let api = try await APIHarness()
        let answer = try await api.json("/api/v1/jobs", json)
        #expect(answer.status == 400 && answer.slug == slug, "\(answer.text)")
    }

    @Test func `a hundredth track is refused`() async throws {
        let api = try await APIHarness()
        let upload = try await api.form("/api/v1/files", [Part("file", file: "a.wav", Self.wav)])
        guard case .string(let id)? = try upload.member("items", "0", "id") else { return }
        let parts = [Part("mode", "tao")] + (0..<100).map { _ in Part("track", id) }
        #expect(try await api.form("/api/v1/jobs", parts).slug == "too-many-tracks")
        #expect(try await api.form("/api/v1/jobs", Array(parts.dropLast())).status == 201)
    }
}
