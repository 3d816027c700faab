import BurnPlan
import DiscLayout
import Glibc
import MMC
import POSIX
import RawRecording
import SCSI
import SectorCoding
import TestSupport
import Testing
import VirtualRecorder

@testable import BurnEngine

/// A disc that was recorded in RAW, block by block and without the engine, in a virtual recorder with an engine to read it
/// back: what is on it is known byte by byte.
final class RecordedDisc {
    let folder = TemporaryFolder()
    let recorder: VirtualRecorder
    let layout: SessionLayout
    let text: [TextPack]
    let type: RawBlockType
    /// The blocks as they were sent.
    let blocks: [UInt8]
    let log = Lock([String]())
    /// What the drive is asked, seen and changed by tests.
    let link: Link

    /// Sectors of lead-in that are recorded.
    private static let leadInSectors = 300

    /// User data from index 0 of a track on, and symbols, as `SessionLayout` has them.
    struct Content {
        var main: [UInt8]
        var symbols: [UInt8] = []
    }

    let contents: [Content]

    /// - Parameter contents: by default noise in every sector but the first pause.
    init(
        _ layout: SessionLayout, text: [TextPack] = [], type: RawBlockType = .raw, contents: [Content]? = nil,
        profile: RecorderProfile = .modern
    ) throws {
        (self.layout, self.text, self.type) = (layout, text, type)
        let contents = contents ?? Self.noise(layout)
        self.contents = contents
        recorder = try VirtualRecorder(
            VirtualRecorder.Configuration(
                disc: folder.path + "/disc", name: "made", profile: profile, maximumSpeed: nil))
        link = Link(recorder)
        let session = try RawSession(
            layout, textPacks: text, leadInStart: -RedBook.pauseSectors - Self.leadInSectors, type: type)
        blocks = Self.blocks(of: session, contents)
        try record(from: session.sectors.lowerBound)
        for (place, content) in contents.enumerated() {
            try DurableFile.replace(file("main", place), with: content.main)
            if !content.symbols.isEmpty { try DurableFile.replace(file("symbols", place), with: content.symbols) }
        }
    }

    private func file(_ name: String, _ place: Int) -> String { "\(folder.path)/\(name)-\(place)" }

    /// Noise, with silence in the first pause and packs where tracks have sub-code.
    static func noise(_ layout: SessionLayout) -> [Content] {
        layout.tracks.enumerated().map { place, track in
            let count = (track.pregap + track.sectors) * track.form.userBytes
            var main = Bench.samples(seed: UInt64(place + 7), count: (count + 3) / 4)
            if place == 0 {
                let silence = RedBook.pauseSectors * track.form.userBytes
                main.replaceSubrange(0..<silence, with: repeatElement(0, count: silence))
            } else if track.form == .mode1 {
                let silence = track.pregap * track.form.userBytes
                main.replaceSubrange(0..<silence, with: repeatElement(0, count: silence))
            }
            var symbols: [UInt8] = []
            if track.subCode != .none {
                symbols = Bench.samples(seed: 99, count: (track.pregap + track.sectors) * 24).map { $0 & 0x3F }
            }
            return Content(main: main, symbols: symbols)
        }
    }

    private static func blocks(of session: RawSession, _ contents: [Content]) -> [UInt8] {
        var encoder = RawEncoder(session)
        let count = encoder.remaining
        var blocks = [UInt8](repeating: 0, count: count * session.type.blockBytes)
        let main = contents.flatMap(\.main)
        let symbols = contents.flatMap(\.symbols)
        blocks.withUnsafeMutableBytes { target in
            main.withUnsafeBytes { main in
                symbols.withUnsafeBytes { symbols in
                    encoder.encode(count, main: main, subCode: symbols, into: target)
                }
            }
        }
        return blocks
    }

    private func record(from first: Int) throws {
        // What a recorder says once after power-on, and of a new disc.
        for _ in 0..<3 { _ = try? link.perform(TestUnitReady()) }
        var page = try #require(WriteParametersPage(from: try link.modePage(WriteParametersPage.code)))
        page.setRaw(
            try #require(WriteParametersPage.RawBlock(rawValue: type.rawValue)), freeFromUnderrun: false,
            isTestWrite: false)
        _ = try link.perform(ModeSelect10(page.page))
        let size = type.blockBytes
        for start in stride(from: 0, to: blocks.count / size, by: 26) {
            let end = min(start + 26, blocks.count / size)
            try blocks[start * size..<end * size].withUnsafeBytes { bytes in
                try link.send(Write10(lba: Int32(first + start), blocks: UInt16(end - start)), bytes)
            }
        }
        _ = try link.perform(SynchronizeCache())
    }

    // MARK: What it is to hold

    /// The disc as it was recorded.
    func written(_ layout: SessionLayout? = nil) throws -> WrittenDisc {
        let layout = layout ?? self.layout
        let segments = try contents.enumerated().flatMap { place, content -> [WrittenDisc.Segment] in
            let track = layout.tracks[place]
            let size = track.form.userBytes
            let piece = { (from: Int, count: Int) in
                try TrackContent(
                    [BurnPlan.Piece(file: self.file("main", place), offset: from * size, count: count * size)],
                    sectorBytes: size)
            }
            let symbols =
                content.symbols.isEmpty
                ? nil
                : try TrackContent(
                    [BurnPlan.Piece(file: self.file("symbols", place), count: content.symbols.count)], sectorBytes: 96)
            let (gap, start) = (layout.pregapStart(place), layout.trackStart(place))
            // The pause in front of the disc is what the host need not name.
            let named = place == 0 ? start - RedBook.pauseSectors - gap : start - gap
            var segments: [WrittenDisc.Segment] = []
            if named > 0 {
                segments.append(
                    WrittenDisc.Segment(
                        place: place, addresses: start - named..<start, form: track.form,
                        content: track.form == .audio
                            ? try piece(start - named - gap, named)
                            : try TrackContent([.zeros(named * size)], sectorBytes: size), symbols: symbols,
                        firstSymbolSector: start - named - gap))
            }
            segments.append(
                WrittenDisc.Segment(
                    place: place, addresses: start..<start + track.sectors, form: track.form,
                    content: try piece(start - gap, track.sectors), symbols: symbols, firstSymbolSector: start - gap))
            return segments
        }
        return WrittenDisc(
            mode: .raw, layout: layout, segments: segments, textPacks: text, rawType: type, close: .disc)
    }

    /// The same as an image that was written as it is.
    func image() throws -> WrittenDisc {
        let path = folder.path + "/image"
        try DurableFile.replace(path, with: blocks)
        let leadIn = RedBook.pauseSectors + Self.leadInSectors
        let image = try RawImage(type: type, leadInSectors: leadIn, byteCount: blocks.count)
        let survey = image.survey { (offset: Int, target: UnsafeMutableRawBufferPointer) in
            target.copyBytes(from: self.blocks[offset..<offset + target.count])
        }
        let file = try FileDescriptor(opening: path, O_RDONLY)
        return WrittenDisc(
            mode: .raw, layout: survey.layout, segments: [], rawType: type,
            image: WrittenDisc.Image(image: image, survey: survey, file: file, start: -leadIn), close: .disc)
    }

    // MARK: Damage

    /// Changes bytes of the main channel on the disc.
    func damageMain(_ lba: Int, _ offset: Int, _ bytes: [UInt8]) throws {
        try overwrite("main.bin", (lba + 150) * 2352 + offset, bytes)
    }

    /// Puts another frame in place of a sector's, R to W stay.
    func replaceQ(_ lba: Int, _ frame: (QFrame) -> QFrame) throws {
        let place = (lba + 150) * 96
        var sub = try read("sub.bin", place, 96)
        sub.withUnsafeMutableBytes {
            let old = SubChannel.q(of: UnsafeRawBufferPointer($0))
            SubChannel.replacePQ(p: SubChannel.p(of: UnsafeRawBufferPointer($0)), q: frame(old), in: $0)
        }
        try overwrite("sub.bin", place, sub)
    }

    /// Flips symbols of R to W of a sector.
    func damageSymbols(_ lba: Int, _ places: [Int]) throws {
        let place = (lba + 150) * 96
        var sub = try read("sub.bin", place, 96)
        for place in places { sub[place] ^= 0x15 }
        try overwrite("sub.bin", place, sub)
    }

    /// Puts other packs of CD-TEXT into the lead-in.
    func replaceText(_ packs: [TextPack]) throws {
        try overwrite("cd-text-1.cdt", 0, packs.flatMap(\.bytes))
    }

    private func read(_ name: String, _ offset: Int, _ count: Int) throws -> [UInt8] {
        let file = try FileDescriptor(opening: "\(folder.path)/disc/\(name)", O_RDONLY)
        var bytes = [UInt8](repeating: 0, count: count)
        _ = try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: offset) }
        return bytes
    }

    private func overwrite(_ name: String, _ offset: Int, _ bytes: [UInt8]) throws {
        let file = try FileDescriptor(opening: "\(folder.path)/disc/\(name)", O_RDWR)
        try bytes.withUnsafeBytes { try file.writeAll($0, at: offset) }
    }

    // MARK: Reading back

    /// What reading the disc back comes to.
    enum Verdict: Equatable {
        case proven([BurnOutcome.Proof])
        case failed(BurnProblem.Kind, lba: Int?, detail: String)

        var kind: BurnProblem.Kind? { if case .failed(let kind, _, _) = self { kind } else { nil } }
        var proofs: [BurnOutcome.Proof] { if case .proven(let proofs) = self { proofs } else { [] } }
    }

    func readBack(_ disc: WrittenDisc? = nil, verify: VerifyLevel = .full) throws -> Verdict {
        let disc = try disc ?? written()
        let plan = BurnPlan(job: 1, burn: 1, drive: "made", mode: disc.mode, close: disc.close, verify: verify)
        let engine = BurnEngine(
            plan: plan, transport: link, journal: Silence(), clock: ManualClock(),
            log: { [log] line in log.withLock { $0.append(line) } })
        engine.laser = .on
        do throws(BurnStop) {
            return .proven(try engine.verify(disc))
        } catch {
            let problem = try #require(error.outcome.problem)
            return .failed(problem.type, lba: problem.lba, detail: problem.detail)
        }
    }

    /// Lines of the log with a word in them.
    func logged(_ word: String) -> [String] { log.withLock { $0.filter { $0.contains(word) } } }

    /// Makes the drive misbehave.
    func fault(_ line: String) throws { _ = try #require(recorder.setFault(try Fault(line))) }

    private struct Silence: BurnJournaling {
        func append(_ event: JournalLine.Event) {}
    }

    /// The recorder in this process, whose answers can be changed.
    final class Link: SCSITransport {
        private let recorder: VirtualRecorder
        /// Changes the reply to a command.
        var change: ((_ cdb: [UInt8], _ reply: [UInt8]) -> [UInt8])?
        private(set) var commands: [[UInt8]] = []

        init(_ recorder: VirtualRecorder) { self.recorder = recorder }

        func execute(_ cdb: CDB, _ data: DataTransfer, timeout: Int) throws(TransportFault) -> SCSIOutcome {
            commands.append(cdb.bytes)
            switch data {
            case .none:
                return recorder.execute(cdb, dataOut: UnsafeRawBufferPointer(start: nil, count: 0), transfer: 0).outcome
            case .toDevice(let bytes): return recorder.execute(cdb, dataOut: bytes, transfer: 0).outcome
            case .fromDevice(let buffer):
                let none = UnsafeRawBufferPointer(start: nil, count: 0)
                let (outcome, reply) = recorder.execute(cdb, dataOut: none, transfer: buffer.count)
                buffer.copyBytes(from: (change?(cdb.bytes, reply) ?? reply).prefix(buffer.count))
                return outcome
            }
        }
    }
}
