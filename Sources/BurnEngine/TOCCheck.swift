import BurnPlan
import DiscLayout
import MMC

/// Whether what a drive says of the disc's tracks is what was written.
enum TOCCheck {
    /// What a lead-in shall say: each track where the drive took it, with its control bits.
    struct Expectation: Equatable {
        let tracks: [TableOfContents.Track]
        /// The lead-out lies behind the last block written, or behind the run-out of up to two.
        let leadOut: ClosedRange<Int>

        init(_ plan: BurnPlan, _ written: [WrittenTrack]) {
            tracks = zip(plan.tracks, written).map { planned, track in
                TableOfContents.Track(
                    number: track.number, control: planned.control, start: track.start)
            }
            let end = written.last.map { $0.start + $0.sectors } ?? 0
            leadOut = end...end + RedBook.runOutSectors
        }
    }

    /// The first difference, or nil.
    static func difference(
        _ tracks: [TableOfContents.Track], leadOut: Int?, from expected: Expectation
    ) -> String? {
        guard tracks.count == expected.tracks.count else {
            return "it names \(tracks.count) tracks, and \(expected.tracks.count) were written"
        }
        for (found, wanted) in zip(tracks, expected.tracks) {
            if found.number != wanted.number { return "track \(wanted.number) is called \(found.number)" }
            if found.start != wanted.start {
                return "track \(found.number) begins at LBA \(found.start), written at \(wanted.start)"
            }
            if found.control != wanted.control {
                return
                    "track \(found.number) has control bits \(found.control.rawValue), not \(wanted.control.rawValue)"
            }
        }
        guard let leadOut else { return "it names no lead-out" }
        guard expected.leadOut.contains(leadOut) else {
            return "the lead-out begins at LBA \(leadOut), and the last track ends at \(expected.leadOut.lowerBound)"
        }
        return nil
    }

    /// What is wrong with one track of a session that is still open, or nil.
    static func difference(_ found: TrackInformation, from written: WrittenTrack) -> String? {
        if found.isBlank { return "track \(written.number) is blank" }
        if found.isDamaged { return "track \(written.number) is damaged" }
        if found.start != written.start {
            return "track \(written.number) begins at LBA \(found.start), written at \(written.start)"
        }
        guard (written.sectors...written.sectors + RedBook.runOutSectors).contains(found.size) else {
            return "track \(written.number) has \(found.size) sectors, \(written.sectors) were written"
        }
        return nil
    }
}
