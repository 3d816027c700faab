import DiscLayout
import POSIX
import SectorCoding

/// A session in RAW: the host sends every block from the lead-in to the lead-out, the sub-channel with it (MMC-6, 4.3.4.4).
/// The drive makes nothing of its own and finds out afterwards, as any drive would, what has been recorded.
///
/// - It is for blanks only. The first block is that with which the groove begins, or a later one of the lead-in if it holds
///   a lead-in's Q; then block follows block up to the end of the lead-out, as long as there is groove for one.
/// - The session is complete when SYNCHRONIZE CACHE comes after the first block of the lead-out: what the host leaves out of
///   it is missing, and damages the last track. A lead-in without a table of contents spoils the session. Before the lead-out
///   SYNCHRONIZE CACHE ends nothing.
/// - Main channel: audio as it came; blocks that are data by Q lose their scrambling if they begin with a sync pattern, and
///   stay as they are otherwise. In the lead-in everything stays as it is. Sub-channel: see `RawBlockSplitter`.
final class RawRecording: SessionRecording {
    private let splitter: RawBlockSplitter
    private let isTestWrite: Bool
    /// Where the groove begins.
    private let grooveStart: Int
    /// Behind the last block of a lead-out that begins where it may at the latest.
    private let grooveEnd: Int
    /// Where the session began; nil before its first block.
    private var start: Int?
    /// The address that the next block must have.
    private var next: Int
    private var leadIn = RawLeadIn()
    /// Why the lead-in has no table of contents.
    private var fault: RawTableOfContents.Unusable?
    /// From the first block of the program area on.
    private var program: RawProgram?

    var hasBegun: Bool { start != nil }

    /// Prepares for a session on a blank.
    init(_ parameters: WriteParameters, on disc: Disc) throws(CheckCondition) {
        guard disc.status == .blank else { throw .cannotWriteIncompatibleMedium }
        guard let type = RawBlockType(rawValue: parameters.dataBlockType) else { throw .illegalModeForThisTrack }
        splitter = RawBlockSplitter(type)
        isTestWrite = parameters.isTestWrite
        grooveStart = disc.medium.leadInStart.lba
        grooveEnd = min(disc.medium.limit + RedBook.firstLeadOutSectors, DiscFolder.endLBA)
        next = grooveStart
    }

    func write(_ command: Command, on drive: Drive, _ folder: DiscFolder) throws(CheckCondition) {
        let (lba, count) = (command.address(at: 2), command.uint16(at: 7))
        let isInLeadIn = lba >= grooveStart && lba < DiscFolder.baseLBA
        guard hasBegun ? lba == next : isInLeadIn else { throw .invalidAddressForWrite }
        guard lba + count <= grooveEnd else { throw .addressOutOfRange }
        guard command.dataOut.count == count * splitter.type.bytes else { throw .invalidFieldInCDB(byte: 7) }
        if count == 0 { return }
        if !hasBegun, lba != grooveStart, !beginsWithLeadIn(command.dataOut) { throw .invalidAddressForWrite }
        if drive.hasUnderrun { keepTracks(folder) }
        try drive.requireStreaming(at: next, on: folder)
        try drive.waitForRoom(for: command.dataOut.count)
        do throws(SystemError) {
            if !hasBegun { try begin(at: lba, folder) }
            try take(command.dataOut, folder)
        } catch {
            drive.report("block \(next): \(error)")
            drive.recording = nil
            abandon("\(error)", folder)
            throw .writeError
        }
        drive.take(sectors: count, bytes: command.dataOut.count, at: lba)
        if isWhole { drive.speed.complete(at: drive.clock.now()) }
    }

    /// The lead-out is all there: nothing more has to come.
    private var isWhole: Bool { program?.leadOut.map { next >= $0 + RedBook.firstLeadOutSectors } ?? false }

    private func beginsWithLeadIn(_ blocks: UnsafeRawBufferPointer) -> Bool {
        splitter.split(UnsafeRawBufferPointer(rebasing: blocks[..<splitter.type.bytes]), at: grooveStart)
        return RawLeadIn.statement(of: splitter.frame(of: 0)) != nil
    }

    private func begin(at lba: Int, _ folder: DiscFolder) throws(SystemError) {
        if isTestWrite { folder.beginTest() }
        var disc = folder.disc
        disc.sessions = [Disc.Session(number: 1, writeType: .raw, start: DiscFolder.baseLBA, stage: .recording)]
        try folder.commit(disc, "session 1 begun in RAW at \(lba), block type \(splitter.type.rawValue)")
        (start, next) = (lba, lba)
    }

    private func take(_ blocks: UnsafeRawBufferPointer, _ folder: DiscFolder) throws(SystemError) {
        let chunk = RawBlockSplitter.capacity * splitter.type.bytes
        for offset in stride(from: 0, to: blocks.count, by: chunk) {
            let end = min(offset + chunk, blocks.count)
            splitter.split(UnsafeRawBufferPointer(rebasing: blocks[offset..<end]), at: next)
            for index in 0..<splitter.count { follow(index) }
            try folder.recordMain(splitter.main, at: next)
            try folder.recordSub(splitter.sub, at: next)
            next += splitter.count
        }
    }

    /// Looks at a block of those that were taken apart.
    private func follow(_ index: Int) {
        let lba = next + index
        if lba < DiscFolder.baseLBA { return leadIn.take(splitter.frame(of: index), splitter.sub(of: index)) }
        if program == nil { program = RawProgram(tableOfContents()) }
        program?.take(splitter.frame(of: index), splitter.main(of: index), at: lba)
    }

    private func tableOfContents() -> RawTableOfContents? {
        do throws(RawTableOfContents.Unusable) {
            return try RawTableOfContents(leadIn)
        } catch {
            fault = error
            return nil
        }
    }

    func synchronize(on drive: Drive, _ folder: DiscFolder) throws(CheckCondition) -> Int? {
        guard let program, let leadOut = program.leadOut else { return nil }
        guard let contents = program.contents else {
            abandon("no table of contents: \(fault?.reason ?? "the lead-in is missing")", folder)
            return 0
        }
        var (session, remarks) = self.session(program, contents)
        session.stage = .closed(Disc.Closing(leadOut: contents.leadOut, following: contents.following))
        let missing = leadOut + RedBook.firstLeadOutSectors - next
        if missing > 0 {
            remarks.append("\(missing) blocks of the lead-out are missing")
            session.tracks[session.tracks.count - 1].isDamaged = true
        } else if missing < 0 {
            remarks.append("\(-missing) blocks lie behind the lead-out")
        }
        let text = wholeText(&remarks)
        session.textPacks = text.count / TextPack.byteCount
        var disc = folder.disc
        disc.sessions = [session]
        let event = ["session 1 closed, lead-in \(start ?? next), lead-out \(contents.leadOut) to \(next)"] + remarks
        try drive.storing(.writeError) { () throws(SystemError) in
            try folder.synchronize()
            if !text.isEmpty { try folder.recordText(text, ofSession: session.number) }
            try folder.commit(disc, event.joined(separator: "; "))
        }
        drive.isTableOfContentsStale = !isTestWrite && drive.profile.quirks.contains(.tocStaleAfterRaw)
        return 0
    }

    /// The session as far as it is known, and what is wrong with it.
    private func session(
        _ program: RawProgram, _ contents: RawTableOfContents
    ) -> (session: Disc.Session, remarks: [String]) {
        let (tracks, remarks) = program.tracks()
        let number = program.catalogNumber.map { String(decoding: $0.map { $0 + 0x30 }, as: UTF8.self) }
        let session = Disc.Session(
            number: 1, writeType: .raw, start: DiscFolder.baseLBA, tracks: tracks, stage: .recording,
            discType: contents.discType, catalogNumber: number)
        let begin =
            start.map { $0 > grooveStart ? ["\($0 - grooveStart) blocks before the lead-in are blank"] : [] } ?? []
        return (session, begin + contents.remarks + remarks + program.findings.phrases)
    }

    /// The packs of CD-TEXT, if all are there.
    private func wholeText(_ remarks: inout [String]) -> [UInt8] {
        do throws(RawText.Incomplete) {
            return try leadIn.text.whole()
        } catch {
            remarks.append("no CD-TEXT: \(error.reason)")
            return []
        }
    }

    func breakOff(on drive: Drive, _ folder: DiscFolder) {
        if hasBegun { abandon("broken off at \(next)", folder) }
    }

    /// Nothing can come of the session any more.
    private func abandon(_ reason: String, _ folder: DiscFolder) {
        keepTracks(folder)
        folder.abandonRecording(at: next, reason)
    }

    /// Lets the disc know what of the session is known, so that the tracks that have begun are kept as they are.
    private func keepTracks(_ folder: DiscFolder) {
        guard let program, let contents = program.contents else { return }
        let known = session(program, contents).session
        folder.changeUnfinishedSession { $0 = known }
    }
}

extension Drive {
    /// The raw session that is being written, or the one that a first WRITE begins.
    func rawRecording(on folder: DiscFolder) throws(CheckCondition) -> any SessionRecording {
        if let recording { return recording }
        let new = try RawRecording(parameters, on: folder.disc)
        recording = new
        return new
    }
}
