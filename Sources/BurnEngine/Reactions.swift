import BurnPlan
import SCSI

/// What a refused WRITE means for the burn.
enum WriteReaction: Equatable {
    /// The buffer is full: the same WRITE again after a pause.
    case resendLater
    /// The drive only wanted to tell something: the same WRITE again, a few times at most.
    case resendNow
    /// The burn is over.
    case fail(BurnProblem.Kind)

    init(_ error: SCSIError) {
        guard let sense = error.sense else {
            if case .status(_, SCSIOutcome.busy) = error { self = .resendLater } else { self = .fail(.writeError) }
            return
        }
        // A deferred error tells of an earlier WRITE, which had been called good.
        guard !sense.isDeferred else {
            self = .fail(sense.code == 0x0C && sense.qualifier == 0x09 ? .bufferUnderrun : .writeError)
            return
        }
        self =
            switch (sense.key, sense.code, sense.qualifier) {
            case (2, 0x04, 0x00), (2, 0x04, 0x01), (2, 0x04, 0x04), (2, 0x04, 0x07), (2, 0x04, 0x08): .resendLater
            // The eject button, pressed while the tray is locked; mode parameters that another program looked at.
            case (6, 0x5A, _), (6, 0x2A, _): .resendNow
            case (3, 0x0C, 0x09): .fail(.bufferUnderrun)
            case (5, 0x21, 0x00), (5, 0x63, _): .fail(.mediaTooSmall)
            case (7, _, _), (2, 0x30, _): .fail(.mediaIncompatible)
            default: .fail(.writeError)
            }
    }
}

/// What a refusal means while one waits for a drive to be ready.
enum ReadinessReaction: Equatable {
    /// Not yet.
    case wait
    /// The disc stands still and wants to be started.
    case start
    /// Something that drives say once or a few times; ask again.
    case askAgain
    /// It will not become ready.
    case fail

    /// - Parameter writing: the laser is on, so that a changed disc or a reset is the end.
    init(_ error: SCSIError, writing: Bool) {
        switch error {
        case .checkCondition(_, let sense): self = Self.judge(sense, writing: writing)
        case .status(_, SCSIOutcome.busy): self = .wait
        // The drive never saw the command.
        case .host(_, SCSIOutcome.Host.busBusy, _), .host(_, SCSIOutcome.Host.softError, _): self = .askAgain
        default: self = .fail
        }
    }

    private static func judge(_ sense: SenseData, writing: Bool) -> ReadinessReaction {
        if sense.isDeferred { return .fail }
        return switch (sense.key, sense.code, sense.qualifier) {
        case (2, 0x04, 0x02): writing ? .fail : .start
        case (2, 0x04, 0x03): .fail
        case (2, 0x04, _), (6, 0x2E, _): .wait
        case (6, 0x28, _), (6, 0x29, _): writing ? .fail : .askAgain
        case (6, _, _), (0xB, _, _): .askAgain
        // The drive's own parts did not understand each other (08h of any key: logical unit communication failure).
        case (_, 0x08, _): writing ? .fail : .askAgain
        default: .fail
        }
    }
}
