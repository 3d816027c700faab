import ServerSupport
import TestSupport
import Testing

/// More than one drive.
@Suite(.serialized, .timeLimit(.minutes(5)), .enabled(if: Guest.isHere, Guest.why))
struct TwoDrivesTests {
    let files = AudioFiles()

    @Test func `two jobs burn on two drives at the same time`() throws {
        let recorders = [try USBRecorder("two-a"), try USBRecorder("two-b")]
        let server = try ServerProcess(discovering: [])
        let drives = try recorders.map { try server.blankDrive(of: $0) }
        let names = ["a", "b"]
        for name in names { try files.noise(name, seconds: 4.2) }
        // Each is held in mid-burn until the other is there too.
        let faults = try recorders.map { try $0.setFault("write lba 100: stuck") }
        let jobs = try zip(names, drives).map { try server.job([files.path("\($0).wav")], ["drive=\($1)"]) }
        for (recorder, fault) in zip(recorders, faults) { try recorder.control("wait \(fault)") }
        for job in jobs { #expect(try server.job(job).state.string == "burning") }
        for recorder in recorders { try recorder.control("clear") }
        for (index, job) in jobs.enumerated() {
            let done = try server.wait(job)
            #expect(done.state.string == "completed", "\(done.problem)")
            let expected = try files.samples("\(names[index]).wav")
            let folder = AudioFiles()
            let track = try Disc.export(recorders[index].disc(), folder)[0]
            #expect(expected.isFollowedByZerosAlone(in: track, sectors: 315))
        }
    }
}
