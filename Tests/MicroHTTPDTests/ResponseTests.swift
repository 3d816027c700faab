import Glibc
import HTTPCore
import MicroHTTPD
import POSIX
import TestSupport
import Testing

/// Answers: bytes, files, streams, and none.
@Suite struct ResponseTests {
    static let events = "GET /events HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test func `HEAD has the header of GET and no content`() async throws {
        try await withServer(ClosureHandler { _ in .text("12345") }) { port in
            let answer = try await RawClient.exchange(port, "HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(answer.contains("Content-Length: 5\r\n") && answer.hasSuffix("\r\n\r\n"))
        }
    }

    @Test func `204 and 304 have no content`() async throws {
        try await withServer(
            ClosureHandler { HTTPResponse(status: $0.target.rawPath == "/a" ? .noContent : .notModified) }
        ) {
            port in
            let first = try await RawClient.exchange(port, "GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            let second = try await RawClient.exchange(port, "GET /b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(first.hasPrefix("HTTP/1.1 204 ") && first.hasSuffix("\r\n\r\n"))
            #expect(second.hasPrefix("HTTP/1.1 304 ") && second.hasSuffix("\r\n\r\n"))
        }
    }

    @Test func `a file is sent whole`() async throws {
        let folder = TemporaryFolder()
        let file = try FileDescriptor(opening: folder.path + "/file", O_RDWR | O_CREAT)
        let bytes = [UInt8](repeating: 0x61, count: 3_000_000)
        try file.writeAll(bytes)
        try await withServer(ClosureHandler { _ in HTTPResponse(status: .ok, body: .file(file, size: bytes.count)) }) {
            port in
            for _ in 0..<2 {
                let answer = try await RawClient.exchange(port, ConnectionTests.last)
                #expect(answer.utf8.count(where: { $0 == 0x61 }) >= bytes.count)
                #expect(answer.contains("Content-Length: 3000000\r\n"))
            }
        }
    }

    @Test func `events arrive when they are pushed, and finishing ends the response`() async throws {
        let streams = Signal<EventStream>()
        try await withServer(
            ClosureHandler { _ in
                let stream = EventStream()
                streams.send(stream)
                return .events(stream)
            }
        ) { port in
            let client = try await BlockingThread.run {
                let client = try RawClient(port: port)
                try client.send(Self.events)
                return client
            }
            let stream = try await streams.next()
            let head = try await BlockingThread.run { try client.receive(until: "\r\n\r\n") }
            #expect(head.contains("Content-Type: text/event-stream; charset=utf-8\r\n"))
            for number in 0..<3 {
                stream.push(ServerSentEvent(event: "tick", id: "\(number)", data: "x"))
                let event = try await BlockingThread.run { try client.receive(until: "data: x\n\n") }
                #expect(event.contains("event: tick\nid: \(number)\ndata: x\n\n"))
            }
            stream.finish()
            #expect(try await BlockingThread.run { try client.receive(until: "0\r\n\r\n") }.hasSuffix("0\r\n\r\n"))
        }
    }

    @Test func `a stream whose client is gone is closed without waiting for an event`() async throws {
        let (opened, closed) = (Signal<Void>(), Signal<Void>())
        try await withServer(
            ClosureHandler { _ in
                opened.send()
                return .events(EventStream(onClose: { closed.send() }))
            }
        ) { port in
            for ending in 0..<6 {
                let client = try await BlockingThread.run {
                    let client = try RawClient(port: port)
                    try client.send(Self.events)
                    _ = try client.receive(until: "\r\n\r\n")
                    return client
                }
                try await opened.next()
                if ending % 2 == 0 { client.reset() } else { client.finishSending() }
                try await closed.next()
            }
        }
    }

    @Test func `a client that closes its sending half with the request gets no stream for ever`() async throws {
        let closed = Signal<Void>()
        let handler = ClosureHandler { _ in .events(EventStream(onClose: { closed.send() })) }
        try await withServer(handler) { port in
            let client = try await BlockingThread.run {
                let client = try RawClient(port: port)
                try client.send(Self.events)
                client.finishSending()
                return client
            }
            try await closed.next()
            let answer = try await BlockingThread.run { try client.receiveAll() }
            #expect(answer.hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test func `a HEAD of a stream closes it`() async throws {
        let closed = Signal<Void>()
        try await withServer(ClosureHandler { _ in .events(EventStream(onClose: { closed.send() })) }) { port in
            let answer = try await RawClient.exchange(
                port, "HEAD /events HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 200 "))
            try await closed.next()
        }
    }
}
