import Glibc
import HTTPCore
import MicroHTTPD
import POSIX
import Testing

/// Connections: kept, shared, refused, cut.
@Suite struct ConnectionTests {
    static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    static let last = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    static let hello = ClosureHandler { _ in .text("hello") }

    @Test func `a connection is kept for further requests`() async throws {
        try await withServer(Self.hello) { port in
            let answers = try await BlockingThread.run {
                let client = try RawClient(port: port)
                return try (0..<3).map { _ in
                    try client.send(Self.get)
                    return try client.receive(until: "hello")
                }
            }
            #expect(answers.allSatisfy { $0.hasPrefix("HTTP/1.1 200 OK\r\n") && !$0.contains("close") })
        }
    }

    @Test func `requests sent at once are answered in order`() async throws {
        try await withServer(ClosureHandler { .text("<\($0.target.rawPath)>") }) { port in
            let requests = (0..<5).map { "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined()
            let answer = try await RawClient.exchange(port, requests + Self.last)
            let paths = answer.split(separator: "<").dropFirst().compactMap { $0.split(separator: ">").first }
            #expect(paths == ["/0", "/1", "/2", "/3", "/4", "/"])
        }
    }

    /// 128 ready sockets are what one read of the library's epoll set holds; then it slept until the time-out.
    @Test(.timeLimit(.minutes(1)))
    func `128 clients at once do not stall one worker`() async throws {
        try await withServer(Self.hello, .test { $0.workers = 1 }) { port in
            let seconds = try await BlockingThread.run {
                let clients = try (0..<128).map { _ in try RawClient(port: port) }
                let began = time(nil)
                for _ in 0..<100 {
                    for client in clients { try client.send(Self.get) }
                    for client in clients { _ = try client.receive(until: "hello") }
                }
                return time(nil) - began
            }
            #expect(seconds < 30)
        }
    }

    @Test func `connections above the limit are told so`() async throws {
        try await withServer(Self.hello, .test { $0.connectionLimit = 2 }) { port in
            let (third, afterwards) = try await BlockingThread.run {
                let held = try [RawClient(port: port), RawClient(port: port)]
                for client in held {
                    try client.send(Self.get)
                    _ = try client.receive(until: "hello")
                }
                let third = try RawClient(port: port)
                try third.send(Self.get)
                let refused = try third.receiveAll()
                for client in held { client.finishSending() }
                for client in held { _ = try client.receiveAll() }
                // A client sees the end of its connection a moment before the server has counted it out.
                for _ in 0..<10_000 {
                    let next = try RawClient(port: port)
                    try next.send(Self.last)
                    let answer = try next.receiveAll()
                    if answer.hasPrefix("HTTP/1.1 200 ") { return (refused, answer) }
                }
                return (refused, "never let in again")
            }
            #expect(third.hasPrefix("HTTP/1.1 503 ") && third.contains("/problems/too-many-connections"))
            #expect(third.contains("Retry-After: ") && afterwards.hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test func `a head that trickles in is cut`() async throws {
        let cuts = Signal<Void>()
        let log: @Sendable (HTTPServer.Notice) -> Void = { if case .cut = $0 { cuts.send() } }
        try await withServer(Self.hello, .test { $0.headerDeadline = 1 }, log: log) { port in
            let client = try await BlockingThread.run {
                let client = try RawClient(port: port)
                try client.send("GET / HTTP/1.1\r\nX-Slow: ")
                return client
            }
            // A byte keeps the library's own clock from running out.
            async let ended = BlockingThread.run {
                for _ in 0..<400 {
                    guard (try? client.send("x")) != nil else { return true }
                    usleep(50_000)
                }
                return false
            }
            try await cuts.next()
            let wasCut = await ended
            #expect(wasCut)
        }
    }

    @Test func `a client that only closes its sending half gets its answer`() async throws {
        try await withServer(
            ClosureHandler { _ in
                await Task.yield()
                return .text("hello")
            }
        ) { port in
            let answer = try await BlockingThread.run {
                let client = try RawClient(port: port)
                try client.send(Self.last)
                client.finishSending()
                return try client.receiveAll()
            }
            #expect(answer.hasSuffix("hello"))
        }
    }

    @Test func `a handler whose client is gone is cancelled`() async throws {
        let (started, cancelled) = (Signal<Void>(), Signal<Void>())
        let handler = ClosureHandler { _ in
            started.send()
            try? await Task.sleep(for: .seconds(RawClient.deadline * 2))
            if Task.isCancelled { cancelled.send() }
            return .text("late")
        }
        try await withServer(handler) { port in
            let client = try await BlockingThread.run {
                let client = try RawClient(port: port)
                try client.send(Self.get)
                return client
            }
            try await started.next()
            client.reset()
            try await cancelled.next()
        }
    }

    @Test(arguments: ["::1", "[::1]", "localhost", "127.0.0.1", "::"])
    func `every form of a local address can be listened on`(host: String) async throws {
        let server = HTTPServer(
            configuration: .init(host: host, port: 0), handler: Self.hello)
        try server.start()
        #expect(server.port != 0)
        await server.stop()
        #expect(server.port == 0)
    }

    @Test func `a name that is no address cannot be listened on`() {
        let server = HTTPServer(
            configuration: .init(host: "example.org", port: 0), handler: Self.hello)
        #expect(throws: HTTPServer.StartError.notAnAddress("example.org")) { try server.start() }
    }

    @Test func `a port in use says so`() async throws {
        try await withServer(Self.hello) { port in
            let second = HTTPServer(
                configuration: .init(port: port), handler: Self.hello)
            #expect(throws: HTTPServer.StartError.socket(.init(call: "bind", number: EADDRINUSE, subject: "127.0.0.1")))
            {
                try second.start()
            }
        }
    }

    @Test func `requests are reported with status, target and id`() async throws {
        let reports = Signal<HTTPServer.RequestSummary>()
        let log: @Sendable (HTTPServer.Notice) -> Void = { if case .request(let report) = $0 { reports.send(report) } }
        try await withServer(Self.hello, log: log) { port in
            let answer = try await RawClient.exchange(port, Self.last)
            let report = try await reports.next()
            #expect(
                report.method == "GET" && report.target == "/" && report.status == 200 && report.peer == "127.0.0.1")
            #expect(answer.contains("X-Request-Id: \(report.requestID)\r\n") && answer.contains("Server: burnd\r\n"))
        }
    }
}
