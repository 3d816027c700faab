import Glibc
import POSIX
import TestSupport
import Testing

@testable import Drives

/// Other programs that close a node.
@Suite(.timeLimit(.minutes(1))) struct NodeClosingsTests {
    let folder = TemporaryFolder()
    var path: String { folder.path + "/node" }

    init() throws { _ = try FileDescriptor(opening: path, O_RDWR | O_CREAT) }

    private func heard() throws -> (NodeClosings, NodeClosings.Watch, AsyncStream<NodeClosings.Closing>.Iterator) {
        let closings = try NodeClosings()
        let (events, yield) = AsyncStream.makeStream(of: NodeClosings.Closing.self)
        return (closings, closings.watch([path]) { yield.yield($0) }, events.makeAsyncIterator())
    }

    @Test func `a node that was open for writing is told from one that was read`() async throws {
        var (closings, watch, events) = try heard()
        watch.resume()
        _ = try FileDescriptor(opening: path, O_RDONLY)
        #expect(await events.next() == .reading)
        _ = try FileDescriptor(opening: path, O_RDWR)
        #expect(await events.next() == .writing)
        withExtendedLifetime(closings) {}
    }

    @Test func `what is closed during a pause is not heard, and what comes after it is`() async throws {
        var (closings, watch, events) = try heard()
        watch.resume()
        watch.pause()
        _ = try FileDescriptor(opening: path, O_RDONLY)
        watch.resume()
        _ = try FileDescriptor(opening: path, O_RDWR)
        #expect(await events.next() == .writing)
        withExtendedLifetime(closings) {}
    }

    @Test func `what was closed before a pause is heard yet`() async throws {
        var (closings, watch, events) = try heard()
        for _ in 0..<20 {
            watch.resume()
            _ = try FileDescriptor(opening: path, O_RDWR)
            watch.pause()
            #expect(await events.next() == .writing)
        }
        withExtendedLifetime(closings) {}
    }
}
