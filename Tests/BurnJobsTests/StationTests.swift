import BurnJobs
import BurnPlan
import DiscLayout
import Drives
import FoundationEssentials
import Glibc
import JobQueue
import JobStore
import POSIX
import StationSupport
import Testing

@Suite struct StationTests {
    @Test func `a job goes to the drive with a blank and is completed with what was proven`() async throws {
        let harness = try StationHarness()
        let (station, _) = try await harness.station(.good)
        let submitted = try await harness.submit(station)
        let job = try await job(submitted.id, in: station, becomes: .completed)
        #expect(job.burns.count == 1)
        #expect(job.burns.first?.outcome?.proven == [.toc, .audio])
        #expect(job.drive == "tests-looking-drive-s1")
        await station.finish()
        #expect(try await harness.store().job(job.id)?.state == .completed)
    }

    @Test func `events tell of every state in order`() async throws {
        let harness = try StationHarness()
        let (station, _) = try await harness.station(.good)
        let submitted = try await harness.submit(station)
        _ = try await job(submitted.id, in: station, becomes: .completed)
        await station.finish()
        let states = try await harness.store().events(after: 0)?.compactMap { event -> String? in
            guard event.name == "job-state-changed" else { return nil }
            struct Body: Decodable {
                struct Job: Decodable { let state: String }
                let job: Job
            }
            return try WireFormat.decode(Body.self, from: event.data).job.state
        }
        #expect(states == ["queued", "preparing", "burning", "finalizing", "verifying", "completed"])
    }

    @Test func `a drive is told to be busy with a job, and idle after it`() async throws {
        let harness = try StationHarness()
        let (station, _) = try await harness.station(.good)
        let submitted = try await harness.submit(station)
        _ = try await job(submitted.id, in: station, becomes: .completed)
        await station.finish()
        struct Body: Decodable {
            struct Drive: Decodable { let state: String, job: Int? }
            let drive: Drive
        }
        let drives = try await harness.store().events(after: 0)?.filter { $0.name == "drive-state-changed" }
            .map { try WireFormat.decode(Body.self, from: $0.data).drive }
        #expect(drives?.contains { $0.state == "busy" && $0.job == submitted.id } == true)
        #expect(drives?.last?.state == "idle" && drives?.last?.job == nil)
    }

    @Test func `without a blank a job waits and goes on by itself when one arrives`() async throws {
        let harness = try StationHarness()
        harness.drive.insert(blank: false)
        let (station, _) = try await harness.station(.good)
        let submitted = try await harness.submit(station)
        let waiting = try await job(submitted.id, in: station, becomes: .waiting)
        #expect(waiting.needs?.action == .loadBlank && waiting.needs?.found?.status == .complete)
        #expect(waiting.reasons == [.mediaNotBlank])
        harness.drive.insert(blank: true)
        #expect(try await job(submitted.id, in: station, becomes: .completed).state == .completed)
    }

    @Test func `a disc that a worker refused untouched is not tried again until it is changed`() async throws {
        let harness = try StationHarness()
        let isFirst = Lock(true)
        let worker = ScriptedWorker { desk in
            guard
                isFirst.withLock({ first in
                    defer { first = false }
                    return first
                })
            else {
                return try desk.write(.outcome(BurnOutcome(.completed, disc: .good, proven: [.toc, .audio])))
            }
            let problem = BurnProblem(.mediaNotBlank, "It is written on.", hint: "Use another.")
            try desk.write(.outcome(BurnOutcome(.failed, disc: .untouched, problem: problem)))
        }
        let (station, _) = try await harness.station(worker)
        let submitted = try await harness.submit(station)
        let waiting = try await job(submitted.id, in: station, becomes: .waiting)
        #expect(waiting.reasons == [.mediaNotBlank])
        #expect(worker.started.withLock { $0 } == 1)
        harness.drive.insert(blank: true)
        let done = try await job(submitted.id, in: station, becomes: .completed)
        #expect(done.burns.count == 2)
    }

    @Test func `a burn is not repeated after it failed on the disc`() async throws {
        let harness = try StationHarness()
        let worker = ScriptedWorker { desk in
            try desk.write(.laserPending)
            try desk.write(.laserOn)
            let problem = BurnProblem(.writeError, "WRITE(10) failed.", hint: "Use another disc.", sense: "3/0C/00")
            try desk.write(.outcome(BurnOutcome(.failed, disc: .spoiled, problem: problem)))
        }
        let (station, _) = try await harness.station(worker)
        let submitted = try await harness.submit(station)
        let failed = try await job(submitted.id, in: station, becomes: .failed)
        #expect(failed.problem?.type == .writeError && failed.reasons == [.writeError])
        await station.finish()
        #expect(worker.started.withLock { $0 } == 1)
    }

    @Test func `a worker that dies with the laser on fails the job and spoils the disc`() async throws {
        let harness = try StationHarness()
        let worker = ScriptedWorker { desk in
            try desk.write(.laserPending)
            try desk.write(.laserOn)
        }
        let (station, _) = try await harness.station(worker)
        let submitted = try await harness.submit(station)
        let failed = try await job(submitted.id, in: station, becomes: .failed)
        #expect(failed.problem?.type == .workerDied)
        #expect(failed.burns.last?.outcome?.disc == .spoiled)
    }

    @Test func `a worker that keeps dying before the laser is not started for ever`() async throws {
        let harness = try StationHarness()
        let worker = ScriptedWorker { desk in try desk.write(.started(pid: 1)) }
        let (station, _) = try await harness.station(worker)
        let submitted = try await harness.submit(station)
        let failed = try await job(submitted.id, in: station, becomes: .failed)
        #expect(failed.problem?.type == .workerDied)
        #expect(worker.started.withLock { $0 } == 3)
    }
}

@Suite struct CancellingTests {
    static let patient = ScriptedWorker { desk in
        try desk.write(.phase(.burning))
        try desk.write(.laserPending)
        try desk.write(.laserOn)
        let text = desk.awaitCancellation()
        #expect(text == "spoil")
        try desk.write(.phase(.cancelling))
        try desk.write(.outcome(BurnOutcome(.cancelled, disc: .open, tracksOnDisc: [1])))
    }

    @Test func `a job that waits is cancelled at once`() async throws {
        let harness = try StationHarness()
        harness.drive.insert(blank: false)
        let (station, _) = try await harness.station(.good)
        let submitted = try await harness.submit(station)
        _ = try await job(submitted.id, in: station, becomes: .waiting)
        #expect(try await station.cancel(submitted.id, spoil: false).job.state == .cancelled)
        await #expect(throws: Station.Refusal.notCancellable(submitted.id, .cancelled)) {
            try await station.cancel(submitted.id, spoil: false)
        }
    }

    @Test func `a burning job is cancelled only at the price of its disc`() async throws {
        let harness = try StationHarness()
        let (station, _) = try await harness.station(Self.patient)
        let submitted = try await harness.submit(station)
        _ = try await job(submitted.id, in: station, becomes: .burning)
        await #expect(throws: Station.Refusal.wouldSpoilDisc(submitted.id)) {
            try await station.cancel(submitted.id, spoil: false)
        }
        // The worker may have stopped before the answer is read.
        #expect([.cancelling, .cancelled].contains(try await station.cancel(submitted.id, spoil: true).job.state))
        let cancelled = try await job(submitted.id, in: station, becomes: .cancelled)
        #expect(cancelled.burns.last?.outcome?.tracksOnDisc == [1])
    }

    @Test func `nothing stops a session that is being closed`() async throws {
        let harness = try StationHarness()
        let gate = Lock(false)
        let worker = ScriptedWorker { desk in
            try desk.write(.laserOn)
            try desk.write(.phase(.finalizing))
            while !gate.withLock({ $0 }) { usleep(10_000) }
            try desk.write(.outcome(BurnOutcome(.completed, disc: .good, proven: [.toc, .audio])))
        }
        let (station, _) = try await harness.station(worker)
        let submitted = try await harness.submit(station)
        _ = try await job(submitted.id, in: station, becomes: .finalizing)
        await #expect(throws: Station.Refusal.notCancellable(submitted.id, .finalizing)) {
            try await station.cancel(submitted.id, spoil: true)
        }
        gate.withLock { $0 = true }
        _ = try await job(submitted.id, in: station, becomes: .completed)
    }
}

@Suite struct RecoveryTests {
    /// Leaves a job in the database and a journal on the disk as a server that was killed leaves them.
    func leave(
        _ harness: StationHarness, _ state: JobState, _ lines: [JournalLine.Event]?
    ) async throws -> (Job, FileDescriptor?) {
        let store = try harness.store()
        var job = try await store.insert(
            StationHarness.order, files: StationHarness.files, demand: ContentDemand(sectors: 300, tracks: 1), uid: "U",
            at: Date()
        ) { _ in [] }.job
        job.state = state
        job.drive = "tests-looking-drive-s1"
        job.burns = [Burn(id: try await store.nextBurn(), drive: "tests-looking-drive-s1", startedAt: Date())]
        _ = try await store.save([job], announcing: [])
        try await store.save(
            KnownDrive(
                id: "tests-looking-drive-s1", label: "left", address: harness.address, vendor: "TESTS",
                product: "LOOKING DRIVE", firmware: "1.0", serial: "S1"))
        guard let lines else { return (job, nil) }
        let plan = BurnPlan(
            job: job.id, burn: 1, drive: harness.address, mode: .tao, speed: .max, close: .disc, eject: false,
            tracks: [])
        let journal = try harness.burn(1).prepare(plan)
        for line in lines { try journal.writeAll(JournalLine(at: Date(), line).encoded()) }
        return (job, journal)
    }

    @Test func `a living burn is followed to its verified end and not started again`() async throws {
        let harness = try StationHarness()
        var (left, journal) = try await leave(harness, .burning, [.phase(.burning), .laserPending, .laserOn])
        let worker = ScriptedWorker { _ in }
        let (station, drives) = try await harness.station(worker)
        #expect(try await drives.status("left").job == left.id)
        let outcome = BurnOutcome(.completed, disc: .good, proven: [.toc, .audio], tracksOnDisc: [1])
        try journal?.writeAll(JournalLine(at: Date(), .outcome(outcome)).encoded())
        // The last holder of the journal lets it go: the worker has ended.
        journal = nil
        let done = try await job(left.id, in: station, becomes: .completed)
        #expect(done.burns.map(\.outcome) == [outcome])
        #expect(worker.started.withLock { $0 } == 0)
    }

    @Test(arguments: [[.laserPending], [.laserPending, .laserOn, .written, .closed]] as [[JournalLine.Event]])
    func `a burn that died with the laser on is failed, its disc spoiled, and nothing is burned again`(
        _ lines: [JournalLine.Event]
    ) async throws {
        let harness = try StationHarness()
        let left = try await leave(harness, .burning, lines).0
        let worker = ScriptedWorker { _ in }
        let (station, _) = try await harness.station(worker)
        let settled = try await job(left.id, in: station, becomes: .failed)
        #expect(settled.problem?.type == .interruptedByRestart && settled.reasons == [.interruptedByRestart])
        #expect(settled.burns.last?.outcome?.disc == .spoiled)
        await station.finish()
        #expect(worker.started.withLock { $0 } == 0)
    }

    @Test(arguments: [nil, [.started(pid: 1), .phase(.preparing)]] as [[JournalLine.Event]?])
    func `a burn that died before the laser is tried again`(_ lines: [JournalLine.Event]?) async throws {
        let harness = try StationHarness()
        let left = try await leave(harness, .preparing, lines).0
        let (station, _) = try await harness.station(.good)
        let done = try await job(left.id, in: station, becomes: .completed)
        #expect(done.burns.count == 2 && done.burns[0].outcome == nil && done.burns[0].finishedAt != nil)
    }

    @Test func `a damaged journal makes the disc unsure, never good`() async throws {
        let harness = try StationHarness()
        var (left, journal) = try await leave(harness, .burning, [.laserPending])
        try journal?.writeAll(Array("not a line\n".utf8))
        journal = nil
        let (station, _) = try await harness.station(.good)
        let settled = try await job(left.id, in: station, becomes: .failed)
        #expect(settled.burns.last?.outcome?.disc == .unsure)
    }
}
