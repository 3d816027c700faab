public import JobQueue
import POSIX

/// What listeners hear.
public enum FeedEvent: Sendable, Equatable {
    /// A numbered change that nobody may miss.
    case state(StoredEvent)
    /// How far a job has got: the next one replaces it.
    case progress(job: Int, data: [UInt8])
    /// A sign of life.
    case heartbeat(data: [UInt8])
    /// Nothing follows: burnd ends.
    case end
}

/// Somebody who listens; called on any thread, and must not block.
public typealias FeedListener = @Sendable (FeedEvent) -> Void

/// Gives every event to everyone who listens, in order.
public final class EventFeed: Sendable {
    private struct State {
        var listeners: [Int: FeedListener] = [:]
        var next = 0
        var isEnded = false
    }

    private let state = Lock(State())

    /// A feed without listeners.
    public init() {}

    /// Adds a listener; nil when the feed has ended. The number takes it away again.
    public func listen(_ listener: @escaping FeedListener) -> Int? {
        state.withLock { state in
            guard !state.isEnded else { return nil }
            state.next += 1
            state.listeners[state.next] = listener
            return state.next
        }
    }

    /// Takes a listener away.
    public func ignore(_ number: Int) { state.withLock { _ = $0.listeners.removeValue(forKey: number) } }

    /// Number of listeners.
    public var listenerCount: Int { state.withLock { $0.listeners.count } }

    /// Tells everyone.
    public func publish(_ event: FeedEvent) {
        let listeners = state.withLock { state in
            if event == .end { state.isEnded = true }
            return Array(state.listeners.values)
        }
        for listener in listeners { listener(event) }
    }
}
