import BinaryCoding
public import DiscLayout

/// Write Parameters mode page (05h): how the next WRITE is meant (MMC-6, 7.5).
///
/// It is made from the page that the drive reports, because its length and what stands behind byte 51 are the drive's own.
public struct WriteParametersPage: Equatable, Sendable {
    /// The page code.
    public static let code: UInt8 = 0x05
    /// Bytes that every drive's page has: two of head and 50.
    public static let minimumLength = 52

    /// How data is written.
    public enum WriteType: UInt8, Sendable {
        /// Packets.
        case packet = 0
        /// A track at a time.
        case trackAtOnce = 1
        /// A session at a time, from a cue sheet.
        case sessionAtOnce = 2
        /// Everything from the host, sub-channel too.
        case raw = 3
    }

    /// What may follow the session that is closed next.
    public enum MultiSession: UInt8, Sendable {
        /// Nothing: no B0 pointer in the lead-in.
        case none = 0
        /// Nothing, and the B0 pointer says so.
        case last = 1
        /// A further session.
        case next = 3
    }

    /// The page as it goes to the drive.
    public private(set) var page: ModePage

    /// A page whose fields are to be set; nil when what the drive sent is too short to be this page.
    public init?(from drive: ModePage) {
        guard drive.code == Self.code, drive.bytes.count >= Self.minimumLength else { return nil }
        page = drive
    }

    /// Everything for an audio track that is written Track-At-Once.
    ///
    /// All fields up to byte 51 get a value here, none is left as the drive had it: LG drives report an illegal audio pause
    /// and Matsushita drives an illegal session format as their defaults.
    ///
    /// - Parameter freeFromUnderrun: the drive shall go on after its buffer ran empty; only where it says it can.
    public mutating func setTrackAtOnceAudio(
        control: TrackControl, multiSession: MultiSession, freeFromUnderrun: Bool
    ) {
        var bytes = page.bytes
        bytes[0] = Self.code
        for index in 2..<Self.minimumLength { bytes[index] = 0 }
        bytes[2] = (freeFromUnderrun ? 0x40 : 0) | WriteType.trackAtOnce.rawValue
        bytes[3] = multiSession.rawValue << 6 | control.rawValue
        // Byte 4, data block type 0: 2352 bytes a block. Byte 8, session format 0: CD-DA or CD-ROM.
        bytes[15] = UInt8(RedBook.pauseSectors)
        page = ModePage(bytes: bytes)
    }

    /// The write type, when it is a known one.
    public var writeType: WriteType? { WriteType(rawValue: page.bytes[2].bits(0...3)) }
    /// BUFE: the drive goes on after its buffer ran empty.
    public var isFreeFromUnderrun: Bool { page.bytes[2].bit(6) }
    /// The laser stays off.
    public var isTestWrite: Bool { page.bytes[2].bit(4) }
}
