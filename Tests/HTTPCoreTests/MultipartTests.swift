import HTTPCore
import Testing

@Suite struct MultipartTests {
    struct Seen: Equatable {
        var name: String
        var filename: String?
        var contentType: String?
        var content: [UInt8]
    }

    static let type = "multipart/form-data; boundary=----------------------------2b1f"

    /// What `curl -F title=Live -F track=@a.wav` sends, with every byte value and things like delimiters in the file.
    static let file: [UInt8] =
        Array(0...255) + Array("\r\n--\r\n----------------------------2b1\r\r\n-".utf8) + [0x0D]
    static let body: [UInt8] =
        Array("preamble\r\n------------------------------2b1f\r\n".utf8)
        + Array("Content-Disposition: form-data; name=\"title\"\r\n\r\nLive\r\n".utf8)
        + Array("------------------------------2b1f \t\r\ncontent-disposition: form-data; name=\"track\"; ".utf8)
        + Array("filename=\"a.wav\"\r\nContent-Type: audio/wav\r\n\r\n".utf8) + file
        + Array("\r\n------------------------------2b1f\r\nContent-Disposition: form-data; name=note\r\n\r\n\r\n".utf8)
        + Array("------------------------------2b1f--\r\nepilogue".utf8)
    static let parts = [
        Seen(name: "title", content: Array("Live".utf8)),
        Seen(name: "track", filename: "a.wav", contentType: "audio/wav", content: file),
        Seen(name: "note", content: []),
    ]

    static func pieces(_ bytes: [UInt8], of size: Int) -> [[UInt8]] {
        stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<min($0 + size, bytes.count)]) }
    }

    static func read(_ body: any HTTPRequestBody, _ type: String? = type) async throws -> [Seen] {
        let reader = try MultipartReader(body, contentType: type)
        var seen: [Seen] = []
        while let part = try await reader.nextPart() {
            var content: [UInt8] = []
            while let chunk = try await part.next() {
                #expect(!chunk.isEmpty)
                content += chunk
            }
            seen.append(
                Seen(name: part.name, filename: part.filename, contentType: part.contentType, content: content))
        }
        return seen
    }

    static func one(_ disposition: String, boundary: String = "b") async throws -> Seen? {
        let text = "--\(boundary)\r\nContent-Disposition: \(disposition)\r\n\r\nx\r\n--\(boundary)--\r\n"
        return try await read(HTTPBytesBody(Array(text.utf8)), "multipart/form-data; boundary=\(boundary)").first
    }

    @Test func `a body gives the same parts however it is cut`() async throws {
        for size in 1...Self.body.count {
            let body = HTTPBytesBody(pieces: Self.pieces(Self.body, of: size))
            #expect(try await Self.read(body) == Self.parts, "cut every \(size) bytes")
        }
    }

    @Test func `random contents made of delimiter-like bytes come back as they were`() async throws {
        var random = SystemRandomNumberGenerator()
        for round in 0..<300 {
            let alphabet: [[UInt8]] = [
                [0x0D], [0x0A], [0x2D], [0x2D, 0x2D], [0x62], [0x62, 0x62], [0x00], Array("\r\n--b".utf8),
            ]
            var contents: [[UInt8]] = []
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                var content: [UInt8] = []
                for _ in 0..<Int.random(in: 0...60, using: &random) {
                    content += alphabet.randomElement(using: &random) ?? []
                }
                contents.append(content)
            }
            // "bcb" is made of bytes that the contents lack in this order, so that they cannot hold the delimiter.
            var body: [UInt8] = []
            for content in contents {
                body += Array("--bcb\r\nContent-Disposition: form-data; name=n\r\n\r\n".utf8) + content + [0x0D, 0x0A]
            }
            body += Array("--bcb--".utf8)
            let size = Int.random(in: 1...40, using: &random)
            let seen = try await Self.read(
                HTTPBytesBody(pieces: Self.pieces(body, of: size)), "multipart/form-data; boundary=bcb")
            #expect(seen.map(\.content) == contents, "round \(round), cut every \(size) bytes")
        }
    }

    @Test func `a body that ends anywhere before its last delimiter is unfinished`() async throws {
        let end = Self.body.count - "--\r\nepilogue".utf8.count
        for length in 0...end + 1 {
            await #expect(throws: MultipartError.self, "cut after \(length) bytes") {
                try await Self.read(HTTPBytesBody(Array(Self.body[..<length])))
            }
        }
        #expect(try await Self.read(HTTPBytesBody(Array(Self.body[..<(end + 2)]))) == Self.parts)
    }

    @Test func `the error says in which part the body ended`() async {
        let text =
            "--b\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--b\r\nContent-Disposition: form-data; name=c\r\n\r\ny"
        await #expect(throws: MultipartError.unfinished(parts: 2)) {
            try await Self.read(HTTPBytesBody(Array(text.utf8)), "multipart/form-data; boundary=b")
        }
    }

    @Test func `a cut connection is passed on`() async {
        let body = HTTPBytesBody(pieces: [Array(Self.body[..<200])], failure: .disconnected)
        await #expect(throws: MultipartError.body(.disconnected)) { try await Self.read(body) }
    }

    @Test func `a part that is not read is skipped`() async throws {
        let reader = try MultipartReader(HTTPBytesBody(pieces: Self.pieces(Self.body, of: 7)), contentType: Self.type)
        var names: [String] = []
        while let part = try await reader.nextPart() { names.append(part.name) }
        #expect(names == ["title", "track", "note"])
    }

    @Test(arguments: [
        ("form-data; name=\"t\"; filename=\"a%22b.wav\"", "a\"b.wav"),  // browsers, and curl since 7.81
        ("form-data; name=\"t\"; filename=\"a\\\"b.wav\"", "a\"b.wav"),  // older curl
        ("form-data; name=\"t\"; filename=\"a\\\\b\"", "a\\b"),
        ("form-data; name=\"t\"; filename=\"C:\\dir\\b.wav\"", "C:\\dir\\b.wav"),
        ("form-data; name=t; filename=two words.wav", "two words.wav"),
        ("form-data; filename=x; name=t; filename*=UTF-8''%e2%82%ac%20rates", "€ rates"),
        ("form-data; filename*=utf-8'en'%ff; name=t; filename=\"plain\"", "plain"),
        ("form-data; name=t; filename=\"100%.wav\"", "100%.wav"),
        ("form-data; name=t; filename=\"\"", ""),
        ("FORM-DATA;NAME=t;FILENAME=\"é;=.wav\"", "é;=.wav"),
    ])
    func `file names come out of every spelling`(disposition: String, filename: String) async throws {
        let part = try #require(try await Self.one(disposition))
        #expect(part.name == "t" && part.filename == filename)
    }

    @Test(arguments: [
        ("attachment; name=a", MultipartError.badDisposition(part: 0)),
        ("form-data", .noName(part: 0)),
        ("form-data; name=\"a", .badDisposition(part: 0)),
        ("form-data; name", .badDisposition(part: 0)),
        ("form-data, name=a", .badDisposition(part: 0)),
        ("form-data; name=a\r\nno colon", .badHeader(part: 0)),
        ("form-data; name=\"a\u{0}b\"", .badHeader(part: 0)),
        ("form-data; name=a\r\n folded: b", .badHeader(part: 0)),
    ])
    func `a part header that is wrong is refused`(disposition: String, error: MultipartError) async {
        await #expect(throws: error) { try await Self.one(disposition) }
    }

    @Test(arguments: [
        (nil as String?, MultipartError.notMultipart("")),
        ("text/plain", .notMultipart("text/plain")),
        ("multipart/form-data", .noBoundary),
        ("multipart/form-data; boundary=", .noBoundary),
        ("multipart/form-data; boundary=\"\"", .badBoundary),
        ("multipart/form-data; boundary=" + String(repeating: "x", count: 71), .badBoundary),
        ("multipart/form-data; boundary=\"a\u{1}\"", .badBoundary),
    ])
    func `a content type that names no delimiter is refused`(type: String?, error: MultipartError) async {
        await #expect(throws: error) { try await Self.read(HTTPBytesBody([]), type) }
    }

    @Test func `a quoted boundary with other parameters around it is found`() async throws {
        let body = HTTPBytesBody(Array("--a b:\r\nContent-Disposition: form-data; name=n\r\n\r\n1\r\n--a b:--".utf8))
        let seen = try await Self.read(body, "Multipart/Form-Data; charset=utf-8; Boundary=\"a b:\"; x=y")
        #expect(seen == [Seen(name: "n", content: [0x31])])
    }

    @Test func `a header without end is cut off at its limit`() async {
        let endless = Array("--b\r\n".utf8) + [UInt8](repeating: 0x41, count: 9000)
        await #expect(throws: MultipartError.headerTooLong(part: 0, limit: 8192)) {
            try await Self.read(
                HTTPBytesBody(pieces: Self.pieces(endless, of: 100)), "multipart/form-data; boundary=b")
        }
    }

    @Test func `more parts than allowed are refused`() async throws {
        let part = "--b\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n"
        var limits = MultipartReader.Limits()
        limits.parts = 2
        let reader = try MultipartReader(
            HTTPBytesBody(Array((part + part + part + "--b--").utf8)), contentType: "multipart/form-data; boundary=b",
            limits: limits)
        #expect(try await reader.nextPart()?.index == 0)
        #expect(try await reader.nextPart()?.index == 1)
        await #expect(throws: MultipartError.tooManyParts(limit: 2)) { _ = try await reader.nextPart() }
    }

    @Test func `a delimiter that goes on is refused`() async {
        let text = "--b\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--bogus\r\n--b--"
        await #expect(throws: MultipartError.badDelimiter(part: 1)) {
            try await Self.read(HTTPBytesBody(Array(text.utf8)), "multipart/form-data; boundary=b")
        }
    }

    @Test func `text fields are bounded and UTF-8`() async throws {
        let bytes =
            Array("--b\r\nContent-Disposition: form-data; name=a\r\n\r\nlong text\r\n--b\r\n".utf8)
            + Array("Content-Disposition: form-data; name=c\r\n\r\n".utf8) + [0xFF] + Array("\r\n--b--".utf8)
        let reader = try MultipartReader(HTTPBytesBody(bytes), contentType: "multipart/form-data; boundary=b")
        let first = try #require(try await reader.nextPart())
        await #expect(throws: MultipartError.fieldTooLong(name: "a", limit: 3)) { try await first.text(limit: 3) }
        let second = try #require(try await reader.nextPart())
        await #expect(throws: MultipartError.fieldNotText(name: "c")) { try await second.text() }
    }
}
