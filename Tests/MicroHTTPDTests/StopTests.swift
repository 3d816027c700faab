import HTTPCore
import MicroHTTPD
import POSIX
import Testing

/// Stopping a server whatever it is doing. libmicrohttpd aborts the process when it is stopped with a suspended connection.
@Suite struct StopTests {
    @Test func `streams, waiting handlers and uploads are ended and nothing is left`() async throws {
        let started = Signal<Void>()
        let handler = ClosureHandler { request in
            started.send()
            switch request.target.rawPath {
            case "/events": return .events(EventStream())
            case "/upload":
                while (try? await request.body.next()) ?? nil != nil {}
                return .text("cut")
            case "/held":
                _ = try? await request.body.next()
                fallthrough
            default:
                try? await Task.sleep(for: .seconds(RawClient.deadline * 2))
                return .text("late")
            }
        }
        let server = HTTPServer(
            configuration: .test { $0.stopDeadline = 0 }, handler: handler)
        try server.start()
        let port = server.port
        let clients = try await BlockingThread.run {
            try (0..<100).flatMap { _ in
                try ["GET /events", "GET /sleep", "POST /upload", "POST /held"].map { line in
                    let client = try RawClient(port: port)
                    let length = line.hasPrefix("POST") ? "Content-Length: 5000000\r\n" : ""
                    try client.send("\(line) HTTP/1.1\r\nHost: a\r\n\(length)\r\n")
                    if !length.isEmpty { try client.send([UInt8](repeating: 1, count: 300_000)) }
                    return client
                }
            }
        }
        for _ in clients { try await started.next() }
        await server.stop()
        let answers = try await BlockingThread.run { try clients.map { try $0.receiveAll() } }
        #expect(answers.count == 400)
    }

    @Test func `a running request is finished first and further ones are refused`() async throws {
        let (started, go) = (Signal<Void>(), Signal<Void>())
        let handler = ClosureHandler { _ in
            started.send()
            try? await go.next()
            return .text("done")
        }
        let server = HTTPServer(configuration: .init(port: 0), handler: handler)
        try server.start()
        let port = server.port
        async let answer = RawClient.exchange(port, ConnectionTests.get)
        try await started.next()
        async let stopped: Void = server.stop()
        // The port is free as soon as it stops listening.
        while (try? RawClient(port: port)) != nil { await Task.yield() }
        go.send()
        #expect(try await answer.hasSuffix("done"))
        await stopped
    }

    @Test func `stopping twice, or before the start, does nothing`() async throws {
        let server = HTTPServer(configuration: .init(port: 0), handler: ClosureHandler { _ in .text("") })
        await server.stop()
        try server.start()
        await server.stop()
        await server.stop()
        #expect(server.port == 0)
    }
}
