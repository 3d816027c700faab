import Glibc

/// The time that a burn goes by. Limits are measured with it and pauses made with it, so tests need not wait.
public protocol BurnClock: Sendable {
    /// Time since some moment in the past; it never goes back.
    var now: Duration { get }
    /// Blocks the calling thread for a while.
    func sleep(_ duration: Duration)
}

/// The machine's clock (`CLOCK_BOOTTIME` by way of `ContinuousClock`).
public struct SystemBurnClock: BurnClock {
    private static let origin = ContinuousClock.now

    /// The clock.
    public init() {}
    /// Time since the clock was first asked.
    public var now: Duration { Self.origin.duration(to: .now) }
    /// Blocks the calling thread for a while.
    public func sleep(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        var wanted = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
        var rest = timespec()
        while nanosleep(&wanted, &rest) != 0, errno == EINTR { wanted = rest }
    }
}

extension Duration {
    /// As a number of seconds.
    var inSeconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) * 1e-18
    }
}
