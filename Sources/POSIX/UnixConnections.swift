/// Takes connections at a Unix-domain socket and serves each of them on a thread of its own, since what serves them blocks.
public final class UnixConnections: Sendable {
    private struct State {
        var open: [Int32: FileDescriptor] = [:]
        var isStopping = false
    }

    private let listener: UnixListener
    /// Most at a time: a bound on threads and what each of them has. Further ones are closed at once.
    private let most: Int
    private let state = Lock(State())

    /// Connections to a listener, so many of them at a time.
    public init(to listener: UnixListener, atMost most: Int) { (self.listener, self.most) = (listener, most) }

    /// Takes connections until `stop` and lets `serve` have each; when it returns the connection is closed. Blocks.
    public func run(_ serve: @escaping @Sendable (FileDescriptor) -> Void) throws(SystemError) {
        while let connection = try listener.accept() {
            guard admit(connection) else { continue }
            BlockingThread.start { [self] in
                serve(connection)
                state.withLock { $0.open[connection.number] = nil }
            }
        }
    }

    /// Takes no more connections and ends those that there are. `run` returns; each `serve` finds its connection at an end.
    public func stop() {
        listener.shutDown()
        state.withLock { $0.isStopping = true }
        endAll()
    }

    /// Ends all connections that there are. New ones are taken.
    public func endAll() {
        state.withLock { state in for connection in state.open.values { connection.shutDownConnection() } }
    }

    private func admit(_ connection: FileDescriptor) -> Bool {
        state.withLock { state in
            guard !state.isStopping, state.open.count < most else { return false }
            state.open[connection.number] = connection
            return true
        }
    }
}
