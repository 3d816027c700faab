import BurnPlan
import DiscComposition
import Drives
import FoundationEssentials
import JobQueue
import Logging
import POSIX

/// One job on one drive, from the taking of the drive to its giving back.
extension Station {
    /// Takes a drive for a job. Nothing is awaited here: the next decision already sees the drive as taken.
    func begin(_ id: Int, on drive: String) {
        reserved[drive] = id
        run(id) { station in await station.carryOut(id, on: drive) }
    }

    private func carryOut(_ id: Int, on drive: String) async {
        do {
            let folder = try await prepare(id, on: drive)
            await follow(id, folder, lost: .workerDied)
        } catch let problem as BurnProblem {
            await couldNotStart(id, problem)
        } catch {
            configuration.log.error("a worker could not be started", metadata: ["job": "\(id)", "error": "\(error)"])
            let problem = BurnProblem(
                .workerDied, "The burn worker could not be started: \(error).",
                hint: "See the log of burnd; the disc is untouched.")
            await couldNotStart(id, problem)
        }
        await release(drive, from: id)
    }

    /// Files, plan, drive, worker: everything before the laser that is not the worker's.
    private func prepare(_ id: Int, on drive: String) async throws -> BurnFolder {
        let choice = try choice(id, on: drive)
        let burn = try await configuration.store.nextBurn()
        let seen = seen(on: drive)
        await update(id) { view in
            (view.job.state, view.job.reasons, view.job.needs, view.position) = (.preparing, [], nil, nil)
            (view.job.drive, view.job.startedAt) = (drive, view.job.startedAt ?? Date())
            view.job.burns.append(Burn(id: burn, drive: drive, startedAt: Date(), choice: choice, seen: seen))
            view.phase = .preparing
        }
        var plan = try await plan(id, burn: burn, on: drive, choice)
        do {
            let name = jobs[id]?.job.order.clientName
            try await configuration.drives.claim(drive, for: id, clientName: name)
            // Now, and not when the files began to be read: it may have been plugged in elsewhere since.
            plan.drive = try await configuration.drives.status(drive).address
        } catch {
            throw BurnProblem(
                .driveOffline, "The drive was taken by something else.", hint: "The job goes on when it is free.")
        }
        let folder = BurnFolder(burns: configuration.burnsFolder, burn: burn)
        let journal = try await BlockingThread.run { [plan] in try folder.prepare(plan) }
        guard !cancelled.contains(id) else { throw Self.cancelledEarly }
        // From here on a cancellation is the worker's: its folder is there to be told in.
        prepared.insert(burn)
        try await BlockingThread.run { [workers = configuration.workers] in try workers.start(folder, journal: journal)
        }
        return folder
    }

    private static let cancelledEarly = BurnProblem(
        .cancelledByUser, "The job was cancelled before the drive was used.", hint: "The disc is untouched.")

    /// How the drive writes the job.
    private func choice(_ id: Int, on drive: String) throws -> ModeChoice {
        guard let job = jobs[id]?.job, let status = drives[drive] else { throw Self.cancelledEarly }
        do throws(ModeChoice.Lack) {
            return try ModeChoice.choose(job.order, job.demand, on: RecorderAbilities(status.capabilities))
        } catch {
            throw BurnProblem(
                .modeNotSupported, "Drive \(status.label): \(error.sentence)",
                hint: "The disc is untouched. Order it in another mode, or on another drive.")
        }
    }

    private func plan(_ id: Int, burn: Int, on drive: String, _ choice: ModeChoice) async throws -> BurnPlan {
        guard let job = jobs[id]?.job, let address = drives[drive]?.address else { throw Self.cancelledEarly }
        var paths: [DiscComposition.Source: String] = [:]
        for source in DiscComposition.sources(of: job.order, files: job.files) {
            paths[source] = try await path(of: source, job)
        }
        do throws(OrderFaults) {
            let composition = try DiscComposition.compose(job.order, files: job.files) { [paths] in paths[$0] ?? "" }
            var plan = composition.plan(job: id, burn: burn, drive: address, job.order, choice)
            plan.driveLabel = drives[drive]?.label
            return plan
        } catch {
            let words = error.faults.map { "\($0.place.pointer): \($0.rule.detail)" }.joined(separator: " ")
            throw BurnProblem(.planInvalid, words, hint: "The disc is untouched. Order the job anew.")
        }
    }

    /// Where a source lies, proven to be what was known of it when the order was accepted.
    private func path(of source: DiscComposition.Source, _ job: Job) async throws -> String {
        switch source {
        case .audio(let digest):
            let audio = try await configuration.files.decodedAudio(of: digest)
            let known = job.files[digest]?.sampleFrames ?? 0
            guard audio.sampleFrames == known else {
                throw Self.changed("\(digest) decodes to \(audio.sampleFrames) samples; it was \(known).")
            }
            return audio.path
        case .bytes(let digest):
            let file = try await configuration.files.bytes(of: digest)
            let known = job.files[digest]?.bytes ?? 0
            guard file.count == known else {
                throw Self.changed("\(digest) has \(file.count) bytes; it had \(known).")
            }
            return file.path
        }
    }

    private static func changed(_ detail: String) -> BurnProblem {
        BurnProblem(.decodeFailed, detail, hint: "The disc is untouched. Order the job again.")
    }

    private func couldNotStart(_ id: Int, _ problem: BurnProblem) async {
        let result: BurnOutcome.Result = problem.type == .cancelledByUser ? .cancelled : .failed
        await settle(id, .ended(BurnOutcome(result, disc: .untouched, problem: problem)))
    }

    // MARK: Following

    /// Follows a worker's journal to its end and settles the burn.
    ///
    /// - Parameter lost: what a worker that died without an outcome is called.
    func follow(_ id: Int, _ folder: BurnFolder, lost: BurnProblem.Kind) async {
        var history = BurnHistory()
        for await item in JournalFollower.items(of: folder) {
            switch item {
            case .line(let line):
                history.apply(line)
                await told(id, line)
            case .workerGone: break
            case .unreadable(let why):
                await journalLost(id, why)
                return
            }
        }
        await settle(id, settlement(history, lost, of: id), record: history.record)
    }

    private func told(_ id: Int, _ line: JournalLine) async {
        switch line.event {
        case .phase(let phase):
            await update(id) { view in
                (view.phase, view.progress) = (phase, nil)
                // A disc that is being spoiled on purpose goes through other phases on its way.
                let isStopping = view.job.state == .cancelling && phase != .burning
                view.job.state = isStopping ? .cancelling : JobState(phase)
                if view.job.state != .cancelling { view.job.reasons = [] }
            }
        case .progress(let progress):
            jobs[id]?.progress = progress
            jobs[id]?.progressAt = line.at
            guard let view = jobs[id], let data = try? configuration.describe.progress(of: view, at: line.at) else {
                return
            }
            feed.publish(.progress(job: id, data: data))
        case .record(let record) where record.inhibitor != jobs[id]?.job.runningBurn?.record?.inhibitor:
            // The one thing of it that people watch for: they are told at once.
            inhibitor = record.inhibitor ?? inhibitor
            await update(id) { view in
                guard let last = view.job.burns.indices.last else { return }
                view.job.burns[last].record = record
            }
        case .record(let record): keep(record, of: id)
        case .started, .laserPending, .laserOn, .trackWritten, .written, .closed, .outcome: break
        }
    }

    /// What is known of a burn is stored with the next change of its job's state; until then the journal has it.
    private func keep(_ record: BurnRecord?, of id: Int) {
        guard let record, let job = jobs[id]?.job, job.runningBurn != nil, let last = job.burns.indices.last else {
            return
        }
        jobs[id]?.job.burns[last].record = record
    }

    private func journalLost(_ id: Int, _ why: String) async {
        let problem = BurnProblem(
            .workerDied, "The journal of the burn cannot be read: \(why).",
            hint: "Look at the disc before using it; order the job again with a blank one.")
        await settle(id, .interrupted(BurnOutcome(.failed, disc: .unsure, problem: problem)))
    }

    // MARK: Settling

    /// Puts the end of a burn into its job.
    ///
    /// - Parameter record: what the journal says of the burn.
    func settle(_ id: Int, _ settlement: BurnHistory.Settlement, record: BurnRecord? = nil) async {
        keep(record, of: id)
        if let burn = jobs[id]?.job.runningBurn { prepared.remove(burn.id) }
        switch settlement {
        case .ended(let outcome), .interrupted(let outcome):
            closeBurn(id, outcome)
            await rememberBurn(of: id)
            if let reason = retryReason(id, outcome) {
                await again(id, refusing: reason)
            } else {
                // First, so that whoever hears that the job is over finds the drive free.
                if let drive = jobs[id]?.job.drive, reserved[drive] == id {
                    try? await configuration.drives.release(drive)
                }
                await end(id, JobState(outcome.result), outcome.problem, outcome.problem.map(Self.reasons) ?? [])
            }
        case .neverBegan:
            closeBurn(id, nil)
            await again(id, refusing: nil)
        }
    }

    /// What follows for a job whose worker is gone.
    func settlement(_ history: BurnHistory, _ lost: BurnProblem.Kind, of id: Int) -> BurnHistory.Settlement {
        history.settlement(lost, of: jobs[id]?.job.order.task ?? .burn)
    }

    private func closeBurn(_ id: Int, _ outcome: BurnOutcome?) {
        guard let view = jobs[id], view.job.runningBurn != nil, let last = view.job.burns.indices.last else { return }
        jobs[id]?.job.burns[last].finishedAt = Date()
        jobs[id]?.job.burns[last].outcome = outcome
    }

    /// Why a job whose disc was left untouched, or was blanked and no more, may simply wait for another; nil when it is
    /// over.
    private func retryReason(_ id: Int, _ outcome: BurnOutcome) -> StateReason? {
        guard outcome.result == .failed, outcome.disc == .untouched || outcome.disc == .blank else { return nil }
        switch outcome.problem?.type {
        case .mediaNotBlank: return .mediaNotBlank
        case .mediaTooSmall: return .mediaTooSmall
        case .mediaIncompatible, .leadInTooShort: return .mediaIncompatible
        case .driveOffline: return starts[id, default: 0] + 1 < Self.startsPerJob ? .driveOffline : nil
        default: return nil
        }
    }

    /// The job goes back to the queue: nothing was written.
    ///
    /// - Parameter reason: why the disc in the drive is not to be tried again; nil when it is not the disc's fault.
    private func again(_ id: Int, refusing reason: StateReason?) async {
        guard let view = jobs[id] else { return }
        if cancelled.contains(id) { return await end(id, .cancelled, nil, [.cancelledByUser]) }
        if let reason, reason != .driveOffline, let drive = view.job.drive, let status = drives[drive] {
            let refusal = Scheduling.Refusal(job: id, drive: drive, mediaGeneration: status.mediaGeneration)
            refusals[refusal] = reason
        } else {
            starts[id, default: 0] += 1
            guard starts[id, default: 0] < Self.startsPerJob else {
                let problem = BurnProblem(
                    .workerDied, "The burn worker died \(Self.startsPerJob) times before it came near the disc.",
                    hint: "The disc is untouched; see the logs of the burns.")
                return await end(id, .failed, problem, [])
            }
        }
        await update(id) { view in
            (view.job.state, view.job.reasons, view.job.needs) = (.queued, reason.map { [$0] } ?? [], nil)
            (view.phase, view.progress) = (nil, nil)
        }
    }

    private static func reasons(_ problem: BurnProblem) -> [StateReason] {
        switch problem.type {
        case .cancelledByUser: [.cancelledByUser]
        case .interruptedByRestart: [.interruptedByRestart]
        case .verifyMismatch, .tocMismatch, .subChannelMismatch, .readBackFailed: [.verifyMismatch]
        case .writeError, .closeFailed, .eraseFailed, .driveTimeout: [.writeError]
        case .bufferUnderrun: [.bufferUnderrun]
        case .powerCalibrationFailed: [.powerCalibrationFailed]
        case .driveOffline: [.driveOffline]
        case .modeNotSupported, .layoutRefused: [.modeNotSupported]
        case .mediaNotBlank: [.mediaNotBlank]
        case .mediaTooSmall: [.mediaTooSmall]
        case .mediaIncompatible, .leadInTooShort: [.mediaIncompatible]
        case .driveRefused, .imageInvalid, .workerDied, .decodeFailed, .planInvalid: []
        }
    }
}

extension JobState {
    /// The state of a job whose burn is in a phase.
    init(_ phase: BurnPhase) {
        self =
            switch phase {
            case .preparing: .preparing
            case .burning: .burning
            case .finalizing: .finalizing
            case .verifying: .verifying
            case .cancelling: .cancelling
            }
    }

    /// The state of a job whose burn has ended.
    init(_ result: BurnOutcome.Result) {
        self =
            switch result {
            case .completed: .completed
            case .failed: .failed
            case .cancelled: .cancelled
            }
    }
}
