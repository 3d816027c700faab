import CSystemd
import Glibc
public import POSIX

/// What a service tells the service manager (sd_notify(3)), where `NOTIFY_SOCKET` says that one listens.
///
/// The variables belong to this process: `ChildProcess` passes none of them on.
public enum ServiceNotification {
    /// One thing to tell.
    public enum Message: Equatable, Sendable {
        /// `READY=1`: the service serves.
        case ready
        /// `STOPPING=1`: it is about to end.
        case stopping
        /// `STATUS=`: what it does, as a line for `systemctl status`.
        case status(String)
        /// `WATCHDOG=1`: it lives.
        case alive
        /// `EXTEND_TIMEOUT_USEC=`: starting or stopping takes at least so long from now on.
        case extendTimeout(Duration)

        /// The line of the protocol. Text cannot begin another one: a label of a drive may be anything, and `MAINPID=1` is a
        /// message too.
        var line: String {
            switch self {
            case .ready: "READY=1"
            case .stopping: "STOPPING=1"
            case .status(let text):
                "STATUS="
                    + String(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : Character($0) })
            case .alive: "WATCHDOG=1"
            case .extendTimeout(let duration): "EXTEND_TIMEOUT_USEC=\(Logind.microseconds(duration))"
            }
        }
    }

    /// Whether somebody listens.
    public static var isWanted: Bool { getenv("NOTIFY_SOCKET") != nil }

    /// The time without `alive` after which the manager takes this process for stuck; nil when it does not watch.
    public static var watchdogPeriod: Duration? {
        var microseconds: UInt64 = 0
        guard sd_watchdog_enabled(0, &microseconds) > 0 else { return nil }
        return .microseconds(Int64(clamping: microseconds))
    }

    /// Tells all of it at once; nothing happens when nobody listens. Blocks while the manager's queue is full.
    public static func send(_ messages: [Message]) throws(SystemError) {
        let result = sd_notify(0, text(messages))
        guard result >= 0 else { throw SystemError(call: "sd_notify", number: -result) }
    }

    static func text(_ messages: [Message]) -> String { messages.map(\.line).joined(separator: "\n") }
}
