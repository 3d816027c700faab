import BurnPlan
import DiscLayout
import MMC

extension BurnEngine {
    /// The end of a session that somebody stops while it is sent at once: what the drive holds is written, and what is on the
    /// disc is of no use.
    func cancelSession() -> BurnStop {
        if plan.isTest { return cancelTest() }
        guard laser == .on else { return cancelledBeforeLaser() }
        begin(.cancelling)
        quietDown()
        let isErasable = recorder?.disc.isErasable ?? false
        let detail =
            "The burn was cancelled in the middle of a session that is written at once; the disc holds a part of it"
        return BurnStop(
            outcome: BurnOutcome(
                .cancelled, disc: .spoiled, tracksOnDisc: tracksOnDisc,
                problem: BurnProblem(
                    .cancelledByUser, "\(detail), and no table of contents.",
                    hint: isErasable
                        ? "Erase the disc, in full if quickly does not do; then it can be written on again."
                        : "Take the disc out and order the job again with a blank one.")))
    }

    /// The end of a test write that somebody stops: nothing was written.
    func cancelTest() -> BurnStop {
        begin(.cancelling)
        quietDown()
        return BurnStop(
            outcome: BurnOutcome(
                .cancelled, disc: unwrittenDisc, tracksOnDisc: tracksOnDisc,
                problem: BurnProblem(.cancelledByUser, "The test write was cancelled; nothing was written.")))
    }
}
