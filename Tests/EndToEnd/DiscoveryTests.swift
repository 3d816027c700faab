import POSIX
import ServerSupport
import TestSupport
import Testing

/// `burnd serve` on a machine whose drives come and go, and where no udev runs: as in a container.
@Suite(.serialized, .timeLimit(.minutes(2))) struct DiscoveryTests {
    let files = AudioFiles()

    @Test(.enabled(if: PretendMachine.isPossible, "umockdev, gcc and make must be installed (script/test does it)"))
    func `a drive that is plugged in is found, burns, and is gone when it is unplugged`() throws {
        let (machine, recorder) = (try PretendMachine(), try RecorderProgram())
        let environment = try machine.environment(recorder.socket)
        let server = try ServerProcess { ($0.recorders, $0.discovers, $0.environment) = ([], true, environment) }
        let features = try server.curl("/server").json.features.strings
        #expect(features.contains("drive-discovery") && !features.contains("drive-events"))
        let events = try EventReader(server)
        #expect(try events.next().data.drives == .array([]))
        try machine.plug("1-2")
        let added = try #require(try events.until { $0.name == "drive-added" }.last?.drives.first)
        #expect(added.node.string == "/dev/sr0" && added.bus.string == "usb" && added.present.bool == true)
        #expect(added.port.string == "pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0/0:0:0", "\(added)")
        let id = try #require(added.id.string)
        let job = try server.wait(server.job([try Album.short(files)]))
        #expect(job.state.string == "completed" && job.drive.string == id, "\(job)")
        let change = try server.curl("/drives/\(id)", ["-X", "PATCH", "--json", #"{"label":"Studio"}"#])
        #expect(change.status == 200)
        machine.unplug()
        let removed = try events.until { $0.name == "drive-removed" }.last?.drives.first
        #expect(removed?.id.string == id && removed?.present.bool == false)
        #expect(try server.curl("/drives").json.items == .array([]))
        try machine.plug("1-4")
        let again = try events.until { $0.name == "drive-added" }.last?.drives.first
        #expect(again?.id.string == id && again?.label.string == "Studio", "\(String(describing: again))")
    }
}
