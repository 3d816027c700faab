import Glibc
import POSIX
import ServerSupport
import TestSupport
import Testing

/// The cable is pulled, and plugged in again.
@Suite(.serialized, .timeLimit(.minutes(5)), .enabled(if: Guest.isHere, Guest.why))
struct UnplugTests {
    let files = AudioFiles()

    @Test func `a drive that is plugged in is shown, one that is pulled goes, and comes back as the same`() throws {
        let recorder = try USBRecorder("plug")
        let server = try ServerProcess(discovering: [])
        let drive = try server.drive(of: recorder, "idle") { $0.state.string == "idle" }
        #expect(drive.vendor.string == "BURND" && drive.product.string == "VIRTUAL CD-RW")
        #expect(drive.media.status.string == "blank")
        try recorder.unplug()
        try server.drive(of: recorder, "gone") { $0 == .null || $0.present.bool == false }
        try recorder.plug()
        let again = try server.drive(of: recorder, "back") { $0.state.string == "idle" }
        #expect(again.id == drive.id)
    }

    @Test func `a cable pulled in mid-burn fails the job, and the server burns on when it is plugged in`() throws {
        let recorder = try USBRecorder("unplug")
        let server = try ServerProcess(discovering: [])
        let drive = try server.blankDrive(of: recorder)
        // The laser is on when the recorder stops to answer, and then it is gone.
        let fault = try recorder.setFault("write lba 100: stuck")
        let album = try Album.short(files)
        let id = try server.job([album], ["drive=\(drive)", "verify=none"])
        try recorder.control("wait \(fault)")
        try recorder.unplug()

        let job = try server.wait(id)
        #expect(job.state.string == "failed", "\(job)")
        #expect(job.problem.type.string == "/problems/drive-offline", "\(job.problem)")
        #expect(["unsure", "spoiled"].contains(job.burns[0].disc.string), "\(job.burns[0])")
        try server.drive(of: recorder, "gone") { $0 == .null || $0.present.bool == false }
        #expect(try server.curl(server.url + "/healthz").status == 200)

        try recorder.control("clear")
        try recorder.plug()
        try server.drive(of: recorder, "back") { $0.state.string == "idle" }
        for movement in ["eject", "load"] {
            let answer = try server.post("/drives/\(drive)/\(movement)")
            #expect(answer.status == 200, "\(answer)")
        }
        _ = try server.blankDrive(of: recorder)
        let next = try server.wait(server.job([album], ["drive=\(drive)"]))
        #expect(next.state.string == "completed", "\(next.problem)")
        let expected = try files.samples("short.wav")
        #expect(expected.isFollowedByZerosAlone(in: try Disc.export(recorder.disc(2), files)[0], sectors: 300))
    }

    @Test func `the end of the recorder's process is an unplug`() throws {
        let recorder = try USBRecorder("killed")
        let server = try ServerProcess(discovering: [])
        try server.drive(of: recorder, "idle") { $0.state.string == "idle" }
        recorder.end(by: SIGKILL)
        try server.drive(of: recorder, "gone") { $0 == .null || $0.present.bool == false }
        #expect(try server.curl(server.url + "/healthz").status == 200)
    }
}
