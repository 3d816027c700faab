import BurnPlan
import JobQueue
import POSIX

/// What a new server makes of what the last one left.
extension Station {
    /// Reads the jobs and the journals of those that had a drive: the living are followed on, the dead are settled.
    ///
    /// - Returns: which drives are in the hands of living workers: drive id → job. They must not be touched.
    /// - Throws: what the store threw.
    public func recover() async throws -> [String: Int] {
        try await recallDrives()
        for job in try await configuration.store.unfinishedJobs() { jobs[job.id] = JobView(job) }
        var held: [String: Int] = [:]
        for id in jobs.keys.sorted() {
            guard let job = jobs[id]?.job else { continue }
            guard let burn = job.runningBurn else {
                if job.state.hasWorker { await settle(id, .neverBegan) }
                continue
            }
            let folder = BurnFolder(burns: configuration.burnsFolder, burn: burn.id)
            if await isLiving(id, folder) {
                held[burn.drive] = id
                adopt(id, folder, on: burn.drive)
            } else {
                abandoned.insert(burn.drive)
            }
        }
        return held
    }

    /// Settles a dead burn; true for a living one.
    private func isLiving(_ id: Int, _ folder: BurnFolder) async -> Bool {
        do {
            guard let (history, isLocked) = try await BlockingThread.run({ try folder.look() }) else {
                await settle(id, .neverBegan)
                return false
            }
            if isLocked { return true }
            await settle(id, settlement(history, .interruptedByRestart, of: id), record: history.record)
        } catch {
            let problem = BurnProblem(
                .interruptedByRestart, "The journal of the burn cannot be read: \(error).",
                hint: "Look at the disc before using it; order the job again with a blank one.")
            await settle(id, .interrupted(BurnOutcome(.failed, disc: .unsure, problem: problem)))
        }
        return false
    }

    private func adopt(_ id: Int, _ folder: BurnFolder, on drive: String) {
        reserved[drive] = id
        if let burn = jobs[id]?.job.runningBurn { prepared.insert(burn.id) }
        run(id) { station in
            await station.follow(id, folder, lost: .workerDied)
            await station.release(drive, from: id)
        }
    }
}
