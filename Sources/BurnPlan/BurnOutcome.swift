/// How a burn ended.
public struct BurnOutcome: Codable, Equatable, Sendable {
    /// The three ends.
    public enum Result: String, Codable, Sendable {
        /// Written and proven.
        case completed
        /// Something went wrong; `problem` says what.
        case failed
        /// Somebody asked for it.
        case cancelled
    }

    /// What became of the disc.
    public enum Disc: String, Codable, Sendable {
        /// As it was: nothing was written on it.
        case untouched
        /// It holds what was asked for, proven.
        case good
        /// Readable, but it holds less than was asked for, or it was left open.
        case open
        /// Written without an error; nothing was proven, as the order asked for nothing.
        case written
        /// Blanked: there is nothing on it any more.
        case blank
        /// Written on and no use for this order.
        case spoiled
        /// Nobody can tell from here.
        case unsure
    }

    /// What was proven by reading the disc back.
    public enum Proof: String, Codable, Sendable {
        /// The table of contents is the expected one, read from the lead-in.
        case toc
        /// Where no lead-in exists yet: the drive's track list is the expected one.
        case tracks
        /// Every sample of every audio track is the one that was sent.
        case audio
        /// Every byte of every data track is the one that was sent.
        case data
        /// Pre-gaps and indexes begin where they were to.
        case indexes
        /// The catalogue number is on the disc.
        case mcn
        /// Every recording code is on the disc.
        case isrc
        /// Every pack of CD-TEXT is on the disc, with its CRC.
        case cdText = "cd-text"
        /// The R to W channels hold what was sent.
        case subCode = "sub-code"
        /// Every sector of the image from the first pause to the lead-out, sub-channel included.
        case image
        /// The drive calls the disc blank.
        case blank
    }

    /// The end.
    public var result: Result
    /// What became of the disc.
    public var disc: Disc
    /// What was proven; empty for anything but a completed burn, unless part of it was.
    public var proven: [Proof]
    /// Numbers of the tracks that are whole on the disc now, as the disc numbers them.
    public var tracksOnDisc: [Int]
    /// What went wrong; nil only when nothing did.
    public var problem: BurnProblem?

    /// An end.
    public init(
        _ result: Result, disc: Disc, proven: [Proof] = [], tracksOnDisc: [Int] = [], problem: BurnProblem? = nil
    ) {
        (self.result, self.disc, self.proven) = (result, disc, proven)
        (self.tracksOnDisc, self.problem) = (tracksOnDisc, problem)
    }

    enum CodingKeys: String, CodingKey {
        case result, disc, proven, problem
        case tracksOnDisc = "tracks_on_disc"
    }
}

/// What went wrong with a job or a burn: the parts of an RFC 9457 problem that are known where it happens.
public struct BurnProblem: Error, Codable, Equatable, Sendable {
    /// The kinds. The slug is API: `/problems/<slug>`, described in openapi.yaml and in `public/problems`.
    public enum Kind: String, Codable, Sendable, CaseIterable {
        /// The disc in the drive is written on already.
        case mediaNotBlank = "media-not-blank"
        /// The disc has less room than the plan needs.
        case mediaTooSmall = "media-too-small"
        /// The disc is none that this drive writes.
        case mediaIncompatible = "media-incompatible"
        /// The drive does not write in the demanded mode.
        case modeNotSupported = "mode-not-supported"
        /// The drive does not answer, is in use by another program, or vanished.
        case driveOffline = "drive-offline"
        /// The drive refused a command that a recorder must take.
        case driveRefused = "drive-refused"
        /// The drive could not calibrate its laser on this disc.
        case powerCalibrationFailed = "power-calibration-failed"
        /// The drive refused every form in which the disc can be described to it.
        case layoutRefused = "layout-refused"
        /// A raw image cannot be written on any disc.
        case imageInvalid = "image-invalid"
        /// A raw image has less lead-in than this disc needs.
        case leadInTooShort = "lead-in-too-short"
        /// Blanking the disc failed.
        case eraseFailed = "erase-failed"
        /// A WRITE, or flushing what was written, failed.
        case writeError = "write-error"
        /// The drive's buffer ran empty and the drive could not go on.
        case bufferUnderrun = "buffer-underrun"
        /// Closing the session failed.
        case closeFailed = "close-failed"
        /// The drive stayed busy beyond every reasonable limit.
        case driveTimeout = "drive-timeout"
        /// The audio on the disc is not what was sent.
        case verifyMismatch = "verify-mismatch"
        /// The table of contents is not the expected one.
        case tocMismatch = "toc-mismatch"
        /// Sub-channel, codes, indexes or texts are not what was sent.
        case subChannelMismatch = "sub-channel-mismatch"
        /// The disc could not be read back.
        case readBackFailed = "read-back-failed"
        /// burnd or the machine stopped in mid-burn.
        case interruptedByRestart = "interrupted-by-restart"
        /// The worker process died.
        case workerDied = "worker-died"
        /// Somebody cancelled the job.
        case cancelledByUser = "cancelled-by-user"
        /// A file that had been accepted could not be decoded any more.
        case decodeFailed = "decode-failed"
        /// The plan or the files it names cannot be used.
        case planInvalid = "plan-invalid"
    }

    /// The slug.
    public var type: Kind
    /// What happened, in one or two sentences, with place and numbers.
    public var detail: String
    /// What to do next.
    public var hint: String
    /// The device's sense, such as `3/0C/00`, when it gave one.
    public var sense: String?
    /// The command that failed, when one did.
    public var command: String?
    /// Logical block address where it happened, when there is one.
    public var lba: Int?

    /// A problem.
    public init(
        _ type: Kind, _ detail: String, hint: String, sense: String? = nil, command: String? = nil, lba: Int? = nil
    ) {
        (self.type, self.detail, self.hint) = (type, detail, hint)
        (self.sense, self.command, self.lba) = (sense, command, lba)
    }
}
