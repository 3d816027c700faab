import ServerSupport
import TestSupport
import Testing

/// Commands that are not answered.
@Suite(.serialized, .timeLimit(.minutes(5)), .enabled(if: Guest.isHere, Guest.why))
struct HangTests {
    let files = AudioFiles()

    @Test func `a job whose drive does not answer fails by a time-out, and the next one succeeds`() throws {
        let recorder = try USBRecorder("hang")
        let server = try ServerProcess(discovering: [])
        let drive = try server.blankDrive(of: recorder)
        // Of such a command the kernel gives status "good", and says in another place that the time was over. It resets the
        // drive, which forgets the command.
        let fault = try recorder.setFault("mode-select times 1: stuck")
        let album = try Album.short(files)
        let id = try server.job([album], ["drive=\(drive)"])
        try recorder.control("wait \(fault)")
        let job = try server.wait(id)
        #expect(job.state.string == "failed", "\(job)")
        #expect(job.problem.type.string == "/problems/drive-timeout", "\(job.problem)")
        #expect(job.burns[0].disc.string == "untouched", "\(job.burns[0])")
        _ = try server.blankDrive(of: recorder)
        let next = try server.wait(server.job([album], ["drive=\(drive)"]))
        #expect(next.state.string == "completed", "\(next.problem)")
    }
}
