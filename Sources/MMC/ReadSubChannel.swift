public import BinaryCoding
public import DiscLayout
public import SCSI

/// READ SUB-CHANNEL (42h): what its formats have in common. A drive may have to seek and to read a hundred sectors and more.
enum ReadSubChannel {
    static let name = "READ SUB-CHANNEL"
    /// Of the formats that hold a code.
    static let codeReplyLength: UInt8 = 24

    /// SubQ set: without it drives answer with the header alone. Addresses come as LBA.
    static func cdb(format: UInt8, track: UInt8 = 0, allocationLength: UInt8) -> CDB {
        CDB([0x42, 0, 0x40, format, 0, 0, track, 0, allocationLength, 0])
    }
}

/// READ SUB-CHANNEL, format 01h: where the pick-up is.
public struct ReadCurrentPosition: SCSICommand {
    /// The position.
    public typealias Reply = CurrentPosition
    /// The standard's name.
    public static let name = ReadSubChannel.name
    private static let replyLength: UInt8 = 16
    /// The question.
    public init() {}
    /// The command descriptor block.
    public var cdb: CDB { ReadSubChannel.cdb(format: 1, allocationLength: Self.replyLength) }
    /// Room for the reply.
    public var data: DataPhase { .fromDevice(byteCount: Int(Self.replyLength)) }
}

/// CD current position (MMC-3, READ SUB-CHANNEL).
public struct CurrentPosition: SCSIReply, Equatable {
    /// The Q frame's mode: 1 for positions.
    public let mode: UInt8
    /// Control bits.
    public let control: TrackControl
    /// 1…99, AAh in a lead-out.
    public let track: UInt8
    /// 0 in a gap.
    public let index: UInt8
    /// Logical block address.
    public let address: Int
    /// Sectors from index 1 on.
    public let trackAddress: Int

    /// Reads the fields. Control bits stand in the low half, unlike on the disc.
    public init(parsing reply: ByteView) throws(ByteView.OutOfBounds) {
        let kind = try reply.uint8(at: 5)
        (mode, control) = (kind.bits(4...7), TrackControl(rawValue: kind))
        (track, index) = (try reply.uint8(at: 6), try reply.uint8(at: 7))
        (address, trackAddress) = (Int(try reply.int32(at: 8)), Int(try reply.int32(at: 12)))
    }
}

/// READ SUB-CHANNEL, format 02h: the disc's catalogue number.
public struct ReadMediaCatalogNumber: SCSICommand {
    /// The number.
    public typealias Reply = MediaCatalogNumber
    /// The standard's name.
    public static let name = ReadSubChannel.name
    /// The question.
    public init() {}
    /// The command descriptor block.
    public var cdb: CDB { ReadSubChannel.cdb(format: 2, allocationLength: ReadSubChannel.codeReplyLength) }
    /// Room for the reply.
    public var data: DataPhase { .fromDevice(byteCount: Int(ReadSubChannel.codeReplyLength)) }
    /// It searches.
    public var timeout: Int { MMC.readTimeout }
}

/// Media Catalog Number (MMC-3, READ SUB-CHANNEL).
public struct MediaCatalogNumber: SCSIReply, Equatable {
    /// The thirteen characters; nil when the drive found none.
    public let text: String?

    /// Reads valid bit and characters.
    public init(parsing reply: ByteView) throws(ByteView.OutOfBounds) {
        let characters = try reply.ascii(at: 9, count: CatalogNumber.length)
        text = try reply.uint8(at: 8).bit(7) ? characters : nil
    }

    /// The number; nil when there is none, and when what is there is none: discs hold all sorts of things.
    public var number: CatalogNumber? {
        text.flatMap { $0.utf8.count == CatalogNumber.length ? try? CatalogNumber($0) : nil }
    }
}

/// READ SUB-CHANNEL, format 03h: the recording code of a track.
public struct ReadTrackRecordingCode: SCSICommand {
    /// The code.
    public typealias Reply = TrackRecordingCode
    /// The standard's name.
    public static let name = ReadSubChannel.name
    private let track: UInt8
    /// Asks for that of a track, 1…99.
    public init(track: UInt8) { self.track = track }
    /// The command descriptor block.
    public var cdb: CDB {
        ReadSubChannel.cdb(format: 3, track: track, allocationLength: ReadSubChannel.codeReplyLength)
    }
    /// Room for the reply.
    public var data: DataPhase { .fromDevice(byteCount: Int(ReadSubChannel.codeReplyLength)) }
    /// It searches.
    public var timeout: Int { MMC.readTimeout }
}

/// Track ISRC (MMC-3, READ SUB-CHANNEL).
public struct TrackRecordingCode: SCSIReply, Equatable {
    /// The Q frame's mode: 3 for recording codes; some drives leave it 0.
    public let mode: UInt8
    /// Control bits of the track.
    public let control: TrackControl
    /// The track that it belongs to.
    public let track: UInt8
    /// The twelve characters; nil when the drive found none.
    public let text: String?

    /// Reads the fields. Control bits stand in the low half, unlike on the disc.
    public init(parsing reply: ByteView) throws(ByteView.OutOfBounds) {
        let kind = try reply.uint8(at: 5)
        (mode, control) = (kind.bits(4...7), TrackControl(rawValue: kind))
        track = try reply.uint8(at: 6)
        let characters = try reply.ascii(at: 9, count: RecordingCode.length)
        text = try reply.uint8(at: 8).bit(7) ? characters : nil
    }

    /// The code; nil when there is none, and when what is there is none.
    public var code: RecordingCode? { text.flatMap { RecordingCode($0) } }
}
