import BurnPlan
import MMC
import SCSI

/// A drive did not become ready.
enum WaitFailure: Error {
    case refused(SCSIError)
    case timedOut(Duration, last: SCSIError)
    /// Somebody asked to stop; only while nothing is written.
    case cancelled
}

/// What a drive is waited for.
enum Waiting {
    /// Its disc, before the burn. A cancel ends it.
    case forDisc
    /// What was written last.
    case forWriting
    /// A disc that is being blanked: the drive tells how far it is.
    case forBlanking
    /// The disc, looked at anew.
    case forReload
}

extension BurnEngine {
    /// Sends a command that may be repeated: unit attentions and failures of the moment are swallowed a few times, and a
    /// drive that is busy is waited for.
    @discardableResult
    func ask<Command: SCSICommand>(_ command: Command) throws(SCSIError) -> Command.Reply {
        try patiently { () throws(SCSIError) in try transport.perform(command) }
    }

    /// Carries `body` out again when it failed for a reason that drives give once.
    func repeating<Value>(_ body: () throws(SCSIError) -> Value) throws(SCSIError) -> Value {
        for _ in 0..<limits.unitAttentions {
            do throws(SCSIError) {
                return try body()
            } catch {
                guard ReadinessReaction(error, writing: laser == .on && !isReadingBack) == .askAgain else {
                    throw error
                }
                log("\(error.command): \(error.explanation); asked again")
            }
        }
        return try body()
    }

    /// Carries `body` out, as often as the drive says that it is busy with something else, such as the calibration that it
    /// was just sent on or the end of a track.
    @discardableResult
    func patiently<Value>(_ body: () throws(SCSIError) -> Value) throws(SCSIError) -> Value {
        let end = clock.now + limits.becomingReady
        var pause = limits.firstPoll
        while true {
            do throws(SCSIError) {
                return try repeating(body)
            } catch {
                guard ReadinessReaction(error, writing: false) == .wait, clock.now < end else { throw error }
            }
            reportProgress()
            clock.sleep(pause)
            pause = min(pause * 2, limits.longestPoll)
        }
    }

    /// Waits until the drive is ready and can tell of its disc: some say that they are ready while they still fixate, and
    /// READ DISC INFORMATION gives them away.
    ///
    /// - Returns: what it tells.
    func waitUntilReady(_ limit: Duration, _ waiting: Waiting) throws(WaitFailure) -> DiscInformation {
        let end = clock.now + limit
        var pause = limits.firstPoll
        var attentions = limits.unitAttentions
        while true {
            let refusal: SCSIError
            do throws(SCSIError) {
                _ = try transport.perform(TestUnitReady())
                return try transport.perform(ReadDiscInformation())
            } catch {
                refusal = error
            }
            switch ReadinessReaction(refusal, writing: waiting == .forWriting) {
            case .wait: break
            case .start: _ = try? transport.perform(StartStopUnit(.start))
            case .askAgain where attentions > 0:
                attentions -= 1
                continue
            case .askAgain, .fail: throw .refused(refusal)
            }
            guard clock.now < end else { throw .timedOut(limit, last: refusal) }
            if waiting == .forBlanking { noteProgress(refusal) }
            if waiting == .forDisc, isCancelled(false) { throw .cancelled }
            reportProgress()
            clock.sleep(pause)
            pause = min(pause * 2, limits.longestPoll)
        }
    }

    /// How far the drive is, as its refusal says or else REQUEST SENSE.
    private func noteProgress(_ refusal: SCSIError) {
        if let progress = refusal.sense?.progress {
            meter.did(progress)
        } else if let progress = try? transport.perform(RequestSense()).sense?.progress {
            meter.did(progress)
        }
    }

    /// Opens the tray's lock, if it is ours. A drive that is gone needs none.
    func unlock() {
        guard isLocked else { return }
        isLocked = false
        do throws(SCSIError) {
            try ask(PreventAllowMediumRemoval(prevent: false))
        } catch {
            log("the tray stays locked: \(error.explanation)")
        }
    }

    /// Opens the tray.
    func eject() {
        do throws(SCSIError) {
            try ask(StartStopUnit(.eject))
        } catch {
            log("the tray does not open: \(error.explanation)")
        }
    }

    /// What follows a fatal error while something was written: the drive shall end what it can, and quiet down. Its
    /// results change nothing any more.
    ///
    /// - Returns: what the drive says of the disc then; nil when it says nothing.
    @discardableResult
    func quietDown(flushing: Bool = true) -> DiscInformation? {
        do throws(SCSIError) {
            if flushing { _ = try transport.perform(SynchronizeCache(immediate: true)) }
        } catch {
            log("flushing after the failure: \(error.explanation)")
            // Who cannot be reached need not be waited for.
            if case .transport = error { return nil }
        }
        do throws(WaitFailure) {
            return try waitUntilReady(limits.cleanUp, .forWriting)
        } catch {
            log("the drive did not become ready after the failure")
            return nil
        }
    }
}
