public import BurnPlan
import FoundationEssentials
public import JobQueue
import POSIX

extension Station {
    /// Accepts an order. It is on stable storage when this returns.
    ///
    /// - Throws: `Refusal.draining`, or what the store threw.
    public func submit(_ order: BurnOrder, lengths: [Job.TrackLength]) async throws -> JobView {
        guard !isDraining else { throw Refusal.draining }
        var random = SystemRandomNumberGenerator()
        let uid = ULID.make(at: Date(), using: &random)
        let (store, describe) = (configuration.store, configuration.describe)
        let job = try await inOrder { [feed] in
            let (job, events) = try await store.insert(order, lengths: lengths, uid: uid, at: Date()) { job in
                let data = try describe.jobChanged(JobView(job), previous: nil, at: job.createdAt)
                return [.init(name: "job-state-changed", data: data)]
            }
            for event in events { feed.publish(.state(event)) }
            return job
        }
        jobs[job.id] = JobView(job)
        schedule()
        return jobs[job.id] ?? JobView(job)
    }

    /// Cancels a job.
    ///
    /// - Parameter spoil: true when the disc may be lost.
    /// - Returns: the job, in the state `cancelled` or, when a worker has to stop first, `cancelling`.
    /// - Throws: `Refusal`, or what the store threw.
    public func cancel(_ id: Int, spoil: Bool) async throws -> JobView {
        guard let view = jobs[id] else {
            guard let job = try await configuration.store.job(id) else { throw Refusal.unknownJob(id) }
            throw Refusal.notCancellable(id, job.state)
        }
        switch view.job.state {
        case .queued, .waiting:
            guard !reserved.values.contains(id) else { return try await stop(id, .untouched) }
            await end(id, .cancelled, nil, [.cancelledByUser])
        case .preparing: return try await stop(id, spoil ? .spoil : .untouched)
        case .burning:
            guard spoil else { throw Refusal.wouldSpoilDisc(id) }
            return try await stop(id, .spoil)
        case .cancelling: return spoil ? try await stop(id, .spoil) : view
        case .finalizing, .verifying, .completed, .failed, .cancelled:
            throw Refusal.notCancellable(id, view.job.state)
        }
        return try await self.view(id)
    }

    /// Asks the worker to stop, or the preparation of one not to start it.
    private func stop(_ id: Int, _ cancellation: BurnFolder.Cancellation) async throws -> JobView {
        cancelled.insert(id)
        if let folder = runningFolder(id) {
            try await BlockingThread.run { try folder.requestCancel(cancellation) }
        }
        await update(id) { view in
            guard view.job.state.hasWorker else { return }
            (view.job.state, view.job.reasons) = (.cancelling, [.cancelledByUser])
        }
        return try await view(id)
    }

    /// Folder of a burn that was prepared.
    private func runningFolder(_ id: Int) -> BurnFolder? {
        guard let burn = jobs[id]?.job.runningBurn, prepared.contains(burn.id) else { return nil }
        return BurnFolder(burns: configuration.burnsFolder, burn: burn.id)
    }

    /// A job that ended without, or after, a worker.
    func end(_ id: Int, _ state: JobState, _ problem: BurnProblem?, _ reasons: [StateReason]) async {
        (cancelled, starts[id]) = (cancelled.subtracting([id]), nil)
        refusals = refusals.filter { $0.key.job != id }
        await update(id) { view in
            (view.job.state, view.job.reasons, view.job.needs) = (state, reasons, nil)
            (view.job.problem, view.job.finishedAt) = (problem, Date())
            (view.position, view.phase, view.progress) = (nil, nil, nil)
        }
        schedule()
    }

    // MARK: Reading

    /// One job, finished or not.
    public func view(_ id: Int) async throws -> JobView {
        if let view = jobs[id] { return view }
        guard let job = try await configuration.store.job(id) else { throw Refusal.unknownJob(id) }
        return JobView(job)
    }

    /// Jobs, newest first, finished or not.
    public func views(_ filter: JobFilter) async throws -> [JobView] {
        try await configuration.store.jobs(filter).map { jobs[$0.id] ?? JobView($0) }
    }
}
