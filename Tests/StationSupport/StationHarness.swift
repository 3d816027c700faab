import BurnAPI
package import BurnJobs
package import BurnPlan
package import Drives
import FoundationEssentials
import Glibc
package import JobQueue
package import JobStore
import Logging
import POSIX
package import SCSI
import SCSITransports
import Testing

/// A station in a folder of its own, with one drive that looks.
package final class StationHarness: Sendable {
    package struct Files: OrderFilesProviding {
        package init() {}
        package func decodedAudio(of digest: String) async throws -> (path: String, sampleFrames: Int) {
            ("/dev/null", 588)
        }
        package func bytes(of digest: String) async throws -> (path: String, count: Int) { ("/dev/null", 2048) }
    }

    package let folder: String
    package let drive = LookingDrive(serial: "S1")
    private let recorder: Lock<UnixSocketServer>

    /// A station whose drive is `target`; without one it is a drive that looks.
    package init(_ target: (any SCSITarget)? = nil) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("burnd-\(UUID().uuidString)").path
        try DurableFile.makeFolder(folder + "/burns")
        let server = try UnixSocketServer(
            address: UnixSocketAddress(folder + "/drive"), target: target ?? drive)
        recorder = Lock(server)
        BlockingThread.start { try? server.run() }
    }

    /// The drive is unplugged: nobody listens any more.
    package func unplug() {
        recorder.withLock { $0.stop() }
        unlink(folder + "/drive")
    }

    /// It is plugged in again, at the same place.
    package func plug(_ target: any SCSITarget) throws {
        let server = try UnixSocketServer(address: UnixSocketAddress(folder + "/drive"), target: target)
        recorder.withLock { $0 = server }
        BlockingThread.start { try? server.run() }
    }

    deinit {
        recorder.withLock { $0.stop() }
        try? FileManager.default.removeItem(atPath: folder)
    }

    package var address: String { "unix:\(folder)/drive" }
    package func burn(_ id: Int) -> BurnFolder { BurnFolder(burns: folder + "/burns", burn: id) }
    package func store() throws -> SQLiteJobStore { try SQLiteJobStore(path: folder + "/burnd.sqlite") }

    /// A station as a server that has just started has it.
    package func station(
        _ worker: ScriptedWorker, files: any OrderFilesProviding = Files(),
        _ change: (inout Station.Configuration) -> Void = { _ in }
    ) async throws -> (Station, DriveRegistry) {
        let drives = DriveRegistry()
        let store = try store()
        var configuration = Station.Configuration(
            burnsFolder: folder + "/burns", store: store, drives: drives, files: files, workers: worker,
            describe: EventDescriptions(), log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        change(&configuration)
        let station = Station(configuration)
        let held = try await station.recover()
        let memory = try await store.knownDrives().last
        let known = memory.map {
            (
                id: $0.id,
                identity: DriveIdentity(
                    vendor: $0.vendor, product: $0.product, firmware: $0.firmware, serial: $0.serial)
            )
        }
        await drives.attach(
            .init(
                address: try DriveAddress(address), label: "left", known: known, givenLabel: memory?.givenLabel,
                isEnabled: memory?.isEnabled ?? true, pools: memory?.pools ?? []),
            heldBy: known.flatMap { held[$0.id] })
        await station.start()
        return (station, drives)
    }

    /// A station that has the drives of a machine, as a server that has just started does.
    package func station(
        _ worker: ScriptedWorker, following machine: ScriptedMachine, first: [FoundDrive] = []
    ) async throws -> (Station, DriveRegistry) {
        let (drives, store) = (DriveRegistry(), try store())
        let station = Station(
            .init(
                burnsFolder: folder + "/burns", store: store, drives: drives, files: Files(), workers: worker,
                describe: EventDescriptions(), log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
        let held = try await station.recover()
        machine.tell(.all(first))
        await drives.follow(machine, remembered: try await store.knownDrives().map(\.remembered), heldBy: held)
        await station.start()
        return (station, drives)
    }

    package static let order = BurnOrder(title: "Live", tracks: [.init(file: "sha256:00", name: "a.wav")])

    /// What is known of the order's file.
    package static let files = ["sha256:00": FileFacts(bytes: 2048, sampleFrames: 588)]

    package func submit(_ station: Station) async throws -> Job {
        try await station.submit(Self.order, files: Self.files).job
    }
}

/// Waits until a job is in one of the states. Events drive it; the deadline only ends a test that would hang.
package func job(_ id: Int, in station: Station, becomes states: JobState...) async throws -> Job {
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
