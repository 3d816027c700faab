import Glibc
import POSIX
import ServerSupport
import TestSupport
import Testing

/// A drive that keeps failing, as its operator meets it.
@Suite(.serialized, .timeLimit(.minutes(2))) struct OutOfServiceTests {
    let files = AudioFiles()

    private func control(_ server: ServerProcess, _ request: String) throws {
        let run = try TestProgram(
            TestProgram.compiled("burnd"),
            ["recorder-control", "\(server.data)/recorders/left/control"]
                + request.split(separator: " ").map(String.init))
        try #require(run.ending == .exited(0), "\(request): \(run.errors)")
    }

    @Test func `a recorder that fails three discs is out of service, also after a restart, until somebody enables it`()
        throws
    {
        let server = try ServerProcess()
        let track = try Album.short(files)
        try control(server, "fault write lba 0..1000: sense 3/0C/00")
        for _ in 0..<3 {
            let job = try server.wait(server.job([track], ["speed=8"]))
            #expect(job.problem.type.string == "/problems/write-error", "\(job.problem)")
            _ = try server.idleDrive()
            try server.loadBlank()
        }
        let order = try server.job([track], ["speed=8"])
        let waiting = try server.wait(order, ["waiting"])
        #expect(waiting.state_reasons.strings == ["drive-failing"] && waiting.needs.action.string == "fix-drive")
        #expect(try server.curl("/status.txt").text.contains("OUT OF SERVICE: 3 discs in a row failed."))
        let check = try server.curl(
            "/jobs:check", ["mode=tao", "speed=8", "track=@\(track)"].flatMap { ["-F", $0] }
        ).json
        #expect(check.drives[0].warning.string?.contains("burned at 8x here 3 failed") == true, "\(check.drives)")

        server.signal(SIGTERM)
        #expect(try server.wait() == .exited(0))
        try server.start()
        let drive = try server.idleDrive()
        #expect(drive.enabled.bool == false && drive.reasons.strings == ["drive-failing"])
        #expect(drive.service.failures_in_a_row.int == 3 && drive.service.out_of_service_since != .null)
        #expect(try server.job(order).state.string == "waiting")

        try control(server, "clear")
        let enabled = try server.post("/drives/left/enable")
        #expect(enabled.status == 200 && enabled.json.enabled.bool == true, "\(enabled)")
        #expect(try server.wait(order).state.string == "completed")
        let memory = try server.curl("/drives/left/memory").json
        #expect(memory.total.burns.int == 4 && memory.total.failures.int == 3, "\(memory)")
        let setting = memory.settings[0]
        #expect(setting.speed_x.int == 8 && setting.failures_by_type["write-error"].int == 3, "\(memory)")
        #expect(setting.medium.string?.hasPrefix("97m") == true && setting.kind.string == "CD-R", "\(memory)")
        server.endRecorder()
    }
}
