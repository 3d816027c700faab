import BurnPlan
import DiscLayout
import MMC
import SCSI

/// What the checks found out about the drive.
struct RecorderFacts: Equatable {
    /// The drive goes on after its buffer ran empty.
    var hasBufferUnderrunProtection: Bool
}

extension BurnEngine {
    /// Opens the files of the plan and sees that each holds what is wanted of it.
    func openSources() throws(BurnStop) -> [TrackContent] {
        if let fault = plan.fault { throw failure(BurnProblem(.planInvalid, "The plan cannot be burned. \(fault)")) }
        var sources: [TrackContent] = []
        for track in plan.tracks {
            do throws(TrackContent.Unusable) {
                sources.append(try TrackContent(track.content, sectorBytes: track.form.userBytes))
            } catch {
                throw failure(
                    BurnProblem(.planInvalid, "The content of track \(track.number) cannot be used: \(error.reason)."))
            }
        }
        return sources
    }

    /// Identifies the drive and sees that its disc is fit, without changing anything.
    func checkDriveAndDisc() throws(BurnStop) -> RecorderFacts {
        let disc = try waitForDisc()
        let (identity, configuration) = try must(.driveRefused, "The drive could not be examined") {
            () throws(SCSIError) in
            let identity = try ask(Inquiry())
            return (identity, try repeating { () throws(SCSIError) in try transport.configuration() })
        }
        log("drive: \(identity.vendor) \(identity.product) \(identity.revision)")
        guard identity.deviceType == DeviceIdentity.opticalDevice else {
            throw failure(BurnProblem(.driveRefused, "The device is of type \(identity.deviceType), no CD recorder."))
        }
        if let problem = DiscCheck.problem(configuration, disc) { throw failure(problem) }
        return RecorderFacts(
            hasBufferUnderrunProtection: configuration.trackAtOnce?.hasBufferUnderrunProtection ?? false)
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

    private func waitForDisc() throws(BurnStop) -> DiscInformation {
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

    /// Locks the tray, sets speed and write parameters, sees that there is room, and calibrates the laser.
    func prepareDisc(_ drive: RecorderFacts) throws(BurnStop) {
        try stopIfCancelledBeforeLaser()
        // Marked before it is sent: a drive that locked and could not say so is unlocked as well.
        isLocked = true
        try must(.driveRefused, "The drive could not be prepared") { () throws(SCSIError) in
            try ask(PreventAllowMediumRemoval(prevent: true))
            try setSpeed()
        }
        try setWriteParameters(for: plan.tracks[0], drive)
        let track = try nextTrack()
        guard track.freeBlocks >= plan.sectorsNeeded else {
            throw failure(
                BurnProblem(
                    .mediaTooSmall,
                    "The plan needs \(plan.sectorsNeeded) sectors and the disc has room for \(track.freeBlocks)."))
        }
        try stopIfCancelledBeforeLaser()
        meter.begin(.calibrating, at: clock.now)
        reportProgress()
        try calibrate()
    }

    /// Asks for the wanted speed, and for the next higher one as long as the drive refuses: some do not round up to their
    /// lowest.
    private func setSpeed() throws(SCSIError) {
        for speed in SpeedLadder.requests(for: plan.speed) {
            do throws(SCSIError) {
                try ask(SetCDSpeed(read: SetCDSpeed.maximum, write: speed))
                return
            } catch {
                guard let sense = error.sense, sense.key == 5 else { throw error }
                log("the drive does not take \(speed) kB/s: \(sense)")
                // A drive that lacks the command writes at its own speed.
                if sense.code == 0x20 { return }
            }
        }
    }

    /// Sets page 05h for a track, from what the drive reports.
    func setWriteParameters(for track: BurnPlan.Track, _ drive: RecorderFacts) throws(BurnStop) {
        let what = "The drive does not take the write parameters of track \(track.number)"
        let reported = try must(.driveRefused, what) { () throws(SCSIError) in
            try repeating { () throws(SCSIError) in try transport.modePage(WriteParametersPage.code) }
        }
        guard var page = WriteParametersPage(from: reported) else {
            throw failure(
                BurnProblem(.modeNotSupported, "The drive's write parameters page has \(reported.bytes.count) bytes."))
        }
        let multiSession: WriteParametersPage.MultiSession = plan.close == .disc ? .none : .next
        func select(freeFromUnderrun: Bool) throws(SCSIError) {
            page.setTrackAtOnceAudio(
                control: track.control, multiSession: multiSession,
                freeFromUnderrun: freeFromUnderrun)
            try ask(ModeSelect10(page.page))
        }
        do throws(SCSIError) {
            try select(freeFromUnderrun: drive.hasBufferUnderrunProtection)
        } catch {
            let refusal = error
            guard drive.hasBufferUnderrunProtection, refusal.sense?.key == 5 else {
                throw failure(BurnProblem(refusal.sense?.key == 5 ? .modeNotSupported : .driveRefused, what, refusal))
            }
            // Some drives announce the protection and refuse the bit.
            log("the drive refuses underrun protection: \(refusal.explanation)")
            try must(.modeNotSupported, what) { () throws(SCSIError) in try select(freeFromUnderrun: false) }
        }
    }

    /// The place where the next track goes.
    func nextTrack() throws(BurnStop) -> TrackInformation {
        try must(.driveRefused, "The drive does not say where it would write") { () throws(SCSIError) in
            try ask(ReadTrackInformation(.next))
        }
    }

    private func calibrate() throws(BurnStop) {
        do throws(SCSIError) {
            try ask(SendOPCInformation())
        } catch {
            switch (error.sense?.key, error.sense?.code, error.sense?.qualifier) {
            case (5, 0x20, _): log("the drive needs no power calibration")
            case (3, 0x73, 0x01): log("power calibration: \(error.explanation)")
            case (3, _, _), (4, _, _):
                throw failure(BurnProblem(.powerCalibrationFailed, "The laser could not be calibrated", error))
            default: throw failure(BurnProblem(.driveRefused, "The laser could not be calibrated", error))
            }
        }
    }
}
