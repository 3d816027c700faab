import BurnJobs
import BurnPlan
import Drives
import FoundationEssentials
import JobQueue
import JobStore
import POSIX
import StationSupport
import Testing

/// Jobs and events when drives are plugged in and out.
@Suite(.timeLimit(.minutes(2))) struct HotPlugTests {
    private static func order(_ drive: String) -> BurnOrder {
        BurnOrder(title: "Live", drive: drive, tracks: [.init(file: "sha256:00", name: "a.wav")])
    }

    /// Waits until the station has told of something.
    private func heard(
        _ names: Set<String>, in harness: StationHarness, _ station: Station, count: Int = 1
    ) async throws -> [String] {
        let (changes, changed) = AsyncStream.makeStream(of: Void.self)
        let listener = station.feed.listen { _ in changed.yield() }
        defer { if let listener { station.feed.ignore(listener) } }
        let deadline = Task {
            try await Task.sleep(for: .seconds(60))
            changed.finish()
        }
        defer { deadline.cancel() }
        changed.yield()
        var told: [String] = []
        for await _ in changes {
            told = try await harness.store().events(after: 0)?.map(\.name).filter { $0.hasPrefix("drive-") } ?? []
            if told.filter(names.contains).count >= count { return told }
        }
        Issue.record("only \(told) was told")
        return told
    }

    @Test func `a drive comes with one event and goes with one, which is the last`() async throws {
        let (harness, machine) = (try StationHarness(), ScriptedMachine())
        let (station, drives) = try await harness.station(.good, following: machine)
        let found = try machine.plug(LookingDrive(serial: "K1"), "sr0", port: "left")
        // First it is there, then its disc is known.
        let came = try await heard(["drive-state-changed"], in: harness, station, count: 2)
        #expect(came.filter { $0 == "drive-added" }.count == 1 && came.first == "drive-added")
        machine.unplug(found)
        let went = try await heard(["drive-removed"], in: harness, station)
        #expect(went.filter { $0 == "drive-removed" }.count == 1 && went.last == "drive-removed")
        #expect(try await station.snapshot().drives.isEmpty)
        try machine.plug(LookingDrive(serial: "K1"), "sr1", port: "right")
        _ = try await heard(["drive-added"], in: harness, station, count: 2)
        await drives.close()
    }

    @Test func `a job for a drive that was unplugged asks for it, and begins when it is back elsewhere`() async throws {
        let (harness, machine) = (try StationHarness(), ScriptedMachine())
        let (station, drives) = try await harness.station(.good, following: machine)
        let target = LookingDrive(serial: "K1")
        let found = try machine.plug(target, "sr0", port: "left")
        _ = try await heard(["drive-media-changed"], in: harness, station)
        machine.unplug(found)
        _ = try await heard(["drive-removed"], in: harness, station)
        let id = try await station.submit(Self.order("tests-looking-drive-k1"), files: StationHarness.files).job.id
        let waiting = try await job(id, in: station, becomes: .waiting)
        #expect(waiting.needs?.action == .attachDrive && waiting.reasons == [.driveOffline])
        #expect(waiting.needs?.drive == "tests-looking-drive-k1" && waiting.needs?.driveLabel == "LOOKING DRIVE")
        try machine.plug(target, "sr4", port: "right")
        #expect(try await job(id, in: station, becomes: .completed, .failed).state == .completed)
        await drives.close()
    }

    @Test func `a server that starts without the drive remembers it, and what it is called`() async throws {
        let (harness, machine) = (try StationHarness(), ScriptedMachine())
        let target = LookingDrive(serial: "K1")
        let (first, firstDrives) = try await harness.station(.good, following: machine)
        try machine.plug(target, "sr0", port: "left")
        _ = try await heard(["drive-media-changed"], in: harness, first)
        let named = try await firstDrives.change("tests-looking-drive-k1", label: "Studio", pools: ["audio"])
        try await harness.store().save(try #require(KnownDrive(named)))
        await first.finish()
        await firstDrives.close()

        let next = ScriptedMachine()
        let (station, drives) = try await harness.station(.good, following: next)
        #expect(try await station.snapshot().drives.isEmpty)
        let byName = try await station.submit(Self.order("Studio"), files: StationHarness.files).job.id
        #expect(try await job(byName, in: station, becomes: .waiting).needs?.driveLabel == "Studio")
        let byPool = try await station.submit(Self.order("pool:audio"), files: StationHarness.files).job.id
        #expect(try await job(byPool, in: station, becomes: .waiting).needs?.action == .attachDrive)
        try next.plug(target, "sr2", port: "right")
        for id in [byName, byPool] {
            #expect(try await job(id, in: station, becomes: .completed, .failed).state == .completed)
        }
        await drives.close()
    }

    @Test func `a job whose drive is unplugged in mid-burn ends, and the drive can be plugged in again`() async throws {
        let (harness, machine) = (try StationHarness(), ScriptedMachine())
        let pulled = try Pipe()
        let worker = ScriptedWorker { desk in
            try desk.write(.started(pid: 1))
            try desk.write(.phase(.burning))
            try desk.write(.laserOn)
            var byte: [UInt8] = [0]
            _ = try byte.withUnsafeMutableBytes { try pulled.reading.read(into: $0) }
            let problem = BurnProblem(.driveOffline, "The drive is gone.", hint: "The disc counts as spent.")
            try desk.write(.outcome(BurnOutcome(.failed, disc: .unsure, problem: problem)))
        }
        let (station, drives) = try await harness.station(worker, following: machine)
        let target = LookingDrive(serial: "K1")
        let found = try machine.plug(target, "sr0", port: "left")
        let id = try await station.submit(Self.order("any"), files: StationHarness.files).job.id
        _ = try await job(id, in: station, becomes: .burning)
        machine.unplug(found)
        _ = try await heard(["drive-removed"], in: harness, station)
        #expect(try await station.snapshot().drives.isEmpty)
        try pulled.writing.writeAll([0])
        #expect(try await job(id, in: station, becomes: .failed).reasons == [.driveOffline])
        try machine.plug(target, "sr0", port: "left")
        _ = try await heard(["drive-added"], in: harness, station, count: 2)
        await drives.close()
    }
}
