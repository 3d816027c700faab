import POSIX
import ServerSupport
import TestSupport
import Testing

/// Other burning programs, which know nothing of burnd, on the same drives beside it.
@Suite(.serialized, .timeLimit(.minutes(5)), .enabled(if: Guest.isHere, Guest.why))
struct PeerTests {
    let files = AudioFiles()

    private func run(_ program: String, _ arguments: [String]) throws -> (said: String, isGood: Bool) {
        let run = try TestProgram("/usr/bin/timeout", ["-k", "5", "120", "/usr/bin/\(program)"] + arguments)
        return (String(decoding: run.output, as: UTF8.self) + run.errors, run.ending == .exited(0))
    }

    @Test func `cdrskin and wodim list the drive, and both burn with it while burnd is idle`() throws {
        let recorder = try USBRecorder("peers")
        let server = try ServerProcess(discovering: [])
        let drive = try server.blankDrive(of: recorder)
        let node = try recorder.node()

        let listed = try run("cdrskin", ["--devices"])
        #expect(listed.isGood && listed.said.contains(node) && listed.said.contains("VIRTUAL CD-RW"), "\(listed)")
        let checked = try run("wodim", ["-checkdrive", "dev=\(node)"])
        #expect(checked.isGood && checked.said.contains("SAO/R96R RAW/R16"), "\(checked)")

        try files.noise("a", seconds: 4.2)
        let expected = try files.samples("a.wav")
        for (number, program) in ["wodim", "cdrskin"].enumerated() {
            let burned = try run(program, ["dev=\(node)", "-sao", "-audio", "-pad", files.path("a.wav")])
            #expect(burned.isGood, "\(program): \(burned.said)")
            let disc = recorder.disc(number + 1)
            #expect(expected.isFollowedByZerosAlone(in: try Disc.export(disc, AudioFiles())[0], sectors: 315))
            // burnd has seen what they did.
            try server.drive(of: recorder, "idle with a full disc") {
                $0.state.string == "idle" && $0.media.status.string == "complete"
            }
            try server.post("/drives/\(drive)/eject").requireGood()
            try server.post("/drives/\(drive)/load").requireGood()
            _ = try server.blankDrive(of: recorder)
        }
        let job = try server.wait(server.job([files.path("a.wav")], ["drive=\(drive)"]))
        #expect(job.state.string == "completed", "\(job.problem)")
    }
}

extension Answer {
    /// Status 200, or an error that says what came instead.
    func requireGood() throws {
        guard status == 200 else { throw ServerProcess.Failure(description: description) }
    }
}
