import Glibc
import POSIX
import SCSI
import TestSupport
import Testing

/// `burnd virtual-recorder` and `burnd disc` as commands: how they begin and how they end.
@Suite(.timeLimit(.minutes(2))) struct RecorderCommandTests {
    private static func burnd(_ arguments: [String]) async throws -> Peer.Outcome {
        try await Program.run("\(Program.products)/burnd", arguments)
    }

    /// MODE SELECT (10) of a TAO audio track.
    private static let tao = hex("00 00 00 00 00 00 00 00  05 32 41 00 00 00 00 00 00 00 00 00 00 00 00 96") + zeros(36)
    private static func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }

    /// Writes so many blocks of audio at 0 and leaves the track open.
    private static func write(_ blocks: UInt8, on recorder: RecorderProcess) throws {
        #expect(try recorder.send(hex("55 10 00 00 00 00 00 00 3C 00"), out: tao).status == 0)
        let samples = Recording(seed: 5, stereoSamples: 588 * Int(blocks)).samples
        #expect(try recorder.send([0x2A, 0, 0, 0, 0, 0, 0, 0, blocks, 0], out: samples).status == 0)
    }

    @Test(arguments: [SIGTERM, SIGINT]) func `a signal ends it with status 0 and its socket with it`(signal: Int32)
        async throws
    {
        let recorder = try await RecorderProcess()
        #expect(recorder.end(by: signal) == .exited(0))
        #expect(access(recorder.socket, F_OK) != 0)
        #expect(access("\(recorder.disc)/disc.json", F_OK) == 0)
    }

    @Test func `--fault help alone lists the faults`() async throws {
        let outcome = try await Program.run("\(Program.products)/burnd", ["virtual-recorder", "--fault", "help"])
        #expect(outcome.status == 0 && outcome.output.hasPrefix("A fault is a line: "))
    }

    @Test func `socket and disc are asked for`() async throws {
        let outcome = try await Program.run("\(Program.products)/burnd", ["virtual-recorder"])
        #expect(outcome.status == 64 && outcome.output.contains("--disc, and --socket or --usb, are needed"))
    }

    @Test func `killed in the middle of a track it comes up again on the same socket, the track cut off`() async throws
    {
        let recorder = try await RecorderProcess()
        try Self.write(27, on: recorder)
        #expect(recorder.end(by: SIGKILL) == .signalled(SIGKILL))
        let again = try await RecorderProcess(in: recorder.folder)
        let listing = try await again.listing()
        #expect(listing.status == 2, "damage is status 2")
        #expect(listing.output.contains("damage: Track 1 was cut off while it was being written."), "\(listing.output)")
        // CLOSE TRACK, CLOSE SESSION: what is there becomes a disc.
        #expect(try again.send(hex("5B 00 01 00 00 FF 00 00 00 00")).status == 0)
        #expect(try again.send(hex("5B 00 02 00 00 00 00 00 00 00")).status == 0)
        let exported = try await again.listing(["--export", "\(again.folder.path)/out"])
        #expect(exported.status == 2)
        let track = try Recording.samples(of: "\(again.folder.path)/out/track01.wav")
        #expect(track == Recording(seed: 5, stereoSamples: 588 * 27).padded())
    }

    @Test func `the socket of a living recorder is not taken`() async throws {
        let recorder = try await RecorderProcess()
        let second = try await Self.burnd([
            "virtual-recorder", "--socket", recorder.socket, "--disc", "\(recorder.folder.path)/b",
        ])
        #expect(second.status == 1)
        #expect(second.output == "burnd virtual-recorder: a recorder is listening on \(recorder.socket) already\n")
        #expect(try recorder.send(hex("00 00 00 00 00 00")).status == 0)
    }

    @Test func `the disc of a living recorder is not taken`() async throws {
        let recorder = try await RecorderProcess()
        let second = try await Self.burnd([
            "virtual-recorder", "--socket", "\(recorder.folder.path)/b", "--disc", recorder.disc,
        ])
        #expect(second.status == 1)
        #expect(second.output == "burnd virtual-recorder: \(recorder.disc) is in use by another recorder\n")
    }

    @Test func `a corrupt disc is an error that names the field`() async throws {
        let folder = TemporaryFolder()
        try DurableFile.makeFolder("\(folder.path)/disc")
        try DurableFile.replace("\(folder.path)/disc/disc.json", with: Array("{\"format\": \"one\"}".utf8))
        let expected = "\(folder.path)/disc/disc.json: format: must be a value of type Int\n"
        let recorder = try await Self.burnd(RecorderProcess.arguments(folder))
        #expect(recorder.status == 1 && recorder.output == "burnd virtual-recorder: \(expected)")
        let listing = try await Self.burnd(["disc", "\(folder.path)/disc"])
        #expect(listing.status == 1 && listing.output == "burnd disc: \(expected)")
    }

    @Test(arguments: ["0", "73", "fast", "-1"]) func `a speed that is none is refused`(speed: String) async throws {
        let outcome = try await Self.burnd([
            "virtual-recorder", "--socket", "/tmp/s", "--disc", "/tmp/d", "--speed=\(speed)",
        ])
        #expect(outcome.status == 64)
    }

    @Test func `a blank is made of the medium that is named, once`() async throws {
        let folder = TemporaryFolder()
        let disc = "\(folder.path)/blank"
        let arguments = ["disc", disc, "--make-blank", "--medium", "cd-rw", "--atip-lead-in", "97:34:23"]
        let made = try await Self.burnd(arguments)
        #expect(made.status == 0 && made.output.contains("medium  CD-RW, lead-in 97:34:23"), "\(made.output)")
        let again = try await Self.burnd(arguments)
        #expect(again.status == 1 && again.output == "burnd disc: \(disc) is a disc already\n")
    }

    @Test(arguments: [["--medium", "lp"], ["--last-lead-out", "90:00:00"], ["--atip-lead-in", "97:26"]])
    func `media that there are not are refused`(options: [String]) async throws {
        for command in [
            ["disc", "/nowhere", "--make-blank"], ["virtual-recorder", "--socket", "/s", "--disc", "/nowhere"],
        ] {
            #expect(try await Self.burnd(command + options).status == 64)
        }
        #expect(try await Self.burnd(["disc", "/nowhere", "--medium", "lp"]).output.contains("cd-rw-ultra-speed"))
    }

    @Test func `a recorder's blanks are of the medium that it is told`() async throws {
        let recorder = try await RecorderProcess(in: TemporaryFolder(), ["--medium", "cd-r-63"])
        #expect(try await recorder.listing().output.contains("lead-out up to 63:02:00 (cd-r-63"))
    }

    @Test func `an export names the file that it cannot write`() async throws {
        let recorder = try await RecorderProcess()
        try Self.write(27, on: recorder)
        #expect(try recorder.send(hex("35 00 00 00 00 00 00 00 00 00")).status == 0)
        let cue = "\(recorder.folder.path)/a.cue"
        #expect(try await recorder.listing(["--export-cue", cue]).status == 0)
        let again = try await recorder.listing(["--export-cue", cue])
        #expect(again.status == 1 && again.output.hasSuffix("burnd disc: open \(cue): File exists\n"))
    }

    @Test func `what is no disc is an error`() async throws {
        let folder = TemporaryFolder()
        let listing = try await Self.burnd(["disc", folder.path])
        #expect(listing.status == 1)
        #expect(listing.output == "burnd disc: \(folder.path) is no disc: there is no disc.json among its files\n")
    }

    @Test func `help says what the options are and what a disc is made of`() async throws {
        let recorder = try await Self.burnd(["virtual-recorder", "--help"])
        for word in [
            "--socket", "--disc", "--name", "--speed", "--profile", "--fault", "--faults", "--control", "DIR-2",
        ] {
            #expect(recorder.output.contains(word), "\(recorder.output)")
        }
        let disc = try await Self.burnd(["disc", "--help"])
        for word in [
            "--json", "--export", "--export-cue", "--export-toc", "--export-sub", "--check", "--make-blank", "--medium",
            "main.bin", "sub.bin", "lead-in-sub.bin", "cd-text-N.cdt", "disc.json", "journal", "medium_details",
        ] {
            #expect(disc.output.contains(word), "\(disc.output)")
        }
    }
}
