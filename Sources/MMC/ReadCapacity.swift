public import BinaryCoding
public import SCSI

/// READ CAPACITY (25h): the last block that can be read.
public struct ReadCapacity: SCSICommand {
    /// The last block.
    public typealias Reply = Capacity
    /// The standard's name.
    public static let name = "READ CAPACITY"
    private static let replyLength = 8
    /// The question.
    public init() {}
    /// The command descriptor block.
    public var cdb: CDB { CDB([0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0]) }
    /// Room for the reply.
    public var data: DataPhase { .fromDevice(byteCount: Self.replyLength) }
}

/// READ CAPACITY Data (MMC-6, READ CAPACITY).
public struct Capacity: SCSIReply, Equatable {
    /// Logical block address of the last block; most drives count the run-out of a Track-At-Once track too.
    public let lastAddress: Int
    /// Bytes of a block: 2048, whatever is on the disc.
    public let blockBytes: Int

    /// Reads the two numbers.
    public init(parsing reply: ByteView) throws(ByteView.OutOfBounds) {
        lastAddress = Int(try reply.int32(at: 0))
        blockBytes = Int(try reply.uint32(at: 4))
    }
}
