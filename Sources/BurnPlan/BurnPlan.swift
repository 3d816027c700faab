import DiscLayout

/// What the disc will be: everything that a burn worker needs to know, as one value that is stored with the burn.
///
/// The target holds the three values that a job passes through (order, plan, burn) and the lines of the burn journal. It
/// opens no file and knows no device: the server writes a plan, the worker reads it, and what the worker tells comes back
/// as journal lines.
public struct BurnPlan: Codable, Equatable, Sendable {
    /// Version of this format; a worker refuses any other.
    public static let formatVersion = 1

    /// Version of the format that this value was written in.
    public var version: Int
    /// The job that it belongs to.
    public var job: Int
    /// The burn: one attempt on one disc.
    public var burn: Int
    /// Where the recorder is: `unix:PATH` or a device node.
    public var drive: String
    /// How it is written.
    public var mode: WriteMode
    /// How fast.
    public var speed: WriteSpeed
    /// What happens to the session at the end.
    public var close: CloseMode
    /// Whether the tray opens when the disc is proven.
    public var eject: Bool
    /// In the order of the disc.
    public var tracks: [Track]

    /// One audio track: decoded samples and what surrounds them.
    public struct Track: Codable, Equatable, Sendable {
        /// Place in this burn, from 1. The number on the disc is higher when tracks are there already.
        public var number: Int
        /// Path of the decoded audio: 44.1 kHz, 16-bit little-endian, stereo, nothing around it.
        public var audio: String
        /// Stereo samples in it.
        public var sampleFrames: Int
        /// The control bits of the track, 0…15 (ECMA-130, 22.3.1).
        public var control: UInt8

        /// A track of decoded audio.
        public init(number: Int, audio: String, sampleFrames: Int, control: UInt8 = 0) {
            (self.number, self.audio, self.sampleFrames, self.control) = (number, audio, sampleFrames, control)
        }

        /// Sectors that the track takes: the last one filled up with silence, and silence up to the shortest legal track.
        public var sectors: Int { Self.sectors(ofSampleFrames: sampleFrames) }

        /// Sectors that a track of so many stereo samples takes.
        public static func sectors(ofSampleFrames frames: Int) -> Int {
            let filled = (frames + RedBook.samplesPerSector - 1) / RedBook.samplesPerSector
            return max(filled, RedBook.minimumTrackSectors)
        }

        enum CodingKeys: String, CodingKey {
            case number, audio, control
            case sampleFrames = "sample_frames"
        }
    }

    /// A plan in the present format.
    public init(
        job: Int, burn: Int, drive: String, mode: WriteMode, speed: WriteSpeed, close: CloseMode, eject: Bool,
        tracks: [Track]
    ) {
        version = Self.formatVersion
        (self.job, self.burn, self.drive, self.mode) = (job, burn, drive, mode)
        (self.speed, self.close, self.eject, self.tracks) = (speed, close, eject, tracks)
    }

    /// Sectors that the recorder is sent.
    public var sectors: Int { tracks.reduce(0) { $0 + $1.sectors } }

    /// Sectors of an empty disc that the plan needs: the tracks, and between two of them the run-out and the pause that
    /// the drive adds.
    public var sectorsNeeded: Int { Self.sectorsNeeded(tracks.map(\.sectors)) }

    /// Sectors of an empty disc that tracks of the given lengths need when they are written Track-At-Once.
    public static func sectorsNeeded(_ tracks: [Int]) -> Int {
        tracks.reduce(0, +) + max(tracks.count - 1, 0) * (RedBook.runOutSectors + RedBook.pauseSectors)
    }
}
