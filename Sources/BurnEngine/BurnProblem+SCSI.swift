import BinaryCoding
import BurnPlan
import SCSI

extension SCSIError {
    /// What happened, in words.
    var explanation: String {
        switch self {
        case .transport(_, let fault): "\(fault.call): \(fault.description)"
        case .host where transportKind == .driveTimeout: "the drive did not answer in time"
        case .host(_, SCSIOutcome.Host.noConnect, _): "the drive is gone"
        case .host(_, 0, let driver):
            "the driver failed: \(SCSIOutcome.Driver.meaning(of: driver)) (driver status \(driver))"
        case .host(_, let host, let driver):
            "the host adapter failed: \(SCSIOutcome.Host.meaning(of: host)) (host status \(host), driver status \(driver))"
        case .checkCondition(_, let sense):
            "sense \(sense)\(sense.isDeferred ? ", deferred from an earlier command" : ""): \(sense.meaning)"
        case .status(_, let status): "status \(status) without readable sense data"
        case .shortTransfer(_, let moved, let total): "\(moved) of \(total) bytes moved"
        case .truncatedReply(_, let bounds):
            "the reply ends at byte \(bounds.available), before a field at \(bounds.offset)"
        }
    }

    /// True when the command may or may not have been carried out.
    var leavesOutcomeUnknown: Bool {
        switch self {
        case .transport(_, let fault): !fault.isNeverSent
        case .host: true
        case .checkCondition, .status, .shortTransfer, .truncatedReply: false
        }
    }

    /// The kind of problem when the transport is to blame, nil when the drive itself said no.
    var transportKind: BurnProblem.Kind? {
        switch self {
        case .transport: .driveOffline
        case .host(_, SCSIOutcome.Host.timedOut, _): .driveTimeout
        case .host(_, 0, let driver) where SCSIOutcome(driverStatus: driver).isTimeOut: .driveTimeout
        case .host: .driveOffline
        case .checkCondition, .status, .shortTransfer, .truncatedReply: nil
        }
    }
}

extension SCSIError {
    /// What mends it, where that is this machine's and not the drive's.
    var mending: String? {
        guard case .transport(_, let fault) = self else { return nil }
        return switch fault.kind {
        case .notPermitted:
            "Let burnd's user open the drive's sg node for reading and writing: the user belongs into the node's group "
                + "(cdrom), and the kernel's module sg must be loaded (modprobe sg). `burnd check` says what is missing."
        case .tooLarge: "Raise max_sectors of the drive in /sys/block, or use another port, hub or bridge."
        case .notSent: "The machine was short of memory: give it some, then order the job again."
        case .gone, .unknown: nil
        }
    }

    /// The drive is at something else, and will be done with it some time.
    var isBusy: Bool {
        if case .status(_, SCSIOutcome.busy) = self { return true }
        guard let sense, !sense.isDeferred, sense.key == 2, sense.code == 0x04 else { return false }
        // 02h wants a command, 03h a hand.
        return sense.qualifier != 0x02 && sense.qualifier != 0x03
    }
}

extension SCSIOutcome {
    /// Status BUSY (SAM-5, 5.3).
    static let busy: UInt8 = 0x08
}

extension SenseData {
    /// What the codes mean, for those that matter to a recorder (MMC-6, table F.1).
    var meaning: String {
        switch (key, code, qualifier) {
        case (2, 0x04, 0x08): "a long write is in progress"
        case (2, 0x04, _): "not ready"
        case (2, 0x3A, _): "no disc"
        case (_, 0x30, _): "incompatible medium"
        case (3, 0x0C, 0x09): "loss of streaming, the buffer ran empty"
        case (3, 0x0C, _): "write error"
        case (3, 0x02, _): "no seek complete"
        case (_, 0x09, _): "tracking or focus failed"
        case (3, 0x10, _), (3, 0x11, _): "the place cannot be read"
        case (_, 0x72, _): "session fixation error"
        case (3, 0x73, 0x01): "the power calibration area is almost full"
        case (3, 0x73, 0x02): "the power calibration area is full"
        case (3, 0x73, 0x03): "power calibration error"
        case (3, 0x73, 0x04), (3, 0x73, 0x05): "the program memory area cannot be updated"
        case (3, _, _): "medium error"
        case (4, _, _): "hardware error"
        case (5, 0x20, _): "unknown command"
        case (5, 0x21, 0x02): "invalid address for writing"
        case (5, 0x21, _): "address out of range"
        case (5, 0x24, _): "invalid field in the command"
        case (5, 0x26, _): "invalid field in the parameters"
        case (5, 0x2C, _): "command sequence error"
        case (5, 0x63, _): "end of the writable area"
        case (5, 0x64, _): "illegal mode for this track"
        case (5, _, _): "illegal request"
        case (6, 0x28, _): "the disc may have been changed"
        case (6, 0x29, _): "the drive was reset"
        case (6, _, _): "unit attention"
        case (7, _, _): "write protected"
        case (8, _, _): "blank area"
        case (0xB, _, _): "aborted command"
        default: "no further meaning known"
        }
    }
}

extension BurnProblem {
    /// A problem that a command made. When the transport is to blame, that is its kind; when the drive is still busy, it was
    /// waited for in vain; else it is `kind`.
    init(_ kind: Kind, _ what: String, _ error: SCSIError, lba: Int? = nil) {
        let kind = error.transportKind ?? (error.isBusy ? .driveTimeout : kind)
        self.init(
            kind, "\(what): \(error.command): \(error.explanation).", hint: error.mending ?? kind.hint,
            sense: error.sense.map { "\($0)" }, command: error.command, lba: lba)
    }

    /// A problem whose hint is that of its kind.
    init(_ kind: Kind, _ detail: String, lba: Int? = nil, command: String? = nil) {
        self.init(kind, detail, hint: kind.hint, command: command, lba: lba)
    }
}

extension BurnProblem.Kind {
    /// What to do next.
    var hint: String {
        switch self {
        case .mediaNotBlank: "Put in a blank disc."
        case .mediaTooSmall: "Put in a disc with more room, or order fewer tracks."
        case .mediaIncompatible: "Put in a blank CD-R or CD-RW."
        case .modeNotSupported: "Use another drive or another mode."
        case .driveOffline: "See that the drive is connected and no other program uses it; then order the job again."
        case .driveRefused: "Use another drive; the drive's firmware may know a cure."
        case .powerCalibrationFailed: "Try another disc, best of another make; clean the drive if that fails too."
        case .writeError: "Use another disc, best of another make, or a lower speed."
        case .bufferUnderrun: "Use another disc and a lower speed."
        case .closeFailed: "Use another disc; the tracks on this one may be readable by the drive that wrote it."
        case .driveTimeout: "Switch the drive off and on, then order the job again."
        case .layoutRefused: "Use another drive, or leave out what it cannot write: texts, codes, indexes or gaps."
        case .imageInvalid: "Make the image anew, or upload it again."
        case .leadInTooShort: "Put in another disc, or make the image with a lead-in from 95:00:00 on."
        case .eraseFailed: "Use another disc; a full blanking may still help this one."
        case .verifyMismatch, .tocMismatch, .subChannelMismatch, .readBackFailed:
            "Take the disc out and order the job again with a blank one."
        case .interruptedByRestart, .workerDied: "Take the disc out and order the job again with a blank one."
        case .cancelledByUser: "Order the job again when you like."
        case .decodeFailed: "Upload the file again."
        case .planInvalid: "Order the job again; if this comes back, the log of burnd says more."
        }
    }
}
