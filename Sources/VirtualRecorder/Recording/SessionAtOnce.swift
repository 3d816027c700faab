import BinaryCoding
import DiscLayout
import POSIX
import SectorCoding

/// Recording of a session in one go (Orange Book part II, disc at once; MMC-6, 4.3.4.4): the drive knows from the cue sheet
/// what every block is, makes all of P and Q, and the host sends the blocks in order, from the first to the last.
///
/// With CD-TEXT the host begins at the lead-in, with 96 bytes for each block, and nowhere else; without it the drive writes
/// the lead-in by itself and the host begins with the first block that it has to send, in most sheets that of the pause.
/// Blocks of forms with nothing from the host are passed over.
///
/// The session is complete when SYNCHRONIZE CACHE, CLOSE or the tray find all blocks there. Before that SYNCHRONIZE CACHE
/// does nothing, since the laser waits for more; a session that is broken off is spoiled.
final class SessionAtOnceRecording: SessionRecording {
    private let layout: SessionLayout
    /// What page 05h said when the sheet came; it cannot change afterwards.
    private let parameters: WriteParameters
    /// The lead-in, where its text comes from the host.
    private let leadIn: SessionAtOnceLeadIn?
    /// Address of the first block of the lead-in, whoever sends it.
    private let leadInStart: Int
    private let blocks: SessionAtOnceBlocks
    private var text = LeadInText()
    /// Everything before this address is recorded.
    private var recorded: Int
    /// Address of the next block that the host has to send; that of the lead-out when there is none.
    private var next: Int
    /// The segment with `recorded`.
    private var place = 0

    private(set) var hasBegun = false
    var isAllThere: Bool { hasBegun && recorded == layout.leadOut }

    /// - Parameters:
    ///   - layout: of the session that comes next on `disc`.
    ///   - sendsText: the host sends the lead-in if the sheet says so.
    init(_ layout: SessionLayout, _ parameters: WriteParameters, on disc: Disc, sendsText: Bool = true) {
        (self.layout, self.parameters) = (layout, parameters)
        leadInStart = disc.nextLeadInStart?.lba ?? layout.start
        leadIn =
            layout.hasText && sendsText
            ? SessionAtOnceLeadIn(
                layout, session: disc.currentSessionNumber, start: leadInStart, discType: parameters.discType,
                following: parameters.following, medium: disc.medium) : nil
        let catalogNumber = layout.catalogNumber ?? parameters.catalogNumber
        blocks = SessionAtOnceBlocks(layout.subChannel(catalogNumber: catalogNumber))
        recorded = leadIn == nil ? layout.start : leadInStart
        next = leadInStart
        if leadIn == nil { next = layout.hostBlock(from: layout.start) }
    }

    // MARK: Blocks

    func write(_ command: Command, on drive: Drive, _ folder: DiscFolder) throws(CheckCondition) {
        let (lba, count) = (command.address(at: 2), command.uint16(at: 7))
        if drive.profile.quirks.contains(.leadInWriteRefused), lba < layout.start { throw .addressOutOfRange }
        guard lba == next else { throw .invalidAddressForWrite }
        guard lba + count <= layout.leadOut else { throw .addressOutOfRange }
        let blockBytes = try blockBytes(of: lba..<lba + count)
        guard command.dataOut.count == count * blockBytes else { throw .invalidFieldInCDB(byte: 7) }
        if count == 0 { return }
        try drive.requireStreaming(at: recorded, on: folder)
        try drive.waitForRoom(for: command.dataOut.count)
        do throws(SystemError) {
            if !hasBegun { try begin(on: drive, folder) }
            let before = recorded
            try record(command.dataOut, count: count, on: folder)
            take(count, bytes: command.dataOut.count, at: lba, recordedBefore: before, on: drive)
        } catch {
            drive.report("session at once, block \(lba): \(error)")
            folder.abandonRecording(at: recorded, "\(error)")
            drive.recording = nil
            throw .writeError
        }
    }

    /// Puts what a WRITE brought into the drive's buffer, with what the drive made itself before and behind it.
    private func take(_ count: Int, bytes: Int, at lba: Int, recordedBefore before: Int, on drive: Drive) {
        if before < lba { drive.take(sectors: lba - before, at: before) }
        drive.take(sectors: count, bytes: bytes, at: lba)
        if lba + count < recorded { drive.take(sectors: recorded - lba - count, at: lba + count) }
        if recorded == layout.leadOut { drive.speed.complete(at: drive.clock.now()) }
    }

    /// Bytes that the host sends for each of some blocks, from `next` on: one WRITE has one size.
    private func blockBytes(of range: Range<Int>) throws(CheckCondition) -> Int {
        if range.lowerBound < layout.start {
            guard range.upperBound <= layout.start else { throw .invalidFieldInCDB(byte: 7) }
            return RedBook.subChannelBytes
        }
        let segments = segments(of: range)
        let bytes = segments.first?.hostBytes ?? 0
        guard segments.allSatisfy({ $0.hostBytes == bytes }) else { throw .invalidFieldInCDB(byte: 7) }
        return bytes
    }

    /// - Precondition: the blocks lie in the program area, at `recorded` or behind it.
    private func segments(of range: Range<Int>) -> ArraySlice<SessionLayout.Segment> {
        let segments = layout.segments[place...]
        let first = segments.firstIndex { $0.blocks.upperBound > range.lowerBound } ?? segments.endIndex
        let rest = segments[first...]
        return rest[..<(rest.firstIndex { $0.blocks.lowerBound >= range.upperBound } ?? rest.endIndex)]
    }

    /// Blocks up to an address are recorded.
    private func advance(to lba: Int) {
        recorded = lba
        while place < layout.segments.count, layout.segments[place].blocks.upperBound <= lba { place += 1 }
    }

    /// The disc has the session from now on, with its tracks as they will be.
    private func begin(on drive: Drive, _ folder: DiscFolder) throws(SystemError) {
        if parameters.isTestWrite { folder.beginTest() }
        var disc = folder.disc
        disc.beginSessionAtOnce(layout, parameters)
        let (first, last) = (layout.tracks[0].number, layout.tracks[layout.tracks.count - 1].number)
        try folder.commit(
            disc, "session \(disc.sessions.count) begun at once: tracks \(first) to \(last), lead-out \(layout.leadOut)"
        )
        hasBegun = true
        if leadIn == nil { drive.take(sectors: layout.start - leadInStart, at: leadInStart) }
    }

    private func record(_ bytes: UnsafeRawBufferPointer, count: Int, on folder: DiscFolder) throws(SystemError) {
        if let leadIn, next < layout.start {
            try blocks.recordLeadIn(bytes, at: next, count: count, leadIn, on: folder)
            text.take(bytes)
            recorded = next + count
            next = recorded
            guard next == layout.start else { return }
            try storeText(on: folder)
        } else {
            try recordGenerated(on: folder)
            try blocks.record(bytes, at: next, count: count, segments(of: next..<next + count), on: folder)
            advance(to: next + count)
        }
        next = layout.hostBlock(from: recorded)
        try recordGenerated(on: folder)
    }

    /// Records what lies before the next block from the host.
    private func recordGenerated(on folder: DiscFolder) throws(SystemError) {
        guard recorded < next else { return }
        for segment in segments(of: recorded..<next) {
            try blocks.recordGenerated(segment, on: folder)
            advance(to: segment.blocks.upperBound)
        }
    }

    private func storeText(on folder: DiscFolder) throws(SystemError) {
        var disc = folder.disc
        let session = disc.sessions.count
        disc.sessions[session - 1].textPacks = text.packs.count
        try folder.recordText(text.packs.flatMap(\.bytes), ofSession: session)
        let damage = text.damaged == 0 ? "" : ", \(text.damaged) packs with a wrong CRC left out"
        try folder.commit(disc, "session \(session): \(text.packs.count) packs of CD-TEXT in the lead-in\(damage)")
    }

    // MARK: End

    func synchronize(on drive: Drive, _ folder: DiscFolder) throws(CheckCondition) -> Int? {
        guard isAllThere else { return nil }
        var disc = folder.disc
        let session = disc.sessions.count
        disc.closeSession(parameters.following)
        try drive.storing(.writeError) { () throws(SystemError) in
            try folder.synchronize()
            try folder.commit(
                disc, "session \(session) closed at once, next: \(parameters.following.rawValue)")
        }
        return Disc.leadOutBlocks(ofSession: session)
    }

    func breakOff(on drive: Drive, _ folder: DiscFolder) {
        guard hasBegun else { return }
        let missing = isAllThere ? "the lead-out was not written" : "block \(next) never came"
        folder.abandonRecording(at: recorded, missing)
    }
}

extension SessionLayout {
    /// The first block from an address on that the host has to send; the lead-out's when there is none.
    func hostBlock(from lba: Int) -> Int {
        let segment = segments.first { $0.blocks.upperBound > lba && $0.hostBytes > 0 }
        return segment.map { max(lba, $0.blocks.lowerBound) } ?? leadOut
    }
}

extension Disc {
    /// Adds the session of a cue sheet, with all of its tracks.
    ///
    /// - Precondition: no session is open and the disc is not finalized.
    fileprivate mutating func beginSessionAtOnce(_ layout: SessionLayout, _ parameters: WriteParameters) {
        precondition(openSession == nil && status != .finalized, "a session begins behind a closed one")
        sessions.append(
            Session(
                number: sessions.count + 1, writeType: .sessionAtOnce, start: layout.start, tracks: layout.discTracks,
                stage: .recording, discType: parameters.discType,
                catalogNumber: layout.catalogNumber ?? parameters.catalogNumber))
    }
}

extension Drive {
    /// SEND CUE SHEET (MMC-6, 6.33): prepares a session at once. A sheet takes the place of one that nothing was written by.
    func sendCueSheet(_ command: Command) throws(CheckCondition) -> [UInt8] {
        guard profile.capabilities.sessionAtOnce else { throw .invalidOperationCode }
        try requireNoRecording()
        let disc = try medium().disc
        let context = try cueSheetContext(disc)
        let length = command.uint24(at: 6)
        guard length > 0, length % CueSheet.rowBytes == 0, length <= profile.maximumCueSheetBytes else {
            throw .invalidFieldInCDB(byte: 6)
        }
        guard command.dataOut.count == length else { throw .parameterListLengthError }
        let layout = try CueSheet.parse(Array(command.dataOut), context)
        recording = SessionAtOnceRecording(
            layout, parameters, on: disc, sendsText: !profile.quirks.contains(.leadInWriteRefused))
        return []
    }

    /// What a sheet has to fit, if there is anything that it could be for.
    private func cueSheetContext(_ disc: Disc) throws(CheckCondition) -> CueSheet.Context {
        guard parameters.writeType == .sessionAtOnce else { throw .commandSequenceError }
        guard disc.status != .finalized, let leadInStart = disc.nextLeadInStart else {
            throw .cannotWriteIncompatibleMedium
        }
        guard disc.openSession == nil else { throw .commandSequenceError }
        let isTooEarly = profile.quirks.contains(.cueSheetNeedsTrackInformation) && !hasToldTrackInformation
        guard !isTooEarly else { throw .commandSequenceError }
        if disc.status != .blank, profile.quirks.contains(.laterSessionAtOnceRefused) {
            throw .cannotWriteIncompatibleMedium
        }
        return CueSheet.Context(
            start: disc.nextPauseStart, firstTrack: disc.status == .blank ? nil : disc.nextTrackNumber,
            leadInStart: leadInStart, limit: disc.medium.limit, takesSubChannel: profile.capabilities.subChannel,
            quirks: profile.quirks)
    }
}
