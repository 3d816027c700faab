import Glibc
import ServerSupport
import TestSupport
import Testing

/// burnd as a service has it: a user who may nothing but use the drives of the group `cdrom`.
@Suite(.serialized, .timeLimit(.minutes(5)), .enabled(if: Guest.isHere, Guest.why))
struct UnprivilegedTests {
    let files = AudioFiles()

    @Test(arguments: ["tao", "sao"])
    func `a user in the group cdrom burns, reads back and ejects`(mode: String) throws {
        let recorder = try USBRecorder("user-\(mode)")
        var status = stat()
        #expect(stat(try recorder.node(), &status) == 0)
        #expect(status.st_mode & 0o777 == 0o660 && status.st_uid == 0 && status.st_gid == Guest.cdromGroup)
        let home = TemporaryFolder()
        try Guest.giveToUnprivileged(home.path)
        let server = try ServerProcess(data: home.path + "/data", as: Guest.unprivileged)
        let drive = try server.blankDrive(of: recorder)
        let fields = ["mode=\(mode)", "drive=\(drive)", "track=@\(try Album.short(files))"]
        let answer = try server.curl("/jobs", fields.flatMap { ["-F", $0] })
        let job = try server.wait(try #require(answer.json.id.int, "\(answer)"))
        #expect(job.state.string == "completed" && job.proven.strings.contains("audio"), "\(job.problem)")
        #expect(try server.post("/drives/\(drive)/eject").status == 200)
        #expect(try recorder.control("status").tray.string == "open")
    }
}
