public import FoundationEssentials

/// What a journal says so far.
public struct BurnHistory: Equatable, Sendable {
    /// How near the laser has come to the disc.
    public enum Laser: Int, Comparable, Sendable {
        /// No command that writes was sent.
        case off
        /// One may have been sent.
        case pending
        /// One was accepted.
        case on

        /// In the order of events.
        public static func < (one: Laser, other: Laser) -> Bool { one.rawValue < other.rawValue }
    }

    /// The worker's process id, once it has said so.
    public private(set) var pid: Int?
    /// The running part, or the last one.
    public private(set) var phase: BurnPhase?
    /// The latest progress.
    public private(set) var progress: BurnProgress?
    /// What is known of burn and disc.
    public private(set) var record: BurnRecord?
    /// When the worker began.
    public private(set) var startedAt: Date?
    /// How near the laser came.
    public private(set) var laser = Laser.off
    /// Tracks that are whole on the disc.
    public private(set) var tracks: [WrittenTrack] = []
    /// All tracks are on the disc.
    public private(set) var isWritten = false
    /// The session is closed.
    public private(set) var isClosed = false
    /// How it ended, once it has.
    public private(set) var outcome: BurnOutcome?
    /// When the last line was written.
    public private(set) var lastLineAt: Date?

    /// Nothing happened yet.
    public init() {}

    /// Takes the next line in.
    public mutating func apply(_ line: JournalLine) {
        lastLineAt = line.at
        switch line.event {
        case .started(let pid):
            self.pid = pid
            startedAt = line.at
        case .phase(let phase):
            self.phase = phase
            progress = nil
        case .progress(let progress): self.progress = progress
        case .record(let record): self.record = record
        case .laserPending: laser = max(laser, .pending)
        case .laserOn: laser = .on
        case .trackWritten(let track): tracks.append(track)
        case .written: isWritten = true
        case .closed: isClosed = true
        case .outcome(let outcome): self.outcome = outcome
        }
    }

    /// What follows for a burn whose worker is gone.
    public enum Settlement: Equatable, Sendable {
        /// The worker said how it ended.
        case ended(BurnOutcome)
        /// It never came near the disc: the job may be tried again.
        case neverBegan
        /// It died with the laser on or about to be: the disc is spoiled and the job failed.
        case interrupted(BurnOutcome)
    }

    /// Judges a burn whose worker is gone. A burn is at most once per disc, so from `laser-pending` on nothing is tried
    /// again by itself.
    ///
    /// - Parameter task: what was being done.
    public func settlement(_ problem: BurnProblem.Kind, of task: BurnPlan.Task = .burn) -> Settlement {
        if let outcome { return .ended(outcome) }
        guard laser > .off else { return .neverBegan }
        let numbers = tracks.map(\.number)
        switch task {
        case .burn:
            let place =
                isClosed ? "after the session was closed, before the disc was proven" : "while the disc was written"
            return interrupted(
                problem, .spoiled, "The burn stopped \(place); \(numbers.count) tracks had been ended.",
                hint: "Take the disc out and order the job again with a blank one.")
        case .erase:
            return interrupted(
                problem, .unsure, "Blanking stopped before its end was known.", hint: "Blank the disc again.")
        case .close:
            return interrupted(
                problem, .unsure, "Closing stopped before its end was known.",
                hint: "Look at the disc: where it is still open, close it again.")
        }
    }

    private func interrupted(
        _ problem: BurnProblem.Kind, _ disc: BurnOutcome.Disc, _ detail: String, hint: String
    ) -> Settlement {
        .interrupted(
            BurnOutcome(
                .failed, disc: disc, tracksOnDisc: tracks.map(\.number),
                problem: BurnProblem(problem, detail, hint: hint)))
    }
}
