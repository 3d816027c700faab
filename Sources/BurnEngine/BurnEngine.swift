public import BurnPlan
import POSIX
import RecorderQuirks
public import SCSI

/// Carries out one plan on one disc: blanks, writes, closes and proves it, by SCSI commands on any transport.
///
/// The target knows drives by their commands (`SCSI`, `MMC`) and what is known of their oddities (`RecorderQuirks`), the disc by `DiscLayout`, `SectorCoding`, `CDText` and
/// `RawRecording`, what is wanted by `BurnPlan`, and files by `POSIX`. It never knows what is behind the transport.
///
/// `run` works synchronously on the calling thread; one more thread reads ahead. Whatever goes wrong ends as a
/// `BurnOutcome` that names it. How a session is recorded (track at once, session at once, raw, a raw image) is a
/// `Recording` each; what is sent is a `BlockSequence`, which the `ReadAheadBuffer` turns into WRITEs. Decisions (what a
/// refusal means, whether a disc is fit, where audio lies) are values in files of their own; this class carries them out in
/// order.
///
/// What a failure leaves behind is judged by how near the laser came: before the first WRITE the disc is as it was
/// (`untouched`, or `blank` once it has been blanked); a first WRITE that the drive calls an illegal request leaves it so
/// too, provided that the drive describes the disc as before; from then on it is `spoiled`, and `unsure` where nobody knows
/// what became of a command. A test write never changes the disc.
public final class BurnEngine {
    /// Bytes that a burn reads ahead, and keeps in memory as far as it is permitted to.
    public static let readAheadBytes = ReadAheadBuffer.memoryBytes

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
    /// Tracks that are whole on the disc, of those that this burn writes.
    var tracks: [WrittenTrack] = []
    /// What the disc is as long as nothing is written: untouched, or blank after it was blanked.
    var unwrittenDisc = BurnOutcome.Disc.untouched
    /// What drive and disc said of themselves before anything was written.
    var recorder: RecorderFacts?
    /// What the drive is known to do otherwise than others.
    var quirks: [RecorderQuirk] = []
    /// Tracks that were on the disc before.
    var earlierTracks: [BurnRecord.Track] = []
    /// What is known so far; `tellRecord` tells it.
    var record = BurnRecord()
    /// All is written, and the disc is looked at anew: a disc that "may have been changed" is this one.
    var isReadingBack = false
    /// The tray is locked by us.
    var isLocked = false
    /// The write parameters in the drive say that nothing is to be written.
    var isTestSelected = false
    /// The drive's buffer was half full since the running part of the recording began.
    var hasDriveBufferFilled = false
    var meter: ProgressMeter

    /// A burn.
    ///
    /// - Parameters:
    ///   - transport: the drive, opened exclusively.
    ///   - journal: where everything is told; the outcome too, as the last line.
    ///   - inhibitor: whether the machine is kept awake, which the record tells.
    ///   - log: takes lines for people.
    ///   - isCancelled: asked between commands; its argument says whether the laser is on.
    public init(
        plan: BurnPlan, transport: any SCSITransport, journal: any BurnJournaling,
        clock: any BurnClock = SystemBurnClock(), limits: BurnLimits = BurnLimits(), inhibitor: PowerInhibitor? = nil,
        log: @escaping (String) -> Void = { _ in }, isCancelled: @escaping (_ laserIsOn: Bool) -> Bool = { _ in false }
    ) {
        (self.plan, self.transport, self.journal) = (plan, transport, journal)
        (self.clock, self.limits, self.log, self.isCancelled) = (clock, limits, log, isCancelled)
        meter = ProgressMeter(plan: plan, interval: limits.progressInterval)
        record.inhibitor = inhibitor
    }

    /// Carries the plan out. Blocks until all is over, and journals the outcome that it returns.
    public func run() -> BurnOutcome {
        var outcome: BurnOutcome
        do throws(BurnStop) {
            outcome = try carryOut()
        } catch {
            outcome = error.outcome
        }
        leaveTestMode()
        unlock()
        if outcome.result == .completed, plan.eject { eject() }
        if let problem = outcome.problem { log("\(problem.type.rawValue): \(problem.detail)") }
        log("outcome: \(outcome.result.rawValue), disc \(outcome.disc.rawValue)")
        tell(.outcome(outcome))
        return outcome
    }

    private func carryOut() throws(BurnStop) -> BurnOutcome {
        begin(.preparing)
        if record.inhibitor != nil { tellRecord() }
        reportProgress()
        if let fault = plan.fault { throw failure(BurnProblem(.planInvalid, "The plan cannot be burned. \(fault)")) }
        switch plan.task {
        case .burn: return try burn()
        case .erase: return try eraseDisc()
        case .close: return try closeDisc()
        }
    }

    private func burn() throws(BurnStop) -> BurnOutcome {
        let recording = try recording()
        try examine(for: recording)
        try lockAndSetSpeed()
        try recording.prepare()
        let reader = try startReader(recording.sequence)
        defer { reader.stop() }
        try calibrate()
        try recording.announce()
        try turnLaserOn()
        try recording.write(from: reader)
        reader.stop()
        if !plan.isTest { tell(.written) }
        try recording.close()
        guard !plan.isTest else { return testOutcome() }
        begin(.verifying)
        let proven = try verify(recording.written)
        return BurnOutcome(.completed, disc: discAfter(proven), proven: proven, tracksOnDisc: tracksOnDisc)
    }

    /// What a disc is that everything is written on.
    private func discAfter(_ proven: [BurnOutcome.Proof]) -> BurnOutcome.Disc {
        if plan.close == .none { return .open }
        return proven.isEmpty ? .written : .good
    }

    private func testOutcome() -> BurnOutcome {
        log("a test write: the drive took everything with the laser at reading power; nothing is proven")
        return BurnOutcome(.completed, disc: unwrittenDisc)
    }

    /// Numbers of the tracks that are whole on the disc, those that were there before among them.
    var tracksOnDisc: [Int] { earlierTracks.map(\.number) + (plan.isTest ? [] : tracks.map(\.number)) }

    // MARK: Telling

    /// Journals what the burn does not depend on: a full disk must not spoil a disc.
    func tell(_ event: JournalLine.Event) {
        do throws(SystemError) {
            try journal.append(event)
        } catch {
            log("the journal takes no line: \(error)")
        }
    }

    func tellRecord() { tell(.record(record)) }

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
        let state = plan.isTest ? unwrittenDisc : disc ?? (laser == .on ? .spoiled : unwrittenDisc)
        return BurnStop(
            outcome: BurnOutcome(.failed, disc: state, tracksOnDisc: tracksOnDisc, problem: problem))
    }

    /// Ends the burn when somebody asked for it and nothing is written yet.
    func stopIfCancelledBeforeLaser() throws(BurnStop) {
        if isCancelled(false) { throw cancelledBeforeLaser() }
    }

    func cancelledBeforeLaser() -> BurnStop {
        begin(.cancelling)
        let detail =
            unwrittenDisc == .blank
            ? "The burn was cancelled when the disc had been blanked and before anything was written."
            : "The burn was cancelled before anything was written."
        return BurnStop(
            outcome: BurnOutcome(
                .cancelled, disc: unwrittenDisc, tracksOnDisc: tracksOnDisc,
                problem: BurnProblem(
                    .cancelledByUser, detail,
                    hint: "The disc can be written on as before; order the job again when you like.")))
    }
}

/// A burn is over before its plan is done.
struct BurnStop: Error {
    let outcome: BurnOutcome
}
