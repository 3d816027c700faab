import POSIX
import SCSI
import SCSITransports
import ServerSupport
import TestSupport
import Testing

/// Commands that are not answered.
@Suite(.serialized, .timeLimit(.minutes(5)), .enabled(if: Guest.isHere, Guest.why))
struct HangTests {
    let files = AudioFiles()

    @Test func `a job whose drive never answers fails by a time-out, and the drive can be used again`() throws {
        let recorder = try USBRecorder("hang")
        let server = try ServerProcess([recorder])
        let drive = try server.blankDrive(of: recorder)
        // The kernel says "good" of such a command, and in another place that the time was over.
        let fault = try recorder.setFault("send-opc: stuck")
        let id = try server.job([try Album.short(files)], ["drive=\(drive)"])
        try recorder.control("wait \(fault)")
        let job = try server.wait(id)
        #expect(job.state.string == "failed", "\(job)")
        #expect(job.problem.type.string == "/problems/drive-timeout", "\(job.problem)")
        try recorder.control("clear")
        try server.drive(of: recorder, "idle") { $0.state.string == "idle" }
    }
}
