/// The part of a burn that is going on.
public enum BurnPhase: String, Codable, Sendable, CaseIterable {
    /// Opening, looking and checking; nothing is written yet.
    case preparing
    /// The laser is on, or about to be.
    case burning
    /// The session is being closed; nothing can stop that.
    case finalizing
    /// The disc is read back and compared.
    case verifying
    /// Somebody asked to stop; the disc is being left in the best state that it can have.
    case cancelling
}

/// How far a burn has got: the fields that the progress events of the Windows interfaces carry, and a few more.
public struct BurnProgress: Codable, Equatable, Sendable {
    /// What is being done.
    public enum Action: String, Codable, Sendable {
        /// The drive is opened and the disc looked at.
        case opening
        /// The laser's power is calibrated.
        case calibrating
        /// The disc is blanked.
        case erasing
        /// The lead-in is sent.
        case writingLeadIn = "writing-lead-in"
        /// Sectors are sent.
        case writing
        /// The lead-out is sent.
        case writingLeadOut = "writing-lead-out"
        /// What the drive still holds, and what it makes itself, is written.
        case flushing
        /// A track's end is written.
        case closingTrack = "closing-track"
        /// Lead-in and lead-out are written.
        case closingSession = "closing-session"
        /// The drive looks at the disc anew.
        case reloading
        /// Sectors are read and compared.
        case reading
    }

    /// The host's buffer between the files and the drive, in bytes.
    public struct Buffer: Codable, Equatable, Sendable {
        /// Its size.
        public var total: Int
        /// What is in it.
        public var used: Int
        /// The rest.
        public var free: Int

        /// A buffer of `total` bytes that holds `used`.
        public init(total: Int, used: Int) { (self.total, self.used, free) = (total, used, total - used) }
    }

    /// What is being done.
    public var action: Action
    /// The track that it is done to, from 1; nil when it is done to the whole disc.
    public var track: Int?
    /// Tracks in all.
    public var tracks: Int
    /// First logical block of the running operation.
    public var startLBA: Int
    /// Blocks of the running operation.
    public var sectorCount: Int
    /// Last block taken from the file (writing) or from the disc (reading).
    public var lastReadLBA: Int
    /// Last block that the drive has accepted.
    public var lastWrittenLBA: Int
    /// The host's buffer.
    public var buffer: Buffer
    /// How full the drive's buffer is, 0…100; nil when the drive does not say.
    public var driveBufferPercent: Double?
    /// Sectors done in this phase.
    public var sectorsDone: Int
    /// Sectors of this phase.
    public var sectorsTotal: Int
    /// Speed over the last seconds, in multiples of playing.
    public var rate: Double
    /// Seconds since the running operation began.
    public var elapsedSeconds: Double
    /// Seconds that the running operation will still take, estimated.
    public var remainingSeconds: Double
    /// Seconds until the whole burn is over, verification included, estimated.
    public var burnRemainingSeconds: Double

    /// A state of affairs.
    public init(
        action: Action, track: Int?, tracks: Int, startLBA: Int, sectorCount: Int, lastReadLBA: Int,
        lastWrittenLBA: Int,
        buffer: Buffer, driveBufferPercent: Double?, sectorsDone: Int, sectorsTotal: Int, rate: Double,
        elapsedSeconds: Double, remainingSeconds: Double, burnRemainingSeconds: Double
    ) {
        (self.action, self.track, self.tracks) = (action, track, tracks)
        (self.startLBA, self.sectorCount) = (startLBA, sectorCount)
        (self.lastReadLBA, self.lastWrittenLBA) = (lastReadLBA, lastWrittenLBA)
        (self.buffer, self.driveBufferPercent) = (buffer, driveBufferPercent)
        (self.sectorsDone, self.sectorsTotal, self.rate) = (sectorsDone, sectorsTotal, rate)
        (self.elapsedSeconds, self.remainingSeconds) = (elapsedSeconds, remainingSeconds)
        self.burnRemainingSeconds = burnRemainingSeconds
    }

    enum CodingKeys: String, CodingKey {
        case action, track, tracks, buffer
        case startLBA = "start_lba"
        case sectorCount = "sector_count"
        case lastReadLBA = "last_read_lba"
        case lastWrittenLBA = "last_written_lba"
        case driveBufferPercent = "drive_buffer_percent"
        case sectorsDone = "sectors_done"
        case sectorsTotal = "sectors_total"
        case rate = "rate_x"
        case elapsedSeconds = "elapsed_seconds"
        case remainingSeconds = "remaining_seconds"
        case burnRemainingSeconds = "burn_remaining_seconds"
    }
}
