import BurnAPI
package import BurnJobs
package import BurnPlan
package import Drives
import FoundationEssentials
package import JobQueue
package import JobStore
import Logging
import POSIX
import SCSITransports
import Testing

/// A station in a folder of its own, with one drive that looks.
package final class StationHarness: Sendable {
    package struct Audio: DecodedAudioProviding {
        package init() {}
        package func decodedAudio(of digest: String) async throws -> (path: String, sampleFrames: Int) {
            ("/dev/null", 588)
        }
    }

    package let folder: String
    package let drive = LookingDrive(serial: "S1")
    private let recorder: UnixSocketServer

    package init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("burnd-\(UUID().uuidString)").path
        try DurableFile.makeFolder(folder + "/burns")
        recorder = try UnixSocketServer(address: UnixSocketAddress(folder + "/drive"), target: drive)
        BlockingThread.start { [recorder] in try? recorder.run() }
    }

    deinit {
        recorder.stop()
        try? FileManager.default.removeItem(atPath: folder)
    }

    package var address: String { "unix:\(folder)/drive" }
    package func burn(_ id: Int) -> BurnFolder { BurnFolder(burns: folder + "/burns", burn: id) }
    package func store() throws -> SQLiteJobStore { try SQLiteJobStore(path: folder + "/burnd.sqlite") }

    /// A station as a server that has just started has it.
    package func station(
        _ worker: ScriptedWorker, audio: any DecodedAudioProviding = Audio()
    ) async throws -> (Station, DriveRegistry) {
        let drives = DriveRegistry()
        let store = try store()
        let station = Station(
            .init(
                burnsFolder: folder + "/burns", store: store, drives: drives, audio: audio, workers: worker,
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

    package static let order = BurnOrder(title: "Live", tracks: [.init(file: "sha256:00", name: "a.wav")])

    package func submit(_ station: Station) async throws -> Job {
        try await station.submit(Self.order, lengths: [.init(sampleFrames: 588)]).job
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
