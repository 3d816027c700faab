import BurnJobs
import BurnPlan
import Drives
import FoundationEssentials
import Glibc
import JobQueue
import JobStore
import POSIX
import StationSupport
import Testing

private let drive = "tests-looking-drive-s1"

/// What a station remembers of its drives, and what follows.
@Suite(.timeLimit(.minutes(2))) struct StationMemoryTests {
    /// A worker that ends each burn with the next of these, and with the last one for ever.
    private func worker(_ ends: [BurnOutcome]) -> ScriptedWorker {
        let left = Lock(ends)
        return ScriptedWorker { desk in
            let outcome = left.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
            try desk.write(.started(pid: 1))
            if outcome.disc != .untouched {
                try desk.write(.laserPending)
                try desk.write(.laserOn)
            }
            try desk.write(.outcome(outcome))
        }
    }

    private func failed(_ kind: BurnProblem.Kind, disc: BurnOutcome.Disc = .spoiled) -> BurnOutcome {
        BurnOutcome(.failed, disc: disc, problem: BurnProblem(kind, "It failed.", hint: "Try again."))
    }

    private let good = BurnOutcome(.completed, disc: .good, proven: [.toc, .audio])

    /// Orders a job and waits for its end.
    private func burn(_ harness: StationHarness, _ station: Station) async throws -> Job {
        try await job(
            harness.submit(station).id, in: station, becomes: .completed, .failed, .cancelled, .waiting)
    }

    @Test func `good and bad burns are counted by what they were made with, and shown with the drive`() async throws {
        let harness = try StationHarness()
        let (station, drives) = try await harness.station(
            worker([good, failed(.writeError), failed(.closeFailed), good]))
        for _ in 0..<4 { _ = try await burn(harness, station) }
        await station.finish()
        let memory = try await station.memory(of: drive)
        #expect(memory.map(\.setting) == [BurnSetting(firmware: "1.0", kind: "CD-R")])
        #expect(memory.first?.burns == 4 && memory.first?.failures == ["write-error": 1, "close-failed": 1])
        let service = try await drives.status(drive).service
        #expect(service.burns == 4 && service.failures == 2 && service.failuresInARow == 0 && service.lastGoodAt != nil)
    }

    @Test func `after three discs in a row a drive takes no more, its jobs wait, and enabling it lets them go on`()
        async throws
    {
        let harness = try StationHarness()
        let (station, drives) = try await harness.station(
            worker([failed(.writeError), failed(.verifyMismatch), failed(.closeFailed), good]))
        for _ in 0..<3 { #expect(try await burn(harness, station).state == .failed) }
        let waiting = try await burn(harness, station)
        #expect(waiting.state == .waiting && waiting.reasons == [.driveFailing] && waiting.burns.isEmpty)
        #expect(waiting.needs?.action == .fixDrive && waiting.needs?.driveLabel == "left")
        let status = try await drives.status(drive)
        #expect(status.isEnabled && !status.takesJobs && status.service.outSince != nil)
        #expect(status.service.sentence?.contains("3 discs in a row") == true)
        await station.returnToService(drive)
        #expect(try await job(waiting.id, in: station, becomes: .completed).state == .completed)
        let after = try await drives.status(drive)
        #expect(after.takesJobs && after.service.failuresInARow == 0 && after.service.failures == 3)
        await station.finish()
        let events = try await harness.store().events(after: 0) ?? []
        #expect(
            events.contains { event in
                event.name == "drive-state-changed"
                    && String(decoding: event.data, as: UTF8.self).contains("drive-failing")
            })
    }

    @Test func `nothing is begun on a drive between its third failure and the word of it`() async throws {
        let harness = try StationHarness()
        let worker = worker([failed(.writeError)])
        let (station, _) = try await harness.station(worker)
        var ids: [Int] = []
        for _ in 0..<8 { ids.append(try await harness.submit(station).id) }
        for id in ids.prefix(3) { #expect(try await job(id, in: station, becomes: .failed).state == .failed) }
        for id in ids.dropFirst(3) {
            #expect(try await job(id, in: station, becomes: .waiting).reasons == [.driveFailing])
        }
        #expect(worker.started.withLock { $0 } == 3)
    }

    @Test func `a drive stays out of service over a restart, and back in service too`() async throws {
        let harness = try StationHarness()
        let (first, drives) = try await harness.station(worker([failed(.writeError)]))
        for _ in 0..<3 { _ = try await burn(harness, first) }
        let waiting = try await burn(harness, first)
        await first.finish()
        await drives.close()
        let (second, again) = try await harness.station(.good)
        let still = try await job(waiting.id, in: second, becomes: .waiting)
        #expect(still.reasons == [.driveFailing])
        await second.returnToService(drive)
        _ = try await job(waiting.id, in: second, becomes: .completed)
        await second.finish()
        await again.close()
        let (third, last) = try await harness.station(worker([failed(.writeError)]))
        #expect(try await burn(harness, third).state == .failed)
        await third.finish()
        let service = try await last.status(drive).service
        #expect(service.outSince == nil && service.failuresInARow == 1 && service.burns == 5)
    }

    @Test(arguments: [BurnProblem.Kind.mediaIncompatible, .planInvalid, .workerDied, .driveOffline, .layoutRefused])
    func `failures that are not the drive's never count`(_ kind: BurnProblem.Kind) async throws {
        let harness = try StationHarness()
        let (station, drives) = try await harness.station(worker([failed(kind)]))
        for _ in 0..<5 { #expect(try await burn(harness, station).state == .failed) }
        await station.finish()
        let service = try await drives.status(drive).service
        #expect(service == DriveStatus.Service())
        #expect(try await station.memory(of: drive).isEmpty)
    }

    @Test func `one disc that cannot be calibrated on is one failure in a row, and a second one more`() async throws {
        let harness = try StationHarness()
        let (station, drives) = try await harness.station(worker([failed(.powerCalibrationFailed, disc: .untouched)]))
        for _ in 0..<4 { #expect(try await burn(harness, station).state == .failed) }
        #expect(try await drives.status(drive).service.failuresInARow == 1)
        await station.finish()
    }

    // MARK: Restarts in between

    /// A job whose burn ended while no server looked.
    private func endedUnseen(_ harness: StationHarness, _ store: SQLiteJobStore) async throws -> Job {
        let order = StationHarness.order
        var job = try await store.insert(
            order, files: StationHarness.files, demand: ContentDemand(sectors: 300, tracks: 1), uid: "U", at: Date()
        ) { _ in [] }.job
        let seen = Burn.Seen(firmware: "1.0", kind: "CD-R", medium: nil, mediaGeneration: 1)
        job.state = .burning
        job.burns = [Burn(id: try await store.nextBurn(), drive: drive, startedAt: Date(), seen: seen)]
        _ = try await store.save([job], announcing: [])
        let folder = harness.burn(job.burns[0].id)
        let journal = try folder.prepare(BurnPlan(job: job.id, burn: 1, drive: harness.address, mode: .tao))
        try journal.writeAll(JournalLine(at: Date(), .laserOn).encoded())
        try journal.writeAll(JournalLine(at: Date(), .outcome(failed(.writeError))).encoded())
        return job
    }

    @Test func `a burn that ended while no server looked is counted by the next one`() async throws {
        let harness = try StationHarness()
        let job = try await endedUnseen(harness, harness.store())
        let (station, drives) = try await harness.station(.good)
        #expect(try await station.view(job.id).job.state == .failed)
        #expect(try await station.memory(of: drive).map(\.failures) == [["write-error": 1]])
        await station.finish()
        #expect(try await drives.status(drive).service.failures == 1)
    }

    @Test func `a burn that was remembered before a crash, and its job not ended, is not counted twice`() async throws {
        let harness = try StationHarness()
        let store = try harness.store()
        let job = try await endedUnseen(harness, store)
        let (first, drives) = try await harness.station(.good)
        await first.finish()
        await drives.close()
        // As if the job's end had not been stored.
        _ = try await store.save([job], announcing: [])
        let (second, again) = try await harness.station(.good)
        #expect(try await second.view(job.id).job.state == .failed)
        await second.finish()
        #expect(try await second.memory(of: drive).map(\.failures) == [["write-error": 1]])
        let service = try await again.status(drive).service
        #expect(service.burns == 1 && service.failuresInARow == 1)
    }
}
