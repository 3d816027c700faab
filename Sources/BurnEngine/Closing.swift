import BurnPlan
import MMC
import SCSI

extension BurnEngine {
    /// Writes lead-in and lead-out. Nothing can stop that once it has begun.
    func closeSession() throws(BurnStop) {
        meter.begin(.closingSession, track: nil, start: 0, count: 0, at: clock.now)
        reportProgress()
        let start = clock.now
        let end = start + limits.closing
        var disc = try sendCloseAndWait()
        // A drive that was busy may have taken the command all the same, or not: the disc tells.
        while let wasBusy = disc.busy, clock.now < end,
            CloseCheck.fault(disc.information, after: plan.close) != nil
        {
            log("CLOSE was answered with \(wasBusy.explanation) and changed nothing; sent again")
            clock.sleep(limits.longestPoll)
            disc = try sendCloseAndWait()
        }
        if let wasBusy = disc.busy, CloseCheck.fault(disc.information, after: plan.close) != nil {
            throw abandon(BurnProblem(.closeFailed, "The session could not be closed", wasBusy))
        }
        if let fault = CloseCheck.fault(disc.information, after: plan.close) {
            throw abandon(BurnProblem(.closeFailed, "The drive closed the session without an error, but \(fault)."))
        }
        waitOutClosing(since: start)
        tell(.closed)
    }

    /// Ends a test write: the drive closes nothing, and many say so with an error that means nothing.
    func closeTest() {
        do throws(SCSIError) {
            _ = try sendClose()
        } catch {
            log("CLOSE after a test write: \(error.explanation)")
        }
        _ = try? waitUntilReady(limits.cleanUp, .forWriting)
    }

    /// - Returns: the disc's state when the drive was ready again, and what it said when it was busy instead of beginning.
    private func sendCloseAndWait() throws(BurnStop) -> (information: DiscInformation, busy: SCSIError?) {
        let busy: SCSIError?
        do throws(SCSIError) {
            busy = try sendClose()
        } catch {
            throw abandon(
                BurnProblem(.closeFailed, "The session could not be closed", error),
                disc: error.leavesOutcomeUnknown ? .unsure : nil)
        }
        do throws(WaitFailure) {
            return (try waitUntilReady(limits.closing, .forWriting), busy)
        } catch {
            throw abandon(
                problem(of: error, .closeFailed, "Closing the session failed"),
                disc: error.leavesOutcomeUnknown ? .unsure : nil)
        }
    }

    /// - Returns: nil when the drive took the command, its refusal when it was busy.
    private func sendClose() throws(SCSIError) -> SCSIError? {
        do throws(SCSIError) {
            _ = try transport.perform(CloseTrackSession(.session, immediate: true))
        } catch {
            switch (error.sense?.key, error.sense?.code) {
            // The vendor's way to say that dummy blocks were added.
            case (5, 0xB5): return nil
            // A drive that knows no Immed.
            case (5, 0x24): _ = try transport.perform(CloseTrackSession(.session, immediate: false))
            case _ where ReadinessReaction(error, writing: true) == .wait: return error
            default: throw error
            }
        }
        return nil
    }
}

extension BurnEngine {
    /// Carries out a plan that closes the open session of a disc and nothing more.
    func closeDisc() throws(BurnStop) -> BurnOutcome {
        let facts = try identify(try waitForDisc())
        recorder = facts
        guard facts.configuration.hasRecordableCD, facts.disc.status == .incomplete else {
            throw failure(BurnProblem(.mediaIncompatible, "The disc in the drive has no open session."))
        }
        guard facts.disc.lastSessionState == .incomplete else {
            throw failure(
                BurnProblem(
                    .mediaIncompatible, "The last session of the disc is empty: there is nothing in it to be closed."))
        }
        try countDisc(facts.disc)
        try lockAndSetSpeed()
        _ = try setWriteParameters(
            "the session",
            underrunChoices.map { protects in
                PageAttempt(name: "\(protects ? "with" : "without") underrun protection") { [self] page in
                    let parameters = sessionParameters(freeFromUnderrun: protects)
                    page.setTrackAtOnceAudio(
                        control: [], multiSession: parameters.multiSession,
                        freeFromUnderrun: parameters.freeFromUnderrun)
                }
            })
        try turnLaserOn()
        laser = .on
        tell(.laserOn)
        begin(.finalizing)
        try closeSession()
        return BurnOutcome(.completed, disc: .written, tracksOnDisc: tracksOnDisc)
    }
}

/// Whether a disc is in the state that closing was to bring about.
enum CloseCheck {
    /// What is wrong with it, or nil.
    static func fault(_ disc: DiscInformation, after close: CloseMode) -> String? {
        switch (close, disc.status, disc.lastSessionState) {
        case (.disc, .finalized, _), (.session, .incomplete, .empty), (.none, _, _): nil
        case (.disc, _, _): "the disc is not finalised (status \(disc.status.rawValue))"
        case (.session, _, _):
            "no empty session follows (status \(disc.status.rawValue), session state \(disc.lastSessionState.rawValue))"
        }
    }
}
