public import BinaryCoding
public import SCSI

/// READ BUFFER CAPACITY (5Ch): how full the drive's buffer is.
public struct ReadBufferCapacity: SCSICommand {
    /// Size and what is free.
    public typealias Reply = BufferCapacity
    /// The standard's name.
    public static let name = "READ BUFFER CAPACITY"
    private static let replyLength: UInt8 = 12
    /// Asks in bytes.
    public init() {}
    /// The command descriptor block.
    public var cdb: CDB { CDB([0x5C, 0, 0, 0, 0, 0, 0, 0, Self.replyLength, 0]) }
    /// Room for the reply.
    public var data: DataPhase { .fromDevice(byteCount: Int(Self.replyLength)) }
}

/// The drive's buffer (MMC-6, 6.20.3).
public struct BufferCapacity: SCSIReply, Equatable {
    /// Size in bytes.
    public let length: Int
    /// Bytes of it that are free; half of them when the drive claims more than there are.
    public let free: Int

    /// Reads the two numbers.
    public init(parsing reply: ByteView) throws(ByteView.OutOfBounds) {
        length = Int(try reply.uint32(at: 4))
        let said = Int(try reply.uint32(at: 8))
        free = said > length ? length / 2 : said
    }

    /// How full it is, 0…100; nil when the drive says nothing of its size.
    public var percentFull: Double? { length > 0 ? Double(length - free) * 100 / Double(length) : nil }
}
