import BinaryCoding
import DiscLayout
import POSIX

extension Drive {
    /// READ TOC/PMA/ATIP and READ SUB-CHANNEL (MMC-6, 6.25; MMC-3, 6.31).
    static let tableOfContentsCommands: [UInt8: Entry] = [
        0x42: Entry(.medium) { (drive, command) throws(CheckCondition) in try drive.readSubChannel(command) },
        0x43: Entry(.medium) { (drive, command) throws(CheckCondition) in try drive.readTableOfContents(command) },
    ]

    private func readTableOfContents(_ command: Command) throws(CheckCondition) -> [UInt8] {
        let disc = try medium().disc
        // Drives of before MMC had the format in the last byte, and programs still put it there.
        let format = command.cdb[2].bits(0...3) == 0 ? command.cdb[9].bits(6...7) : command.cdb[2].bits(0...3)
        let isMSF = command.cdb[1].bit(1)
        // Program memory and pre-groove are not in the lead-in.
        if isTableOfContentsStale, ![3, 4].contains(format) { throw .invalidFieldInCDB(byte: 2) }
        let reply: [UInt8] =
            switch format {
            case 0: try TableOfContentsReply.toc(disc, from: command.cdb[6], isMSF: isMSF)
            case 1: try TableOfContentsReply.sessions(disc, isMSF: isMSF)
            case 2: try TableOfContentsReply.full(disc, from: Int(command.cdb[6]))
            case 3: TableOfContentsReply.programMemory(disc)
            case 4: try atip(disc.medium)
            case 5: TableOfContentsReply.text(try text())
            default: throw .invalidFieldInCDB(byte: 2)
            }
        return Array(reply.prefix(command.uint16(at: 7)))
    }

    /// The pre-groove, as this drive tells it.
    private func atip(_ medium: Medium) throws(CheckCondition) -> [UInt8] {
        guard !profile.quirks.contains(.atipRefused) else { throw .invalidFieldInCDB(byte: 2) }
        let reply = TableOfContentsReply.atip(medium)
        if profile.quirks.contains(.atipZero) { return reply.prefix(4) + [UInt8](repeating: 0, count: reply.count - 4) }
        guard profile.quirks.contains(.atipInBCD) else { return reply }
        // Lead-in and last lead-out.
        return reply.enumerated().map { (8...10).contains($0) || (12...14).contains($0) ? $1.bcd : $1 }
    }

    /// The packs of CD-TEXT of the last session that has any.
    private func text() throws(CheckCondition) -> [UInt8] {
        guard profile.capabilities.readsText else { throw .invalidFieldInCDB(byte: 2) }
        let folder = try medium()
        guard let session = folder.disc.closedSessions.last(where: { $0.textPacks > 0 }) else { return [] }
        return try storing(.unrecoveredReadError) { () throws(SystemError) in
            try StoredDisc.text(of: session, at: folder.path)
        }
    }
}

/// The replies of READ TOC/PMA/ATIP, whole: what is asked for is cut from them. In all of them address comes before control.
enum TableOfContentsReply {
    private static let leadOutNumber: UInt8 = 0xAA

    /// An address as the MSF bit wants it.
    static func address(_ lba: Int, isMSF: Bool) -> [UInt8] {
        // Without the wrap of 90 minutes: all addresses here lie behind the first lead-in.
        let time = MSF(frameCount: lba + RedBook.pauseSectors)
        return isMSF ? [0, time.minutes, time.seconds, time.frames] : Int32(clamping: lba).bigEndianBytes
    }

    private static func entry(_ control: TrackControl, _ number: UInt8, _ lba: Int, isMSF: Bool) -> [UInt8] {
        [0, 0x10 | control.rawValue, number, 0] + address(lba, isMSF: isMSF)
    }

    private static func withHeader(_ first: Int, _ last: Int, _ body: [UInt8]) -> [UInt8] {
        UInt16(clamping: 2 + body.count).bigEndianBytes + [UInt8(clamping: first), UInt8(clamping: last)] + body
    }

    /// The closed sessions; without one there is nothing in any lead-in.
    private static func closedSessions(of disc: Disc) throws(CheckCondition) -> [Disc.Session] {
        let sessions = disc.closedSessions
        guard !sessions.isEmpty else { throw .invalidFieldInCDB(byte: 2) }
        return sessions
    }

    /// Format 0: tracks of all complete sessions and the lead-out of the last.
    static func toc(_ disc: Disc, from start: UInt8, isMSF: Bool) throws(CheckCondition) -> [UInt8] {
        let sessions = try closedSessions(of: disc)
        let tracks = sessions.flatMap(\.tracks)
        guard let first = tracks.first, let last = tracks.last, let closing = sessions.last?.closing,
            start == leadOutNumber || Int(start) <= last.number
        else { throw .invalidFieldInCDB(byte: 6) }
        var body = tracks.filter { $0.number >= Int(start) }
            .flatMap { entry($0.control, UInt8($0.number), $0.start, isMSF: isMSF) }
        body += entry(last.control, leadOutNumber, closing.leadOut, isMSF: isMSF)
        return withHeader(first.number, last.number, body)
    }

    /// Format 1: the first track of the last complete session.
    static func sessions(_ disc: Disc, isMSF: Bool) throws(CheckCondition) -> [UInt8] {
        let sessions = try closedSessions(of: disc)
        guard let last = sessions.last, let track = last.tracks.first else { throw .invalidFieldInCDB(byte: 2) }
        return withHeader(1, last.number, entry(track.control, UInt8(track.number), track.start, isMSF: isMSF))
    }

    /// Format 2: what the Q channel of every lead-in says.
    static func full(_ disc: Disc, from first: Int) throws(CheckCondition) -> [UInt8] {
        let sessions = try closedSessions(of: disc)
        guard let last = sessions.last, first <= last.number else { throw .invalidFieldInCDB(byte: 6) }
        let body = sessions.filter { $0.number >= first }.flatMap { points(of: $0, on: disc.medium) }
        return withHeader(1, last.number, body)
    }

    private static func points(of session: Disc.Session, on medium: Medium) -> [UInt8] {
        guard let first = session.tracks.first, let last = session.tracks.last, let closing = session.closing else {
            return []
        }
        func point(_ address: UInt8, _ control: TrackControl, _ point: UInt8, _ time: [UInt8], _ p: [UInt8]) -> [UInt8]
        {
            [UInt8(clamping: session.number), address << 4 | control.rawValue, 0, point] + time + p
        }
        func p(_ lba: Int) -> [UInt8] {
            let time = MSF(frameCount: lba + RedBook.pauseSectors)
            return [time.minutes, time.seconds, time.frames]
        }
        let none: [UInt8] = [0, 0, 0, 0]
        var bytes = point(1, first.control, 0xA0, none, [UInt8(first.number), session.discType, 0])
        bytes += point(1, last.control, 0xA1, none, [UInt8(last.number), 0, 0])
        bytes += point(1, last.control, 0xA2, none, p(closing.leadOut))
        for track in session.tracks { bytes += point(1, track.control, UInt8(track.number), none, p(track.start)) }
        guard closing.following != .none else { return bytes }
        // Mode-5 points (Orange Book part II): where the next session may be recorded, and the pre-groove's own lead-in.
        let next = closing.leadOut + Disc.gap(afterSession: session.number) + RedBook.pauseSectors
        let pointers: UInt8 = session.number == 1 ? 2 : 1
        let time = closing.following == .another ? p(next) : [0xFF, 0xFF, 0xFF]
        bytes += point(5, first.control, 0xB0, time + [pointers], p(medium.lastLeadOut.lba))
        if session.number == 1 {
            let leadIn = medium.leadInStart
            bytes += point(5, first.control, 0xC0, none, [leadIn.minutes, leadIn.seconds, leadIn.frames])
        }
        return bytes
    }

    /// Format 3: the program memory area (Orange Book part II): the tracks of the session that is not closed. MIN, SEC and
    /// FRAME give where a track ends, PMIN, PSEC and PFRAME where it starts.
    static func programMemory(_ disc: Disc) -> [UInt8] {
        let body = (disc.openSession?.tracks ?? []).flatMap { track -> [UInt8] in
            let (end, start) = (address(track.end, isMSF: true), address(track.start, isMSF: true))
            let head: [UInt8] = [
                UInt8(clamping: disc.currentSessionNumber), 0x10 | track.control.rawValue, 0,
                UInt8(clamping: track.number),
            ]
            return head + end.dropFirst() + [0] + start.dropFirst()
        }
        return UInt16(clamping: 2 + body.count).bigEndianBytes + [0, 0] + body
    }

    /// Format 4: the pre-groove, with indicative target writing power 5.
    static func atip(_ medium: Medium) -> [UInt8] {
        func time(_ time: MSF) -> [UInt8] { [time.minutes, time.seconds, time.frames, 0] }
        // Speeds of ultra speed media are in the second of the three additional fields, all others in the first.
        let isUltraSpeed = medium.rewritability == .ultraSpeed || medium.rewritability == .ultraSpeedPlus
        let valid: UInt8 = medium.speedCode == 0 ? 0 : isUltraSpeed ? 0x02 : 0x04
        let kind = (medium.isErasable ? 0x40 : 0) | UInt8(medium.rewritability.rawValue) << 3
        let speed: [UInt8] = [medium.speedCode, 0, 0, 0]
        let none: [UInt8] = [0, 0, 0, 0]
        // Reference speed 2× (code 0 is 2× for CD-R of old, 1 for CD-RW).
        let head: [UInt8] = [0, 26, 0, 0, 0xD0 | (medium.isErasable ? 1 : 0), 0x00, 0x80 | kind | valid, 0]
        return head + time(medium.leadInStart) + time(medium.lastLeadOut) + (valid == 0x04 ? speed : none)
            + (valid == 0x02 ? speed : none) + none
    }

    /// Format 5: packs of CD-TEXT as they are in the lead-in.
    static func text(_ packs: [UInt8]) -> [UInt8] {
        UInt16(clamping: 2 + packs.count).bigEndianBytes + [0, 0] + packs
    }
}
