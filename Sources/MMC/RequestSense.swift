public import BinaryCoding
public import SCSI

/// REQUEST SENSE (03h): how far a running operation has got.
public struct RequestSense: SCSICommand {
    /// The sense data.
    public typealias Reply = RequestedSense
    /// The standard's name.
    public static let name = "REQUEST SENSE"
    private static let replyLength: UInt8 = 18
    /// Asks for fixed-format sense.
    public init() {}
    /// The command descriptor block.
    public var cdb: CDB { CDB([0x03, 0, 0, 0, Self.replyLength, 0]) }
    /// Room for the sense.
    public var data: DataPhase { .fromDevice(byteCount: Int(Self.replyLength)) }
}

/// Sense data that came as data.
public struct RequestedSense: SCSIReply, Equatable {
    /// The sense; nil when its format is unknown.
    public let sense: SenseData?

    /// Reads the sense data, which must reach at least to the code qualifier (byte 13).
    public init(parsing reply: ByteView) throws(ByteView.OutOfBounds) {
        _ = try reply.slice(at: 0, count: 14)
        sense = SenseData(parsing: Array(reply.bytes))
    }
}
