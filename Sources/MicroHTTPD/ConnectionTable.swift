import CMicroHTTPD
import Glibc
import HTTPCore
import POSIX

/// All connections of a server, and the thread that watches them for what libmicrohttpd does not see: that the other end of
/// a suspended connection has closed, and that a head or a body trickles in for ever.
///
/// A descriptor is only used inside the lock, which the library's word that it closes takes too: a number is never somebody
/// else's by then.
final class ConnectionTable: Sendable {
    private struct Record {
        let socket: Int32
        let isAboveLimit: Bool
        /// When a head must be complete; nil while a request runs.
        var headDeadline: Int?
        var exchange: Exchange?
        var headIsComplete = false
        var peerHasClosed = false
        /// Where the body stood at the beginning of the current span, and when that was.
        var progress: (bytes: Int, since: Int)?
    }

    private struct State {
        var records: [UInt64: Record] = [:]
        var lastID: UInt64 = 0
        var limit = Int.max
        var isStopping = false
        var isAborting = false
        var watchEnds = false
    }

    static let stopping = Problem(
        .serviceUnavailable, type: "stopping", detail: "The server is stopping.", headers: ["Retry-After": "10"])
    private static let full = Problem(
        .serviceUnavailable, type: "too-many-connections", detail: "There are too many connections.",
        headers: ["Retry-After": "5"])

    /// Milliseconds between two looks at the deadlines. They are seconds long.
    private static let tick: Int32 = 500

    private let configuration: HTTPServer.Configuration
    private let log: @Sendable (HTTPServer.Notice) -> Void
    private let state = Lock(State())
    private let watched: FileDescriptor
    private let wakeUp: FileDescriptor

    init(configuration: HTTPServer.Configuration, log: @escaping @Sendable (HTTPServer.Notice) -> Void) {
        (self.configuration, self.log) = (configuration, log)
        watched = FileDescriptor(owning: cmhd_new_epoll())
        wakeUp = FileDescriptor(owning: cmhd_new_event())
        precondition(watched.number >= 0 && wakeUp.number >= 0, "a process without descriptors cannot serve")
        _ = cmhd_watch_event(watched.number, wakeUp.number, 0)
    }

    var limit: Int {
        get { state.withLock { $0.limit } }
        set { state.withLock { $0.limit = newValue } }
    }

    // MARK: Calls of the library

    var hasRoom: Bool {
        state.withLock { $0.records.count < $0.limit + HTTPServer.Configuration.connectionsAnswered503 }
    }

    /// A connection has come; the number returned names it until `closed`.
    func opened(_ socket: Int32) -> UInt64 {
        let (id, isFirst) = state.withLock { state -> (UInt64, Bool) in
            state.lastID += 1
            state.records[state.lastID] = Record(
                socket: socket, isAboveLimit: state.records.count >= state.limit,
                headDeadline: Monotonic.milliseconds + configuration.headerDeadline * 1000)
            _ = cmhd_watch_closing(watched.number, socket, state.lastID)
            return (state.lastID, state.records.count == 1)
        }
        if isFirst { wakeWatch() }
        return id
    }

    /// The library closes the socket after this; that takes it out of the epoll set.
    func closed(_ id: UInt64) { state.withLock { _ = $0.records.removeValue(forKey: id) } }

    func began(_ exchange: Exchange) {
        state.withLock { $0.records[exchange.id]?.exchange = exchange }
    }

    /// The head has come in time.
    ///
    /// - Throws: 503, when the server stops or has too many connections.
    func headIsComplete(of exchange: Exchange) throws(Problem) {
        let refusal = state.withLock { state -> Problem? in
            state.records[exchange.id]?.headDeadline = nil
            state.records[exchange.id]?.headIsComplete = true
            if state.isStopping { return Self.stopping }
            return state.records[exchange.id]?.isAboveLimit == true ? Self.full : nil
        }
        if let refusal { throw refusal }
    }

    /// The connection waits for its next request, whose head has its time after the idle time.
    func ended(_ id: UInt64) {
        let seconds = configuration.idleTimeout + configuration.headerDeadline
        state.withLock { state in
            state.records[id]?.exchange = nil
            state.records[id]?.headIsComplete = false
            state.records[id]?.progress = nil
            state.records[id]?.headDeadline = Monotonic.milliseconds + seconds * 1000
        }
    }

    // MARK: Stopping

    var isStopping: Bool { state.withLock { $0.isStopping } }

    /// From here on requests are refused, and streams end.
    func beginStopping() {
        state.withLock { $0.isStopping = true }
        for exchange in exchanges { exchange.finishStream() }
    }

    /// Returns when no request runs, or after so many seconds.
    func waitUntilIdle(seconds: Int) async {
        let deadline = Monotonic.milliseconds + seconds * 1000
        while isBusy, Monotonic.milliseconds < deadline { try? await Task.sleep(for: .milliseconds(10)) }
    }

    private var isBusy: Bool {
        state.withLock { $0.records.values.contains { $0.exchange != nil && $0.headIsComplete } }
    }

    /// Ends what still runs. Nothing is suspended after this: requests that come are refused by `headIsComplete`.
    func abortAll() { for exchange in exchanges { exchange.abort() } }

    private var exchanges: [Exchange] { state.withLock { $0.records.values.compactMap(\.exchange) } }

    // MARK: Watching

    func startWatching() { BlockingThread.start { self.watch() } }

    func stopWatching() {
        state.withLock { $0.watchEnds = true }
        wakeWatch()
    }

    private func wakeWatch() {
        var one: UInt64 = 1
        write(wakeUp.number, &one, MemoryLayout<UInt64>.size)
    }

    private func watch() {
        // Its own number, so that it is not taken for the library's batches.
        var events = [epoll_event](repeating: epoll_event(), count: 64)
        while true {
            let isIdle = state.withLock { $0.records.isEmpty }
            let count = epoll_wait(watched.number, &events, Int32(events.count), isIdle ? -1 : Self.tick)
            if state.withLock({ $0.watchEnds }) { return }
            for event in events.prefix(Int(max(0, count))) {
                if event.data.u64 == 0 { drainWakeUp() } else { peerHasClosed(event.data.u64) }
            }
            lookAtDeadlines()
        }
    }

    private func drainWakeUp() {
        var count: UInt64 = 0
        _ = read(wakeUp.number, &count, MemoryLayout<UInt64>.size)
    }

    private func peerHasClosed(_ id: UInt64) {
        let exchange = state.withLock { state -> Exchange? in
            state.records[id]?.peerHasClosed = true
            if let socket = state.records[id]?.socket { Self.nudge(socket) }
            return state.records[id]?.exchange
        }
        exchange?.peerHasClosed()
    }

    /// 0.9.75 misses the end of a connection that comes together with the last bytes: its edge is gone by the time they
    /// were read. Closing the half that the peer has closed already makes a new edge and changes nothing else.
    private static func nudge(_ socket: Int32) { shutdown(socket, Int32(SHUT_RD)) }

    private func lookAtDeadlines() {
        let now = Monotonic.milliseconds
        let (late, running, left) = state.withLock { state -> (Int, [(UInt64, Exchange)], [Exchange]) in
            var late = 0
            for (id, record) in state.records {
                if record.peerHasClosed { Self.nudge(record.socket) }
                guard let deadline = record.headDeadline, deadline < now else { continue }
                shutdown(record.socket, Int32(SHUT_RDWR))
                state.records[id]?.headDeadline = nil
                late += 1
            }
            let running = state.records.compactMap { id, record in record.exchange.map { (id, $0) } }
            return (late, running, state.records.values.compactMap { $0.peerHasClosed ? $0.exchange : nil })
        }
        // Again, because the first time may have been before the request had come so far that it matters.
        for exchange in left { exchange.peerHasClosed() }
        if late > 0 { log(.cut("\(late) connections took too long to send a request")) }
        for (id, exchange) in running { lookAtBody(of: exchange, id, now) }
    }

    private func lookAtBody(of exchange: Exchange, _ id: UInt64, _ now: Int) {
        let bytes = exchange.bytesWhileReceiving
        let isTooSlow = state.withLock { state -> Bool in
            guard let bytes else {
                state.records[id]?.progress = nil
                return false
            }
            guard let progress = state.records[id]?.progress,
                bytes - progress.bytes < configuration.bodyProgressBytes
            else {
                state.records[id]?.progress = (bytes, now)
                return false
            }
            return now - progress.since > configuration.bodyProgressSeconds * 1000
        }
        guard isTooSlow else { return }
        exchange.bodyIsTooSlow()
        log(.cut("the body of \(exchange.requestID) came too slowly"))
        state.withLock { state in
            if let socket = state.records[id]?.socket { shutdown(socket, Int32(SHUT_RDWR)) }
        }
    }
}
