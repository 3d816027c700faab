import Glibc

/// Time as the drive knows it. It comes in from outside, so that a test can let hours pass at once.
public struct RecorderClock: Sendable {
    /// Time since some fixed moment; it never goes back.
    public let now: @Sendable () -> Duration
    /// Returns when that much time has passed. Blocks.
    public let wait: @Sendable (Duration) -> Void
    /// Seconds since 1970, for the journals only.
    public let secondsSince1970: @Sendable () -> Int

    /// A clock of three functions.
    public init(
        now: @escaping @Sendable () -> Duration, wait: @escaping @Sendable (Duration) -> Void,
        secondsSince1970: @escaping @Sendable () -> Int
    ) {
        (self.now, self.wait, self.secondsSince1970) = (now, wait, secondsSince1970)
    }

    /// The machine's own: `CLOCK_MONOTONIC`, and real waiting.
    public static let system = RecorderClock(
        now: {
            var time = timespec()
            clock_gettime(CLOCK_MONOTONIC, &time)
            return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
        },
        wait: { duration in
            let (seconds, attoseconds) = duration.components
            guard duration > .zero else { return }
            var time = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
            var rest = timespec()
            // A signal ends the call early and leaves what is left in its second argument.
            while nanosleep(&time, &rest) != 0, errno == EINTR { time = rest }
        },
        secondsSince1970: { time(nil) })
}
