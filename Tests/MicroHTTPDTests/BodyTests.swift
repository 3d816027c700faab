import Glibc
import HTTPCore
import MicroHTTPD
import POSIX
import Testing

/// Bodies of requests: taken in, held back, refused, broken off.
@Suite struct BodyTests {
    /// Reads the body to its end and answers with its length, and whether it was the pattern. Whole pieces are compared: a
    /// loop over bytes would keep the other tests' handlers from running.
    static let measure = ClosureHandler { request in
        var (count, isPattern) = (0, true)
        do throws(HTTPBodyError) {
            while let chunk = try await request.body.next() {
                isPattern = isPattern && pattern(chunk.count, from: count) == chunk
                count += chunk.count
            }
        } catch {
            return .problem(error.problem, requestID: request.requestID)
        }
        return .text("<\(count) \(isPattern)>")
    }

    /// Its length is prime, so that no piece of it begins as the one before.
    private static let block = (0..<65_537).map { UInt8(truncatingIfNeeded: $0 &* 7 ^ $0 >> 8) }

    static func pattern(_ count: Int, from begin: Int = 0) -> [UInt8] {
        let first = begin % block.count
        var bytes = Array(block[first...].prefix(count))
        while bytes.count < count { bytes += block.prefix(count - bytes.count) }
        return bytes
    }

    static func post(_ length: Int, _ fields: String = "") -> String {
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\n\(fields)\r\n"
    }

    @Test(arguments: [1, 1000, 65_536, 262_144, 262_145, 5_000_000])
    func `a body arrives whole and in order`(count: Int) async throws {
        let bytes = Self.pattern(count)
        try await withServer(Self.measure) { port in
            let answer = try await BlockingThread.run {
                let client = try RawClient(port: port)
                try client.send(Self.post(count, "Connection: close\r\n"))
                try client.send(bytes)
                return try client.receiveAll()
            }
            #expect(answer.hasSuffix("<\(count) true>"))
        }
    }

    @Test func `a chunked body arrives whole and in order`() async throws {
        let bytes = Self.pattern(1_000_000)
        try await withServer(Self.measure) { port in
            let answer = try await BlockingThread.run {
                let client = try RawClient(port: port)
                try client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n")
                for begin in stride(from: 0, to: bytes.count, by: 77_777) {
                    let chunk = Array(bytes[begin..<min(begin + 77_777, bytes.count)])
                    try client.send(Array("\(String(chunk.count, radix: 16))\r\n".utf8) + chunk + [0x0D, 0x0A])
                }
                try client.send("0\r\n\r\n")
                return try client.receiveAll()
            }
            #expect(answer.hasSuffix("<1000000 true>"))
        }
    }

    /// While nobody reads, the server holds its few buffers, the kernel the rest of its own, and the client waits.
    @Test func `a body that nobody reads makes the client wait`() async throws {
        let (started, go) = (Signal<Void>(), Signal<Void>())
        let count = 64 << 20
        let handler = ClosureHandler { request in
            _ = try? await request.body.next()
            started.send()
            try? await go.next()
            return await Self.measure.respond(to: request)
        }
        let summaries = Signal<Int>()
        let log: @Sendable (HTTPServer.Notice) -> Void = {
            if case .request(let summary) = $0 { summaries.send(summary.received) }
        }
        try await withServer(handler, log: log) { port in
            async let answer = BlockingThread.run {
                let client = try RawClient(port: port)
                try client.send(Self.post(count, "Connection: close\r\n"))
                try client.send([UInt8](repeating: 1, count: count))
                return try client.receiveAll()
            }
            try await started.next()
            go.send()
            // What the first `next` took is missing in the count.
            #expect(try await answer.contains("<\(count - 262_144) "))
            #expect(try await summaries.next() == count)
        }
    }

    @Test func `a refusal before a body that waits for 100 Continue costs none of it`() async throws {
        try await withServer(
            ClosureHandler { request in
                .problem(Problem(.contentTooLarge, type: "too-big", detail: "no"), requestID: request.requestID)
            }
        ) { port in
            let answer = try await RawClient.exchange(port, Self.post(900_000_000, "Expect: 100-continue\r\n"))
            #expect(answer.hasPrefix("HTTP/1.1 413 ") && answer.contains("/problems/too-big"))
        }
    }

    @Test func `a declared length above the largest body is refused before the handler`() async throws {
        try await withServer(Self.measure, .test { $0.maximumBody = 100 }) { port in
            let answer = try await RawClient.exchange(port, Self.post(101, "Expect: 100-continue\r\n"))
            #expect(answer.hasPrefix("HTTP/1.1 413 ") && answer.contains("/problems/body-too-large"))
        }
    }

    @Test func `a chunked body above the largest is refused while it comes`() async throws {
        try await withServer(Self.measure, .test { $0.maximumBody = 100 }) { port in
            let answer = try await BlockingThread.run {
                let client = try RawClient(port: port)
                try client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
                let chunk = "400\r\n" + String(repeating: "x", count: 1024) + "\r\n"
                // As a client does that watches for an answer: it stops when there is one.
                while (try? client.send(chunk)) != nil {
                    var byte: UInt8 = 0
                    if recv(client.socket.number, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT)) > 0 {
                        break
                    }
                }
                return try client.receive(until: "}")
            }
            #expect(answer.hasPrefix("HTTP/1.1 413 ") && answer.contains("/problems/body-too-large"))
        }
    }

    @Test func `100 Continue is said when the handler reads`() async throws {
        try await withServer(Self.measure) { port in
            let (first, second) = try await BlockingThread.run {
                let client = try RawClient(port: port)
                try client.send(Self.post(3, "Expect: 100-continue\r\nConnection: close\r\n"))
                let first = try client.receive(until: "\r\n\r\n")
                try client.send("abc")
                return (first, try client.receiveAll())
            }
            #expect(first == "HTTP/1.1 100 Continue\r\n\r\n" && second.contains("<3 "))
        }
    }

    @Test func `a short body that is not read is swallowed and the connection kept`() async throws {
        try await withServer(ClosureHandler { _ in .text("no") }) { port in
            let answers = try await BlockingThread.run {
                let client = try RawClient(port: port)
                return try (0..<3).map { _ in
                    try client.send(Self.post(100_000) + String(repeating: "x", count: 100_000))
                    return try client.receive(until: "\r\n\r\nno")
                }
            }
            #expect(answers.allSatisfy { $0.hasPrefix("HTTP/1.1 200 ") && !$0.contains("close") })
        }
    }

    @Test func `an answer given in the middle of a long body is heard before its end`() async throws {
        let handler = ClosureHandler { request in
            _ = try? await request.body.next()
            return .problem(Problem(.badRequest, type: "unknown-field", detail: "no"), requestID: request.requestID)
        }
        try await withServer(handler) { port in
            let (answer, sent) = try await BlockingThread.run {
                let client = try RawClient(port: port)
                try client.send(Self.post(700 << 20))
                var sent = 0
                let piece = [UInt8](repeating: 1, count: 1 << 20)
                while (try? client.send(piece)) != nil {
                    sent += piece.count
                    var byte: UInt8 = 0
                    if recv(client.socket.number, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT)) > 0 {
                        break
                    }
                }
                return (try client.receive(until: "}"), sent)
            }
            #expect(answer.hasPrefix("HTTP/1.1 400 ") && answer.contains("/problems/unknown-field"))
            #expect(answer.contains("Connection: close\r\n") && sent < 100 << 20)
        }
    }

    /// The end of the connection may come with the last bytes or after them; each must wake the reader.
    @Test(arguments: 0..<20) func `a body cut in the middle wakes its reader`(round: Int) async throws {
        let outcome = Signal<HTTPBodyError?>()
        let handler = ClosureHandler { request in
            do throws(HTTPBodyError) {
                while try await request.body.next() != nil {}
                outcome.send(nil)
            } catch {
                outcome.send(error)
            }
            return .text("")
        }
        try await withServer(handler) { port in
            try await BlockingThread.run {
                let client = try RawClient(port: port)
                try client.send(Self.post(10_000_000) + String(repeating: "x", count: 1 + round * 40_000))
                if round % 2 == 0 { client.finishSending() }
            }
            #expect(try await outcome.next() == .disconnected)
        }
    }

    @Test func `a client that goes while its upload is held back is noticed`() async throws {
        let (started, go, outcome) = (Signal<Void>(), Signal<Void>(), Signal<HTTPBodyError?>())
        let handler = ClosureHandler { request in
            do throws(HTTPBodyError) {
                _ = try await request.body.next()
                started.send()
                try? await go.next()
                while try await request.body.next() != nil {}
                outcome.send(nil)
            } catch {
                outcome.send(error)
            }
            return .text("")
        }
        try await withServer(handler) { port in
            let client = try await BlockingThread.run {
                let client = try RawClient(port: port)
                try client.send(Self.post(10_000_000))
                try client.send([UInt8](repeating: 1, count: 2_000_000))
                return client
            }
            try await started.next()
            client.reset()
            go.send()
            #expect(try await outcome.next() == .disconnected)
        }
    }

    @Test func `a body that trickles in is cut`() async throws {
        let outcome = Signal<HTTPBodyError?>()
        let handler = ClosureHandler { request in
            do throws(HTTPBodyError) {
                while try await request.body.next() != nil {}
                outcome.send(nil)
            } catch {
                outcome.send(error)
            }
            return .text("")
        }
        try await withServer(handler, .test { $0.bodyProgressSeconds = 1 }) { port in
            let client = try await BlockingThread.run {
                let client = try RawClient(port: port)
                try client.send(Self.post(10_000_000) + "x")
                return client
            }
            #expect(try await outcome.next() == .timedOut)
            #expect(try await BlockingThread.run { try client.receiveAll() }.isEmpty)
        }
    }
}
