import BurnJobs
import JobQueue
import Logging
import POSIX
import Systemd

/// Tells systemd how the station is, where systemd started it and asked for that.
///
/// `WATCHDOG=1` is sent when the scheduler has taken a turn and at no other time: no thread of its own keeps a station
/// alive that hangs. The unit needs `KillMode=process`, so that a watchdog that ends the server leaves the burn workers be.
struct ServiceReporter: StationReporting {
    /// By so much a stop is put off at every turn while a disc is finished. Several times the longest interval between
    /// turns, so that one that comes late costs nothing.
    private static let patience: Duration = .seconds(60)
    /// Longest time between two turns.
    private static let longestInterval: Duration = .seconds(10)
    /// A watchdog is fed this often within its period; systemd advises half of it.
    private static let turnsPerPeriod = 3

    private let log: Logger
    private let isWatched: Bool
    /// Longest time between two turns of the scheduler.
    let turnInterval: Duration

    /// Nil when nobody listens.
    init?(log: Logger) {
        guard ServiceNotification.isWanted else { return nil }
        self.log = log
        let period = ServiceNotification.watchdogPeriod
        isWatched = period != nil
        turnInterval = min(Self.longestInterval, (period ?? .seconds(3600)) / Self.turnsPerPeriod)
    }

    func turned(_ summary: StationSummary) async {
        var messages: [ServiceNotification.Message] = [.status(summary.words)]
        if isWatched { messages.append(.alive) }
        if summary.isDraining { messages.append(.extendTimeout(Self.patience)) }
        await send(messages)
    }

    /// The station serves.
    func ready() async { await send([.ready]) }

    /// The station is about to start.
    func starting(_ what: String) async { await send([.status("starting: \(what)")]) }

    /// No new jobs from now on.
    func stopping() async { await send([.stopping, .extendTimeout(Self.patience)]) }

    private func send(_ messages: [ServiceNotification.Message]) async {
        let refusal = await BlockingThread.run { () -> SystemError? in
            do throws(SystemError) {
                try ServiceNotification.send(messages)
                return nil
            } catch {
                return error
            }
        }
        if let refusal { log.warning("systemd was not told", metadata: ["error": "\(refusal)"]) }
    }
}

extension StationSummary {
    /// The line of `systemctl status`.
    var words: String {
        var parts = working.map { "\($0.state.doing) job \($0.job) on \($0.drive)" }
        if queued > 0 { parts.append("\(queued) queued") }
        if waiting > 0 { parts.append("\(waiting) waiting for somebody") }
        return (isDraining ? "stopping, no new jobs: " : "") + (parts.isEmpty ? "idle" : parts.joined(separator: "; "))
    }
}

extension JobState {
    fileprivate var doing: String {
        switch self {
        case .finalizing: "finishing"
        case .queued, .waiting, .preparing, .burning, .verifying, .cancelling, .completed, .failed, .cancelled: rawValue
        }
    }
}
