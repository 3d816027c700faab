import BinaryCoding

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

    /// The write type, when it is a known one.
    public var writeType: WriteType? { WriteType(rawValue: page.bytes[2].bits(0...3)) }
    /// BUFE: the drive goes on after its buffer ran empty.
    public var isFreeFromUnderrun: Bool { page.bytes[2].bit(6) }
    /// The laser stays off.
    public var isTestWrite: Bool { page.bytes[2].bit(4) }
    /// What may follow the session, when it is a known value.
    public var multiSession: MultiSession? { MultiSession(rawValue: page.bytes[3].bits(6...7)) }
    /// Data block type: what a block of WRITE holds.
    public var dataBlockType: UInt8 { page.bytes[4].bits(0...3) }

    /// Gives all fields up to byte 51 a value; none is left as the drive had it.
    mutating func replaceFields(_ fields: [UInt8]) {
        var bytes = page.bytes
        bytes[0] = Self.code
        bytes.replaceSubrange(2..<Self.minimumLength, with: fields)
        page = ModePage(bytes: bytes)
    }
}
