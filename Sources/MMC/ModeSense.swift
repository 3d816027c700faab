public import BinaryCoding
public import SCSI

/// MODE SENSE(10) (5Ah) of one page.
public struct ModeSense10: SCSICommand {
    /// The page.
    public typealias Reply = ModePage
    /// The standard's name.
    public static let name = "MODE SENSE(10)"

    /// Which values are asked for.
    public enum PageControl: UInt8, Sendable {
        /// Those in force.
        case current = 0
        /// A mask of those that can be changed.
        case changeable = 1
        /// Those after power-on.
        case defaults = 2
        /// Those that were saved.
        case saved = 3
    }

    private let page: UInt8
    private let control: PageControl
    private let allocationLength: UInt16

    /// Asks for a page with room for `allocationLength` bytes, the header of 8 and a block descriptor included.
    public init(page: UInt8, control: PageControl = .current, allocationLength: UInt16) {
        (self.page, self.control, self.allocationLength) = (page & 0x3F, control, allocationLength)
    }
    /// The command descriptor block. DBD stays 0: some drives refuse it.
    public var cdb: CDB {
        CDB([0x5A, 0, control.rawValue << 6 | page, 0, 0, 0, 0] + allocationLength.bigEndianBytes + [0])
    }
    /// Room for the reply.
    public var data: DataPhase { .fromDevice(byteCount: Int(allocationLength)) }

    /// The same command with room for no more than the page's own header, which tells how long the page is.
    struct Header: SCSICommand {
        typealias Reply = ModePageLength
        static let name = ModeSense10.name
        /// Header, one block descriptor, and the two bytes in front of every page.
        static let replyLength: UInt16 = 18
        let page: UInt8
        let control: PageControl
        var cdb: CDB { ModeSense10(page: page, control: control, allocationLength: Self.replyLength).cdb }
        var data: DataPhase { .fromDevice(byteCount: Int(Self.replyLength)) }
    }
}

/// Where the page lies in a reply and how long it is (SPC-4, 7.5.5 and 7.5.7).
struct ModePageLength: SCSIReply, Equatable {
    let offset: Int
    let length: Int
    /// Bytes of the reply up to the page's end.
    var totalLength: Int { offset + length }

    init(parsing reply: ByteView) throws(ByteView.OutOfBounds) {
        offset = 8 + Int(try reply.uint16(at: 6))
        length = 2 + Int(try reply.uint8(at: offset + 1))
    }
}

/// A mode page as a drive sent it.
public struct ModePage: SCSIReply, Equatable {
    /// Its bytes from the page code on; offsets are those of the standard's tables.
    public let bytes: [UInt8]

    /// A page of the given bytes.
    public init(bytes: [UInt8]) { self.bytes = bytes }

    /// Finds the page behind header and block descriptors.
    public init(parsing reply: ByteView) throws(ByteView.OutOfBounds) {
        let place = try ModePageLength(parsing: reply)
        bytes = Array(try reply.slice(at: place.offset, count: place.length))
    }

    /// The page code.
    public var code: UInt8 { bytes.first?.bits(0...5) ?? 0 }
}

/// All mode pages of a drive, as page code 3Fh gets them.
public struct ModePages: SCSIReply, Equatable {
    /// The page code that stands for all.
    public static let allPages: UInt8 = 0x3F
    /// In the drive's order. A page 00h ends the list, since its form is the vendor's own.
    public let pages: [ModePage]

    /// Walks the pages behind header and block descriptors; each must be complete (SPC-4, 7.5.7: with the bit SPF a page has
    /// a sub-page code and two bytes of length).
    public init(parsing reply: ByteView) throws(ByteView.OutOfBounds) {
        let end = min(Int(try reply.uint16(at: 0)) + 2, MMC.longestReply)
        _ = try reply.slice(at: 0, count: end)
        var offset = 8 + Int(try reply.uint16(at: 6))
        var pages: [ModePage] = []
        while offset + 2 <= end {
            let head = try reply.uint8(at: offset)
            guard head.bits(0...5) != 0 else { break }
            let length =
                head.bit(6) ? 4 + Int(try reply.uint16(at: offset + 2)) : 2 + Int(try reply.uint8(at: offset + 1))
            pages.append(ModePage(bytes: Array(try reply.slice(at: offset, count: length))))
            offset += length
        }
        self.pages = pages
    }
}

extension ModeSense10 {
    /// The same command for all pages.
    struct All: SCSICommand {
        typealias Reply = ModePages
        static let name = ModeSense10.name
        let control: PageControl
        let allocationLength: UInt16
        var cdb: CDB {
            ModeSense10(page: ModePages.allPages, control: control, allocationLength: allocationLength).cdb
        }
        var data: DataPhase { .fromDevice(byteCount: Int(allocationLength)) }
    }

    /// The same with room for the mode parameter header alone.
    struct AllLength: SCSICommand {
        typealias Reply = ModeDataLength
        static let name = ModeSense10.name
        let control: PageControl
        var cdb: CDB { All(control: control, allocationLength: 8).cdb }
        var data: DataPhase { .fromDevice(byteCount: 8) }
    }
}

/// Mode Data Length of the header (SPC-4, 7.5.5).
struct ModeDataLength: SCSIReply, Equatable {
    /// Bytes of the whole reply.
    let totalLength: Int

    init(parsing reply: ByteView) throws(ByteView.OutOfBounds) { totalLength = Int(try reply.uint16(at: 0)) + 2 }
}

extension SCSITransport {
    /// All mode pages: their length first, then all of them.
    public func modePages(control: ModeSense10.PageControl = .current) throws(SCSIError) -> [ModePage] {
        let length = try perform(ModeSense10.AllLength(control: control)).totalLength
        let room = UInt16(min(max(length, 8), MMC.longestReply))
        return try perform(ModeSense10.All(control: control, allocationLength: room)).pages
    }

    /// A whole mode page: its length first, then all of it.
    public func modePage(
        _ page: UInt8, control: ModeSense10.PageControl = .current
    ) throws(SCSIError) -> ModePage {
        let length = try perform(ModeSense10.Header(page: page, control: control)).totalLength
        let room = UInt16(min(length, MMC.longestReply))
        return try perform(ModeSense10(page: page, control: control, allocationLength: room))
    }
}
