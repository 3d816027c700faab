import BurnPlan
import DiscLayout
import MMC

/// Whether what a drive says of the disc's tracks is what was written.
enum TOCCheck {
    /// What a lead-in shall say: each track where the drive took it, with its control bits.
    struct Expectation: Equatable {
        /// Those that were written now, by rising number.
        let tracks: [TableOfContents.Track]
        /// Those that were there before.
        let earlier: [TableOfContents.Track]
        /// The lead-out lies behind the last block written; of track at once, behind a run-out of up to two.
        let leadOut: ClosedRange<Int>
        /// 00h CD-DA or CD-ROM, 10h CD-i, 20h XA.
        let discType: UInt8

        init(
            _ contents: TableOfContents, earlier: [TableOfContents.Track] = [], runOut: Int = 0, discType: UInt8 = 0
        ) {
            (tracks, self.earlier, self.discType) = (contents.tracks, earlier, discType)
            leadOut = contents.leadOut...contents.leadOut + runOut
        }
    }

    /// What was read of lead-ins.
    struct Found {
        /// Of all sessions, by rising number.
        let tracks: [TableOfContents.Track]
        /// Of the last session; nil when it names none.
        let leadOut: Int?
        /// Numbers of the first and of the last track, and the disc type, as the last lead-in says; nil where the drive
        /// gives a digest only.
        var first: Int?
        var last: Int?
        var discType: UInt8?
    }

    /// The first difference, or nil.
    static func difference(_ found: Found, from expected: Expectation) -> String? {
        let wanted = (expected.earlier + expected.tracks).sorted { $0.number < $1.number }
        guard found.tracks.count == wanted.count else {
            return "it names \(found.tracks.count) tracks, and there are \(wanted.count)"
        }
        for (track, wanted) in zip(found.tracks, wanted) {
            if let difference = difference(track, from: wanted) { return difference }
        }
        guard let leadOut = found.leadOut else { return "it names no lead-out" }
        guard expected.leadOut.contains(leadOut) else {
            return "the lead-out begins at LBA \(leadOut), and the last track ends at \(expected.leadOut.lowerBound)"
        }
        return sessionDifference(found, from: expected)
    }

    private static func difference(_ found: TableOfContents.Track, from wanted: TableOfContents.Track) -> String? {
        if found.number != wanted.number { return "track \(wanted.number) is called \(found.number)" }
        if found.start != wanted.start {
            return "track \(found.number) begins at LBA \(found.start), written at \(wanted.start)"
        }
        guard found.control != wanted.control else { return nil }
        return "track \(found.number) has control bits \(found.control.rawValue), not \(wanted.control.rawValue)"
    }

    private static func sessionDifference(_ found: Found, from expected: Expectation) -> String? {
        if let last = found.last, last != expected.tracks.last?.number { return "it calls track \(last) the last" }
        // Tracks of a session that was left open and continued come before those that were written now.
        let firsts = expected.earlier.map(\.number) + (expected.tracks.first.map { [$0.number] } ?? [])
        if let first = found.first, !firsts.contains(first) { return "it calls track \(first) the first" }
        if let type = found.discType, type != expected.discType {
            return "it is of disc type \(type), written as \(expected.discType)"
        }
        return nil
    }

    /// What is wrong with what the drive says of one track, or nil.
    ///
    /// - Parameter sectors: how many it has at least; nil where drives count its pre-gap or not.
    static func difference(
        _ found: TrackInformation, from written: TableOfContents.Track, sectors: Int?
    ) -> String? {
        if found.isBlank { return "track \(written.number) is blank" }
        if found.isDamaged { return "track \(written.number) is damaged" }
        if found.start != written.start {
            return "track \(written.number) begins at LBA \(found.start), written at \(written.start)"
        }
        guard let sectors, !(sectors...sectors + RedBook.runOutSectors).contains(found.size) else { return nil }
        return "track \(written.number) has \(found.size) sectors, \(sectors) were written"
    }

    /// What is wrong with the state of the disc, or nil.
    static func difference(_ found: DiscInformation, after close: CloseMode) -> String? {
        switch close {
        case .disc:
            found.status == .finalized ? nil : "the disc is not finalised"
        case .session:
            found.status == .incomplete && found.lastSessionState == .empty
                ? nil : "the disc is not open for a further session"
        case .none:
            found.status == .incomplete && found.lastSessionState == .incomplete
                ? nil : "the session is not open"
        }
    }
}
