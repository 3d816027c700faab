import HTTPCore
import MicroHTTPD
import Testing

/// Requests that are refused before any handler sees them.
@Suite struct MalformedRequestTests {
    static let routed = ClosureHandler { _ in .text("routed") }

    static func answer(to request: String) async throws -> (status: String, reachedHandler: Bool) {
        try await withServer(routed) { port in
            let answer = try await RawClient.exchange(port, request)
            return (String(answer.dropFirst(9).prefix(3)), answer.contains("routed"))
        }
    }

    @Test(arguments: [
        "GET /a%00b HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /a\u{0}b HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /a%2Fb HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /../b HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /%2e%2E/b HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /a%zz HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /%ff HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /a?x=%00 HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET a HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX : b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: b\u{1}c\r\n\r\n",
        "G@T / HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x3\r\n\r\nabc",
    ])
    func `a request that can be read in two ways is refused`(request: String) async throws {
        let (status, reachedHandler) = try await Self.answer(to: request)
        #expect(status == "400" && !reachedHandler)
    }

    @Test func `what is refused by us says why`() async throws {
        try await withServer(Self.routed) { port in
            let answer = try await RawClient.exchange(port, "GET /a%00b HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(answer.contains("Content-Type: application/problem+json\r\n"))
            #expect(answer.contains("\"type\":\"/problems/malformed-request\""))
        }
    }

    @Test func `an old client needs no Host`() async throws {
        let (status, reachedHandler) = try await Self.answer(to: "GET / HTTP/1.0\r\n\r\n")
        #expect(status == "200" && reachedHandler)
    }

    @Test func `a target in absolute form is a path`() async throws {
        try await withServer(ClosureHandler { .text("<\($0.target.rawPath)>") }) { port in
            let answer = try await RawClient.exchange(
                port, "GET http://a/b?c HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(answer.hasSuffix("</b>"))
        }
    }

    @Test func `bytes that are no HTTP end the connection and harm nobody`() async throws {
        try await withServer(Self.routed) { port in
            for garbage in [
                "\r\n\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}\u{0}", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET\r\n\r\n",
            ] {
                let client = try RawClient(port: port)
                try client.send(garbage)
                client.finishSending()
            }
            let answer = try await RawClient.exchange(port, ConnectionTests.last)
            #expect(answer.hasSuffix("routed"))
        }
    }
}
