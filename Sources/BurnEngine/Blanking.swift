import BurnPlan
import DiscLayout
import MMC
import SCSI

extension BurnEngine {
    /// Carries out a plan that blanks a disc and nothing more.
    func eraseDisc() throws(BurnStop) -> BurnOutcome {
        let facts = try identify(try waitForDisc())
        guard facts.disc.isErasable else {
            throw failure(
                BurnProblem(.mediaIncompatible, "The disc in the drive is not rewritable: it cannot be blanked."))
        }
        try lockAndSetSpeed()
        try blank(plan.erase ?? .quick)
        return BurnOutcome(.completed, disc: .blank, proven: [.blank])
    }

    /// Blanks a rewritable disc, and sees that it is blank. A cancel is heard before it begins and after it has ended: in
    /// between nothing stops a drive.
    ///
    /// Blanking quickly fails on many discs whose session was broken off; then all of the disc is blanked.
    func blank(_ mode: EraseMode) throws(BurnStop) {
        try stopIfCancelledBeforeLaser()
        try clearForeignTestBit()
        do {
            try journal.append(.laserPending)
        } catch {
            throw failure(
                BurnProblem(.planInvalid, "The burn's journal cannot be written (\(error)), so nothing was begun."))
        }
        // An order that blanks first can still be called off when that is over; what does nothing but blank cannot.
        if plan.task == .erase { begin(.burning) }
        var failed = blanking(mode)
        if let quick = failed, mode == .quick, quick.problem.type == .eraseFailed, quick.disc != .unsure {
            log("blanking quickly failed: \(quick.problem.detail) All of the disc is blanked instead.")
            failed = blanking(.full)
            // What was begun the one way is not undone by a refusal of the other.
            if quick.disc == .spoiled, failed?.disc == unwrittenDisc { failed?.disc = .spoiled }
        }
        if let (problem, disc) = failed {
            quietDown(flushing: false)
            throw failure(problem, disc: disc)
        }
        unwrittenDisc = .blank
        earlierTracks = []
        log("the disc is blank")
    }

    /// - Returns: nil when the disc is blank; else what went wrong, and what the disc is.
    private func blanking(_ mode: EraseMode) -> (problem: BurnProblem, disc: BurnOutcome.Disc)? {
        log("blanking: \(mode.rawValue)")
        meter.begin(.erasing, at: clock.now)
        reportProgress()
        do throws(SCSIError) {
            try sendBlank(mode == .quick ? .minimal : .disc)
        } catch {
            if error.leavesOutcomeUnknown { return (BurnProblem(.eraseFailed, "Blanking failed", error), .unsure) }
            // A disc that the drive does not blank in one way it does not blank in another.
            if error.sense?.code == 0x30 {
                return (BurnProblem(.mediaIncompatible, "The drive does not blank this disc", error), unwrittenDisc)
            }
            // What the drive calls illegal it has not begun.
            let isIllegal = error.sense.map { $0.key == 5 && !$0.isDeferred } ?? false
            return (BurnProblem(.eraseFailed, "Blanking failed", error), isIllegal ? unwrittenDisc : .spoiled)
        }
        do throws(WaitFailure) {
            let disc = try waitUntilReady(
                mode == .quick ? limits.erasingQuickly : limits.erasingFully, .forBlanking)
            if disc.status == .empty { return nil }
            let detail = "The drive blanked the disc without an error, and does not call it blank."
            return (BurnProblem(.eraseFailed, detail), .spoiled)
        } catch {
            return (
                problem(of: error, .eraseFailed, "Blanking failed"), error.leavesOutcomeUnknown ? .unsure : .spoiled
            )
        }
    }

    private func sendBlank(_ extent: Blank.Extent) throws(SCSIError) {
        do throws(SCSIError) {
            _ = try patiently { () throws(SCSIError) in try transport.perform(Blank(extent, immediate: true)) }
        } catch {
            guard error.sense?.key == 5, error.sense?.code == 0x24 else { throw error }
            log("the drive knows no Immed: it answers when the disc is blank")
            _ = try transport.perform(Blank(extent, immediate: false))
        }
    }

    /// Takes a test bit away that another program left: nothing would be blanked, and the drive would say that all is well.
    private func clearForeignTestBit() throws(BurnStop) {
        isTestSelected = try writeParametersPage("The drive does not show its write parameters").isTestWrite
        leaveTestMode()
    }
}
