public import Drives
public import JobQueue

/// What the station looks like at one moment.
public struct StationSnapshot: Sendable {
    /// Number of the latest event; the next one tells of the next change.
    public var sequence: Int
    /// All drives.
    public var drives: [DriveStatus]
    /// All jobs that are not over, then the latest that are, each by falling id.
    public var jobs: [JobView]
    /// The number of jobs in each state.
    public var counts: [JobState: Int]
    /// Nothing new is started.
    public var isDraining: Bool
}

extension Station {
    /// Finished jobs that a snapshot has.
    static let finishedInSnapshot = 20

    /// Everything as it is, between two changes.
    public func snapshot() async throws -> StationSnapshot {
        try await inOrder { try await self.takeSnapshot() }
    }

    private func takeSnapshot() async throws -> StationSnapshot {
        let store = configuration.store
        let terminal = Set(JobState.allCases.filter(\.isTerminal))
        let finished = try await store.jobs(JobFilter(states: terminal, limit: Self.finishedInSnapshot))
        let counts = try await store.jobCounts()
        let sequence = try await store.latestEvent()
        let statuses = await configuration.drives.statuses()
        let unfinished = jobs.values.sorted { $0.job.id > $1.job.id }
        return StationSnapshot(
            sequence: sequence, drives: statuses,
            jobs: unfinished + finished.filter { jobs[$0.id] == nil }.map { JobView($0) }, counts: counts,
            isDraining: isDraining)
    }

    /// How a listener begins.
    public enum Beginning: Sendable {
        /// Everything since the event that it had last.
        case replay([StoredEvent])
        /// Everything as it is.
        case snapshot(StationSnapshot)
    }

    /// Adds a listener such that it misses nothing: between `begin` and the first event that it hears there is no change.
    ///
    /// - Parameters:
    ///   - last: number of the event that it had last; nil for a new one.
    ///   - begin: called once, before `listener`.
    /// - Returns: the listener's number; nil when the feed has ended.
    public func listen(
        after last: Int?, begin: @escaping @Sendable (Beginning) -> Void, _ listener: @escaping FeedListener
    ) async throws -> Int? {
        try await inOrder { [feed] in
            if let last, let missed = try await self.configuration.store.events(after: last) {
                begin(.replay(missed))
            } else {
                begin(.snapshot(try await self.takeSnapshot()))
            }
            return feed.listen(listener)
        }
    }
}
