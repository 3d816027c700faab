public import BurnPlan
import POSIX
public import SCSI

/// Records one disc: checks, writes, closes and proves it, by SCSI commands on any transport.
///
/// The target knows drives by their commands alone (`SCSI`, `MMC`), the disc by `DiscLayout`, what is wanted by
/// `BurnPlan`, and files by `POSIX`. It never knows what is behind the transport.
///
/// `run` works synchronously on the calling thread; one more thread reads ahead. Whatever goes wrong ends as a
/// `BurnOutcome` that names it. Decisions (what a refusal means, whether a disc is fit, where audio lies) are values in
/// files of their own; this class carries them out in order.
public final class BurnEngine {
    let plan: BurnPlan
    let transport: any SCSITransport
    let journal: any BurnJournaling
    let clock: any BurnClock
    let limits: BurnLimits
    let log: (String) -> Void
    /// Asked between commands whether the burn shall stop; told whether the laser is on already.
    let isCancelled: (_ laserIsOn: Bool) -> Bool

    /// How near the laser has come to the disc.
    var laser = BurnHistory.Laser.off
    /// Tracks that are whole on the disc.
    var tracks: [WrittenTrack] = []
    /// All is written, and the disc is looked at anew: a disc that "may have been changed" is this one.
    var isReadingBack = false
    /// The tray is locked by us.
    var isLocked = false
    var meter: ProgressMeter

    /// A burn.
    ///
    /// - Parameters:
    ///   - transport: the drive, opened exclusively.
    ///   - journal: where everything is told; the outcome too, as the last line.
    ///   - log: takes lines for people.
    ///   - isCancelled: asked between commands; its argument says whether the laser is on.
    public init(
        plan: BurnPlan, transport: any SCSITransport, journal: any BurnJournaling,
        clock: any BurnClock = SystemBurnClock(), limits: BurnLimits = BurnLimits(),
        log: @escaping (String) -> Void = { _ in }, isCancelled: @escaping (_ laserIsOn: Bool) -> Bool = { _ in false }
    ) {
        (self.plan, self.transport, self.journal) = (plan, transport, journal)
        (self.clock, self.limits, self.log, self.isCancelled) = (clock, limits, log, isCancelled)
        meter = ProgressMeter(plan: plan, interval: limits.progressInterval)
    }

    /// Burns the disc. Blocks until all is over, and journals the outcome that it returns.
    public func run() -> BurnOutcome {
        var outcome: BurnOutcome
        do throws(BurnStop) {
            outcome = try burn()
        } catch {
            outcome = error.outcome
        }
        unlock()
        if outcome.result == .completed, plan.eject { eject() }
        if let problem = outcome.problem { log("\(problem.type.rawValue): \(problem.detail)") }
        log("outcome: \(outcome.result.rawValue), disc \(outcome.disc.rawValue)")
        tell(.outcome(outcome))
        return outcome
    }

    private func burn() throws(BurnStop) -> BurnOutcome {
        begin(.preparing)
        reportProgress()
        let sources = try openSources()
        let drive = try checkDriveAndDisc()
        let reader = try startReader(sources)
        defer { reader.stop() }
        try prepareDisc(drive)
        try writeTracks(drive, from: reader)
        reader.stop()
        begin(.finalizing)
        if plan.close != .none { try closeSession() }
        begin(.verifying)
        let proven = try verify(sources)
        return BurnOutcome(
            .completed, disc: plan.close == .none ? .open : .good, proven: proven, tracksOnDisc: tracks.map(\.number))
    }

    // MARK: Telling

    /// Journals what the burn does not depend on: a full disk must not spoil a disc.
    func tell(_ event: JournalLine.Event) {
        do throws(SystemError) {
            try journal.append(event)
        } catch {
            log("the journal takes no line: \(error)")
        }
    }

    func begin(_ phase: BurnPhase) {
        log("phase: \(phase.rawValue)")
        meter.begin(phase, at: clock.now)
        tell(.phase(phase))
    }

    /// Journals the progress when it is time for it.
    func reportProgress() {
        if let progress = meter.progress(at: clock.now) { tell(.progress(progress)) }
    }

    // MARK: Stopping

    /// The end of a burn that failed; what the disc is follows from how near the laser came.
    func failure(_ problem: BurnProblem, disc: BurnOutcome.Disc? = nil) -> BurnStop {
        let state = disc ?? (laser == .on ? .spoiled : .untouched)
        return BurnStop(
            outcome: BurnOutcome(.failed, disc: state, tracksOnDisc: tracks.map(\.number), problem: problem))
    }

    /// Ends the burn when somebody asked for it and nothing is written yet.
    func stopIfCancelledBeforeLaser() throws(BurnStop) {
        if isCancelled(false) { throw cancelledBeforeLaser() }
    }

    func cancelledBeforeLaser() -> BurnStop {
        begin(.cancelling)
        return BurnStop(
            outcome: BurnOutcome(
                .cancelled, disc: .untouched,
                problem: BurnProblem(
                    .cancelledByUser, "The burn was cancelled before anything was written.",
                    hint: "The disc is as blank as before; order the job again when you like.")))
    }
}

/// A burn is over before its plan is done.
struct BurnStop: Error {
    let outcome: BurnOutcome
}
