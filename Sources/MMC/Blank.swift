import BinaryCoding
public import SCSI

/// BLANK (A1h) of a CD-RW. Page 05h must not ask for a test write.
public struct Blank: SCSICommand {
    /// Nothing is answered.
    public typealias Reply = NoReply
    /// The standard's name.
    public static let name = "BLANK"

    /// What is erased (MMC-6, table "Blanking Type").
    public enum Extent: Equatable, Sendable {
        /// The whole disc: minutes.
        case disc
        /// Program memory, lead-in and the first gap: the disc counts as blank.
        case minimal
        /// A track by its number.
        case track(UInt8)
        /// A track that is reserved is no longer.
        case reservation(UInt8)
        /// A track from an address to its end.
        case trackTail(Int32)
        /// Lead-in and lead-out of the last session: it is open again.
        case lastSessionClosure
        /// The last session.
        case lastSession
    }

    private let extent: Extent
    private let immediate: Bool
    /// - Parameter immediate: return at once; the drive is busy (2/04/xx) until it is done, and tells how far it is.
    public init(_ extent: Extent, immediate: Bool) { (self.extent, self.immediate) = (extent, immediate) }
    /// The command descriptor block.
    public var cdb: CDB {
        let (type, address): (UInt8, [UInt8]) =
            switch extent {
            case .disc: (0, UInt32(0).bigEndianBytes)
            case .minimal: (1, UInt32(0).bigEndianBytes)
            case .track(let number): (2, UInt32(number).bigEndianBytes)
            case .reservation(let number): (3, UInt32(number).bigEndianBytes)
            case .trackTail(let address): (4, address.bigEndianBytes)
            case .lastSessionClosure: (5, UInt32(0).bigEndianBytes)
            case .lastSession: (6, UInt32(0).bigEndianBytes)
            }
        return CDB([0xA1, (immediate ? 0x10 : 0) | type] + address + [0, 0, 0, 0, 0, 0])
    }
    /// A drive that is not immediate answers when the disc is blank.
    public var timeout: Int { immediate ? MMC.writeTimeout : Self.wholeDiscTimeout }
    /// Milliseconds for a whole disc of 99 minutes at playing speed, and three times that to spare.
    private static let wholeDiscTimeout = 18_000_000
}
