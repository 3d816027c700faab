import HTTPCore
import POSIX
import Testing

@Suite struct EventStreamTests {
    /// Reads what waits, as a server does.
    static func read(_ stream: EventStream, size: Int = 1000) -> String? {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 1)
        defer { buffer.deallocate() }
        return switch stream.read(into: buffer, whenEmpty: {}, wake: {}) {
        case .bytes(let count): String(decoding: buffer[..<count], as: UTF8.self)
        case .waiting: ""
        case .end: nil
        }
    }

    @Test(arguments: [
        (ServerSentEvent(data: "x"), "data: x\n\n"),
        (
            ServerSentEvent(event: "a", id: "7-1", data: "x\ny\r\nz\rw"),
            "event: a\nid: 7-1\ndata: x\ndata: y\ndata: z\ndata: w\n\n"
        ),
        (ServerSentEvent(event: "a\nb", id: "1\r\n2\u{0}", data: ""), "event: ab\nid: 12\ndata: \n\n"),
        (ServerSentEvent(data: "a\n"), "data: a\ndata: \n\n"),
        (ServerSentEvent(retryMilliseconds: 3000), "retry: 3000\n\n"),
        (ServerSentEvent(comment: "beat\ndata: no"), ": beat\n: data: no\n\n"),
        (ServerSentEvent(id: ""), "id: \n\n"),
    ])
    func `an event is framed so that nothing in it can be another field`(event: ServerSentEvent, text: String) {
        #expect(String(decoding: event.bytes, as: UTF8.self) == text)
    }

    @Test func `events are read in order and in pieces of any size`() {
        let stream = EventStream()
        stream.push(Array("abcdef".utf8), kind: .state)
        stream.push(Array("gh".utf8), kind: .state)
        #expect(Self.read(stream, size: 4) == "abcd")
        #expect(Self.read(stream, size: 3) == "efg")
        #expect(Self.read(stream) == "h" && Self.read(stream) == "")
    }

    @Test func `of a replaceable event only the last of each key is kept`() {
        let stream = EventStream()
        stream.push(Array("a1 ".utf8), kind: .replaceable(key: "a"))
        stream.push(Array("b1 ".utf8), kind: .replaceable(key: "b"))
        stream.push(Array("s ".utf8), kind: .state)
        stream.push(Array("a2 ".utf8), kind: .replaceable(key: "a"))
        #expect(Self.read(stream) == "b1 s a2 ")
    }

    @Test func `an event that is half sent is not replaced`() {
        let stream = EventStream()
        stream.push(Array("a1!".utf8), kind: .replaceable(key: "a"))
        #expect(Self.read(stream, size: 1) == "a")
        stream.push(Array("a2!".utf8), kind: .replaceable(key: "a"))
        #expect(Self.read(stream) == "1!a2!")
    }

    @Test func `replaceable events of many keys lose the oldest`() {
        let stream = EventStream()
        for key in 0..<1000 { stream.push(Array("\(key) ".utf8), kind: .replaceable(key: "\(key)")) }
        #expect(Self.read(stream)?.hasPrefix("936 937 ") == true && Self.read(stream) == "")
    }

    @Test func `a client too far behind is cut and not given a hole`() {
        let closed = Lock(0)
        let stream = EventStream(pendingLimit: 3, onClose: { closed.withLock { $0 += 1 } })
        for number in 0..<3 { #expect(stream.push(Array("\(number)".utf8), kind: .state)) }
        #expect(Self.read(stream, size: 1) == "0")
        #expect(stream.push(Array("3".utf8), kind: .state))
        #expect(!stream.push(Array("4".utf8), kind: .state))
        #expect(stream.isEnded && Self.read(stream) == nil)
        #expect(!stream.push(Array("5".utf8), kind: .state))
        stream.close()
        stream.close()
        #expect(closed.withLock { $0 } == 1)
    }

    @Test func `a finished stream ends after what waits`() {
        let stream = EventStream()
        stream.push(Array("a".utf8), kind: .state)
        stream.finish()
        #expect(!stream.push(Array("b".utf8), kind: .state))
        #expect(Self.read(stream) == "a" && Self.read(stream) == nil)
    }

    @Test func `a reader that waits is woken once`() {
        let (slept, woken) = (Lock(0), Lock(0))
        let stream = EventStream()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 10, alignment: 1)
        defer { buffer.deallocate() }
        let reading = stream.read(
            into: buffer, whenEmpty: { slept.withLock { $0 += 1 } }, wake: { woken.withLock { $0 += 1 } })
        #expect(reading == .waiting && slept.withLock { $0 } == 1 && woken.withLock { $0 } == 0)
        stream.push(Array("a".utf8), kind: .state)
        stream.push(Array("b".utf8), kind: .state)
        stream.finish()
        #expect(woken.withLock { $0 } == 1)
    }
}
