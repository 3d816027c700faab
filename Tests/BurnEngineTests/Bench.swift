import BurnEngine
import BurnPlan
import DiscLayout
import FoundationEssentials
import Glibc
import POSIX
import SCSI
import SCSITransports
import TestSupport
import VirtualRecorder

/// A blank disc in a virtual recorder behind a proxy, audio, and an engine to burn it.
final class Bench: Sendable {
    let folder = TemporaryFolder()
    let recorder: VirtualRecorder
    let drive: ProxiedDrive
    let log = Lock([String]())
    /// Of all burns here.
    let clock = ManualClock()
    /// Stereo samples of the usual tracks: with a last sector to fill, under four seconds, and even.
    static let usual = [588 * 320 + 17, 588 * 100 + 1, 588 * 310]

    var socket: String { "\(folder.path)/drive" }
    var discPath: String { "\(folder.path)/disc" }

    init(
        medium: Medium = .cdR80, profile: RecorderProfile = .modern, plot: @escaping ProxiedDrive.Plot = { _, _ in nil }
    ) throws {
        recorder = try VirtualRecorder(
            VirtualRecorder.Configuration(
                disc: folder.path + "/disc", name: "bench", profile: profile, blank: medium, maximumSpeed: nil))
        drive = ProxiedDrive(recorder, plot: plot)
        try drive.serve(at: folder.path + "/drive")
    }

    deinit { drive.stop() }

    /// A plan for tracks of pseudo-random samples; the files are made.
    func plan(
        _ lengths: [Int] = Bench.usual, close: CloseMode = .disc, eject: Bool = false,
        copy: SessionLayout.CopyPermission = .prohibited,
        speed: WriteSpeed = .max
    ) throws -> BurnPlan {
        let tracks = try lengths.enumerated().map { index, length in
            let path = "\(folder.path)/\(index + 1).pcm"
            try DurableFile.replace(path, with: Self.samples(seed: UInt64(index + 1), count: length))
            return BurnPlan.Track(number: index + 1, audio: path, sampleFrames: length, copy: copy)
        }
        return BurnPlan(
            job: 1, burn: 1, drive: "unix:\(socket)", mode: .tao, speed: speed, close: close, eject: eject,
            tracks: tracks)
    }

    private struct Noise: Hashable {
        let seed: UInt64
        let count: Int
    }

    /// Every test wants the same few.
    private static let made = Lock([Noise: [UInt8]]())

    /// Pseudo-random stereo samples, the same for the same seed.
    static func samples(seed: UInt64, count: Int) -> [UInt8] {
        made.withLock { made in
            let noise = Noise(seed: seed, count: count)
            if let bytes = made[noise] { return bytes }
            let bytes = xorshift(seed: seed, count: count)
            made[noise] = bytes
            return bytes
        }
    }

    /// Xorshift (Marsaglia 2003): no two places are alike.
    private static func xorshift(seed: UInt64, count: Int) -> [UInt8] {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        var bytes = [UInt8](repeating: 0, count: count * 4)
        for index in 0..<count {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            for byte in 0..<4 { bytes[index * 4 + byte] = UInt8(truncatingIfNeeded: state >> UInt64(byte * 8)) }
        }
        return bytes
    }

    /// What a burn left behind.
    struct Result: Sendable {
        let outcome: BurnOutcome
        let events: [JournalLine.Event]
        var phases: [BurnPhase] { events.compactMap { if case .phase(let phase) = $0 { phase } else { nil } } }
        var written: [WrittenTrack] {
            events.compactMap { if case .trackWritten(let track) = $0 { track } else { nil } }
        }
        var history: BurnHistory {
            var history = BurnHistory()
            for event in events { history.apply(JournalLine(at: Date(timeIntervalSince1970: 0), event)) }
            return history
        }
    }

    /// The drive, by way of the proxy.
    func open() throws -> any SCSITransport { try DriveAddress("unix:\(socket)").openOnce(exclusive: true) }

    /// Burns a plan on a thread of its own, by way of the proxy.
    func burn(
        _ plan: BurnPlan, isCancelled: @escaping @Sendable (_ laserIsOn: Bool) -> Bool = { _ in false }
    ) async throws -> Result {
        try await BlockingThread.run { [self] in
            let path = "\(folder.path)/journal"
            let file = try FileDescriptor(opening: path, O_RDWR | O_CREAT | O_TRUNC)
            let transport = try open()
            let engine = BurnEngine(
                plan: plan, transport: transport, journal: try JournalWriter(file), clock: clock,
                log: { [log] line in log.withLock { $0.append(line) } }, isCancelled: isCancelled)
            let outcome = engine.run()
            var reader = JournalReader()
            let lines = try reader.read(DurableFile.contents(of: path, limit: 1 << 20))
            return Result(outcome: outcome, events: lines.map(\.event))
        }
    }

    /// The door's lock as the last command about it left it; nil when there was none.
    var isTrayLocked: Bool? { drive.commands.last { $0.operationCode == 0x1E }.map { $0.cdb[4] & 1 == 1 } }

    /// Operation codes in their order, repetitions of one in a row as one.
    var sequence: [UInt8] {
        drive.commands.map(\.operationCode).reduce(into: []) { if $0.last != $1 { $0.append($1) } }
    }

    /// The main channel of the disc, from LBA 0 on.
    func mainChannel(from lba: Int, sectors: Int) throws -> [UInt8] {
        let file = try FileDescriptor(opening: discPath + "/main.bin", O_RDONLY)
        var bytes = [UInt8](repeating: 0xEE, count: sectors * 2352)
        let count = try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: (lba + 150) * 2352) }
        return Array(bytes.prefix(count))
    }
}

/// Time that passes only when somebody sleeps.
final class ManualClock: BurnClock {
    private let time = Lock(Duration.zero)
    var now: Duration { time.withLock { $0 } }
    func sleep(_ duration: Duration) { time.withLock { $0 += duration } }
}
