public import BinaryCoding
public import DiscLayout
public import SCSI

/// READ TOC/PMA/ATIP (43h): what its formats have in common.
enum ReadTOC {
    static let name = "READ TOC/PMA/ATIP"

    /// `trackOrSession` is the first one wanted, in formats 0 and 2. Addresses come as LBA in format 0.
    static func cdb(format: UInt8, trackOrSession: UInt8, allocationLength: Int) -> CDB {
        let room = UInt16(min(allocationLength, MMC.longestReply))
        return CDB([0x43, 0, format, 0, 0, 0, trackOrSession] + room.bigEndianBytes + [0])
    }

    /// Any format with room for the header alone, which tells how long the whole is.
    struct Header: SCSICommand {
        typealias Reply = TOCHeader
        static let name = ReadTOC.name
        static let replyLength = 4
        let format: UInt8
        let trackOrSession: UInt8
        var cdb: CDB { ReadTOC.cdb(format: format, trackOrSession: trackOrSession, allocationLength: Self.replyLength) }
        var data: DataPhase { .fromDevice(byteCount: Self.replyLength) }
    }
}

/// The four bytes in front of every format.
struct TOCHeader: SCSIReply, Equatable {
    /// Bytes of the whole reply, this header included.
    let totalLength: Int
    let first: UInt8
    let last: UInt8

    init(parsing reply: ByteView) throws(ByteView.OutOfBounds) {
        totalLength = Int(try reply.uint16(at: 0)) + 2
        (first, last) = (try reply.uint8(at: 2), try reply.uint8(at: 3))
    }

    /// The parts behind the header, each of `size` bytes, all that the header announces.
    static func descriptors(of reply: ByteView, size: Int) throws(ByteView.OutOfBounds) -> [ByteView] {
        let end = min(try TOCHeader(parsing: reply).totalLength, MMC.longestReply)
        _ = try reply.slice(at: 0, count: end)
        var parts: [ByteView] = []
        for offset in stride(from: 4, to: end - size + 1, by: size) {
            parts.append(ByteView(try reply.slice(at: offset, count: size)))
        }
        return parts
    }
}

/// READ TOC/PMA/ATIP, format 0000b: Formatted TOC, all sessions as one.
public struct ReadFormattedTOC: SCSICommand {
    /// The table.
    public typealias Reply = FormattedTOC
    /// The standard's name.
    public static let name = ReadTOC.name
    static let format: UInt8 = 0
    private let allocationLength: Int
    /// Asks from track 1 on.
    public init(allocationLength: Int) { self.allocationLength = allocationLength }
    /// The command descriptor block.
    public var cdb: CDB { ReadTOC.cdb(format: Self.format, trackOrSession: 0, allocationLength: allocationLength) }
    /// Room for the reply.
    public var data: DataPhase { .fromDevice(byteCount: min(allocationLength, MMC.longestReply)) }
}

/// Formatted TOC (MMC-6, 6.25.3.2).
public struct FormattedTOC: SCSIReply, Equatable {
    /// Tracks and lead-out; the lead-out is nil when the drive names none.
    public let tracks: [TableOfContents.Track]
    /// Logical block address of the (last) lead-out.
    public let leadOut: Int?
    /// The reply itself, from its length on, up to the end that it announces.
    public let bytes: [UInt8]

    private static let leadOutNumber = 0xAA

    /// Reads the descriptors of 8 bytes.
    public init(parsing reply: ByteView) throws(ByteView.OutOfBounds) {
        var tracks: [TableOfContents.Track] = []
        var leadOut: Int?
        for descriptor in try TOCHeader.descriptors(of: reply, size: 8) {
            let number = Int(try descriptor.uint8(at: 2))
            let start = Int(try descriptor.int32(at: 4))
            if number == Self.leadOutNumber {
                leadOut = start
            } else {
                let control = TrackControl(rawValue: try descriptor.uint8(at: 1))
                tracks.append(TableOfContents.Track(number: number, control: control, start: start))
            }
        }
        (self.tracks, self.leadOut) = (tracks, leadOut)
        let end = min(try TOCHeader(parsing: reply).totalLength, MMC.longestReply)
        bytes = Array(try reply.slice(at: 0, count: end))
    }
}

extension SCSITransport {
    /// The formatted table of contents: its length first, then all of it.
    public func formattedTOC() throws(SCSIError) -> FormattedTOC {
        let header = try perform(ReadTOC.Header(format: ReadFormattedTOC.format, trackOrSession: 0))
        return try perform(ReadFormattedTOC(allocationLength: header.totalLength))
    }
}
