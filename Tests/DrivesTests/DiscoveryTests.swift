import DiscLayout
import Drives
import Glibc
import POSIX
import SCSITransports
import StationSupport
import TestSupport
import Testing

/// What becomes of drives that come and go.
@Suite(.timeLimit(.minutes(2))) struct DiscoveryTests {
    private static let left = "usb-left"
    private static let right = "usb-right"

    /// A registry that follows a scripted machine.
    private final class Desk: Sendable {
        let machine: ScriptedMachine
        let registry: DriveRegistry
        let notices: AsyncStream<DriveRegistry.Notice>

        init(
            _ machine: ScriptedMachine = ScriptedMachine(), remembered: [RememberedDrive] = [],
            heldBy: [String: Int] = [:], first: [FoundDrive] = []
        ) async {
            let (notices, notice) = AsyncStream.makeStream(of: DriveRegistry.Notice.self)
            (self.machine, self.notices) = (machine, notices)
            registry = DriveRegistry { notice.yield($0) }
            machine.tell(.all(first))
            await registry.follow(machine, remembered: remembered, heldBy: heldBy)
        }

        /// The drives once they are so; the deadline only ends a test that would hang.
        func drives(_ fits: ([DriveStatus]) -> Bool) async throws -> [DriveStatus] {
            let limit = Task {
                try await Task.sleep(for: .seconds(60))
                await registry.close()
            }
            defer { limit.cancel() }
            var statuses = await registry.statuses()
            if fits(statuses) { return statuses }
            for await _ in registry.changes {
                statuses = await registry.statuses()
                if fits(statuses) { return statuses }
            }
            Issue.record("the drives are \(statuses)")
            throw CancellationError()
        }

        /// The only drive, once it is so.
        func drive(_ fits: (DriveStatus) -> Bool = { $0.state == .idle }) async throws -> DriveStatus {
            try await drives { $0.count == 1 && fits($0[0]) }[0]
        }
    }

    @Test func `a drive that is plugged in is listed with its places, and its disc is known`() async throws {
        let desk = await Desk()
        #expect(await desk.registry.statuses().isEmpty)
        let found = try desk.machine.plug(LookingDrive(serial: "K1"), "sr0", port: Self.left)
        let drive = try await desk.drive()
        #expect(drive.id == "tests-looking-drive-k1" && drive.label == "LOOKING DRIVE" && drive.isAttached)
        #expect(drive.media?.status == .blank)
        let place = DriveStatus.Place(node: found.node, sgNode: "/dev/sg1", port: Self.left, bus: "usb", serial: "")
        #expect(drive.place == place)
    }

    @Test func `drives that are there at the start are listed when following begins`() async throws {
        let machine = ScriptedMachine()
        let first = try machine.plugged(LookingDrive(serial: "K1"), "sr0", port: Self.left)
        let desk = await Desk(machine, first: [first])
        #expect(await desk.registry.statuses().map(\.id) == ["tests-looking-drive-k1"])
    }

    @Test func `a drive that is unplugged is in no list, and its last word says so`() async throws {
        let desk = await Desk()
        let found = try desk.machine.plug(LookingDrive(serial: "K1"), "sr0", port: Self.left)
        let id = try await desk.drive().id
        desk.machine.unplug(found)
        _ = try await desk.drives { $0.isEmpty }
        await #expect(throws: DriveError.unknown(id)) { try await desk.registry.status(id) }
        #expect(await desk.registry.absent().map(\.id) == [id])
        #expect(await desk.registry.isKnown(id))
    }

    @Test func `a drive plugged in elsewhere is the same drive with all that people decided`() async throws {
        let desk = await Desk()
        let target = LookingDrive(serial: "K1")
        let found = try desk.machine.plug(target, "sr0", port: Self.left)
        let before = try await desk.drive()
        _ = try await desk.registry.change(before.id, label: "Studio", isEnabled: false, pools: ["b", "audio", "b"])
        desk.machine.unplug(found)
        _ = try await desk.drives { $0.isEmpty }
        #expect(await desk.registry.isPool("audio"))
        try desk.machine.plug(target, "sr7", port: Self.right)
        let after = try await desk.drive()
        #expect(after.id == before.id && after.label == "Studio" && after.isLabelGiven && !after.isEnabled)
        #expect(after.pools == ["audio", "b"] && after.place?.port == Self.right)
        #expect(after.mediaGeneration > before.mediaGeneration)
    }

    @Test func `a new server knows the drive by what was kept of it`() async throws {
        let desk = await Desk()
        let target = LookingDrive(serial: "K1")
        try desk.machine.plug(target, "sr0", port: Self.left)
        let id = try await desk.drive().id
        let kept = try #require(
            RememberedDrive(await desk.registry.change(id, label: "Studio", isEnabled: false, pools: ["audio"])))
        let machine = ScriptedMachine()
        let first = try machine.plugged(target, "sr3", port: Self.right)
        let next = await Desk(machine, remembered: [kept], first: [first])
        let drive = try await next.drive()
        #expect(drive.id == id && drive.label == "Studio" && !drive.isEnabled && drive.pools == ["audio"])
    }

    @Test func `two drives with one serial number are two drives, and stay the ones that they are`() async throws {
        let desk = await Desk()
        let one = try desk.machine.plug(LookingDrive(serial: "K1"), "sr0", port: Self.left)
        let first = try await desk.drive()
        let two = try desk.machine.plug(LookingDrive(serial: "K1"), "sr1", port: Self.right)
        let second = try await desk.drives { $0.count == 2 }[1]
        #expect(second.id == "tests-looking-drive-k1-usb-right" && second.label == "LOOKING DRIVE 2")
        desk.machine.unplug(one)
        desk.machine.unplug(two)
        _ = try await desk.drives { $0.isEmpty }
        try desk.machine.plug(LookingDrive(serial: "K1"), "sr0", port: Self.right)
        #expect(try await desk.drive { _ in true }.id == second.id)
        try desk.machine.plug(LookingDrive(serial: "K1"), "sr1", port: Self.left)
        #expect(try await desk.drives { $0.count == 2 }.map(\.id) == [second.id, first.id])
    }

    @Test func `a drive that is found twice is one, and what is new about it is noted`() async throws {
        let desk = await Desk()
        var found = try desk.machine.plug(LookingDrive(serial: "K1"), "sr0", port: Self.left)
        let generation = try await desk.drive().mediaGeneration
        found.sgNode = "/dev/sg9"
        desk.machine.tell(.all([found]))
        let drive = try await desk.drive { $0.place?.sgNode == "/dev/sg9" }
        #expect(drive.mediaGeneration == generation)
    }

    @Test func `what was missed is made up for`() async throws {
        let desk = await Desk()
        try desk.machine.plug(LookingDrive(serial: "K1"), "sr0", port: Self.left)
        _ = try await desk.drive()
        let other = try desk.machine.plugged(LookingDrive(serial: "K2"), "sr0", port: Self.left)
        desk.machine.tell(.all([other]))
        #expect(
            try await desk.drive { $0.state == .idle && $0.identity?.serial == "K2" }.id == "tests-looking-drive-k2")
    }

    @Test func `another disc that only the kernel noticed is another disc`() async throws {
        let desk = await Desk()
        let target = LookingDrive(serial: "K1")
        let found = try desk.machine.plug(target, "sr0", port: Self.left)
        let before = try await desk.drive()
        // Another blank, and whoever asked first has heard of it: the drive does not say it again.
        desk.machine.tell(.mediaChanged(found.device))
        let same = try await desk.drive { $0.mediaGeneration > before.mediaGeneration }
        #expect(same.media == before.media)
        target.state.withLock { $0.discStatus = 0x0E }
        desk.machine.tell(.mediaChanged(found.device))
        let written = try await desk.drive { $0.media?.status == .complete }
        #expect(written.mediaGeneration > same.mediaGeneration)
        target.state.withLock { $0.isDiscPresent = false }
        desk.machine.tell(.mediaChanged(found.device))
        _ = try await desk.drive { $0.media == nil }
    }

    @Test func `an idle drive is open to other programs, and what they wrote is seen when they close it`() async throws
    {
        let desk = await Desk()
        let target = LookingDrive(serial: "K1")
        let found = try desk.machine.plug(target, "sr0", port: Self.left)
        let before = try await desk.drive()
        var other: (any AnyObject)? = try desk.machine.address(of: found).open(exclusive: true)
        target.state.withLock { $0.discStatus = 0x0E }
        withExtendedLifetime(other) {}
        other = nil
        // Nobody told of the drive: the closing of its node alone makes burnd look. Again and again, since it begins to
        // listen only after it has looked for the first time.
        let closing = Task {
            while !Task.isCancelled {
                _ = try FileDescriptor(opening: found.node, O_RDWR)
                try await Task.sleep(for: .seconds(1))
            }
        }
        defer { closing.cancel() }
        let after = try await desk.drive { $0.media?.status == .complete }
        #expect(after.mediaGeneration > before.mediaGeneration)
    }

    @Test func `a drive that another program holds is stopped, and free when that closes it`() async throws {
        let desk = await Desk()
        let found = try desk.machine.plugged(LookingDrive(serial: "K1"), "sr0", port: Self.left, serial: "BRIDGE")
        var other: (any AnyObject)? = try desk.machine.address(of: found).open(exclusive: true)
        desk.machine.tell(.found(found))
        let held = try await desk.drive { $0.state == .stopped }
        // It could not be asked who it is.
        #expect(held.obstacle == .inUseElsewhere && held.id == "tests-looking-drive-bridge")
        withExtendedLifetime(other) {}
        other = nil
        _ = try FileDescriptor(opening: found.node, O_RDONLY)
        let free = try await desk.drive()
        #expect(free.id == held.id && free.mediaGeneration > held.mediaGeneration)
    }

    @Test func `a drive that a worker of an earlier server has is not touched`() async throws {
        let machine = ScriptedMachine()
        let found = try machine.plugged(LookingDrive(serial: "K1"), "sr5", port: Self.right, serial: "BRIDGE")
        let worker = try machine.address(of: found).open(exclusive: true)
        let kept = RememberedDrive(
            id: "tests-looking-drive-k1",
            identity: .init(vendor: "TESTS", product: "LOOKING DRIVE", firmware: "1.0", serial: "K1"),
            label: "Left", address: "/dev/sr0", port: Self.left, systemSerial: "BRIDGE")
        let desk = await Desk(machine, remembered: [kept], heldBy: [kept.id: 7], first: [found])
        let drive = try await desk.drive { $0.job == 7 }
        #expect(drive.id == kept.id && drive.state == .busy && drive.tray == .locked && drive.label == "Left")
        withExtendedLifetime(worker) {}
    }

    @Test func `a drive that is unplugged from under a job is gone at once`() async throws {
        let desk = await Desk()
        let target = LookingDrive(serial: "K1")
        let found = try desk.machine.plug(target, "sr0", port: Self.left)
        let id = try await desk.drive().id
        try await desk.registry.claim(id, for: 7)
        desk.machine.unplug(found)
        _ = try await desk.drives { $0.isEmpty }
        await #expect(throws: DriveError.unknown(id)) { try await desk.registry.release(id) }
        try desk.machine.plug(target, "sr1", port: Self.left)
        #expect(try await desk.drive().job == nil)
    }

    @Test func `the eject button of an idle drive opens the tray where nobody else did`() async throws {
        let desk = await Desk()
        let target = TrayDrive()
        let found = try desk.machine.plug(target, "sr0", port: Self.left)
        _ = try await desk.drive()
        desk.machine.tell(.ejectRequested(found.device))
        _ = try await desk.drive { $0.tray == .open && $0.state == .idle }
        #expect(target.ejections == 1)
        // udev's rule was faster: the tray is out when burnd hears of the button.
        desk.machine.tell(.ejectRequested(found.device))
        desk.machine.tell(.mediaChanged(found.device))
        _ = try await desk.drive { $0.mediaGeneration > 1 }
        #expect(target.ejections == 1)
    }

    @Test func `the eject button of a drive that a job has does nothing but be noted`() async throws {
        let desk = await Desk()
        let target = TrayDrive()
        let found = try desk.machine.plug(target, "sr0", port: Self.left)
        let id = try await desk.drive().id
        try await desk.registry.claim(id, for: 7)
        desk.machine.tell(.ejectRequested(found.device))
        let noted = await desk.notices.first { if case .buttonIgnored(_, job: 7) = $0 { true } else { false } }
        #expect(noted != nil && target.ejections == 0)
    }

    @Test func `a drive that is unplugged while it is asked who it is never appears`() async throws {
        let desk = await Desk()
        let silent = SilentDrive()
        let found = try desk.machine.plug(silent, "sr0", port: Self.left)
        await silent.asked()
        desk.machine.unplug(found)
        try desk.machine.plug(LookingDrive(serial: "K2"), "sr0", port: Self.right)
        silent.answer()
        #expect(try await desk.drive().id == "tests-looking-drive-k2")
    }

    @Test func `where nobody tells of discs, a drive is looked at again and again`() async throws {
        let desk = await Desk(ScriptedMachine(.scan))
        let target = LookingDrive(serial: "K1")
        try desk.machine.plug(target, "sr0", port: Self.left)
        _ = try await desk.drive()
        // Written on by a program in another container: nothing is heard of it, and the drive says nothing.
        target.state.withLock { $0.discStatus = 0x0E }
        _ = try await desk.drive { $0.media?.status == .complete }
    }
}
