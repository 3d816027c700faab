public import DiscLayout

/// What the disc will be: everything that a burn worker needs to know, as one value that is stored with the burn.
///
/// The target holds the three values that a job passes through (order, plan, burn) and the lines of the burn journal. It
/// opens no file and knows no device: the server writes a plan, the worker reads it, and what the worker tells comes back
/// as journal lines.
public struct BurnPlan: Codable, Equatable, Sendable {
    /// Version of this format; a worker refuses any other.
    public static let formatVersion = 2

    /// What is to be done with the disc.
    public enum Task: String, Codable, Sendable {
        /// Tracks or an image are written.
        case burn
        /// A rewritable disc is blanked and nothing more.
        case erase
        /// The open session of a disc is closed and nothing more.
        case close
    }

    /// Version of the format that this value was written in.
    public var version: Int
    /// The job that it belongs to.
    public var job: Int
    /// The burn: one attempt on one disc.
    public var burn: Int
    /// Where the recorder is: `unix:PATH` or a device node.
    public var drive: String
    /// What people call the recorder; nil where nobody said.
    public var driveLabel: String?
    /// What is to be done.
    public var task: Task
    /// How it is written.
    public var mode: RecordingMode
    /// What a sector of a raw recording holds; nil in the other modes.
    public var sectorType: RawSectorType?
    /// How fast.
    public var speed: WriteSpeed
    /// What happens to the session at the end.
    public var close: CloseMode
    /// Whether the tray opens when all is done.
    public var eject: Bool
    /// The laser stays at reading power: everything happens but the writing.
    public var isTest: Bool
    /// How much is proven by reading back.
    public var verify: VerifyLevel
    /// How a rewritable disc that is written on is blanked first; nil when only a disc that suits as it is may be used. Of
    /// an erase task, how it is blanked.
    public var erase: EraseMode?
    /// An open disc may be written on: its tracks stay, and these follow.
    public var mayAppend: Bool
    /// The drive's protection against an empty buffer is to be off.
    public var isUnderrunProtectionOff: Bool
    /// Thirteen digits of the disc's catalogue number.
    public var catalogNumber: String?
    /// CD-TEXT: the 18 bytes of each pack as 36 hexadecimal digits, in the order of the disc.
    public var text: [String]
    /// In the order of the disc; empty for an image, for erasing and for closing.
    public var tracks: [Track]
    /// A raw image in place of tracks.
    public var image: Image?
    /// R to W of every sector from 95:00:00 to the end of the lead-out, 96 symbols each, in place of texts and of those of
    /// tracks; RAW only.
    public var symbols: Piece?

    /// A stretch of bytes: of a file, or of zeros.
    public struct Piece: Codable, Equatable, Sendable {
        /// Path of the file; nil for zeros.
        public var file: String?
        /// First byte in the file.
        public var offset: Int
        /// Length in bytes.
        public var count: Int

        /// A stretch of a file, or of zeros.
        public init(file: String?, offset: Int = 0, count: Int) {
            (self.file, self.offset, self.count) = (file, offset, count)
        }

        /// Bytes of zero.
        public static func zeros(_ count: Int) -> Piece { Piece(file: nil, count: count) }
    }

    /// One track and what its sectors hold.
    public struct Track: Codable, Equatable, Sendable {
        /// Number on the disc, 1…99, rising. On a disc that has tracks the drive gives the numbers.
        public var number: Int
        /// What its sectors hold.
        public var form: SessionLayout.TrackForm
        /// What the copy bit says.
        public var copy: SessionLayout.CopyPermission
        /// The samples are pre-emphasised.
        public var hasPreEmphasis: Bool
        /// Twelve characters of the recording code.
        public var recordingCode: String?
        /// Sectors of index 0. Track at once none, since the drive puts a pause there.
        public var pregap: Int
        /// Sectors from index 1 on.
        public var sectors: Int
        /// Where index 2, 3 and so on begin, in sectors from index 1.
        public var indexes: [Int]
        /// What channels R to W hold.
        public var subCode: SessionLayout.SubCode
        /// What the sectors of index 0 hold, from its first one on; as long as they are.
        public var pregapContent: [Piece]
        /// What the sectors from index 1 on hold: 2352 bytes of little-endian samples each, or 2048 of data.
        public var content: [Piece]
        /// 96 symbols a sector from index 0 on, where `subCode` says that there are some.
        public var symbols: [Piece]

        /// A track.
        public init(
            number: Int, form: SessionLayout.TrackForm = .audio, copy: SessionLayout.CopyPermission = .prohibited,
            hasPreEmphasis: Bool = false, recordingCode: String? = nil, pregap: Int = 0, sectors: Int,
            indexes: [Int] = [], subCode: SessionLayout.SubCode = .none, pregapContent: [Piece] = [],
            content: [Piece], symbols: [Piece] = []
        ) {
            (self.number, self.form, self.copy, self.hasPreEmphasis) = (number, form, copy, hasPreEmphasis)
            (self.recordingCode, self.pregap, self.sectors) = (recordingCode, pregap, sectors)
            (self.indexes, self.subCode, self.pregapContent) = (indexes, subCode, pregapContent)
            (self.content, self.symbols) = (content, symbols)
        }

        /// An audio track of one file of decoded samples, filled with silence to whole sectors and to the shortest track.
        public init(
            number: Int, audio: String, sampleFrames: Int, copy: SessionLayout.CopyPermission = .prohibited,
            hasPreEmphasis: Bool = false
        ) {
            let sectors = Self.sectors(ofSampleFrames: sampleFrames)
            let bytes = sampleFrames * RedBook.sampleBytes
            let silence = sectors * RedBook.sectorBytes - bytes
            self.init(
                number: number, copy: copy, hasPreEmphasis: hasPreEmphasis, sectors: sectors,
                content: [Piece(file: audio, count: bytes)] + (silence > 0 ? [.zeros(silence)] : []))
        }

        /// Sectors that a track of so many stereo samples takes when it stands alone: the last one filled up with silence,
        /// and silence up to the shortest legal track.
        public static func sectors(ofSampleFrames frames: Int) -> Int {
            let filled = (frames + RedBook.samplesPerSector - 1) / RedBook.samplesPerSector
            return max(filled, RedBook.minimumTrackSectors)
        }

        enum CodingKeys: String, CodingKey {
            case number, form, copy, pregap, sectors, indexes, content, symbols
            case hasPreEmphasis = "pre_emphasis"
            case recordingCode = "isrc"
            case subCode = "sub_code"
            case pregapContent = "pregap_content"
        }
    }

    /// An image with a lead-in of its own.
    public struct Image: Codable, Equatable, Sendable {
        /// Path of the file: sectors as `sectorType` says.
        public var file: String
        /// Sectors in it.
        public var sectors: Int
        /// How many of them stand before address 0, those of the first pause among them.
        public var leadInSectors: Int

        /// An image.
        public init(file: String, sectors: Int, leadInSectors: Int) {
            (self.file, self.sectors, self.leadInSectors) = (file, sectors, leadInSectors)
        }

        enum CodingKeys: String, CodingKey {
            case file, sectors
            case leadInSectors = "lead_in_sectors"
        }
    }

    /// A plan in the present format.
    public init(
        job: Int, burn: Int, drive: String, task: Task = .burn, mode: RecordingMode, sectorType: RawSectorType? = nil,
        speed: WriteSpeed = .max, close: CloseMode = .disc, eject: Bool = false, isTest: Bool = false,
        verify: VerifyLevel = .full, erase: EraseMode? = nil, mayAppend: Bool = false,
        isUnderrunProtectionOff: Bool = false, catalogNumber: String? = nil, text: [String] = [],
        tracks: [Track] = [], image: Image? = nil, symbols: Piece? = nil
    ) {
        version = Self.formatVersion
        (self.job, self.burn, self.drive, self.task) = (job, burn, drive, task)
        (self.mode, self.sectorType, self.speed, self.close) = (mode, sectorType, speed, close)
        (self.eject, self.isTest, self.verify, self.erase) = (eject, isTest, verify, erase)
        (self.mayAppend, self.isUnderrunProtectionOff) = (mayAppend, isUnderrunProtectionOff)
        (self.catalogNumber, self.text, self.tracks) = (catalogNumber, text, tracks)
        (self.image, self.symbols) = (image, symbols)
    }

    enum CodingKeys: String, CodingKey {
        case version, job, burn, drive, task, mode, speed, close, eject, verify, erase, text, tracks, image
        case symbols
        case driveLabel = "drive_label"
        case sectorType = "sector_type"
        case isTest = "test_write"
        case mayAppend = "may_append"
        case isUnderrunProtectionOff = "buffer_underrun_free_disabled"
        case catalogNumber = "mcn"
    }

    /// Sectors that the recorder is sent of the program area. Of an image all that it has.
    public var sectors: Int { image?.sectors ?? tracks.reduce(0) { $0 + $1.pregap + $1.sectors } }

    /// Sectors of an empty disc that the plan needs, from address 0 to the lead-out: track at once with the run-out and the
    /// pause that the drive puts between two tracks.
    public var sectorsNeeded: Int {
        switch mode {
        case .tao: Self.sectorsNeeded(tracks.map(\.sectors))
        case .sao, .raw: max(sectors - RedBook.pauseSectors, 0)
        }
    }

    /// Sectors of an empty disc that tracks of the given lengths need when they are written Track-At-Once.
    public static func sectorsNeeded(_ tracks: [Int]) -> Int {
        tracks.reduce(0, +) + max(tracks.count - 1, 0) * (RedBook.runOutSectors + RedBook.pauseSectors)
    }

    /// The session as addresses; codes that are none count as absent.
    ///
    /// - Parameter start: address of the first track's index 0.
    public func layout(start: Int = -RedBook.pauseSectors) -> SessionLayout {
        SessionLayout(
            start: start, catalogNumber: catalogNumber.flatMap { try? CatalogNumber($0) },
            tracks: tracks.map { track in
                SessionLayout.Track(
                    number: track.number, form: track.form, copy: track.copy, hasPreEmphasis: track.hasPreEmphasis,
                    recordingCode: track.recordingCode.flatMap { RecordingCode($0) }, pregap: track.pregap,
                    sectors: track.sectors, indexes: track.indexes, subCode: track.subCode)
            })
    }
}
