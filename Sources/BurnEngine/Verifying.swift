import BurnPlan
import DiscLayout
import MMC
import SCSI

extension BurnEngine {
    /// Proves the disc: its table of contents, and every sample.
    func verify(_ sources: [TrackContent]) throws(BurnStop) -> [BurnOutcome.Proof] {
        isReadingBack = true
        try stopIfCancelledWhileVerifying()
        meter.begin(.reloading, at: clock.now)
        reportProgress()
        try reload()
        guard plan.close != .none else { return try verifyOpenSession(sources) }
        try verifyTableOfContents()
        try AudioVerification(self, sources).verifyAll()
        return [.toc, .audio]
    }

    /// Everything is written and nothing is proven: so much can be said of a burn cancelled here.
    func stopIfCancelledWhileVerifying() throws(BurnStop) {
        guard isCancelled(true) else { return }
        begin(.cancelling)
        throw BurnStop(
            outcome: BurnOutcome(
                .cancelled, disc: .unsure, tracksOnDisc: tracks.map(\.number),
                problem: BurnProblem(
                    .cancelledByUser, "The disc was written completely, and then cancelled before it was proven.")))
    }

    /// Stops and starts the disc, so that the drive reads it anew. The tray stays closed: slot and laptop drives do not
    /// take a disc back in.
    private func reload() throws(BurnStop) {
        for action in [StartStopUnit.Action.stop, .start] {
            do throws(SCSIError) {
                _ = try transport.perform(StartStopUnit(action))
            } catch {
                log("reloading, \(action): \(error.explanation)")
            }
        }
        do throws(WaitFailure) {
            _ = try waitUntilReady(limits.becomingReady, .forReload)
        } catch {
            throw failure(
                problem(of: error, .readBackFailed, "The written disc did not become ready"), disc: .unsure)
        }
    }

    private func verifyTableOfContents() throws(BurnStop) {
        let expected = TOCCheck.Expectation(plan, tracks)
        let (found, leadOut) = try readTableOfContents()
        if let difference = TOCCheck.difference(found, leadOut: leadOut, from: expected) {
            throw failure(BurnProblem(.tocMismatch, "The table of contents is not what was written: \(difference)."))
        }
    }

    /// From the lead-in as it is, or from the drive's digest of it where the drive gives no more.
    private func readTableOfContents() throws(BurnStop) -> ([TableOfContents.Track], Int?) {
        do throws(SCSIError) {
            let full = try repeating { () throws(SCSIError) in try transport.fullTOC() }
            if let session = full.tableOfContents(session: full.lastSession) {
                return (session.tracks, session.leadOut)
            }
            log("the raw table of contents names no lead-out; the formatted one is used")
        } catch {
            log("no raw table of contents: \(error.explanation)")
        }
        do throws(SCSIError) {
            let formatted = try repeating { () throws(SCSIError) in try transport.formattedTOC() }
            return (formatted.tracks, formatted.leadOut)
        } catch {
            throw failure(
                BurnProblem(.readBackFailed, "The table of contents could not be read", error), disc: .unsure)
        }
    }

    /// No lead-in exists yet, so the drive's track list is asked, and the audio compared where the drive reads it.
    private func verifyOpenSession(_ sources: [TrackContent]) throws(BurnStop) -> [BurnOutcome.Proof] {
        for written in tracks {
            let found: TrackInformation
            do throws(SCSIError) {
                found = try ask(ReadTrackInformation(.track(UInt8(truncatingIfNeeded: written.number))))
            } catch {
                throw failure(
                    BurnProblem(.readBackFailed, "Track \(written.number) could not be asked about", error),
                    disc: .unsure)
            }
            if let difference = TOCCheck.difference(found, from: written) {
                throw failure(
                    BurnProblem(.tocMismatch, "The drive's track list is not what was written: \(difference)."))
            }
        }
        let verification = AudioVerification(self, sources)
        guard verification.canRead(tracks[0].start) else {
            log("the drive does not read audio of an open session; only the track list is proven")
            return [.tracks]
        }
        try verification.verifyAll()
        return [.tracks, .audio]
    }
}
