public import BurnPlan
import DiscComposition
import Drives
import FoundationEssentials
public import JobQueue
import POSIX

extension Station {
    /// Accepts an order. It is on stable storage when this returns.
    ///
    /// - Parameter files: what is known of the files that it names, by their digests.
    /// - Throws: `OrderFaults`, `Refusal.draining`, `Refusal.modeNotSupported`, or what the store threw.
    public func submit(_ order: BurnOrder, files: [String: FileFacts]) async throws -> JobView {
        guard !isDraining else { throw Refusal.draining }
        let demand = try self.demand(of: order, files)
        var random = SystemRandomNumberGenerator()
        let uid = ULID.make(at: Date(), using: &random)
        let (store, describe) = (configuration.store, configuration.describe)
        let job = try await inOrder { [feed] in
            let (job, events) = try await store.insert(
                order, files: files, demand: demand, uid: uid, at: Date()
            ) { job in
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

    /// What the content of an order needs, when it can be composed and some drive can do it.
    private func demand(of order: BurnOrder, _ files: [String: FileFacts]) throws -> ContentDemand {
        let demand = try DiscComposition.compose(order, files: files).demand
        let situations = drives.values.sorted { $0.id < $1.id }.map(situation)
        if let problem = Scheduling.incapable(situations, for: order, demand) {
            throw Refusal.modeNotSupported(problem)
        }
        return demand
    }

    /// In which way a drive would write an order, without an order being accepted.
    ///
    /// - Returns: by the ids of the drives that the order may use: the way, or what the drive lacks.
    public func choices(
        for order: BurnOrder, _ demand: ContentDemand
    ) -> [String: Result<ModeChoice, ModeChoice.Lack>] {
        let named = drives.values.map(situation).filter { $0.isMeant(by: order.drive) }
        return Dictionary(
            uniqueKeysWithValues: named.map { drive in
                let choice = Result { () throws(ModeChoice.Lack) in
                    try ModeChoice.choose(order, demand, on: drive.abilities)
                }
                return (drive.id, choice)
            })
    }

    /// Changes the order of a job that no drive has yet.
    ///
    /// - Parameters:
    ///   - seen: the order that the change was made to.
    ///   - order: what is asked for from now on.
    ///   - files: what is known of the files that it names, by their digests.
    /// - Throws: `OrderFaults`, `Refusal`, or what the store threw.
    public func edit(
        _ id: Int, from seen: BurnOrder, to order: BurnOrder, files: [String: FileFacts]
    ) async throws -> JobView {
        guard let view = jobs[id] else {
            guard let job = try await configuration.store.job(id) else { throw Refusal.unknownJob(id) }
            throw Refusal.notEditable(id, job.state)
        }
        guard view.job.state == .queued || view.job.state == .waiting, !reserved.values.contains(id) else {
            throw Refusal.notEditable(id, reserved.values.contains(id) ? .preparing : view.job.state)
        }
        guard view.job.order == seen else { throw Refusal.changedMeanwhile(id) }
        let demand = try self.demand(of: order, files)
        // Another order may be content with a disc that this one was refused.
        refusals = refusals.filter { $0.key.job != id }
        await update(id) { view in
            (view.job.order, view.job.files, view.job.demand) = (order, files, demand)
        }
        schedule()
        return try await self.view(id)
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
            // Blanking cannot be stopped. An order that blanks first is left when that is over; then nothing is spoiled.
            if view.job.order.task == .erase { throw Refusal.notCancellable(id, .burning) }
            if view.progress?.action == .erasing { return try await stop(id, spoil ? .spoil : .untouched) }
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

    /// The job that a burn belongs to; nil when there is no such burn.
    public func job(ofBurn burn: Int) async throws -> Job? {
        if let view = jobs.values.first(where: { $0.job.burns.contains { $0.id == burn } }) { return view.job }
        return try await configuration.store.job(ofBurn: burn)
    }

    /// Jobs, newest first, finished or not.
    public func views(_ filter: JobFilter) async throws -> [JobView] {
        try await configuration.store.jobs(filter).map { jobs[$0.id] ?? JobView($0) }
    }
}
