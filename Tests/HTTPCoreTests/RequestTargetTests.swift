import HTTPCore
import Testing

@Suite struct RequestTargetTests {
    @Test(arguments: [
        ("/", []), ("/a", ["a"]), ("/a/b%20c/%C3%A9", ["a", "b c", "é"]), ("/a/", ["a", ""]), ("//", ["", ""]),
        ("/a+b", ["a+b"]), ("http://host:80/x?y", ["x"]), ("HTTP://host", []), ("/...", ["..."]),
    ])
    func `a path is decoded segment by segment`(text: String, segments: [String]) throws {
        #expect(try RequestTarget(parsing: text).segments == segments)
    }

    @Test(arguments: [
        ("", RequestTarget.Fault.notAPath), ("*", .notAPath), ("a", .notAPath), ("https://a/", .notAPath),
        ("/%", .badEscape), ("/%1", .badEscape), ("/%g0", .badEscape), ("/a?b=%2", .badEscape),
        ("/%00", .controlCharacter), ("/%0a", .controlCharacter), ("/%7F", .controlCharacter),
        ("/a b", .controlCharacter), ("/a\u{1}", .controlCharacter), ("/a?%00", .controlCharacter),
        ("/a%2fb", .escapedSlash), ("/a%5Cb", .escapedSlash), ("/a\\b", .escapedSlash),
        ("/.", .dotSegment), ("/a/..", .dotSegment), ("/%2E%2e/a", .dotSegment), ("/%ff", .notUTF8),
        ("/%C3", .notUTF8), ("/?%c3", .notUTF8),
    ])
    func `what can be read in two ways is refused`(text: String, fault: RequestTarget.Fault) {
        #expect(throws: fault) { try RequestTarget(parsing: text) }
    }

    @Test func `a query is pairs, decoded as forms are`() throws {
        let target = try RequestTarget(parsing: "/x?spoil=yes&name=a+b%26c&&flag&e=&spoil=no")
        #expect(target.query.map(\.name) == ["spoil", "name", "flag", "e", "spoil"])
        #expect(target.query.map(\.value) == ["yes", "a b&c", "", "", "no"])
        #expect(target.query("spoil") == "yes" && target.query("none") == nil && target.rawPath == "/x")
    }
}

@Suite struct HTTPHeadersTests {
    @Test func `names compare without case and repeated fields are kept`() {
        var headers: HTTPHeaders = ["Accept": "a", "X": "1", "accept": "b"]
        #expect(headers["ACCEPT"] == "a" && headers.values(of: "aCCept") == ["a", "b"])
        headers["ACCEPT"] = "c"
        #expect(headers.map(\.name) == ["ACCEPT", "X"] && headers.map(\.value) == ["c", "1"])
        headers["x"] = nil
        headers["new"] = "2"
        #expect(headers.map(\.name) == ["ACCEPT", "new"])
    }
}

@Suite struct RequestFramingTests {
    @Test func `a request without length has no body`() throws {
        let framing = try RequestFraming(method: "GET", version: "HTTP/1.1", headers: ["Host": "a"])
        #expect(!framing.hasBody && framing.declaredLength == 0 && !framing.expectsContinue)
    }

    @Test func `a length and an expectation are read`() throws {
        let framing = try RequestFraming(
            method: "PUT", version: "HTTP/1.1",
            headers: ["Host": "a", "content-length": "12", "expect": "100-Continue"])
        #expect(framing.hasBody && framing.declaredLength == 12 && framing.expectsContinue)
    }

    @Test func `a chunked body has no length`() throws {
        let framing = try RequestFraming(
            method: "PUT", version: "HTTP/1.1", headers: ["Host": "a", "Transfer-Encoding": "Chunked"])
        #expect(framing.hasBody && framing.declaredLength == nil)
    }

    @Test(
        arguments: [
            ["Content-Length": "1"], ["Host": "a", "Content-Length": "99999999999999999999"],
            ["Host": "a", "Content-Length": ""], ["Host": "a", "Content-Length": "1, 1"],
            ["Host": "a", "Content-Length": "1", "content-length": "1"], ["Host": "a", "host": "a"],
            ["Host": "a", "Transfer-Encoding": "chunked", "Content-Length": "1"],
            ["Host": "a", "Transfer-Encoding": "identity"], ["Host": "a", "": "x"], ["Host": "a", "X\tY": "x"],
            ["Host": "a\u{0}"],
        ] as [HTTPHeaders])
    func `a head that is ambiguous is refused`(headers: HTTPHeaders) {
        let error = #expect(throws: Problem.self) {
            try RequestFraming(method: "POST", version: "HTTP/1.1", headers: headers)
        }
        #expect(error?.status == .badRequest && error?.type == "malformed-request")
    }
}
