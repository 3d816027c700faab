import Glibc
import POSIX
import SCSI
import SCSITransports
import TestSupport
import Testing

/// A recorder process with faults, from the command line, from a file and by `burnd recorder-control`.
@Suite(.timeLimit(.minutes(2))) struct FaultyRecorderTests {
    private static let inquiry = hex("12 00 00 00 24 00")

    /// A recorder with a control socket.
    private static func recorder(_ options: [String] = []) async throws -> (RecorderProcess, TemporaryFolder) {
        let folder = TemporaryFolder()
        return (try await RecorderProcess(in: folder, ["--control", "\(folder.path)/control"] + options), folder)
    }

    private static func control(_ folder: TemporaryFolder, _ request: String...) async throws -> Peer.Outcome {
        let words = request.flatMap { $0.split(separator: " ").map(String.init) }
        return try await Program.run(
            "\(Program.products)/burnd", ["recorder-control", "\(folder.path)/control"] + words)
    }

    /// Sends INQUIRY on a connection and a thread of its own.
    private static func inquire(_ socket: String) async -> Result<SCSIOutcome, any Error> {
        await BlockingThread.run {
            Result {
                let transport = try UnixSocketTransport(connectingTo: UnixSocketAddress(socket))
                return try transport.execute(CDB(inquiry), .none, timeout: 60_000)
            }
        }
    }

    private static func refused(_ options: [String]) async throws -> Peer.Outcome {
        try await Program.run("\(Program.products)/burnd", RecorderProcess.arguments(TemporaryFolder()) + options)
    }

    @Test func `faults come from a file and from options, in this order`() async throws {
        let files = TemporaryFolder()
        try DurableFile.replace("\(files.path)/bad", with: Array("# bad\ninquiry times 1: sense 4/44/00\n".utf8))
        let (recorder, folder) = try await Self.recorder([
            "--fault", "inquiry: busy", "--faults", "\(files.path)/bad", "--fault", "send-opc: sense 3/73/03",
        ])
        let senses = try (0..<2).map { _ in try SenseData(parsing: recorder.send(Self.inquiry).sense) }
        #expect(senses == [SenseData(4, 0x44, 0), SenseData(2, 4, 8)])
        let list = try await Self.control(folder, "faults")
        #expect(list.output.contains(#""fault":"send-opc: sense 3/73/03","id":3}"#))
    }

    @Test func `what is no fault ends the recorder before it begins`() async throws {
        let option = try await Self.refused(["--fault", "write call 0: busy"])
        #expect(option.status == 64)
        #expect(option.output.hasPrefix("Error: --fault \"write call 0: busy\": \"0\" is not a number or a range"))
        let files = TemporaryFolder()
        try DurableFile.replace("\(files.path)/bad", with: Array("\natip one\n".utf8))
        let file = try await Self.refused(["--faults", "\(files.path)/bad"])
        #expect(file.status == 1)
        #expect(
            file.output == "burnd virtual-recorder: \(files.path)/bad:2: \"one\" is not a time such as 97:26:65\n")
    }

    @Test func `help lists the faults`() async throws {
        let listing = try await Self.refused(["--fault", "help"])
        #expect(listing.status == 0 && listing.output.contains("send-opc: sense 3/73/03"))
        let help = try await Program.run("\(Program.products)/burnd", ["recorder-control", "--help"])
        #expect(help.status == 0 && help.output.contains("\n  page CODE I=HH[/MM]      a byte in a mode page\n"))
    }

    @Test func `a stuck drive is freed by hand`() async throws {
        let (recorder, folder) = try await Self.recorder()
        #expect(try await Self.control(folder, "fault inquiry call 1: stuck").output == "{\"fault\":1}\n")
        let socket = recorder.socket
        async let answer = Self.inquire(socket)
        #expect(try await Self.control(folder, "wait 1").output == "{\"acted\":true}\n")
        let status = try await Self.control(folder, "status")
        #expect(status.output.contains(#""executing":"INQUIRY""#) && status.output.contains(#""held_by":1"#))
        #expect(try await Self.control(folder, "clear 1").output == "{\"cleared\":1}\n")
        #expect(try await answer.get().status == 0)
    }

    @Test func `a stuck drive is ended by a signal`() async throws {
        let (recorder, folder) = try await Self.recorder(["--fault", "inquiry: stuck"])
        let socket = recorder.socket
        async let answer = Self.inquire(socket)
        #expect(try await Self.control(folder, "wait 1").status == 0)
        #expect(recorder.end(by: SIGTERM) == .exited(0))
        let outcome = await answer
        #expect(throws: TransportFault.self) { try outcome.get() }
        #expect(access("\(folder.path)/control", F_OK) != 0)
    }

    @Test func `a drive that is gone is gone for all who had it open, and can be opened again`() async throws {
        let (recorder, _) = try await Self.recorder(["--fault", "inquiry times 1: disconnect"])
        let transports = try (0..<2).map { _ in
            try UnixSocketTransport(connectingTo: UnixSocketAddress(recorder.socket))
        }
        // Answered: so each is a connection that the recorder has taken, and not one that waits to be taken.
        for transport in transports { _ = try transport.execute(CDB(hex("00 00 00 00 00 00")), .none, timeout: 10_000) }
        for transport in transports {
            #expect(throws: TransportFault.self) { try transport.execute(CDB(Self.inquiry), .none, timeout: 10_000) }
        }
        #expect(try recorder.send(Self.inquiry).status == 0)
    }

    @Test func `button and disc by hand`() async throws {
        let (recorder, folder) = try await Self.recorder()
        #expect(try await Self.control(folder, "button").output == "{\"button\":\"opened\"}\n")
        #expect(SenseData(parsing: try recorder.send(hex("00 00 00 00 00 00")).sense) == SenseData(2, 0x3A, 2))
        let loaded = try await Self.control(folder, "load", "\(folder.path)/other")
        #expect(loaded.output.contains("\"disc\":\"\(folder.path)/other\""))
        #expect(access("\(folder.path)/other/disc.json", F_OK) == 0)
        let again = try await Self.control(folder, "load")
        #expect(again.status == 1 && again.output == "burnd recorder-control: the tray is closed\n")
    }

    @Test func `a folder is meant as seen from where it is typed`() async throws {
        let (recorder, folder) = try await Self.recorder()
        defer { recorder.end(by: SIGTERM) }
        #expect(try await Self.control(folder, "eject").status == 0)
        let loaded = try await Program.run(
            "/usr/bin/env",
            ["-C", folder.path, "\(Program.products)/burnd", "recorder-control", "control", "load", "here"])
        #expect(loaded.output.contains("\"disc\":\"\(folder.path)/here\""), "\(loaded.output)")
    }

    @Test func `no recorder is an error`() async throws {
        let folder = TemporaryFolder()
        let outcome = try await Self.control(folder, "status")
        #expect(outcome.status == 1)
        #expect(outcome.output == "burnd recorder-control: no recorder listens on \(folder.path)/control\n")
    }
}

/// What the peers make of faults.
@Suite(.timeLimit(.minutes(5))) struct PeerFaultTests {
    private static let isReady =
        access("/usr/bin/make", X_OK) == 0 && access("/usr/bin/gcc", X_OK) == 0 && Peer.wodim.isInstalled
    private static let why: Comment = "gcc, make and wodim must be installed (script/test does it)"
    private static let recording = Recording(seed: 4, stereoSamples: 588 * 320)

    private static func burn(_ faults: [String], in folder: TemporaryFolder) async throws -> (
        RecorderProcess, Peer.Outcome
    ) {
        let recorder = try await RecorderProcess(in: TemporaryFolder(), faults.flatMap { ["--fault", $0] })
        try recording.write(to: folder, as: "in.wav")
        let outcome = try await Peer.wodim.run(
            ["dev=/dev/sr0", "gracetime=2", "-tao", "-audio", "-pad", "in.wav"], on: recorder, in: folder)
        return (recorder, outcome)
    }

    @Test(.enabled(if: isReady, why)) func `wodim waits for a busy drive, and nothing is lost`() async throws {
        let folder = TemporaryFolder()
        let (recorder, burn) = try await Self.burn(["write call 7.. times 5: busy"], in: folder)
        #expect(burn.status == 0, "\(burn.output)")
        let export = try await recorder.listing(["--export", "\(folder.path)/out"])
        try #require(export.status == 0, "\(export.output)")
        #expect(try Recording.samples(of: "\(folder.path)/out/track01.wav") == Self.recording.samples)
    }

    @Test(.enabled(if: isReady, why)) func `wodim gives up where the power cannot be calibrated`() async throws {
        let (recorder, burn) = try await Self.burn(["send-opc: sense 3/73/03"], in: TemporaryFolder())
        #expect(burn.status == 255 && burn.output.contains("OPC failed"), "\(burn.output)")
        #expect(try await recorder.listing().output.contains("blank"))
    }

    @Test(.enabled(if: isReady, why)) func `wodim gives up in the middle of a track, and the disc shows it`()
        async throws
    {
        let (recorder, burn) = try await Self.burn(["write lba 200: sense 3/0C/09"], in: TemporaryFolder())
        #expect(burn.status == 254, "\(burn.output)")
        let listing = try await recorder.listing(["--json"])
        #expect(!listing.output.contains("\"blocks\":320"), "\(listing.output)")
    }

    /// A program, what is wrong with its drive, and how it ends.
    struct Case: Sendable, CustomTestStringConvertible {
        let peer: Peer
        let arguments: [String]
        let fault: String
        let status: Int32
        let word: String
        var testDescription: String { "\(peer.rawValue), \(fault)" }
    }

    private static let cdrdao = ["write", "--device", "/dev/sr0", "--driver", "generic-mmc", "-n", "in.toc"]
    private static let cdrskin = ["dev=/dev/sr0", "-sao", "-audio", "-pad", "in.wav"]

    /// What each is known to do (cdrdao 1.2.4, cdrskin 1.5.4).
    static let cases = [
        Case(
            peer: .cdrdao, arguments: cdrdao, fault: "send-opc: sense 3/73/03", status: 1,
            word: "Power calibration failed"),
        // Some drives report an error though all is well, its authors say.
        Case(
            peer: .cdrdao, arguments: cdrdao, fault: "synchronize-cache: sense 3/0C/00", status: 0,
            word: "finished successfully"),
        Case(
            peer: .cdrskin, arguments: cdrskin, fault: "synchronize-cache: sense 3/0C/00", status: 10,
            word: "[3 0C 00]"),
        Case(peer: .cdrskin, arguments: cdrskin, fault: "send-cue-sheet: sense 5/26/00", status: 10, word: "CDB= 5d"),
        Case(
            peer: .cdrskin, arguments: cdrskin, fault: "write call 3: sense 3/0C/00", status: 10,
            word: "SCSI error on write"),
        Case(peer: .cdrskin, arguments: cdrskin, fault: "write call 3: disconnect", status: 10, word: "burning failed"),
    ]

    @Test(.enabled(if: isReady && Peer.cdrdao.isInstalled && Peer.cdrskin.isInstalled, why), arguments: cases)
    func `other programs fail as they do with such a drive`(it: Case) async throws {
        let folder = TemporaryFolder()
        let recorder = try await RecorderProcess(in: TemporaryFolder(), ["--fault", it.fault])
        try Self.recording.write(to: folder, as: "in.wav")
        let toc = "CD_DA\nTRACK AUDIO\nFILE \"in.wav\" 0\n"
        try DurableFile.replace("\(folder.path)/in.toc", with: Array(toc.utf8))
        let outcome = try await it.peer.run(it.arguments, on: recorder, in: folder)
        #expect(outcome.status == it.status && outcome.output.contains(it.word), "\(outcome.output)")
        recorder.end(by: SIGTERM)
    }
}
