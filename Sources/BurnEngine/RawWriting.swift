import BurnPlan
import DiscLayout
import MMC
import RawRecording
import SCSI
import SectorCoding

/// Raw: the host makes every block from the beginning of the disc's lead-in to the end of the lead-out, sub-channel included.
final class RawRecordingOfTracks: Recording {
    private let engine: BurnEngine
    private let sources: [TrackSource]
    private let packs: [TextPack]
    /// R to W of every sector from 95:00:00 on, where the plan has them in place of texts and of what tracks have.
    private let symbols: TrackContent?
    /// What is written, once it is known which blocks the drive takes and where the lead-in begins.
    private var session: RawSession?

    init(_ engine: BurnEngine, _ sources: [TrackSource], _ packs: [TextPack], symbols: TrackContent?) {
        (self.engine, self.sources, self.packs, self.symbols) = (engine, sources, packs, symbols)
    }

    private var plan: BurnPlan { engine.plan }
    private var made: RawSession {
        guard let session else { preconditionFailure("a recording is prepared first") }
        return session
    }

    func problem(with recorder: RecorderFacts) -> BurnProblem? { RawCheck.problem(recorder, plan) }

    func prepare() throws(BurnStop) {
        let type = try engine.selectRawBlocks(wantedTypes)
        let start = try engine.rawLeadInStart()
        guard symbols == nil || start >= RawSession.imageStart else {
            throw engine.failure(
                BurnProblem(
                    .leadInTooShort,
                    "The disc's lead-in begins at LBA \(start) (\(MSF(lba: start))); the sub-code of the disc begins at "
                        + "LBA \(RawSession.imageStart).", lba: start))
        }
        do throws(RawSession.Fault) {
            session = try RawSession(
                plan.layout(), textPacks: packs, leadInStart: start, type: type,
                subCodeSource: symbols == nil ? .tracks : .everySector)
        } catch {
            throw engine.failure(BurnProblem(.planInvalid, "There is no such raw session: \(error)."))
        }
        try engine.checkRawRoom(leadOut: made.layout.leadOut)
    }

    /// The blocks to ask for: what the plan says, else what holds the content, best first (cdrdao's order for plain audio).
    private var wantedTypes: [RawBlockType] {
        if let type = plan.sectorType { return [type.blockType] }
        let subCodes = Set(plan.tracks.map(\.subCode))
        if symbols != nil || !packs.isEmpty || subCodes.contains(.raw) { return [.raw] }
        return subCodes.contains(.packs) ? [.cooked, .raw] : [.pq, .raw, .cooked]
    }

    var sequence: BlockSequence {
        BlockSequence([
            Stretch(
                made.sectors, blockBytes: made.type.blockBytes,
                RawBlocks(made, WrittenDisc.Segment.all(of: made.layout, sources), wholeDiscSymbols: symbols))
        ])
    }

    func write(from reader: ReadAheadBuffer) throws(BurnStop) {
        try engine.writeRaw(made.sectors, tracks: Section.tracks(of: made.layout), from: reader)
        if !plan.isTest { engine.sessionIsWritten(made.layout) }
    }

    func close() throws(BurnStop) { try engine.closeRaw() }

    var written: WrittenDisc {
        WrittenDisc(
            mode: .raw, layout: made.layout, segments: WrittenDisc.Segment.all(of: made.layout, sources),
            textPacks: packs, wholeDiscSymbols: symbols, rawType: made.type, close: plan.close)
    }
}

/// The blocks of a raw session, with the content of its tracks.
private final class RawBlocks: BlockSource, @unchecked Sendable {
    // Unchecked is right: a source is asked by one thread only.
    private var encoder: RawEncoder
    private let segments: [WrittenDisc.Segment]
    /// The segment that was read last; those in front of it are done.
    private var place = 0
    private var symbols: UnsafeMutableRawBufferPointer
    private let wholeDiscSymbols: TrackContent?
    /// Where user data begins in a sector of a data track: behind sync and header (ECMA-130, 14).
    private static let userDataOffset = 16

    init(_ session: RawSession, _ segments: [WrittenDisc.Segment], wholeDiscSymbols: TrackContent?) {
        encoder = RawEncoder(session)
        (self.segments, self.wholeDiscSymbols) = (segments, wholeDiscSymbols)
        symbols = .allocate(
            byteCount: BlockSequence.blocksOfWrite(session.type.blockBytes) * RedBook.subChannelBytes, alignment: 16)
    }

    deinit { symbols.deallocate() }

    func read(_ blocks: Range<Int>, into target: UnsafeMutableRawBufferPointer) throws(ReadAheadBuffer.Failure) {
        precondition(blocks.lowerBound == encoder.position, "blocks are made in order")
        while place < segments.count, segments[place].addresses.upperBound <= blocks.lowerBound { place += 1 }
        let stride = encoder.session.type.blockBytes
        var symbolBytes = 0
        for segment in segments[place...].prefix(while: { $0.addresses.lowerBound < blocks.upperBound }) {
            let part = segment.addresses.clamped(to: blocks)
            let blocksOfPart = UnsafeMutableRawBufferPointer(
                rebasing: target[
                    (part.lowerBound - blocks.lowerBound) * stride..<(part.upperBound - blocks.lowerBound) * stride]
            )
            let start = segment.addresses.lowerBound
            try segment.content.read(
                sectors: part.lowerBound - start..<part.upperBound - start, into: blocksOfPart,
                offset: segment.form == .audio ? 0 : Self.userDataOffset, stride: stride, segment.place)
            guard let source = segment.symbols, wholeDiscSymbols == nil else { continue }
            let bytes = part.count * RedBook.subChannelBytes
            let offset = (part.lowerBound - start + segment.firstSymbolSector) * RedBook.subChannelBytes
            try source.read(
                into: UnsafeMutableRawBufferPointer(rebasing: symbols[symbolBytes..<symbolBytes + bytes]), at: offset,
                segment.place)
            symbolBytes += bytes
        }
        if let wholeDiscSymbols {
            symbolBytes = blocks.count * RedBook.subChannelBytes
            try wholeDiscSymbols.read(
                into: UnsafeMutableRawBufferPointer(rebasing: symbols[..<symbolBytes]),
                at: (blocks.lowerBound - RawSession.imageStart) * RedBook.subChannelBytes, 0)
        }
        encoder.complete(
            blocks.count, subCode: UnsafeRawBufferPointer(rebasing: symbols[..<symbolBytes]), in: target)
    }
}

/// Whether a drive and its disc are fit for a raw session, as far as they tell.
enum RawCheck {
    /// The reason against it, or nil.
    static func problem(_ recorder: RecorderFacts, _ plan: BurnPlan) -> BurnProblem? {
        // Drives older than the feature do not list it, and the write parameters are refused before the laser is on.
        let mastering = recorder.configuration.mastering
        guard mastering?.writesRaw != false else {
            return BurnProblem(.modeNotSupported, "The drive does not write raw (feature 002Eh says so).")
        }
        guard mastering?.isCurrent != false else {
            return BurnProblem(
                .modeNotSupported, "The drive does not write raw on this disc (feature 002Eh is not current).")
        }
        // Only what the drive promises counts: one that ignores the bit would write.
        guard !plan.isTest || mastering?.hasTestWrite == true else {
            return BurnProblem(
                .modeNotSupported, "The drive does not make test writes of raw sessions (feature 002Eh).")
        }
        return nil
    }
}

extension BurnEngine {
    /// Sets the write parameters of the first kind of blocks that the drive takes. No feature tells which those are.
    func selectRawBlocks(_ types: [RawBlockType]) throws(BurnStop) -> RawBlockType {
        var attempts: [(type: RawBlockType, page: PageAttempt)] = []
        for type in types {
            guard let block = WriteParametersPage.RawBlock(rawValue: type.rawValue) else { continue }
            for protects in underrunChoices {
                let name =
                    "with \(type.blockBytes) bytes a block (\(type)), \(protects ? "with" : "without") underrun protection"
                let isTest = plan.isTest
                attempts.append(
                    (
                        type,
                        PageAttempt(name: name) {
                            $0.setRaw(block, freeFromUnderrun: protects, isTestWrite: isTest)
                        }
                    ))
            }
        }
        let type = attempts[try setWriteParameters("a raw session", attempts.map(\.page))].type
        record.sectorType = type.sectorType
        tellRecord()
        return type
    }

    /// Where the disc's lead-in begins: by READ DISC INFORMATION, else by the next writable address of RAW where that is one.
    func rawLeadInStart() throws(BurnStop) -> Int {
        if let start = recorder?.disc.leadInStart { return start }
        let next = try nextTrack()
        if let start = next.nextWritableAddress, (RawSession.earliestLeadIn ... -4500).contains(start) {
            log("the drive tells no lead-in; it wants the first WRITE at LBA \(start)")
            record.startOfNextSession = start
            return start
        }
        throw failure(BurnProblem(.modeNotSupported, "The drive does not say where the disc's lead-in begins."))
    }

    /// Sees that the disc has room.
    func checkRawRoom(leadOut: Int) throws(BurnStop) {
        guard let last = recorder?.disc.capacity, leadOut > last else { return }
        throw failure(
            BurnProblem(
                .mediaTooSmall,
                "The lead-out would begin at LBA \(leadOut), and the disc's last possible place is LBA \(last).",
                lba: leadOut))
    }

    /// Sends a session with its lead-in and lead-out, and has it written.
    func writeRaw(_ sectors: Range<Int>, tracks: [Section], from reader: ReadAheadBuffer) throws(BurnStop) {
        let program = (tracks.first?.addresses.lowerBound ?? 0)..<(tracks.last?.addresses.upperBound ?? 0)
        let sections =
            [Section(addresses: sectors.lowerBound..<program.lowerBound, action: .writingLeadIn, track: nil)] + tracks
            + [Section(addresses: program.upperBound..<sectors.upperBound, action: .writingLeadOut, track: nil)]
        try send(sections, from: reader) { [self] _ in cancelSession() }
        begin(.finalizing)
        _ = try flushSession(lba: sectors.upperBound)
    }

    /// There is nothing to close. Most drives know of the disc's contents only when they have looked at it anew, so that
    /// whoever comes next is not told that it is blank.
    func closeRaw() throws(BurnStop) {
        guard !plan.isTest else { return }
        tell(.closed)
        if plan.verify == .none { restartDisc() }
    }

    private func restartDisc() {
        isReadingBack = true
        for action in [StartStopUnit.Action.stop, .start] {
            do throws(SCSIError) {
                _ = try transport.perform(StartStopUnit(action))
            } catch {
                log("starting the disc anew, \(action): \(error.explanation)")
            }
        }
        _ = try? waitUntilReady(limits.becomingReady, .forReload)
    }
}

extension RawSectorType {
    /// The same as RAW blocks are named where they are made.
    var blockType: RawBlockType {
        switch self {
        case .pq: .pq
        case .cooked: .cooked
        case .raw: .raw
        }
    }
}

extension RawBlockType {
    /// The same as plans name it.
    var sectorType: RawSectorType {
        switch self {
        case .pq: .pq
        case .cooked: .cooked
        case .raw: .raw
        }
    }
}
