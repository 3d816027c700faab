import DiscLayout
import Drives
import FoundationEssentials
import Glibc
import POSIX
import SCSITransports
import Testing

/// Drives, against recorders made of software that run as processes, as in `burnd serve`.
@Suite struct DriveRegistryTests {
    /// A folder with a recorder process in it; both go away with the test.
    final class Recorder {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("burnd-drives-\(UUID().uuidString)")
            .path
        var process: RecorderProcess { RecorderProcess(folder: folder + "/left") }
        var address: DriveAddress { get throws { try DriveAddress("unix:" + process.socketPath) } }

        @discardableResult
        func start() throws -> Bool {
            try process.ensureRunning(executable: Self.burnd, name: "left", speed: "max")
        }

        func kill() throws {
            let text = try DurableFile.contents(of: folder + "/left/pid", limit: 100)
            let digits = String(decoding: text, as: UTF8.self).filter(\.isNumber)
            guard let pid = pid_t(digits) else { return }
            Glibc.kill(pid, SIGKILL)
            // It listens until the kernel has closed everything of it, and only the last of it is its end.
            while Glibc.kill(pid, 0) == 0 { usleep(1000) }
        }

        deinit {
            try? kill()
            try? FileManager.default.removeItem(atPath: folder)
        }

        /// `burnd`, beside the running tests.
        static let burnd: String = {
            let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
            return String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]) + "/burnd"
        }()
    }

    /// The first status of a drive that fits, however many come before.
    func awaitStatus(_ registry: DriveRegistry, _ fits: (DriveStatus) -> Bool) async throws -> DriveStatus {
        for status in await registry.statuses() where fits(status) { return status }
        let limit = Task {
            try await Task.sleep(for: .seconds(60))
            await registry.close()
        }
        defer { limit.cancel() }
        for await status in registry.changes where fits(status) { return status }
        throw CancellationError()
    }

    @Test func `a new virtual recorder is a drive with a blank 80-minute CD-R`() async throws {
        let recorder = Recorder()
        try recorder.start()
        let registry = DriveRegistry()
        let drive = try await registry.attach(.init(address: recorder.address, label: "left"))
        #expect(drive.state == .idle && drive.tray == .closed && drive.isSafeToOpen)
        #expect(drive.identity?.vendor == "BURND" && drive.identity?.serial == "left")
        #expect(drive.id.hasPrefix("burnd-") && drive.id.hasSuffix("-left"))
        let media = try #require(drive.media)
        #expect(media.kind == "CD-R" && media.status == .blank && !media.isErasable)
        // The last possible lead-out of an 80-minute disc is at 79:59:74.
        #expect(media.capacitySectors == 359_849 && media.freeSectors == 359_849)
        #expect(media.trackCount == 0 && media.manufacturer == "CMC Magnetics")
        await registry.close()
    }

    @Test func `eject opens the tray and load brings the blank back`() async throws {
        let recorder = Recorder()
        try recorder.start()
        let registry = DriveRegistry()
        let generation = try await registry.attach(.init(address: recorder.address, label: "left")).mediaGeneration
        let open = try await registry.eject("left")
        #expect(open.tray == .open && open.media == nil)
        let closed = try await registry.load(open.id)
        #expect(closed.tray == .closed && closed.media?.status == .blank)
        #expect(closed.mediaGeneration > generation)
        await registry.close()
    }

    @Test func `a recorder that lives is connected to and not started again`() throws {
        let recorder = Recorder()
        #expect(try recorder.start())
        #expect(try recorder.start() == false)
    }

    @Test func `a drive that another program holds is stopped, and idle when it is let go`() async throws {
        let recorder = Recorder()
        try recorder.start()
        var other: (any AnyObject)? = try recorder.address.open(exclusive: true)
        let registry = DriveRegistry()
        let held = try await registry.attach(.init(address: recorder.address, label: "left"))
        #expect(held.state == .stopped && held.obstacle == .inUseElsewhere)
        withExtendedLifetime(other) {}
        other = nil
        let free = try await awaitStatus(registry) { $0.state == .idle }
        #expect(free.media?.status == .blank)
        await registry.close()
    }

    @Test func `a drive that dies is offline, and present again when it is back`() async throws {
        let recorder = Recorder()
        try recorder.start()
        let registry = DriveRegistry()
        _ = try await registry.attach(.init(address: recorder.address, label: "left"))
        let generation = try await awaitStatus(registry) { $0.state == .idle && $0.media != nil }.mediaGeneration
        try recorder.kill()
        // Not by `changes`, which still tells that it was offline before its first answer.
        for _ in 0..<6000 where await registry.statuses().contains(where: \.isPresent) {
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(await !registry.statuses().contains(where: \.isPresent))
        try recorder.start()
        // `changes` still tells of the drive before it died.
        let back = try await awaitStatus(registry) { $0.state == .idle && $0.mediaGeneration > generation }
        #expect(back.media != nil)
        await registry.close()
    }

    @Test func `a job's drive is left alone and given to nobody else`() async throws {
        let recorder = Recorder()
        try recorder.start()
        let registry = DriveRegistry()
        let id = try await registry.attach(.init(address: recorder.address, label: "left")).id
        try await registry.claim(id, for: 7)
        let claimed = try await registry.status("left")
        #expect(claimed.job == 7 && claimed.tray == .locked && !claimed.isSafeToOpen)
        // The device is closed here: a worker could take it now.
        #expect(throws: Never.self) { try recorder.address.openOnce(exclusive: true) }
        await #expect(throws: DriveError.busy(id, lockedBy: "burnd")) { try await registry.eject("left") }
        await #expect(throws: DriveError.busy(id, lockedBy: "burnd")) { try await registry.claim(id, for: 8) }
        try await registry.release(id)
        #expect(try await registry.status("left").state == .idle)
        await registry.close()
    }

    @Test func `a name that no drive has is refused`() async throws {
        await #expect(throws: DriveError.unknown("nowhere")) { try await DriveRegistry().status("nowhere") }
    }

    @Test func `an id is made of words that survive in a path`() {
        let identity = DriveIdentity(vendor: "ASUS", product: "DRW-24B1ST   c", firmware: "1", serial: "K1D0/C")
        #expect(identity.slug(address: "/dev/sr0") == "asus-drw-24b1st-c-k1d0-c")
    }
}
