public import DiscLayout

/// A disc as its drive describes it.
public struct DriveMedia: Equatable, Sendable {
    /// Name of the kind: a raw value of `Kind`.
    public var kind: String
    /// What can still be done with it: what the drive says, and nothing else.
    public var status: DiscStatus
    /// It can be blanked.
    public var isErasable: Bool
    /// Sectors from the start of track 1 to the last possible lead-out: room for one track without a gap.
    public var capacitySectors: Int
    /// Sectors that can still be written Track-At-Once.
    public var freeSectors: Int
    /// Tracks on it.
    public var trackCount: Int
    /// Sessions on it that hold tracks.
    public var sessionCount: Int
    /// Who made it, told from the start of its lead-in; nil when unknown.
    public var manufacturer: String?

    /// Nothing can be found on it: it is blank, or all that it holds is data whose first and last blocks are zeros.
    public var isHeuristicallyBlank = false
    /// The last session holds tracks and is not closed: only further tracks, or its end, can be written.
    public var hasOpenSession = false
    /// The drive can only read it.
    public var isWriteProtected = false
    /// Sectors that are taken, gaps and run-outs included; nil when the drive does not tell.
    public var usedSectors: Int?
    /// Address of the next track's first block in Track-At-Once; nil when none can follow.
    public var nextWritableAddress: Int?
    /// Address that the next session's lead-in begins at: negative on a blank disc. Nil when no session can follow now.
    public var startOfNextSession: Int?
    /// Last address that a lead-out may begin at; nil when the disc is complete.
    public var lastPossibleStartOfLeadOut: Int?
    /// Its table of contents; nil when it has none.
    public var contents: DiscContents?
    /// Speeds that the drive offers for it, in the drive's order.
    public var writeSpeeds: [RecordingSpeed] = []
    /// Speed that is set; nil when the drive does not tell.
    public var currentWriteSpeed: RecordingSpeed?
    /// What stands in its groove; nil for pressed discs, and where the drive cannot read it.
    public var groove: Groove?
    /// CD-TEXT packs of the first session, 18 bytes each, as the drive read them; empty when there are none.
    public var textPacks: [UInt8] = []

    /// A disc.
    public init(
        kind: String, status: DiscStatus, isErasable: Bool, capacitySectors: Int, freeSectors: Int, trackCount: Int,
        sessionCount: Int, manufacturer: String?
    ) {
        (self.kind, self.status, self.isErasable) = (kind, status, isErasable)
        (self.capacitySectors, self.freeSectors) = (capacitySectors, freeSectors)
        (self.trackCount, self.sessionCount, self.manufacturer) = (trackCount, sessionCount, manufacturer)
    }

    /// What the groove of a recordable disc says (ATIP; Orange Book parts II and III).
    public struct Groove: Equatable, Sendable {
        /// Start of the lead-in, which names the maker.
        public var leadIn: MSF
        /// Last possible start of a lead-out.
        public var lastLeadOut: MSF
        /// A CD-RW.
        public var isRewritable: Bool
        /// Made for consumers' audio recorders.
        public var isUnrestrictedUse: Bool
        /// What recorders a CD-RW is made for; nil for CD-R.
        public var subType: SubType?
        /// Slowest speed that the disc is made for, times playing; nil when it names none, as discs of our days.
        public var lowestSpeed: Int?
        /// The fastest.
        public var highestSpeed: Int?

        /// Kinds of CD-RW, by what recorders they are made for.
        public enum SubType: String, Sendable {
            /// Up to 4x.
            case standard
            /// 4x to 10x.
            case highSpeed = "high-speed"
            /// 8x to 24x.
            case ultraSpeed = "ultra-speed"
            /// 8x to 32x.
            case ultraSpeedPlus = "ultra-speed-plus"
        }

        /// A groove.
        public init(leadIn: MSF, lastLeadOut: MSF, isRewritable: Bool, isUnrestrictedUse: Bool) {
            (self.leadIn, self.lastLeadOut) = (leadIn, lastLeadOut)
            (self.isRewritable, self.isUnrestrictedUse) = (isRewritable, isUnrestrictedUse)
        }
    }
}

extension DriveMedia {
    /// Nothing is written on it, as the drive says.
    public var isBlank: Bool { status == .blank }

    /// The number of its kind among the types of physical media that programs commonly know.
    public var physicalType: Int { Kind(rawValue: kind)?.physicalType ?? 0 }

    /// Ways of writing that can be used on a disc.
    public struct Usable: Equatable, Sendable {
        /// Track-At-Once.
        public var tao: Bool?
        /// Session-At-Once.
        public var sao: Bool?
        /// Raw.
        public var raw: Bool?

        /// What is known of each.
        public init(tao: Bool?, sao: Bool?, raw: Bool?) { (self.tao, self.sao, self.raw) = (tao, sao, raw) }
    }

    /// Ways in which a drive can write on it as it is now, without blanking it first; nil where the drive does not tell.
    ///
    /// On an open session only tracks can follow. Raw is for blanks: the host's lead-in is that of a whole disc.
    public func usable(in drive: DriveCapabilities) -> Usable {
        let records: Bool? =
            switch Kind(rawValue: kind) {
            case .cdR: drive.writesCDR ?? true
            case .cdRW: drive.writesCDRW ?? true
            default: false
            }
        let isOpen = status == .blank || status == .appendable
        func also(_ supported: Bool?, _ condition: Bool) -> Bool? {
            records == false || !condition ? false : supported
        }
        return Usable(
            tao: also(drive.supports.tao, isOpen), sao: also(drive.supports.sao, isOpen && !hasOpenSession),
            raw: also(drive.supports.raw, isBlank))
    }

    /// Kinds of discs, as people write them.
    public enum Kind: String, Sendable, CaseIterable {
        /// Of no kind that is known here.
        case unknown
        /// Pressed, or one that the drive can only read.
        case cdROM = "CD-ROM"
        /// Recorded once.
        case cdR = "CD-R"
        /// Recorded, blanked, recorded again.
        case cdRW = "CD-RW"
        /// DVD-ROM.
        case dvdROM = "DVD-ROM"
        /// DVD-RAM.
        case dvdRAM = "DVD-RAM"
        /// DVD+R.
        case dvdPlusR = "DVD+R"
        /// DVD+RW.
        case dvdPlusRW = "DVD+RW"
        /// DVD+R of two layers.
        case dvdPlusRDualLayer = "DVD+R DL"
        /// DVD-R.
        case dvdMinusR = "DVD-R"
        /// DVD-RW.
        case dvdMinusRW = "DVD-RW"
        /// DVD-R of two layers.
        case dvdMinusRDualLayer = "DVD-R DL"
        /// DVD+RW of two layers.
        case dvdPlusRWDualLayer = "DVD+RW DL"
        /// HD DVD-ROM.
        case hdDVDROM = "HD DVD-ROM"
        /// HD DVD-R.
        case hdDVDR = "HD DVD-R"
        /// HD DVD-RAM.
        case hdDVDRAM = "HD DVD-RAM"
        /// BD-ROM.
        case bdROM = "BD-ROM"
        /// BD-R.
        case bdR = "BD-R"
        /// BD-RE.
        case bdRE = "BD-RE"

        /// The kind of a profile (MMC-6, table "Profile List").
        init(profile: UInt16) {
            self = Self.profiles[profile] ?? .unknown
        }

        private static let profiles: [UInt16: Kind] = [
            0x08: .cdROM, 0x09: .cdR, 0x0A: .cdRW, 0x10: .dvdROM, 0x11: .dvdMinusR, 0x12: .dvdRAM, 0x13: .dvdMinusRW,
            0x14: .dvdMinusRW, 0x15: .dvdMinusRDualLayer, 0x16: .dvdMinusRDualLayer, 0x1A: .dvdPlusRW,
            0x1B: .dvdPlusR, 0x2A: .dvdPlusRWDualLayer, 0x2B: .dvdPlusRDualLayer, 0x40: .bdROM, 0x41: .bdR,
            0x42: .bdR, 0x43: .bdRE, 0x50: .hdDVDROM, 0x51: .hdDVDR, 0x52: .hdDVDRAM,
        ]

        /// 0 is unknown, 2 CD-R, 3 CD-RW, and so on: the numbers of IMAPI_MEDIA_PHYSICAL_TYPE.
        public var physicalType: Int {
            switch self {
            case .unknown: 0
            case .cdROM: 1
            case .cdR: 2
            case .cdRW: 3
            case .dvdROM: 4
            case .dvdRAM: 5
            case .dvdPlusR: 6
            case .dvdPlusRW: 7
            case .dvdPlusRDualLayer: 8
            case .dvdMinusR: 9
            case .dvdMinusRW: 10
            case .dvdMinusRDualLayer: 11
            case .dvdPlusRWDualLayer: 13
            case .hdDVDROM: 14
            case .hdDVDR: 15
            case .hdDVDRAM: 16
            case .bdROM: 17
            case .bdR: 18
            case .bdRE: 19
            }
        }
    }
}
