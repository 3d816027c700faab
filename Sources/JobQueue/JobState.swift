/// Where a job stands. Names and meaning follow IPP job states (RFC 8011, 5.3.7) as far as those go.
public enum JobState: String, Codable, Sendable, CaseIterable {
    /// Accepted; a drive that it may use is busy with another job.
    case queued
    /// A drive is taken: files are checked, the plan is made, the disc is looked at.
    case preparing
    /// It needs something from a person; `needs` says what. It goes on by itself when that is there.
    case waiting
    /// The laser is on.
    case burning
    /// The session is being closed; nothing can stop that.
    case finalizing
    /// The disc is read back and compared.
    case verifying
    /// Somebody cancelled it, and the disc is being left in the best state that it can have.
    case cancelling
    /// Written and proven.
    case completed
    /// Something went wrong; the problem says what.
    case failed
    /// Somebody cancelled it.
    case cancelled

    /// Nothing changes any more.
    public var isTerminal: Bool { self == .completed || self == .failed || self == .cancelled }

    /// A worker has the drive.
    public var hasWorker: Bool {
        switch self {
        case .preparing, .burning, .finalizing, .verifying, .cancelling: true
        case .queued, .waiting, .completed, .failed, .cancelled: false
        }
    }
}

/// Why a job or a drive is in its state, in IPP's manner.
public enum StateReason: String, Codable, Sendable, CaseIterable {
    /// No disc in any drive that the job may use.
    case mediaNeeded = "media-needed"
    /// The disc is written on.
    case mediaNotBlank = "media-not-blank"
    /// The disc has too little room.
    case mediaTooSmall = "media-too-small"
    /// The disc is none that can be recorded.
    case mediaIncompatible = "media-incompatible"
    /// The disc is not open: there is nothing to be closed or gone on with.
    case mediaNotOpen = "media-not-open"
    /// The disc cannot be read.
    case mediaUnreadable = "media-unreadable"
    /// The tray is out.
    case doorOpen = "door-open"
    /// The drive does not answer.
    case driveOffline = "drive-offline"
    /// The drive is taken out of service.
    case driveDisabled = "drive-disabled"
    /// The drive was taken out of service because its burns kept failing.
    case driveFailing = "drive-failing"
    /// Another program uses the drive.
    case driveBusyElsewhere = "drive-busy-elsewhere"
    /// Another job uses the drive.
    case driveBusy = "drive-busy"
    /// No drive that the job may use writes in its mode.
    case modeNotSupported = "mode-not-supported"
    /// burnd is about to end and starts nothing new.
    case draining
    /// Somebody cancelled the job.
    case cancelledByUser = "cancelled-by-user"
    /// burnd or the machine stopped in mid-burn.
    case interruptedByRestart = "interrupted-by-restart"
    /// The audio on the disc is not what was sent.
    case verifyMismatch = "verify-mismatch"
    /// Writing failed.
    case writeError = "write-error"
    /// The drive's buffer ran empty.
    case bufferUnderrun = "buffer-underrun"
    /// The drive could not calibrate its laser.
    case powerCalibrationFailed = "power-calibration-failed"
}
