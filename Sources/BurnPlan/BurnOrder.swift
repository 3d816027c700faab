public import DiscLayout

/// What was asked for: the fields of `POST /api/v1/jobs`, checked for form but not yet against any drive or disc.
public struct BurnOrder: Codable, Equatable, Sendable {
    /// What people call the disc; empty when nobody named it.
    public var title: String
    /// Whose it is; empty when nobody said.
    public var owner: String
    /// The name under which the drive is taken, for other programs to read.
    public var clientName: String
    /// What is to be done.
    public var task: BurnPlan.Task
    /// How it is to be written.
    public var mode: WriteMode
    /// What a sector of a raw recording or of a raw image holds; nil when nobody said.
    public var sectorType: RawSectorType?
    /// What stands between two tracks that do not say it themselves; nil for the mode's usual: the drive's pause track at
    /// once, nothing disc at once.
    public var gap: GapMode?
    /// `any`, a drive's id, or a drive's label.
    public var drive: String
    /// How fast.
    public var speed: WriteSpeed
    /// What happens to the session at the end.
    public var close: CloseMode
    /// Whether the tray opens when the disc is proven.
    public var eject: Bool
    /// The laser stays at reading power.
    public var isTest: Bool
    /// How much is proven by reading back.
    public var verify: VerifyLevel
    /// What disc it may be written on.
    public var blank: BlankPolicy
    /// How a disc is blanked, where it is.
    public var erase: EraseMode
    /// The drive's protection against an empty buffer is to be off.
    public var isUnderrunProtectionOff: Bool
    /// The disc's catalogue number.
    public var catalogNumber: String?
    /// Number of the first track.
    public var firstTrackNumber: Int
    /// The lead-out may begin here at the latest; nil for wherever the disc allows.
    public var leadOutLimit: Int?
    /// The disc's texts beside those of its tracks: CD-TEXT in one or more languages, as JSON of the text target. Nil when
    /// title and performer are all there is.
    public var textSheet: String?
    /// Writes titles and performers as CD-TEXT where the mode can.
    public var hasText: Bool
    /// Who plays the whole disc.
    public var performer: String?
    /// In the order of the disc; empty for an image, for erasing and for closing.
    public var tracks: [Track]
    /// An image in place of tracks.
    public var image: Image?
    /// R-W symbols of the whole raw image, lead-in included, 96 bytes a sector.
    public var subCode: File?

    /// An uploaded file.
    public struct File: Codable, Equatable, Sendable {
        /// Digest, as `sha256:` and 64 hexadecimal digits.
        public var file: String
        /// Name as it was uploaded, for people.
        public var name: String

        /// A file.
        public init(file: String, name: String) { (self.file, self.name) = (file, name) }
    }

    /// One track of an order.
    public struct Track: Codable, Equatable, Sendable {
        /// Digest of the uploaded file, as `sha256:` and 64 hexadecimal digits.
        public var file: String
        /// Name of the file as it was uploaded, for people.
        public var name: String
        /// Samples, or the 2048-byte sectors of a data track.
        public var form: SessionLayout.TrackForm
        /// What the track is called, when somebody said.
        public var title: String?
        /// Who plays it, when somebody said.
        public var performer: String?
        /// Who wrote the words.
        public var songwriter: String?
        /// Who wrote the music.
        public var composer: String?
        /// Who arranged it.
        public var arranger: String?
        /// A message to whoever listens.
        public var message: String?
        /// The recording's code.
        public var recordingCode: String?
        /// What the copy bit says; nil for the mode's usual.
        public var copy: SessionLayout.CopyPermission?
        /// The samples are pre-emphasised.
        public var hasPreEmphasis: Bool
        /// What stands before it; nil as the order says.
        public var gap: GapMode?
        /// Sectors of a silent pre-gap of its own length; nil as `gap` says.
        public var pregapSectors: Int?
        /// A file of audio for its pre-gap: before the first track a hidden one.
        public var pregap: File?
        /// Where index 2, 3 and so on begin, in sectors from the track's start.
        public var indexes: [Int]
        /// A `.cdg` file: 96 symbols for every sector of the track.
        public var graphics: File?

        /// A track made of an uploaded file.
        public init(
            file: String, name: String, form: SessionLayout.TrackForm = .audio, title: String? = nil,
            performer: String? = nil
        ) {
            (self.file, self.name, self.form) = (file, name, form)
            (self.title, self.performer) = (title, performer)
            (hasPreEmphasis, indexes) = (false, [])
        }
    }

    /// A raw image with a lead-in of its own, or an ISO image of one data track.
    public struct Image: Codable, Equatable, Sendable {
        /// The file.
        public var file: File
        /// Sectors before address 0 that a raw image has (`WriteMedia2`); nil for those from 95:00:00 on (`WriteMedia`).
        public var leadInSectors: Int?

        /// An image.
        public init(file: File, leadInSectors: Int? = nil) { (self.file, self.leadInSectors) = (file, leadInSectors) }

        enum CodingKeys: String, CodingKey {
            case file
            case leadInSectors = "stream_lead_in_sectors"
        }
    }

    /// An order; what is left out has the default of the API.
    public init(
        title: String = "", owner: String = "", task: BurnPlan.Task = .burn, mode: WriteMode = .tao,
        drive: String = BurnOrder.anyDrive, speed: WriteSpeed = .max, close: CloseMode = .disc, eject: Bool = false,
        tracks: [Track], image: Image? = nil
    ) {
        (self.title, self.owner, self.task, self.mode, self.drive) = (title, owner, task, mode, drive)
        (self.speed, self.close, self.eject, self.tracks, self.image) = (speed, close, eject, tracks, image)
        (clientName, isTest, verify) = (Self.defaultClientName, false, .full)
        (blank, erase, isUnderrunProtectionOff, firstTrackNumber, hasText) = (.required, .quick, false, 1, true)
    }

    /// The drive of an order that may go to whichever drive is ready first.
    public static let anyDrive = "any"
    /// What stands before the name of a pool, whose drives an order may go to.
    public static let poolPrefix = "pool:"

    /// The pool that an order names in place of a drive, `pool:NAME`; nil when it names none.
    public static func pool(_ drive: String) -> String? {
        drive.hasPrefix(poolPrefix) ? String(drive.dropFirst(poolPrefix.count)) : nil
    }
    /// The name under which drives are taken when nobody said.
    public static let defaultClientName = "burnd"
}
