import BurnPlan
import Glibc
import POSIX
import ServerSupport
import TestSupport
import Testing

/// The engine beside wodim, the program that has burned most discs on Linux: the same album, each on a blank of its own,
/// both through the shim at /dev/sr0, and all that each of them sent.
@Suite(.timeLimit(.minutes(2))) struct EngineAgainstWodimTests {
    private static let isReady =
        access("/usr/bin/make", X_OK) == 0 && access("/usr/bin/gcc", X_OK) == 0 && Peer.wodim.isInstalled
    private static let why: Comment = "gcc, make and wodim must be installed (script/test does it)"

    /// One that ends in mid-sector, one under four seconds, and one of whole sectors.
    private static let album = [
        Recording(seed: 11, stereoSamples: 588 * 310 + 17), Recording(seed: 12, stereoSamples: 588 * 200 + 1),
        Recording(seed: 13, stereoSamples: 588 * 330),
    ]

    /// What wodim sent.
    private static func wodim(in folder: TemporaryFolder) async throws -> [CaptureFile.Command] {
        let recorder = try await RecorderProcess()
        let files = try album.enumerated().map { index, recording in
            try recording.write(to: folder, as: "\(index + 1).wav")
            return "\(index + 1).wav"
        }
        let burn = try await Program.run(
            "/usr/bin/env",
            try await ["-C", folder.path, "HOME=\(folder.path)"] + shim(recorder, capture: folder.path + "/wodim")
                + ["/usr/bin/wodim", "dev=/dev/sr0", "gracetime=2", "-tao", "-audio", "-pad"] + files)
        try #require(burn.status == 0, "wodim: \(burn.output)")
        return try CaptureFile(folder.path + "/wodim").commands
    }

    /// What the worker sent for the same samples.
    private static func burnd(in folder: TemporaryFolder) async throws -> [CaptureFile.Command] {
        let recorder = try await RecorderProcess()
        let tracks = try album.enumerated().map { index, recording in
            let path = "\(folder.path)/\(index + 1).pcm"
            try DurableFile.replace(path, with: recording.samples)
            return BurnPlan.Track(number: index + 1, audio: path, sampleFrames: recording.samples.count / 4)
        }
        let plan = BurnPlan(
            job: 1, burn: 1, drive: "/dev/sr0", mode: .tao, speed: .max, close: .disc, eject: false, tracks: tracks)
        try DurableFile.replace(folder.path + "/plan.json", with: WireFormat.encode(plan))
        let burn = try await Program.run(
            "/usr/bin/env",
            try await shim(recorder, capture: folder.path + "/burnd")
                + [Program.products + "/burnd", "burn-worker", "--burn", folder.path])
        try #require(burn.status == 0, "burnd: \(burn.output)")
        var reader = JournalReader()
        let lines = try reader.read(DurableFile.contents(of: folder.path + "/journal", limit: 1 << 20))
        let completed = BurnOutcome(
            .completed, disc: .good, proven: [.toc, .audio, .indexes], tracksOnDisc: [1, 2, 3])
        try #require(lines.last?.event == .outcome(completed), "burnd: \(burn.output)")
        return try CaptureFile(folder.path + "/burnd").commands
    }

    private static func shim(_ recorder: RecorderProcess, capture: String) async throws -> [String] {
        [
            "LD_PRELOAD=\(try await BlockingThread.run { try PreloadShim.library() })",
            "SGSHIM_MAP=/dev/sr0=unix:\(recorder.socket)",
            "SGSHIM_CAPTURE=\(capture)", "LC_ALL=C",
        ]
    }

    /// From the write parameters to CLOSE, what makes the disc. Each thing left out or made alike has its reason:
    ///
    /// - What stands in front of the last SET CD SPEED: wodim tries there which modes the drive takes, and puts the one that
    ///   is wanted back.
    /// - TEST UNIT READY, MODE SENSE, READ TRACK INFORMATION, READ BUFFER CAPACITY, READ DISC INFORMATION, READ TOC:
    ///   questions. Each program asks where it wants to know, wodim before nearly every command; they change nothing.
    /// - A MODE SELECT that the next one replaces before anything is done: wodim sets its defaults, those of a data track,
    ///   and then what is wanted.
    /// - MODE SELECT of the page that is in force already: wodim sends it twice for the first track, before and behind the
    ///   power calibration, and both programs again for each track. Sending it again changes nothing.
    /// - Where one WRITE ends and the next begins in a track under four seconds: wodim begins a new one where its fill does,
    ///   the engine does not tell fill from audio. So WRITEs of a track are joined here; those of the other tracks are
    ///   compared one by one besides.
    /// - Immed in SYNCHRONIZE CACHE and CLOSE TRACK/SESSION: wodim lets the commands block for minutes; the engine polls, so
    ///   that it can tell how long it has been going on, and that a transport's time-out does not end it. What the drive does
    ///   is the same.
    static func recording(_ commands: [CaptureFile.Command]) throws -> [CaptureFile.Command] {
        let questions: Set<UInt8> = [0x00, 0x5A, 0x52, 0x5C, 0x51, 0x43]
        let (setSpeed, modeSelect, flush, close): (UInt8, UInt8, UInt8, UInt8) = (0xBB, 0x55, 0x35, 0x5B)
        let first = try #require(commands.lastIndex { $0.operationCode == setSpeed }) + 1
        let last = try #require(commands.lastIndex { $0.operationCode == close })
        let actions = commands[first...last].filter { !questions.contains($0.operationCode) }
        var inForce: CaptureFile.Command?
        return actions.indices.compactMap { index in
            var command = actions[index]
            if command.operationCode == modeSelect {
                // CLOSE is the last, so another command follows.
                if command == inForce || actions[index + 1].operationCode == modeSelect { return nil }
                inForce = command
            }
            if command.operationCode == close { command.cdb[1] &= ~1 }
            if command.operationCode == flush { command.cdb[1] &= ~2 }
            return command
        }
    }

    private static let write: UInt8 = 0x2A

    /// A step of a recording, the WRITEs that follow on one another as one.
    private enum Step: Equatable {
        case command(CaptureFile.Command)
        case written(from: Int, blocks: Int, [UInt8])
    }

    private static func joined(_ commands: [CaptureFile.Command]) -> [Step] {
        commands.reduce(into: []) { steps, command in
            guard command.operationCode == write else { return steps.append(.command(command)) }
            let lba = command.cdb[2...5].reduce(0) { $0 << 8 | Int($1) }
            let blocks = Int(command.cdb[7]) << 8 | Int(command.cdb[8])
            if case .written(let from, let count, let data) = steps.last, from + count == lba {
                steps[steps.count - 1] = .written(from: from, blocks: count + blocks, data + command.dataOut)
            } else {
                steps.append(.written(from: lba, blocks: blocks, command.dataOut))
            }
        }
    }

    /// The WRITEs of the tracks that need no fill beyond their last sector: all but the 300 blocks from 463 on.
    private static func ordinaryWrites(_ commands: [CaptureFile.Command]) -> [[UInt8]] {
        commands.filter { $0.operationCode == write }.map(\.cdb)
            .filter { !(463..<763).contains($0[2...5].reduce(0) { $0 << 8 | Int($1) }) }
    }

    @Test(.enabled(if: isReady, why)) func `from MODE SELECT to CLOSE the engine sends what wodim sends`() async throws
    {
        let folder = TemporaryFolder()
        let ours = try await Self.recording(Self.burnd(in: folder))
        let theirs = try await Self.recording(Self.wodim(in: folder))
        #expect(Self.ordinaryWrites(ours) == Self.ordinaryWrites(theirs))
        // 311 and 330 sectors in WRITEs of 27.
        #expect(Self.ordinaryWrites(ours).count == 12 + 13)
        let (one, other) = (Self.joined(ours), Self.joined(theirs))
        // Write parameters and calibration; three tracks, each with its flush; close.
        #expect(one.count == 2 + 6 + 1 && other.count == one.count)
        for (step, (mine, its)) in zip(one, other).enumerated() {
            // Not compared inside the macro: half a megabyte is not worth printing.
            let isSame = mine == its
            #expect(isSame, "step \(step)")
        }
    }

    @Test(.enabled(if: isReady, why)) func `a drive that wodim could open is refused while another program holds it`()
        async throws
    {
        let folder = TemporaryFolder()
        let recorder = try await RecorderProcess()
        // What the shim's O_EXCL holds while a burning program has the drive.
        let held = try FileDescriptor(opening: recorder.socket + ".excl", O_RDWR | O_CREAT)
        #expect(flock(held.number, LOCK_EX | LOCK_NB) == 0)
        let plan = BurnPlan(
            job: 1, burn: 1, drive: "/dev/sr0", mode: .tao, speed: .max, close: .disc, eject: false,
            tracks: [.init(number: 1, audio: "/nowhere", sampleFrames: 1)])
        try DurableFile.replace(folder.path + "/plan.json", with: WireFormat.encode(plan))
        let burn = try await Program.run(
            "/usr/bin/env",
            try await Self.shim(recorder, capture: folder.path + "/capture")
                + [Program.products + "/burnd", "burn-worker", "--burn", folder.path])
        #expect(burn.status == 0 && burn.output.contains("in use by another program"), "\(burn.output)")
    }
}
