import POSIX

/// The events on their way to one client: a bounded queue between whoever publishes and the connection.
///
/// A client that reads too slowly first loses replaceable events (progress), of which only the last of each key matters.
/// One that is too many state events behind is cut, so that it connects again with Last-Event-ID and hears what it missed:
/// a hole in the middle of a stream would never be noticed.
public final class EventStream: Sendable {
    /// What may happen to an event when the client is slow.
    public enum Kind: Sendable, Equatable {
        /// It is delivered, in order, or the stream ends.
        case state
        /// A later one with the same key takes its place while it waits; it goes first when room is short.
        case replaceable(key: String)
    }

    /// What a server's attempt to read gave.
    public enum Reading: Sendable, Equatable {
        /// This many bytes were copied, at least one.
        case bytes(Int)
        /// Nothing waits now; `whenEmpty` has run, and `wake` will.
        case waiting
        /// Everything has been read and nothing comes any more.
        case end
    }

    /// State events a client may be behind. A burn makes about a dozen, so this is hours; 256 of 4 KiB are 1 MiB a client.
    public static let defaultPendingLimit = 256
    /// Keys of replaceable events that may wait; one is enough for each drive and upload.
    private static let replaceableLimit = 64

    private struct Pending {
        let kind: Kind
        let bytes: [UInt8]
    }

    private struct State {
        var pending: [Pending] = []
        /// Bytes of the first pending event that were read already; it is then no longer replaceable.
        var consumed = 0
        var isFinished = false
        var isClosed = false
        /// Set while the reader sleeps.
        var wake: (@Sendable () -> Void)?
        var onClose: (@Sendable () -> Void)?
    }

    private let state: Lock<State>
    private let pendingLimit: Int

    /// A stream for one client.
    ///
    /// - Parameters:
    ///   - pendingLimit: how many state events the client may be behind before it is cut.
    ///   - onClose: called once, on any thread, when the client is gone or the stream has ended.
    public init(pendingLimit: Int = EventStream.defaultPendingLimit, onClose: @escaping @Sendable () -> Void = {}) {
        self.pendingLimit = pendingLimit
        state = Lock(State(onClose: onClose))
    }

    /// Puts an event in the queue, or finishes the stream when the client is too far behind. False when nobody will read it.
    @discardableResult
    public func push(_ bytes: [UInt8], kind: Kind) -> Bool {
        guard !bytes.isEmpty else { return true }
        return state.withLock { state in
            guard !state.isFinished && !state.isClosed else { return false }
            switch kind {
            case .state: Self.append(Pending(kind: kind, bytes: bytes), to: &state, limit: pendingLimit)
            case .replaceable: Self.replace(Pending(kind: kind, bytes: bytes), in: &state)
            }
            Self.wakeReader(&state)
            return !state.isFinished
        }
    }

    /// Puts an event in the queue, encoded.
    @discardableResult
    public func push(_ event: ServerSentEvent, kind: Kind = .state) -> Bool { push(event.bytes, kind: kind) }

    /// Ends the stream after what waits has been read.
    public func finish() {
        state.withLock { state in
            state.isFinished = true
            Self.wakeReader(&state)
        }
    }

    /// Whether the client is gone or the stream was ended.
    public var isEnded: Bool { state.withLock { $0.isFinished || $0.isClosed } }

    private static func append(_ event: Pending, to state: inout State, limit: Int) {
        let behind = state.pending.count { $0.kind == .state }
        guard behind < limit else {
            // What waits is not worth sending: the client starts again from the last id that it has seen.
            state.pending.removeSubrange((state.consumed > 0 ? 1 : 0)...)
            state.isFinished = true
            return
        }
        state.pending.append(event)
    }

    private static func replace(_ event: Pending, in state: inout State) {
        let movable = (state.consumed > 0 ? 1 : 0)..<state.pending.endIndex
        if let old = state.pending[movable].firstIndex(where: { $0.kind == event.kind }) {
            state.pending.remove(at: old)
        } else if state.pending.count(where: { $0.kind != .state }) >= replaceableLimit,
            let oldest = state.pending[movable].firstIndex(where: { $0.kind != .state })
        {
            state.pending.remove(at: oldest)
        }
        state.pending.append(event)
    }

    private static func wakeReader(_ state: inout State) {
        // Inside the lock, so that the reader cannot be gone in between: `close` takes the same lock.
        state.wake?()
        state.wake = nil
    }
}

/// The side of the server that sends the stream.
extension EventStream {
    /// Copies what waits.
    ///
    /// - Parameters:
    ///   - whenEmpty: run inside the stream's lock when nothing waits: the place to suspend the connection, since no `wake`
    ///     can come before it is done. It must not call the stream.
    ///   - wake: run once, inside the stream's lock, when there is something to read again. It must not call the stream.
    public func read(
        into buffer: UnsafeMutableRawBufferPointer, whenEmpty: () -> Void, wake: @escaping @Sendable () -> Void
    ) -> Reading {
        // The buffer and `whenEmpty` do not outlive the call; nothing of them is kept in the state.
        nonisolated(unsafe) let buffer = buffer
        return withoutActuallyEscaping(whenEmpty) { whenEmpty in
            nonisolated(unsafe) let whenEmpty = whenEmpty
            return state.withLock { state in
                let count = Self.copy(&state, buffer)
                if count > 0 { return .bytes(count) }
                if state.isFinished || state.isClosed { return .end }
                whenEmpty()
                state.wake = wake
                return .waiting
            }
        }
    }

    /// The client is gone, or everything was sent: nothing is kept, and `onClose` runs if it has not yet.
    public func close() {
        let onClose = state.withLock { state in
            state.isClosed = true
            state.pending = []
            state.consumed = 0
            state.wake = nil
            defer { state.onClose = nil }
            return state.onClose
        }
        onClose?()
    }

    private static func copy(_ state: inout State, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
        var filled = 0
        while filled < buffer.count, let first = state.pending.first {
            let count = min(first.bytes.count - state.consumed, buffer.count - filled)
            let target = UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<filled + count])
            first.bytes.withUnsafeBytes {
                target.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[state.consumed...].prefix(count)))
            }
            filled += count
            state.consumed += count
            if state.consumed == first.bytes.count {
                state.pending.removeFirst()
                state.consumed = 0
            }
        }
        return filled
    }
}
