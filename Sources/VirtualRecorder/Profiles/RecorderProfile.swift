/// What a recorder is: its names, its speeds, what it can do and what it does wrong. A plain value; `Drive` answers by it.
///
/// Three are built in (`named`); others come from profile files (`parse`).
public struct RecorderProfile: Equatable, Sendable {
    /// How the recorder is connected: the physical interface standard of feature 0001h (MMC-6, table 79).
    public enum Interface: String, CaseIterable, Sendable {
        /// SCSI of any kind.
        case scsi
        /// ATAPI.
        case atapi
        /// Serial ATA.
        case sata
        /// USB.
        case usb

        var code: UInt32 {
            switch self {
            case .scsi: 1
            case .atapi: 2
            case .sata: 7
            case .usb: 8
            }
        }
    }

    /// How discs go in: the loading mechanism type of page 2Ah and feature 0003h (MMC-6, table 86).
    public enum Loading: String, CaseIterable, Sendable {
        /// A caddy or a slot: the drive can push out, and not pull in.
        case caddy
        /// A motor tray.
        case tray
        /// A lid that pops up, closed by hand.
        case popUp = "pop-up"

        var code: UInt8 {
            switch self {
            case .caddy: 0
            case .tray: 1
            case .popUp: 2
            }
        }
        /// START STOP UNIT can load.
        var canLoad: Bool { self == .tray }
    }

    /// How the disc turns while it is written: its speed over the radius.
    public enum Rotation: String, CaseIterable, Sendable {
        /// Constant linear velocity: the same data rate everywhere.
        case constantLinear = "clv"
        /// Zones of constant linear velocity, each faster than the one inside of it.
        case zoned = "zoned-clv"
        /// Constant angular velocity: a data rate that grows with the radius.
        case constantAngular = "cav"
    }

    /// The edition of the standard that page 2Ah follows: each made it longer (§6.3.11 of MMC-3 was the last).
    public enum CapabilitiesPage: String, CaseIterable, Sendable {
        /// Up to byte 21: page length 14h.
        case mmc1 = "mmc-1"
        /// Up to byte 25: page length 18h.
        case mmc2 = "mmc-2"
        /// With the list of write speeds.
        case mmc3 = "mmc-3"
    }

    /// What the recorder can do.
    public struct Capabilities: Equatable, Sendable {
        /// Session at once, by cue sheet.
        public var sessionAtOnce = true
        /// RAW, with the data block types of `rawBlockTypes`.
        public var raw = true
        /// Data block types of track at once, of 0 and 8…13 (MMC-6, table 640).
        public var trackBlockTypes: Set<UInt8> = [0, 8, 9, 10, 11, 12, 13]
        /// Data block types of RAW, of 1 (P and Q), 2 (packed R-W) and 3 (raw P-W).
        public var rawBlockTypes: Set<UInt8> = [1, 2, 3]
        /// R-W come from the host in session at once: CD-TEXT and CD+G.
        public var subChannel = true
        /// CD-TEXT is read back.
        public var readsText = true
        /// Test write.
        public var testWrite = true
        /// Buffer-underrun-free recording.
        public var underrunFree = true
        /// CD-RW is recorded and blanked.
        public var rewritable = true
        /// More than one session.
        public var multiSession = true
        /// READ CD gives C2 error pointers.
        public var errorPointers = true

        /// All there is.
        public init() {}
    }

    /// Times that the mechanism takes, in milliseconds. None of them counts where nothing is to take any time.
    public struct Mechanism: Equatable, Sendable {
        /// From one end of the disc to the other, 0…10 000.
        public var fullSeek = 200
        /// From a standing disc to a readable one, 0…60 000.
        public var spinUp = 2_000
        /// The way of the tray, 0…10 000.
        public var tray = 1_000
        /// Without a command for so long the disc stands still; 0…3 600 000, 0 for never.
        public var idle = 120_000

        /// What drives of half height commonly take.
        public init() {}
    }

    /// What it is called where it is chosen: `modern`, or the file's name.
    public var name = "modern"
    /// Vendor identification, up to 8 characters of ASCII.
    public var vendor = "BURND"
    /// Product identification, up to 16 characters of ASCII.
    public var product = "VIRTUAL CD-RW"
    /// Product revision, up to 4 characters of ASCII.
    public var revision = "1.0"
    /// Serial number, up to 32 characters of ASCII; nil for the recorder's own name.
    public var serial: String?
    /// Date of the firmware, `YYYYMMDDhhmmss`; nil when feature 010Ch is not there.
    public var firmwareDate: String? = "20261121000000"
    /// How it is connected.
    public var interface = Interface.sata
    /// How discs go in.
    public var loading = Loading.tray
    /// Bytes of the buffer, 65 536…67 108 864.
    public var bufferBytes = 2 << 20
    /// Speeds at which it records CD-R, in multiples of 75 sectors a second, fastest first; 1…16 of them, each 1…72.
    public var writeSpeeds = [48, 40, 32, 24, 16, 8, 4]
    /// Speeds at which it records CD-RW, likewise; empty unless `rewritable`.
    public var rewriteSpeeds = [24, 16, 10, 4]
    /// Fastest speed of reading, likewise 1…72.
    public var readSpeed = 48
    /// How the disc turns at speeds above `constantLinearLimit`; it turns with constant linear velocity below.
    public var rotation = Rotation.constantLinear
    /// Fastest speed at which the motor can keep a constant linear velocity down to the lead-in, 1…72.
    public var constantLinearLimit = 16
    /// Edition of page 2Ah.
    public var capabilitiesPage = CapabilitiesPage.mmc3
    /// Stereo samples by which what is read comes too late (above 0) or too early, −4704…4704.
    public var readOffset = 0
    /// Stereo samples by which what is written lands too late (above 0) or too early, −4704…4704.
    public var writeOffset = 0
    /// Longest cue sheet in bytes, a multiple of 8: 24…16 776 960, as feature 002Eh says.
    public var maximumCueSheetBytes = 3_200
    /// What it can do.
    public var capabilities = Capabilities()
    /// How long its mechanism takes.
    public var mechanism = Mechanism()
    /// What it does wrong.
    public var quirks: Set<Quirk> = []

    /// `modern`.
    public init() {}
}
