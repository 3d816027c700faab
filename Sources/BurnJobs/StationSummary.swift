import Drives
public import JobQueue

/// What the station is at, for whoever keeps the service.
public struct StationSummary: Equatable, Sendable {
    /// A job on a drive.
    public struct Work: Equatable, Sendable {
        /// The job.
        public var job: Int
        /// Where it stands.
        public var state: JobState
        /// The label of the drive.
        public var drive: String

        /// A job on a drive.
        public init(job: Int, state: JobState, drive: String) {
            (self.job, self.state, self.drive) = (job, state, drive)
        }
    }

    /// Jobs on drives, by their numbers.
    public var working: [Work]
    /// Jobs that wait for a drive.
    public var queued: Int
    /// Jobs that wait for a person.
    public var waiting: Int
    /// Nothing new is started.
    public var isDraining: Bool

    /// A state of things.
    public init(working: [Work] = [], queued: Int = 0, waiting: Int = 0, isDraining: Bool = false) {
        (self.working, self.queued, self.waiting, self.isDraining) = (working, queued, waiting, isDraining)
    }
}

/// Told by the scheduler itself that it lives.
public protocol StationReporting: Sendable {
    /// A turn of the scheduler is over: it has decided about all jobs, and the drives have answered. There is no next turn
    /// before this returns.
    func turned(_ summary: StationSummary) async
}

extension Station {
    /// Takes turns: whenever something has changed, and at the latest after `turnInterval`, until the station ends. What is
    /// told comes from the actor that schedules, so that silence means that it hangs.
    func takeTurns(_ reporting: any StationReporting) async {
        for await _ in turns {
            schedule()
            // A drive registry that hangs is as bad as a scheduler that does.
            _ = await configuration.drives.statuses()
            await reporting.turned(summary)
        }
    }

    private var summary: StationSummary {
        let views = jobs.values.map(\.job).sorted { $0.id < $1.id }
        return StationSummary(
            working: views.filter { $0.state.hasWorker }.map { job in
                let label = job.drive.flatMap { drives[$0]?.label }
                return StationSummary.Work(job: job.id, state: job.state, drive: label ?? job.drive ?? "a drive")
            },
            queued: views.count { $0.state == .queued }, waiting: views.count { $0.state == .waiting },
            isDraining: isDraining)
    }
}
