import BurnPlan
import DiscLayout
import MMC
import RawRecording
import SCSI

/// What the drive says of disc and tracks, compared with what was written.
struct TableVerification {
    let engine: BurnEngine
    let disc: WrittenDisc
    let information: DiscInformation

    /// - Returns: `toc`; `tracks` of an open session; nil when the drive does not read its table of contents.
    /// - Throws: the burn's end, at the first difference.
    func verify() throws(BurnStop) -> BurnOutcome.Proof? {
        if let difference = TOCCheck.difference(information, after: disc.close) { throw mismatch("", difference) }
        try verifyTracks()
        if disc.close == .none { return .tracks }
        guard let expected else { return nil }
        guard let found = try readTable() else { return nil }
        if let difference = TOCCheck.difference(found, from: expected) {
            throw mismatch("The table of contents is not what was written: ", difference)
        }
        // Behind the run-out that a drive adds, the lead-out is not where the last block was sent.
        if let leadOut = found.leadOut, leadOut != engine.record.leadOut {
            engine.record.leadOut = leadOut
            engine.tellRecord()
        }
        return .toc
    }

    private func mismatch(_ what: String, _ difference: String) -> BurnStop {
        let text = what + difference + "."
        return engine.failure(BurnProblem(.tocMismatch, text.prefix(1).uppercased() + text.dropFirst()))
    }

    /// What the lead-in shall say.
    private var expected: TOCCheck.Expectation? {
        if let survey = disc.image?.survey {
            return survey.contents.map { TOCCheck.Expectation($0, discType: survey.discType) }
        }
        guard let layout = disc.layout else { return nil }
        let earlier = disc.earlierTracks.map { track in
            TableOfContents.Track(
                number: track.number, control: TrackControl(rawValue: UInt8(truncatingIfNeeded: track.control)),
                start: track.start)
        }
        return TOCCheck.Expectation(
            layout.tableOfContents, earlier: earlier, runOut: disc.mode == .tao ? RedBook.runOutSectors : 0)
    }

    // MARK: The track list

    /// READ TRACK INFORMATION of every track. What a drive says of tracks that it has not made by itself varies, so of
    /// sessions sent as a whole no more than the start is looked at, and nothing where it does not answer.
    private func verifyTracks() throws(BurnStop) {
        guard let layout = disc.layout, !hasShortLeadOut else { return }
        for (track, written) in zip(layout.tableOfContents.tracks, layout.tracks) {
            let found: TrackInformation
            do throws(SCSIError) {
                found = try engine.ask(ReadTrackInformation(.track(UInt8(truncatingIfNeeded: track.number))))
            } catch {
                guard disc.mode == .tao || error.transportKind != nil else {
                    engine.log("the drive does not tell of track \(track.number): \(error.explanation)")
                    continue
                }
                throw engine.failure(
                    BurnProblem(.readBackFailed, "Track \(track.number) could not be asked about", error),
                    disc: .unsure)
            }
            let sectors = disc.mode == .tao ? written.sectors : nil
            if let difference = TOCCheck.difference(found, from: track, sectors: sectors) {
                throw mismatch("The drive's track list is not what was written: ", difference)
            }
        }
    }

    /// Drives may call the last track damaged that a lead-out of fewer sectors than usual follows.
    private var hasShortLeadOut: Bool {
        disc.image?.survey.remarks.contains { remark in
            if case .shortLeadOut = remark { true } else { false }
        } ?? false
    }

    // MARK: The lead-ins

    /// From the lead-ins as they are, or from the drive's digest of them where the drive gives no more.
    private func readTable() throws(BurnStop) -> TOCCheck.Found? {
        if let full = readFullTable() {
            // A disc that is open for more has an empty session behind the last one.
            let sessions = information.sessionCount - (disc.close == .disc ? 0 : 1)
            guard full.lastSession == sessions else {
                throw mismatch(
                    "", "the lead-in is that of session \(full.lastSession), and the drive counts \(sessions)")
            }
            if let found = TOCCheck.Found(full) { return found }
            engine.log("the raw table of contents names no lead-out; the formatted one is used")
        }
        do throws(SCSIError) {
            let formatted = try engine.repeating { () throws(SCSIError) in try engine.transport.formattedTOC() }
            return TOCCheck.Found(tracks: formatted.tracks, leadOut: formatted.leadOut)
        } catch {
            if disc.mode == .raw, error.isRefusal {
                // Drives exist that read the lead-in of a raw disc only when it comes in anew, and this one has no tray.
                engine.log(
                    "the drive does not read the table of contents that it has just written: \(error.explanation)")
                return nil
            }
            throw engine.failure(
                BurnProblem(.readBackFailed, "The table of contents could not be read", error), disc: .unsure)
        }
    }

    private func readFullTable() -> FullTOC? {
        do throws(SCSIError) {
            return try engine.repeating { () throws(SCSIError) in try engine.transport.fullTOC() }
        } catch {
            engine.log("no raw table of contents: \(error.explanation)")
            return nil
        }
    }
}

extension TOCCheck.Found {
    /// The tracks of all sessions, and what the last lead-in says besides; nil when it names no lead-out.
    init?(_ full: FullTOC) {
        guard let last = full.tableOfContents(session: full.lastSession) else { return nil }
        let sessions = full.pointers.reduce(into: Set<Int>()) { $0.insert($1.session) }
        let tracks = sessions.sorted().flatMap { full.tableOfContents(session: $0)?.tracks ?? [] }
        func number(_ point: UInt8) -> Int? {
            full.pointers.first { $0.session == full.lastSession && $0.mode == 1 && $0.point == point }
                .map { Int($0.position.minutes) }
        }
        self.init(
            tracks: tracks.sorted { $0.number < $1.number }, leadOut: last.leadOut, first: number(0xA0),
            last: number(0xA1), discType: full.discType(session: full.lastSession))
    }
}
