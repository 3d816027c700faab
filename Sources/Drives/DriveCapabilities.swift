public import DiscLayout

/// What a drive says that it can do. Some of it depends on the disc: it is read again with every disc.
///
/// A nil is what nobody knows yet: the drive does not tell, or it can only be found out with a disc in it.
public struct DriveCapabilities: Equatable, Sendable {
    /// A feature of GET CONFIGURATION (MMC-6, 5.3).
    public struct Feature: Equatable, Sendable {
        /// The feature's code.
        public var code: Int
        /// Its name in lower-case words with hyphens; nil for a code that MMC-6 does not name.
        public var name: String?
        /// Version of the descriptor.
        public var version: Int
        /// It is always current.
        public var isPersistent: Bool
        /// It is usable with the disc that is in the drive.
        public var isCurrent: Bool

        /// A feature.
        public init(code: Int, name: String?, version: Int, isPersistent: Bool, isCurrent: Bool) {
            (self.code, self.name, self.version) = (code, name, version)
            (self.isPersistent, self.isCurrent) = (isPersistent, isCurrent)
        }
    }

    /// A profile that the drive knows: a kind of disc (MMC-6, 5.3.1).
    public struct Profile: Equatable, Sendable {
        /// The profile's number.
        public var code: Int
        /// Its name; nil for a number that MMC-6 does not name.
        public var name: String?
        /// The disc that is in the drive is such a one.
        public var isCurrent: Bool

        /// A profile.
        public init(code: Int, name: String?, isCurrent: Bool) {
            (self.code, self.name, self.isCurrent) = (code, name, isCurrent)
        }
    }

    /// A mode page that the drive has (SPC-4, 7.5; MMC-6, 7).
    public struct Page: Equatable, Sendable {
        /// The page's code, 0…3Eh.
        public var code: Int
        /// Its name; nil for a code that the standards do not name.
        public var name: String?

        /// A page.
        public init(code: Int, name: String?) { (self.code, self.name) = (code, name) }
    }

    /// A block of RAW: what the host sends behind the 2352 bytes of a sector.
    public enum SectorType: String, Codable, Sendable, CaseIterable {
        /// 16 bytes of P and Q: 2368 in all.
        case pq
        /// 96 bytes, R to W as packs: 2448 in all.
        case cooked
        /// 96 bytes of P to W as they go onto the disc: 2448 in all.
        case raw
    }

    /// What the drive can do at all, whatever disc is in it.
    public struct Supports: Equatable, Sendable {
        /// It writes Track-At-Once.
        public var tao: Bool?
        /// It writes Session-At-Once, from a cue sheet.
        public var sao: Bool?
        /// It writes raw.
        public var raw: Bool?
        /// It blanks CD-RW.
        public var erase: Bool?
        /// It writes without the laser; of RAW the standard does not promise it.
        public var testWrite: Bool?
        /// It can put CD-TEXT into a lead-in, in one mode at least.
        public var cdText: Bool?
        /// It can write channels R to W of the programme, so CD+G.
        public var rwSubCode: Bool?
        /// It can go on after its buffer ran empty.
        public var underrunProtection: Bool?

        /// Nothing is known.
        public init() {}
    }

    /// How the drive is connected to its computer, or to the bridge that is (MMC-6, table "Physical Interface Standard").
    public enum Interface: String, Sendable {
        /// Parallel SCSI.
        case scsi
        /// ATAPI.
        case atapi
        /// IEEE 1394, 1394A or 1394B.
        case ieee1394
        /// Fibre Channel.
        case fibreChannel = "fibre-channel"
        /// Serial ATAPI.
        case sata
        /// USB.
        case usb
    }

    /// How a disc gets in (MMC-6, table "Loading Mechanism Types").
    public enum Loading: String, Sendable {
        /// In a case, or into a slot.
        case caddy
        /// On a tray that has a motor.
        case tray
        /// Under a lid, or on a drawer that is pushed by hand.
        case popUp = "pop-up"
        /// Into a changer.
        case changer
    }

    /// Speeds, as the drive tells them.
    public struct Speeds: Equatable, Sendable {
        /// Speeds of writing that it offers now, in its order: for the recordable disc that is in it, else those that it names
        /// all the same.
        public var write: [RecordingSpeed] = []
        /// Fastest writing that it ever named, whatever was in it, in units of 1000 bytes a second.
        public var fastestWrite: Int?
        /// Fastest reading that it ever named.
        public var fastestRead: Int?

        /// Nothing is known.
        public init() {}
    }

    /// In the order of their codes.
    public var features: [Feature] = []
    /// In the drive's order.
    public var profiles: [Profile] = []
    /// In the drive's order.
    public var modePages: [Page] = []
    /// What it can do at all.
    public var supports = Supports()
    /// It records CD-R.
    public var writesCDR: Bool?
    /// It records CD-RW.
    public var writesCDRW: Bool?
    /// Its session at once is not to be relied on: raw, where that is possible, makes the better disc.
    public var prefersRaw = false
    /// Blocks that it takes in RAW: of the kind of disc that is in it, or else of the last one that it was tried with.
    public var sectorTypes: [SectorType]?
    /// The tray closes by itself.
    public var canLoadMedia: Bool?
    /// The tray opens by itself.
    public var canEjectMedia: Bool?
    /// Size of its buffer.
    public var bufferBytes: Int?
    /// Longest cue sheet in bytes.
    public var maximumCueSheetBytes: Int?
    /// It reads CD-TEXT.
    public var readsCDText: Bool?
    /// How it is connected.
    public var interface: Interface?
    /// How a disc gets in.
    public var loading: Loading?
    /// When its firmware was made, `YYYY-MM-DDThh:mm:ss`; the drive names no zone.
    public var firmwareDate: String?
    /// How fast it writes and reads.
    public var speeds = Speeds()

    /// Nothing is known.
    public init() {}

    /// Kinds of disc that a way of writing can be used on; nil when the drive does not say whether it has it, empty when it
    /// says that it has not.
    ///
    /// - Parameter isSupported: a member of `supports`.
    public func media(where isSupported: Bool?) -> [String]? {
        guard let isSupported else { return nil }
        guard isSupported else { return [] }
        return [writesCDR ?? true ? DriveMedia.Kind.cdR : nil, writesCDRW ?? false ? DriveMedia.Kind.cdRW : nil]
            .compactMap(\.self).map(\.rawValue)
    }
}
