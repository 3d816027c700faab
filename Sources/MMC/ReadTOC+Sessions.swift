public import BinaryCoding
public import DiscLayout
public import SCSI

/// READ TOC/PMA/ATIP, format 0001b: the sessions.
public struct ReadSessionInformation: SCSICommand {
    /// The sessions.
    public typealias Reply = SessionInformation
    /// The standard's name.
    public static let name = ReadTOC.name
    private static let replyLength = 12
    /// The question.
    public init() {}
    /// The command descriptor block.
    public var cdb: CDB { ReadTOC.cdb(format: 1, trackOrSession: 0, allocationLength: Self.replyLength) }
    /// Room for the reply.
    public var data: DataPhase { .fromDevice(byteCount: Self.replyLength) }
}

/// Multi-session Information (MMC-6, 6.25.3.3).
public struct SessionInformation: SCSIReply, Equatable {
    /// Number of the first complete session.
    public let firstSession: Int
    /// Number of the last complete session.
    public let lastSession: Int
    /// First track of the last complete session.
    public let firstTrack: TableOfContents.Track

    /// Reads header and descriptor.
    public init(parsing reply: ByteView) throws(ByteView.OutOfBounds) {
        let header = try TOCHeader(parsing: reply)
        (firstSession, lastSession) = (Int(header.first), Int(header.last))
        firstTrack = TableOfContents.Track(
            number: Int(try reply.uint8(at: 6)), control: TrackControl(rawValue: try reply.uint8(at: 5)),
            start: Int(try reply.int32(at: 8)))
    }
}

/// READ TOC/PMA/ATIP, format 0011b: the program memory area, where the tracks of sessions that are still open stand.
public struct ReadPMA: SCSICommand {
    /// The entries.
    public typealias Reply = ProgramMemoryArea
    /// The standard's name.
    public static let name = ReadTOC.name
    static let format: UInt8 = 3
    private let allocationLength: Int
    /// Asks for all entries.
    public init(allocationLength: Int) { self.allocationLength = allocationLength }
    /// The command descriptor block.
    public var cdb: CDB { ReadTOC.cdb(format: Self.format, trackOrSession: 0, allocationLength: allocationLength) }
    /// Room for the reply.
    public var data: DataPhase { .fromDevice(byteCount: min(allocationLength, MMC.longestReply)) }
}

/// PMA (MMC-6, 6.25.3.5).
public struct ProgramMemoryArea: SCSIReply, Equatable {
    /// All entries, in the drive's order. Of a track `time` is where it ends and `position` where it begins.
    public let pointers: [FullTOC.Pointer]

    /// Reads the descriptors.
    public init(parsing reply: ByteView) throws(ByteView.OutOfBounds) {
        pointers = try FullTOC.Pointer.list(in: reply)
    }
}

/// READ TOC/PMA/ATIP, format 0101b: CD-TEXT of the first session's lead-in.
public struct ReadText: SCSICommand {
    /// The packs.
    public typealias Reply = TextPacks
    /// The standard's name.
    public static let name = ReadTOC.name
    static let format: UInt8 = 5
    private let allocationLength: Int
    /// Asks for all packs.
    public init(allocationLength: Int) { self.allocationLength = allocationLength }
    /// The command descriptor block.
    public var cdb: CDB { ReadTOC.cdb(format: Self.format, trackOrSession: 0, allocationLength: allocationLength) }
    /// Room for the reply.
    public var data: DataPhase { .fromDevice(byteCount: min(allocationLength, MMC.longestReply)) }
}

/// CD-TEXT packs as the drive read them (MMC-6, 6.25.3.7).
public struct TextPacks: SCSIReply, Equatable {
    /// Bytes of a pack, its check sum included.
    public static let packBytes = 18
    /// The packs one behind the other, in the drive's order, only whole ones; nothing is checked.
    public let bytes: [UInt8]
    /// Number of packs.
    public var count: Int { bytes.count / Self.packBytes }

    /// Reads the packs that the header announces.
    public init(parsing reply: ByteView) throws(ByteView.OutOfBounds) {
        bytes = try TOCHeader.descriptors(of: reply, size: Self.packBytes).flatMap(\.bytes)
    }
}

extension SCSITransport {
    /// The program memory area: its length first, then all of it.
    public func programMemoryArea() throws(SCSIError) -> ProgramMemoryArea {
        let header = try perform(ReadTOC.Header(format: ReadPMA.format, trackOrSession: 0))
        return try perform(ReadPMA(allocationLength: max(header.totalLength, ReadTOC.Header.replyLength)))
    }

    /// The CD-TEXT packs: their length first, then all of them. Empty where the disc has none and the drive says so;
    /// many drives answer with an error instead.
    public func textPacks() throws(SCSIError) -> TextPacks {
        let header = try perform(ReadTOC.Header(format: ReadText.format, trackOrSession: 0))
        return try perform(ReadText(allocationLength: max(header.totalLength, ReadTOC.Header.replyLength)))
    }
}
