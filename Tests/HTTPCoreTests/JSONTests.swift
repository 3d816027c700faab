import FoundationEssentials
import HTTPCore
import Testing

@Suite struct JSONTests {
    struct Order: Codable, Equatable {
        struct Track: Codable, Equatable {
            var file: String
            var title: String?
            var startLBA: Int?
        }
        enum Mode: String, Codable { case tao, dao }
        var title: String
        var mode: Mode
        var speed: UInt8?
        var holdUntil: Date?
        var tracks: [Track]
        var labels: [String: Int]?
    }

    static func decode(_ text: String) throws -> Order { try JSONCoding.decode(Order.self, from: Array(text.utf8)) }

    static func text(_ response: HTTPResponse) -> String {
        guard case .bytes(let bytes) = response.body else { return "" }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `a value comes back from its JSON, which is in snake_case`() throws {
        let order = Order(
            title: "a/b", mode: .tao, speed: 48, holdUntil: Date(timeIntervalSince1970: 0),
            tracks: [.init(file: "x", title: nil, startLBA: 7)], labels: ["camelCase": 1])
        let bytes = try JSONCoding.encode(order)
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == #"{"hold_until":"1970-01-01T00:00:00Z","labels":{"camelCase":1},"mode":"tao","speed":48,"#
                + #""title":"a/b","tracks":[{"file":"x","start_lba":7}]}"#)
        #expect(try JSONCoding.decode(Order.self, from: bytes) == order)
    }

    @Test(arguments: [
        ("", "malformed-json", nil as String?), ("{", "malformed-json", nil), ("[1 2]", "malformed-json", nil),
        ("\u{FF}", "malformed-json", nil), ("[]", "invalid-field", "#"), ("{}", "missing-field", "#/title"),
        (#"{"title":1}"#, "invalid-field", "#/title"),
        (#"{"title":null,"mode":"tao","tracks":[]}"#, "invalid-field", "#/title"),
        (#"{"title":"t","mode":"x","tracks":[]}"#, "invalid-field", "#/mode"),
        (#"{"title":"t","mode":"tao"}"#, "missing-field", "#/tracks"),
        (#"{"title":"t","mode":"tao","tracks":{}}"#, "invalid-field", "#/tracks"),
        (#"{"title":"t","mode":"tao","tracks":[{"file":"a"},{}]}"#, "missing-field", "#/tracks/1/file"),
        (#"{"title":"t","mode":"tao","tracks":[{"file":"a","tilte":"b"}]}"#, "unknown-field", "#/tracks/0/tilte"),
        (#"{"title":"t","mode":"tao","tracks":[],"a/b~c":1}"#, "unknown-field", "#/a~1b~0c"),
        (#"{"title":"t","mode":"tao","tracks":[],"startLBA":1}"#, "unknown-field", "#/startLBA"),
        (#"{"title":"t","mode":"tao","tracks":[],"speed":256}"#, "invalid-field", "#/speed"),
        (#"{"title":"t","mode":"tao","tracks":[],"speed":-1}"#, "invalid-field", "#/speed"),
        (#"{"title":"t","mode":"tao","tracks":[],"speed":1.5}"#, "invalid-field", "#/speed"),
        (#"{"title":"t","mode":"tao","tracks":[],"speed":true}"#, "invalid-field", "#/speed"),
        (#"{"title":"t","mode":"tao","tracks":[],"hold_until":"soon"}"#, "invalid-field", "#/hold_until"),
        (
            #"{"title":"t","mode":"tao","tracks":[{"file":"a","start_lba":1e30}]}"#, "invalid-field",
            "#/tracks/0/start_lba"
        ),
    ])
    func `a body that is wrong names the place`(text: String, type: String, pointer: String?) {
        let problem = #expect(throws: Problem.self) { try Self.decode(text) }
        #expect(problem?.type == type && problem?.status == .badRequest)
        #expect(problem?.errors.first?.pointer == pointer)
    }

    @Test func `nesting without end is refused`() {
        let problem = #expect(throws: Problem.self) { try Self.decode(String(repeating: "[", count: 100_000)) }
        #expect(problem?.type == "malformed-json")
    }

    @Test func `a request's body is decoded if it says that it is JSON`() async throws {
        func request(_ type: String?, _ text: String) throws -> HTTPRequest {
            var headers = HTTPHeaders()
            headers["Content-Type"] = type
            return HTTPRequest(
                method: .post, target: try RequestTarget(parsing: "/"), headers: headers,
                body: HTTPBytesBody(Array(text.utf8)))
        }
        #expect(try await request("Application/JSON; charset=utf-8", "[1,2]").decode([Int].self) == [1, 2])
        await #expect(throws: Problem.self) { try await request("text/plain", "[1]").decode([Int].self) }
        await #expect(throws: Problem.self) { try await request(nil, "[1]").decode([Int].self) }
        let long = await #expect(throws: Problem.self) {
            try await request("application/json", "[1,2]").decode([Int].self, limit: 4)
        }
        #expect(long?.status == .contentTooLarge)
    }

    @Test func `a problem is written as RFC 9457 says`() {
        let problem = Problem(
            .unprocessableContent, type: "disc-too-long", title: "Too long", detail: "by a second", hint: "Drop one.",
            instance: "/api/v1/jobs/17", errors: [.init(pointer: "#/tracks/1", detail: "ends late")],
            extensions: ["needed_sectors": 3, "type": "cannot replace"], headers: ["Retry-After": "1"])
        let response = HTTPResponse.problem(problem, requestID: "r1")
        #expect(response.status.rawValue == 422 && response.headers["Content-Type"] == "application/problem+json")
        #expect(response.headers["Retry-After"] == "1")
        #expect(
            Self.text(response)
                == ##"{"detail":"by a second","errors":[{"detail":"ends late","pointer":"#/tracks/1"}],"##
                + #""hint":"Drop one.","instance":"/api/v1/jobs/17","needed_sectors":3,"request_id":"r1","status":422,"#
                + #""title":"Too long","type":"/problems/disc-too-long"}"# + "\n")
    }
}
