import BurnAPI
import BurnJobs
import BurnPlan
import Drives
import FoundationEssentials
import Glibc
import JobQueue
import JobStore
import Logging
import POSIX
import SCSI
import SCSITransports
import TestSupport
import Testing

/// A drive that can only be looked at: it answers what an idle recorder answers. Enough for a station; what burns in these
/// tests is a `ScriptedWorker`.
final class LookingDrive: SCSITarget {
    struct State {
        var isDiscPresent = true
        /// READ DISC INFORMATION, byte 2: 00h blank, 0Eh finalised.
        var discStatus: UInt8 = 0
        var hasNewMedia = false
    }

    let state = Lock(State())
    let serial: String

    init(serial: String) { self.serial = serial }

    /// Somebody changes the disc.
    func insert(blank: Bool) {
        state.withLock { state in
            state = State(isDiscPresent: true, discStatus: blank ? 0 : 0x0E, hasNewMedia: true)
        }
    }

    func execute(_ cdb: CDB, dataOut: UnsafeRawBufferPointer, transfer: Int) -> (outcome: SCSIOutcome, dataIn: [UInt8])
    {
        let reply = state.withLock { state -> [UInt8]? in self.reply(to: cdb.bytes, &state) }
        guard let reply else {
            let sense = SenseData(5, 0x20, 0)
            return (SCSIOutcome(status: 2, residual: transfer, sense: sense.fixedFormat), [])
        }
        let moved = Array(reply.prefix(transfer))
        return (SCSIOutcome(residual: transfer - moved.count), moved)
    }

    private func reply(to cdb: [UInt8], _ state: inout State) -> [UInt8]? {
        switch (cdb[0], cdb[1]) {
        case (0x12, 1): return [5, 0x80, 0, UInt8(serial.utf8.count)] + Array(serial.utf8)
        case (0x12, _): return [5, 0x80, 5, 2, 31, 0, 0, 0] + Array("TESTS   LOOKING DRIVE   1.0 ".utf8)
        case (0x4A, _):
            defer { state.hasNewMedia = false }
            return [0, 6, 4, 0x10, state.hasNewMedia ? 2 : 0, state.isDiscPresent ? 2 : 1, 0, 0]
        case (0x00, _), (0x1B, _), (0x1E, _): return []
        case (0x51, _):
            // 80 minutes: lead-in 97:26:65, last lead-out 79:59:74.
            return hex("00 20") + [state.discStatus]
                + hex("01 01 01 01 20 00 00 00 00 00 00 00 00 00 61 1A 41 00 4F 3B 4A 00 00 00 00 00 00 00 00 00 00")
        case (0x46, _): return hex("00 00 00 04 00 00 00 09")
        case (0x52, _):
            return hex("00 2E 01 01 00 04 4F 01 00 00 00 00 00 00 00 00 00 05 7D A9 00 00 00 00 00 05 7D A9")
                + [UInt8](repeating: 0, count: 20)
        default: return nil
        }
    }
}

/// Writes a journal as a test wants it, in place of a worker process.
final class ScriptedWorker: BurnWorkerStarting {
    /// What it may do.
    struct Desk: Sendable {
        let folder: BurnFolder
        let journal: FileDescriptor
        func write(_ event: JournalLine.Event) throws {
            try journal.writeAll(JournalLine(at: Date(), event).encoded())
        }
        /// What somebody asked for, once somebody did.
        func cancellation() -> String? {
            (try? DurableFile.contents(of: folder.path + "/cancel", limit: 100)).map {
                String(decoding: $0, as: UTF8.self)
            }
        }
        /// Waits until a cancellation is asked for.
        func awaitCancellation() -> String {
            while true {
                if let text = cancellation() { return text }
                usleep(10_000)
            }
        }
    }

    private let script: @Sendable (Desk) throws -> Void
    let started = Lock(0)

    init(_ script: @escaping @Sendable (Desk) throws -> Void) { self.script = script }

    func start(_ folder: BurnFolder, journal: FileDescriptor) throws {
        started.withLock { $0 += 1 }
        BlockingThread.start { [script] in try? script(Desk(folder: folder, journal: journal)) }
    }

    /// A burn without any trouble.
    static let good = ScriptedWorker { desk in
        try desk.write(.started(pid: 1))
        for phase in [BurnPhase.preparing, .burning, .finalizing, .verifying] {
            try desk.write(.phase(phase))
            if phase == .burning {
                try desk.write(.laserPending)
                try desk.write(.laserOn)
            }
        }
        try desk.write(.outcome(BurnOutcome(.completed, disc: .good, proven: [.toc, .audio], tracksOnDisc: [1])))
    }
}

/// A station in a folder of its own, with one drive that looks.
final class StationHarness: Sendable {
    struct Audio: DecodedAudioProviding {
        func decodedAudio(of digest: String) async throws -> (path: String, sampleFrames: Int) { ("/dev/null", 588) }
    }

    let folder: String
    let drive = LookingDrive(serial: "S1")
    private let recorder: UnixSocketServer

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("burnd-\(UUID().uuidString)").path
        try DurableFile.makeFolder(folder + "/burns")
        recorder = try UnixSocketServer(address: UnixSocketAddress(folder + "/drive"), target: drive)
        BlockingThread.start { [recorder] in try? recorder.run() }
    }

    deinit {
        recorder.stop()
        try? FileManager.default.removeItem(atPath: folder)
    }

    var address: String { "unix:\(folder)/drive" }
    func burn(_ id: Int) -> BurnFolder { BurnFolder(burns: folder + "/burns", burn: id) }
    func store() throws -> SQLiteJobStore { try SQLiteJobStore(path: folder + "/burnd.sqlite") }

    /// A station as a server that has just started has it.
    func station(_ worker: ScriptedWorker) async throws -> (Station, DriveRegistry) {
        let drives = DriveRegistry()
        let store = try store()
        let station = Station(
            .init(
                burnsFolder: folder + "/burns", store: store, drives: drives, audio: Audio(), workers: worker,
                describe: EventDescriptions(), log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
        let held = try await station.recover()
        let known = try await store.knownDrives().last.map {
            (
                id: $0.id,
                identity: DriveIdentity(
                    vendor: $0.vendor, product: $0.product, firmware: $0.firmware, serial: $0.serial)
            )
        }
        await drives.attach(
            .init(address: try DriveAddress(address), label: "left", known: known),
            heldBy: known.flatMap { held[$0.id] })
        await station.start()
        return (station, drives)
    }

    static let order = BurnOrder(title: "Live", tracks: [.init(file: "sha256:00", name: "a.wav")])

    func submit(_ station: Station) async throws -> Job {
        try await station.submit(Self.order, lengths: [.init(sampleFrames: 588)]).job
    }
}

/// Waits until a job is in one of the states. Events drive it; the deadline only ends a test that would hang.
func job(_ id: Int, in station: Station, becomes states: JobState...) async throws -> Job {
    let (changes, changed) = AsyncStream.makeStream(of: Void.self)
    let listener = station.feed.listen { _ in changed.yield() }
    defer { if let listener { station.feed.ignore(listener) } }
    let deadline = Task {
        try await Task.sleep(for: .seconds(60))
        changed.finish()
    }
    defer { deadline.cancel() }
    changed.yield()
    var last: Job?
    for await _ in changes {
        let job = try await station.view(id).job
        if states.contains(job.state) { return job }
        last = job
    }
    let final = try await station.view(id).job
    if states.contains(final.state) { return final }
    Issue.record("job \(id) is \(last?.state.rawValue ?? "?") \(last?.reasons ?? []), not \(states)")
    return final
}
