import BurnJobs
import BurnPlan
import DiscComposition
import DiscLayout
import JobQueue
import JobStore
import POSIX
import StationSupport
import Testing

@Suite struct OrderLifeTests {
    static func progress(_ action: BurnProgress.Action) -> BurnProgress {
        BurnProgress(
            action: action, track: nil, tracks: 1, startLBA: 0, sectorCount: 1, lastReadLBA: 0, lastWrittenLBA: 0,
            buffer: .init(total: 1, used: 0), driveBufferPercent: nil, sectorsDone: 0, sectorsTotal: 1, rate: 0,
            elapsedSeconds: 0, remainingSeconds: 0, burnRemainingSeconds: 0)
    }

    /// What the worker's folder was given.
    static func plan(_ harness: StationHarness, _ burn: Int) throws -> BurnPlan {
        let path = harness.burn(burn).path + "/plan.json"
        return try WireFormat.decode(BurnPlan.self, from: DurableFile.contents(of: path, limit: 1 << 20))
    }

    @Test func `an order disc at once becomes a plan in session at once, and the burn says why`() async throws {
        let harness = try StationHarness()
        let (station, _) = try await harness.station(.good)
        var order = StationHarness.order
        (order.mode, order.catalogNumber) = (.dao, "0123456789012")
        let id = try await station.submit(order, files: StationHarness.files).job.id
        let done = try await job(id, in: station, becomes: .completed)
        #expect(done.burns[0].choice?.mode == .sao && done.burns[0].choice?.reason == .sessionAtOnce)
        let plan = try Self.plan(harness, 1)
        #expect(plan.mode == .sao && plan.catalogNumber == "0123456789012" && !plan.text.isEmpty)
        #expect(plan.tracks[0].pregap == 150 && plan.tracks[0].content.first?.file == "/dev/null")
    }

    @Test func `an order that makes no disc is refused with everything that is wrong`() async throws {
        let harness = try StationHarness()
        let (station, _) = try await harness.station(.good)
        var order = StationHarness.order
        (order.catalogNumber, order.tracks[0].recordingCode) = ("1", "x")
        let faults = OrderFaults([
            .init(.catalogNumberCheckDigit(expected: 0), at: .field(.catalogNumber)),
            .init(.recordingCode, at: .track(0, .isrc)),
        ])
        await #expect(throws: faults) { try await station.submit(order, files: StationHarness.files) }
        #expect(try await harness.store().jobs(JobFilter(limit: 9)).isEmpty)
    }

    @Test func `what the worker knows of its burn is kept`() async throws {
        let harness = try StationHarness()
        var record = BurnRecord()
        (record.mode, record.leadOut) = (.tao, 300)
        let worker = ScriptedWorker { [record] desk in
            try desk.write(.started(pid: 1))
            try desk.write(.record(record))
            try desk.write(.outcome(BurnOutcome(.completed, disc: .written)))
        }
        let (station, _) = try await harness.station(worker)
        let id = try await harness.submit(station).id
        let done = try await job(id, in: station, becomes: .completed)
        #expect(done.burns[0].record == record && done.burns[0].outcome?.disc == .written)
        await station.finish()
        #expect(try await harness.store().job(id)?.burns[0].record == record)
    }

    @Test func `an order is changed until a drive has it, by whoever saw it last`() async throws {
        let harness = try StationHarness()
        harness.drive.insert(blank: false)
        let (station, _) = try await harness.station(.good)
        let id = try await harness.submit(station).id
        var order = StationHarness.order
        (order.title, order.clientName) = ("Changed", "kiosk")
        let changed = try await station.edit(id, from: StationHarness.order, to: order, files: StationHarness.files)
        #expect(changed.job.order == order)
        await #expect(throws: Station.Refusal.changedMeanwhile(id)) {
            try await station.edit(id, from: StationHarness.order, to: order, files: StationHarness.files)
        }
        harness.drive.insert(blank: true)
        _ = try await job(id, in: station, becomes: .completed)
        await #expect(throws: Station.Refusal.notEditable(id, .completed)) {
            try await station.edit(id, from: order, to: order, files: StationHarness.files)
        }
    }

    @Test func `a disc that is being blanked for an order is left when that is over`() async throws {
        let harness = try StationHarness()
        let asked = Lock("")
        let worker = ScriptedWorker { desk in
            try desk.write(.started(pid: 1))
            try desk.write(.phase(.burning))
            try desk.write(.progress(Self.progress(.erasing)))
            let word = desk.awaitCancellation()
            asked.withLock { $0 = word }
            try desk.write(.phase(.cancelling))
            try desk.write(.outcome(BurnOutcome(.cancelled, disc: .blank)))
        }
        let (station, _) = try await harness.station(worker)
        let (progress, told) = AsyncStream.makeStream(of: Void.self)
        _ = station.feed.listen { event in if case .progress = event { told.finish() } }
        let id = try await harness.submit(station).id
        for await _ in progress {}
        #expect(try await station.cancel(id, spoil: false).job.state == .cancelling)
        let cancelled = try await job(id, in: station, becomes: .cancelled)
        #expect(cancelled.burns[0].outcome?.disc == .blank && asked.withLock { $0 } == "untouched")
    }

    @Test func `a disc that could not be used after it was blanked is no end of the order`() async throws {
        let harness = try StationHarness()
        let worker = ScriptedWorker { desk in
            try desk.write(.started(pid: 1))
            let problem = BurnProblem(.mediaTooSmall, "Too small.", hint: "")
            try desk.write(.outcome(BurnOutcome(.failed, disc: .blank, problem: problem)))
        }
        let (station, _) = try await harness.station(worker)
        let id = try await harness.submit(station).id
        let waiting = try await job(id, in: station, becomes: .waiting)
        #expect(waiting.reasons == [.mediaTooSmall] && waiting.burns.count == 1)
    }

    @Test func `erasing waits for a rewritable disc and is not stopped once it runs`() async throws {
        let harness = try StationHarness()
        let (station, _) = try await harness.station(.good)
        let order = BurnOrder(task: .erase, tracks: [])
        let id = try await station.submit(order, files: [:]).job.id
        let waiting = try await job(id, in: station, becomes: .waiting)
        #expect(waiting.needs?.action == .loadRewritable && waiting.reasons == [.mediaIncompatible])
    }

    @Test func `closing waits for an open disc`() async throws {
        let harness = try StationHarness()
        let (station, _) = try await harness.station(.good)
        let id = try await station.submit(BurnOrder(task: .close, tracks: []), files: [:]).job.id
        let waiting = try await job(id, in: station, becomes: .waiting)
        #expect(waiting.needs?.action == .loadOpenDisc && waiting.reasons == [.mediaNotOpen])
    }
}
