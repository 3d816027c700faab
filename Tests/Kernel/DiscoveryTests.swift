import Glibc
import POSIX
import ServerSupport
import TestSupport
import Testing

/// `burnd serve` finds drives by udev, and follows them.
@Suite(.serialized, .timeLimit(.minutes(5)), .enabled(if: Guest.isHere, Guest.why))
struct DiscoveryTests {
    let files = AudioFiles()

    /// A server that nobody tells of any drive.
    private func server(data: String? = nil) throws -> ServerProcess {
        try ServerProcess(data: data) { ($0.recorders, $0.discovers) = ([], true) }
    }

    /// Longest time from udev's word to burnd's. The aim is a second; an emulated processor has other things to do.
    private static let delay = Duration.seconds(3)

    @Test func `a drive is told of when it is plugged in, and when it is gone`() throws {
        let server = try server()
        #expect(try server.curl("/server").json.features.strings.contains("drive-events"))
        let events = try EventReader(server)
        _ = try events.next()
        let recorder = try USBRecorder("found")
        let plugged = ContinuousClock.now
        let added = try events.until { $0.name == "drive-added" && $0.drives[0].serial.string == "found" }.last?.drives[
            0]
        #expect(plugged.duration(to: .now) < Self.delay)
        #expect(try added?.node.string == recorder.node() && added?.sg_node.string == recorder.genericNode())
        let properties = try Guest.properties(of: recorder.node())
        #expect(added?.port.string == properties["ID_PATH"] && added?.bus.string == "usb")
        _ = try server.blankDrive(of: recorder)
        try recorder.unplug()
        let gone = ContinuousClock.now
        _ = try events.until { $0.name == "drive-removed" && $0.drives[0].serial.string == "found" }
        #expect(gone.duration(to: .now) < Self.delay)
        try server.drive(of: recorder, "gone") { $0 == .null }
    }

    @Test func `drives that come back in another order are the ones that they were`() throws {
        let (one, two) = (try USBRecorder("order-a"), try USBRecorder("order-b"))
        let server = try server()
        let id = try server.blankDrive(of: one)
        let change = #"{"label":"Studio","pools":["audio"],"enabled":false}"#
        #expect(try server.curl("/drives/\(id)", ["-X", "PATCH", "--json", change]).status == 200)
        let before = try server.drive(of: one, "named") { $0.label.string == "Studio" }
        for recorder in [one, two] { try recorder.unplug() }
        for recorder in [two, one] { try recorder.plug() }
        let after = try server.drive(of: one, "back") { $0.state.string == "idle" }
        #expect(after.node != before.node && after.id == before.id && after.label.string == "Studio")
        #expect(after.pools.strings == ["audio"] && after.enabled.bool == false)
        #expect(try after.node.string == one.node())
    }

    @Test func `an order for a drive that is not plugged in waits for it, also in the next server`() throws {
        let recorder = try USBRecorder("awaited")
        let first = try server()
        let drive = try first.blankDrive(of: recorder)
        try recorder.unplug()
        try first.drive(of: recorder, "gone") { $0 == .null }
        let id = try first.job([try Album.short(files)], ["drive=\(drive)"])
        #expect(try first.wait(id, ["waiting"]).needs.action.string == "attach-drive")
        first.crash()
        let next = try server(data: first.data)
        let waiting = try next.wait(id, ["waiting"])
        #expect(waiting.needs.drive.string == drive, "\(waiting.needs)")
        try recorder.plug()
        #expect(try next.wait(id).state.string == "completed")
        withExtendedLifetime(first) {}
    }

    @Test func `discs and the button are told of by the kernel, and what others burn is seen`() throws {
        let recorder = try USBRecorder("told")
        let server = try server()
        let drive = try server.blankDrive(of: recorder)
        try recorder.control("eject")
        try server.drive(of: recorder, "open") { $0.tray.string == "open" && $0.media == .null }
        try recorder.control("load")
        _ = try server.blankDrive(of: recorder)

        try files.noise("a", seconds: 4.2)
        let node = try recorder.node()
        let burned = try TestProgram(
            "/usr/bin/timeout",
            ["-k", "5", "120", "/usr/bin/wodim", "dev=\(node)", "-sao", "-audio", "-pad", files.path("a.wav")])
        #expect(burned.ending == .exited(0), "\(burned.errors)")
        try server.drive(of: recorder, "idle with a full disc") {
            $0.state.string == "idle" && $0.media.status.string == "complete"
        }
        try recorder.control("button")
        try server.drive(of: recorder, "open") { $0.tray.string == "open" }
        try server.post("/drives/\(drive)/load").requireGood()
        _ = try server.blankDrive(of: recorder)
    }

    @Test func `a drive that the kernel does not ask for its events is looked at`() throws {
        let recorder = try USBRecorder("unasked")
        let name = try recorder.node().split(separator: "/").last ?? ""
        let interval = try FileDescriptor(opening: "/sys/block/\(name)/events_poll_msecs", O_WRONLY)
        try interval.writeAll(Array("0\n".utf8))
        let server = try server()
        _ = try server.blankDrive(of: recorder)
        try recorder.control("eject")
        try server.drive(of: recorder, "open") { $0.tray.string == "open" && $0.media == .null }
    }

    @Test func `a drive that another program holds is stopped until it is let go`() throws {
        let recorder = try USBRecorder("other")
        var other: FileDescriptor? = try FileDescriptor(opening: recorder.node(), O_RDWR | O_NONBLOCK | O_EXCL)
        let server = try server()
        try server.drive(of: recorder, "stopped") {
            $0.state.string == "stopped" && $0.reasons.strings == ["drive-busy-elsewhere"]
        }
        withExtendedLifetime(other) {}
        other = nil
        _ = try server.blankDrive(of: recorder)
    }

    @Test func `a storm of events that say nothing new changes nothing`() throws {
        let recorder = try USBRecorder("storm")
        let server = try server()
        let drive = try server.blankDrive(of: recorder)
        let events = try EventReader(server)
        _ = try events.next()
        for _ in 0..<20 { _ = try TestProgram("/usr/bin/udevadm", ["trigger", "--subsystem-match=block"]) }
        try Guest.settle()
        let change = #"{"label":"After the storm"}"#
        #expect(try server.curl("/drives/\(drive)", ["-X", "PATCH", "--json", change]).status == 200)
        let told = try events.until { $0.drives.first?.label.string == "After the storm" }
        #expect(!told.contains { $0.name == "drive-added" || $0.name == "drive-removed" }, "\(told.map(\.name))")
        #expect(try server.blankDrive(of: recorder) == drive)
    }
}
