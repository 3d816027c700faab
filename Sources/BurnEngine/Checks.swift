import BurnPlan
import DiscLayout
import MMC
import RecorderQuirks
import SCSI

/// What a drive and its disc say of themselves.
struct RecorderFacts: Equatable {
    /// What the drive can do with this disc.
    let configuration: Configuration
    /// The disc.
    let disc: DiscInformation

    /// The drive goes on after its buffer ran empty.
    func hasBufferUnderrunProtection(_ mode: RecordingMode) -> Bool {
        switch mode {
        case .tao: configuration.trackAtOnce?.hasBufferUnderrunProtection ?? false
        case .sao, .raw: configuration.mastering?.hasBufferUnderrunProtection ?? false
        }
    }
}

extension BurnEngine {
    /// Identifies the drive and sees that its disc is fit, which changes nothing, unless the plan has a rewritable disc
    /// blanked first.
    func examine(for recording: any Recording) throws(BurnStop) {
        var facts = try identify(try waitForDisc())
        if let mode = plan.erase, facts.disc.status != .empty, facts.disc.isErasable {
            try lockTray()
            try blank(mode)
            facts = try identify(try waitForDisc())
        }
        if let problem = DiscCheck.problem(facts, plan) ?? recording.problem(with: facts) { throw failure(problem) }
        recorder = facts
        record.mode = plan.mode
        try countDisc(facts.disc)
    }

    /// What the drive is and can.
    func identify(_ disc: DiscInformation) throws(BurnStop) -> RecorderFacts {
        let (identity, configuration) = try must(.driveRefused, "The drive could not be examined") {
            () throws(SCSIError) in
            let identity = try ask(Inquiry())
            return (identity, try patiently { () throws(SCSIError) in try transport.configuration() })
        }
        log("drive: \(identity.vendor) \(identity.product) \(identity.revision)")
        note(
            RecorderQuirk.inForce(
                vendor: identity.vendor, product: identity.product, firmware: identity.revision))
        guard identity.deviceType == DeviceIdentity.opticalDevice else {
            throw failure(BurnProblem(.driveRefused, "The device is of type \(identity.deviceType), no CD recorder."))
        }
        return RecorderFacts(configuration: configuration, disc: disc)
    }

    /// Carries out what a burn cannot do without: a refusal ends it.
    func must<Value>(
        _ kind: BurnProblem.Kind, _ what: String, _ body: () throws(SCSIError) -> Value
    ) throws(BurnStop) -> Value {
        do throws(SCSIError) {
            return try body()
        } catch {
            throw failure(BurnProblem(kind, what, error))
        }
    }

    /// Waits until the disc can be asked about.
    func waitForDisc() throws(BurnStop) -> DiscInformation {
        do throws(WaitFailure) {
            return try waitUntilReady(limits.becomingReady, .forDisc)
        } catch {
            switch error {
            case .refused(let error):
                let kind: BurnProblem.Kind = error.sense?.key == 2 ? .mediaIncompatible : .driveRefused
                throw failure(BurnProblem(kind, "The drive has no disc that it can use", error))
            case .cancelled: throw cancelledBeforeLaser()
            case .timedOut(let limit, let last):
                throw failure(
                    BurnProblem(
                        .driveTimeout,
                        "The drive did not become ready within \(Int(limit.inSeconds)) s; it last said "
                            + "\(last.explanation)."))
            }
        }
    }

    /// Locks the tray, unless that was done.
    func lockTray() throws(BurnStop) {
        guard !isLocked else { return }
        try stopIfCancelledBeforeLaser()
        // Marked before it is sent: a drive that locked and could not say so is unlocked as well.
        isLocked = true
        try must(.driveRefused, "The tray could not be locked") { () throws(SCSIError) in
            _ = try ask(PreventAllowMediumRemoval(prevent: true))
        }
    }

    /// What precedes the write parameters.
    func lockAndSetSpeed() throws(BurnStop) {
        try lockTray()
        try must(.driveRefused, "The drive's speed could not be set") { () throws(SCSIError) in try setSpeed() }
        tellRecord()
    }

    /// The place where the next track goes.
    func nextTrack() throws(BurnStop) -> TrackInformation {
        try must(.driveRefused, "The drive does not say where it would write") { () throws(SCSIError) in
            try ask(ReadTrackInformation(.next))
        }
    }

    /// The laser's power is calibrated on the disc, which takes one of its hundred test areas; not for a test write.
    func calibrate() throws(BurnStop) {
        try stopIfCancelledBeforeLaser()
        guard !plan.isTest else { return }
        meter.begin(.calibrating, at: clock.now)
        reportProgress()
        do throws(SCSIError) {
            // A drive whose answer to each is a unit attention would be sent on one area after the other.
            if quirks.contains(.takesWritePermitAsCalibrated) {
                _ = try transport.perform(SendOPCInformation())
            } else {
                try patiently { () throws(SCSIError) in try transport.perform(SendOPCInformation()) }
            }
        } catch {
            switch (error.sense?.key, error.sense?.code, error.sense?.qualifier) {
            case _ where isCalibrated(error): log("power calibration: \(error.explanation), as this drive does")
            case (5, 0x20, _): log("the drive needs no power calibration")
            case (3, 0x73, 0x01): log("power calibration: \(error.explanation)")
            case (3, _, _), (4, _, _):
                throw failure(BurnProblem(.powerCalibrationFailed, "The laser could not be calibrated", error))
            default: throw failure(BurnProblem(.driveRefused, "The laser could not be calibrated", error))
            }
        }
    }
}
