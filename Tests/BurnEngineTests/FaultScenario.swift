import BurnPlan
import DiscLayout
import FoundationEssentials
import POSIX
import RawRecording
import SectorCoding
import TestSupport
import Testing
import VirtualRecorder

@testable import BurnEngine

/// What is done while something goes wrong.
enum FaultScenario: String, CaseIterable, Sendable, CustomTestStringConvertible {
    /// Two tracks, track at once.
    case tao
    /// A track behind those of an open disc, and no reading back.
    case append
    /// Two tracks session at once, with CD-TEXT and codes.
    case sao
    /// A session at once that is not written.
    case test
    case raw
    /// A raw image with its own lead-in.
    case image
    case erase
    /// The session of an open disc is closed.
    case close

    var testDescription: String { rawValue }

    /// Short tracks: the shortest that a disc may have.
    static let sectors = 300
    /// The shortest lead-in that an engine believes, since RAW and CD-TEXT have to fill it.
    private static let leadInStart = -4_500

    private var medium: Medium {
        Medium(
            kind: self == .erase ? .cdRW : .cdR, leadInStart: MSF(lba: Self.leadInStart),
            lastLeadOut: Medium.cdR80.lastLeadOut, spareSectors: 2250)
    }

    /// What the disc is before.
    var beginsWritten: Bool { [.append, .erase, .close].contains(self) }

    /// What the disc is when all went well.
    var outcome: BurnOutcome.Disc {
        switch self {
        case .tao, .sao, .raw: .good
        case .test: .untouched
        case .erase: .blank
        case .append, .image, .close: .written
        }
    }

    // MARK: Plans

    /// Samples, packs and an image that all burns share.
    private static let files = TemporaryFolder(inMemory: true)
    private static let made = Lock<Set<String>>([])

    private static func file(_ name: String, _ content: () throws -> [UInt8]) throws -> String {
        let path = "\(files.path)/\(name)"
        try made.withLock { made in
            guard made.insert(name).inserted else { return }
            try DurableFile.replace(path, with: try content())
        }
        return path
    }

    private static func track(_ number: Int, pregap: Int = 0, code: String? = nil) throws -> BurnPlan.Track {
        let path = try file("\(number).pcm") { Bench.samples(seed: UInt64(number), count: sectors * 588) }
        return BurnPlan.Track(
            number: number, recordingCode: code, pregap: pregap, sectors: sectors,
            content: [BurnPlan.Piece(file: path, count: sectors * 2352)])
    }

    private static let packs: [String] = (0..<8 as Range<UInt8>).map { number in
        let pack = TextPack(
            type: number < 4 ? 0x80 : 0x81, track: 0, sequence: number, characterPosition: 0,
            payload: Array("FAULT TABLE\0".utf8))
        return pack.bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static let number = "4012345678901"

    func plan() throws -> BurnPlan {
        func plan(
            _ mode: RecordingMode, _ tracks: [BurnPlan.Track], isTest: Bool = false, mayAppend: Bool = false,
            number: String? = nil, text: [String] = []
        ) -> BurnPlan {
            BurnPlan(
                job: 1, burn: 1, drive: "here", mode: mode, isTest: isTest, mayAppend: mayAppend,
                catalogNumber: number, text: text, tracks: tracks)
        }
        switch self {
        case .tao: return plan(.tao, try [1, 2].map { try Self.track($0) })
        case .append:
            var plan = plan(.tao, [try Self.track(1)], mayAppend: true)
            plan.verify = .none
            return plan
        case .sao:
            return plan(
                .sao, [try Self.track(1, pregap: 150), try Self.track(2, code: "DEABC2600001")], number: Self.number,
                text: Self.packs)
        case .test: return plan(.sao, [try Self.track(1, pregap: 150)], isTest: true)
        case .raw: return plan(.raw, [try Self.track(1, pregap: 150)])
        case .image:
            let (path, sectors) = try Self.image()
            var plan = BurnPlan(job: 1, burn: 1, drive: "here", mode: .raw, sectorType: .pq, verify: .none)
            plan.image = BurnPlan.Image(file: path, sectors: sectors, leadInSectors: -Self.leadInStart)
            return plan
        case .erase: return BurnPlan(job: 1, burn: 1, drive: "here", task: .erase, mode: .tao, erase: .quick)
        case .close: return BurnPlan(job: 1, burn: 1, drive: "here", task: .close, mode: .tao)
        }
    }

    /// Sectors of lead-out that the image has.
    private static let leadOutSectors = 150

    private static func image() throws -> (path: String, sectors: Int) {
        let layout = SessionLayout(tracks: [SessionLayout.Track(number: 1, pregap: 150, sectors: sectors)])
        let session = try RawSession(layout, leadInStart: leadInStart, type: .pq)
        let count = layout.leadOut + leadOutSectors - leadInStart
        let path = try file("image") {
            var encoder = RawEncoder(session)
            let samples =
                [UInt8](repeating: 0, count: 150 * 2352) + Bench.samples(seed: 1, count: sectors * 588)
            var blocks = [UInt8](repeating: 0, count: count * 2368)
            blocks.withUnsafeMutableBytes { target in
                samples.withUnsafeBytes { encoder.encode(count, main: $0, into: target) }
            }
            return blocks
        }
        return (path, count)
    }

    // MARK: Discs

    /// A recorder with the disc in that the scenario begins with.
    func recorder(in folder: TemporaryFolder) throws -> VirtualRecorder {
        let disc = folder.path + "/disc"
        if beginsWritten { try FileManager.default.copyItem(atPath: try writtenDisc(), toPath: disc) }
        return try Self.recorder(disc, medium)
    }

    private static func recorder(_ disc: String, _ medium: Medium) throws -> VirtualRecorder {
        try VirtualRecorder(
            VirtualRecorder.Configuration(disc: disc, name: "faulty", blank: medium, maximumSpeed: nil))
    }

    private static let written = Lock([FaultScenario: String]())

    /// A disc with a track in an open session, made once.
    private func writtenDisc() throws -> String {
        try Self.written.withLock { written in
            if let path = written[self] { return path }
            let path = "\(Self.files.path)/\(rawValue)"
            let recorder = try Self.recorder(path, medium)
            let track = try Self.track(1)
            let plan = BurnPlan(
                job: 1, burn: 1, drive: "here", mode: .tao, close: .none, verify: .none, tracks: [track])
            let clock = ManualClock()
            let engine = BurnEngine(
                plan: plan, transport: FaultyDrive(recorder, clock), journal: EventList(), clock: clock)
            let outcome = engine.run()
            guard outcome.result == .completed else { throw NoDisc(outcome: outcome) }
            written[self] = path
            return path
        }
    }

    private struct NoDisc: Error {
        let outcome: BurnOutcome
    }
}

/// A journal in memory.
final class EventList: BurnJournaling {
    private(set) var events: [JournalLine.Event] = []

    func append(_ event: JournalLine.Event) {
        if case .progress = event { return }
        events.append(event)
    }
}
