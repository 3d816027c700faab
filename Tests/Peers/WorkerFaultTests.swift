import BurnPlan
import DiscLayout
import POSIX
import SCSI
import ServerSupport
import TestSupport
import Testing

/// What burnd makes of the drives that other programs call good, misjudge, or wait for without an end.
@Suite(.timeLimit(.minutes(5))) struct WorkerFaultTests {
    /// A drive that fails, and what burnd has to say.
    struct Case: Sendable, CustomTestStringConvertible {
        let mode: RecordingMode
        let fault: String
        let kind: BurnProblem.Kind
        let disc: BurnOutcome.Disc
        var testDescription: String { "\(mode.rawValue), \(fault)" }
    }

    /// A write error in mid-track, and one when the drive empties its buffer: cdrdao and wodim call the second a success.
    static let cases =
        RecordingMode.all.flatMap { mode in
            [
                Case(mode: mode, fault: "send-opc: sense 3/73/03", kind: .powerCalibrationFailed, disc: .untouched),
                Case(mode: mode, fault: "write call 9: sense 3/0C/00", kind: .writeError, disc: .spoiled),
                Case(mode: mode, fault: "synchronize-cache: sense 3/0C/00", kind: .writeError, disc: .spoiled),
            ]
        } + [
            Case(mode: .sao, fault: "send-cue-sheet: sense 5/26/00", kind: .layoutRefused, disc: .untouched)
        ]

    /// Two songs in a mode; in session at once and raw the second without a gap.
    static func plan(_ mode: RecordingMode, in folder: TemporaryFolder, verify: VerifyLevel = .none) throws -> BurnPlan
    {
        var tracks = SameDisc.gapless()
        if mode == .tao { (tracks[0].pregap, tracks[0].pregapContent) = (0, []) }
        return try SameDisc(name: "two songs", tracks: tracks, senders: []).plan(
            in: folder, mode: mode, sectorType: mode == .raw ? .pq : nil, verify: verify)
    }

    private static func burn(_ mode: RecordingMode, _ options: [String], in folder: TemporaryFolder) async throws -> (
        Worker.Burn, RecorderProcess
    ) {
        try Material.write(to: folder)
        let recorder = try await RecorderProcess(options)
        return (try await Worker.burn(plan(mode, in: folder), on: recorder, in: folder), recorder)
    }

    @Test(.enabled(if: Peer.wodim.isReady, Peer.why), arguments: cases)
    func `a drive that fails is told of as it is`(it: Case) async throws {
        let folder = TemporaryFolder()
        let (burn, recorder) = try await Self.burn(it.mode, ["--fault", it.fault], in: folder)
        let outcome = try #require(burn.outcome, "\(burn.output)")
        #expect(outcome.result == .failed && outcome.problem?.type == it.kind, "\(outcome)")
        #expect(outcome.disc == it.disc && outcome.tracksOnDisc.isEmpty, "\(outcome)")
        // The tray is free: PREVENT would refuse this with 5/53/02.
        #expect(try recorder.send(hex("1B 00 00 00 02 00")).sense.isEmpty)
    }

    @Test(.enabled(if: Peer.wodim.isReady, Peer.why), arguments: RecordingMode.all)
    func `a drive that is busy five times loses nothing`(mode: RecordingMode) async throws {
        let folder = TemporaryFolder()
        let (burn, recorder) = try await Self.burn(mode, ["--fault", "write call 7.. times 5: busy"], in: folder)
        #expect(burn.outcome?.result == .completed, "\(burn.output)")
        let disc = try recorder.burned()
        let isSame =
            disc.main(of: disc.tracks[0]) == Material.first.samples
            && disc.main(of: disc.tracks[1]) == Material.second.samples
        #expect(isSame)
    }

    /// cdrdao does not even end for SIGTERM then.
    @Test(.enabled(if: Peer.wodim.isReady, Peer.why))
    func `a burn on a drive that is busy for ever ends when it is cancelled`() async throws {
        let folder = TemporaryFolder()
        async let burning = Self.burn(.sao, ["--fault", "write call 9..: busy"], in: folder)
        let journal = Worker.folder(folder) + "/journal"
        _ = try await BlockingThread.run {
            try Deadline.waiting("the laser") {
                let bytes = try? DurableFile.contents(of: journal, limit: 1 << 22)
                return String(decoding: bytes ?? [], as: UTF8.self).contains("laser-on")
            }
        }
        try Album.write("spoil", to: folder, as: "burn/cancel")
        let (burn, _) = try await burning
        #expect(burn.outcome?.result == .cancelled && burn.outcome?.disc == .spoiled, "\(burn.output)")
    }

    /// What is 74 minutes on a disc of 80 is here 765 sectors on a disc of 800: cdrskin counts the bytes of audio in blocks of
    /// 2048 and refuses them.
    @Test(.enabled(if: Peer.cdrskin.isReady, Peer.why)) func `audio that fills a disc fits`() async throws {
        let folder = TemporaryFolder()
        let small = ["--last-lead-out", "00:12:50"]
        let (burn, recorder) = try await Self.burn(.sao, small, in: folder)
        #expect(burn.outcome?.result == .completed, "\(burn.output)")
        #expect(try recorder.burned().sessions.first?.lead_out == 765)
        let refused = try await Peer.cdrskin.run(
            ["dev=/dev/sr0", "-sao", "-audio", "1.wav", "2.wav"], on: RecorderProcess(small), in: folder)
        #expect(refused.status != 0 && refused.output.contains("does not fit"), "\(refused.output)")
    }

    /// wodim writes the first 300 sectors of the second track only, and announces all.
    @Test(.enabled(if: Peer.wodim.isReady, Peer.why), arguments: [RecordingMode.tao, .sao])
    func `a file that is named twice is written twice`(mode: RecordingMode) async throws {
        let folder = TemporaryFolder()
        try Material.write(to: folder)
        var plan = try Self.plan(mode, in: folder)
        (plan.tracks[1].content, plan.tracks[1].sectors) = (plan.tracks[0].content, plan.tracks[0].sectors)
        let recorder = try await RecorderProcess()
        let burn = try await Worker.burn(plan, on: recorder, in: folder)
        #expect(burn.outcome?.result == .completed, "\(burn.output)")
        let disc = try recorder.burned()
        #expect(disc.tracks.count == 2)
        for track in disc.tracks {
            let isSame = disc.main(of: track) == Material.first.samples
            #expect(isSame)
        }
    }
}

extension RecordingMode {
    static let all: [RecordingMode] = [.tao, .sao, .raw]
}
