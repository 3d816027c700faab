public import BinaryCoding
public import DiscLayout
public import SCSI

/// READ TRACK INFORMATION (52h).
public struct ReadTrackInformation: SCSICommand {
    /// The track's state.
    public typealias Reply = TrackInformation
    /// The standard's name.
    public static let name = "READ TRACK INFORMATION"

    /// Which track is meant.
    public enum Address: Equatable, Sendable {
        /// The one that holds a logical block.
        case lba(Int32)
        /// The one with a number, 1…99.
        case track(UInt8)
        /// The invisible track: where the next one would be written.
        case next
    }

    private let address: Address
    /// Up to the last recorded address: bytes behind it concern other media.
    private static let replyLength: UInt8 = 36

    /// Asks about a track.
    public init(_ address: Address) { self.address = address }
    /// The command descriptor block.
    public var cdb: CDB {
        let (kind, number): (UInt8, [UInt8]) =
            switch address {
            case .lba(let lba): (0, lba.bigEndianBytes)
            case .track(let number): (1, UInt32(number).bigEndianBytes)
            case .next: (1, UInt32(0xFF).bigEndianBytes)
            }
        return CDB([0x52, kind] + number + [0, 0, Self.replyLength, 0])
    }
    /// Room for the reply.
    public var data: DataPhase { .fromDevice(byteCount: Int(Self.replyLength)) }
}

/// Track Information Block (MMC-6, 6.26.3).
public struct TrackInformation: SCSIReply, Equatable {
    /// The track's number.
    public let number: Int
    /// The session that it belongs to.
    public let session: Int
    /// Control bits.
    public let control: TrackControl
    /// It was interrupted while it was written.
    public let isDamaged: Bool
    /// Nothing is written in it.
    public let isBlank: Bool
    /// It was set aside with RESERVE TRACK.
    public let isReserved: Bool
    /// It is written in packets.
    public let isPacket: Bool
    /// Logical block address of its first block.
    public let start: Int
    /// Where the next WRITE has to go; nil when the drive says that it knows none.
    public let nextWritableAddress: Int?
    /// Blocks that can still be written.
    public let freeBlocks: Int
    /// Its size in blocks.
    public let size: Int

    /// Offsets and bits are those of the Track Information Block.
    public init(parsing reply: ByteView) throws(ByteView.OutOfBounds) {
        number = Int(try reply.uint8(at: 2))
        session = Int(try reply.uint8(at: 3))
        let (mode, state) = (try reply.uint8(at: 5), try reply.uint8(at: 6))
        control = TrackControl(rawValue: mode.bits(0...3))
        isDamaged = mode.bit(5)
        (isReserved, isBlank, isPacket) = (state.bit(7), state.bit(6), state.bit(5))
        start = Int(try reply.int32(at: 8))
        nextWritableAddress = try reply.uint8(at: 7).bit(0) ? Int(try reply.int32(at: 12)) : nil
        freeBlocks = Int(try reply.uint32(at: 16))
        size = Int(try reply.uint32(at: 24))
    }
}
