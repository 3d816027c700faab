/// What is known of a burn beside how far it has got: how it was carried out, and what the disc says of itself. The worker
/// tells it whole whenever something of it changes.
public struct BurnRecord: Codable, Equatable, Sendable {
    /// A speed of writing (`CurrentWriteSpeed`, `CurrentRotationTypeIsPureCAV`).
    public struct Speed: Codable, Equatable, Sendable {
        /// 75 is the speed of playing.
        public var sectorsPerSecond: Int
        /// The disc turns evenly, so that the rate rises from the inside to the outside.
        public var isPureCAV: Bool

        /// A speed.
        public init(sectorsPerSecond: Int, isPureCAV: Bool) {
            (self.sectorsPerSecond, self.isPureCAV) = (sectorsPerSecond, isPureCAV)
        }

        enum CodingKeys: String, CodingKey {
            case sectorsPerSecond = "sectors_per_second"
            case isPureCAV = "pure_cav"
        }
    }

    /// What of a speed the drive did not have (`S_IMAPI_SPEEDADJUSTED`, `S_IMAPI_ROTATIONADJUSTED`).
    public enum Adjustment: String, Codable, Sendable {
        /// The speed.
        case speed
        /// The kind of rotation.
        case rotation
    }

    /// Sectors of the disc (`TotalSectorsOnMedia`, `FreeSectorsOnMedia`, `UsedSectorsOnMedia`).
    public struct Sectors: Codable, Equatable, Sendable {
        /// If it held one single track.
        public var total: Int
        /// That a further track could have.
        public var free: Int
        /// Taken: by tracks and what lies between them.
        public var used: Int

        /// So many.
        public init(total: Int, free: Int, used: Int) { (self.total, self.free, self.used) = (total, free, used) }
    }

    /// A track on the disc.
    public struct Track: Codable, Equatable, Sendable {
        /// 1…99.
        public var number: Int
        /// Address of index 1.
        public var start: Int
        /// Sectors from there on.
        public var sectors: Int
        /// The control bits.
        public var control: Int

        /// A track.
        public init(number: Int, start: Int, sectors: Int, control: Int) {
            (self.number, self.start, self.sectors, self.control) = (number, start, sectors, control)
        }
    }

    /// Ids of the drive's quirks in force; nil in records from before they were noted.
    public var quirks: [String]?
    /// The way in which it is written.
    public var mode: RecordingMode?
    /// What a raw sector holds.
    public var sectorType: RawSectorType?
    /// In which form the drive took the disc's description, when more than one was possible.
    public var layoutVariant: String?
    /// The speed in use.
    public var writeSpeed: Speed?
    /// What of the wanted speed the drive did not have.
    public var adjusted: [Adjustment]
    /// The disc's sectors as of before the operation that is running.
    public var sectors: Sectors?
    /// Address of the first sector to be written: negative on a blank disc (`StartOfNextSession`).
    public var startOfNextSession: Int?
    /// `LastPossibleStartOfLeadout`.
    public var lastPossibleLeadOut: Int?
    /// Whole tracks on the disc, those that were there before among them (`NumberOfExistingTracks`).
    public var tracks: [Track]
    /// Where the lead-out is, or would be if the session were closed now.
    public var leadOut: Int?
    /// How low the drive's buffer got, 0…100; nil when the drive does not say.
    public var lowestBufferPercent: Double?
    /// How low burnd's own buffer got while there was more to read, 0…100; nil when all was read before it was needed.
    public var lowestReadAheadPercent: Double?
    /// Stereo samples by which reading is shifted against writing, once it was measured.
    public var sampleOffset: Int?
    /// Whether the machine was kept awake; nil when nobody asked, as of burns by an earlier burnd.
    public var inhibitor: PowerInhibitor?

    /// Nothing is known yet.
    public init() { (adjusted, tracks) = ([], []) }

    enum CodingKeys: String, CodingKey {
        case quirks, mode, adjusted, sectors, tracks, inhibitor
        case sectorType = "sector_type"
        case layoutVariant = "layout_variant"
        case writeSpeed = "write_speed"
        case startOfNextSession = "start_of_next_session"
        case lastPossibleLeadOut = "last_possible_start_of_leadout"
        case leadOut = "lead_out"
        case lowestBufferPercent = "lowest_buffer_percent"
        case lowestReadAheadPercent = "lowest_read_ahead_percent"
        case sampleOffset = "sample_offset"
    }
}
