import BinaryCoding
public import SCSI

/// READ CD (BEh) of audio sectors: 2352 bytes each, no error flags, no sub-channel.
public struct ReadCD: BulkCommand {
    /// The standard's name.
    public static let name = "READ CD"
    private let lba: Int32
    private let blocks: UInt32
    /// Reads `blocks` sectors from `lba` on.
    ///
    /// - Precondition: `blocks` fits the 24 bits of its field.
    public init(lba: Int32, blocks: UInt32) {
        precondition(blocks < 1 << 24, "the transfer length has 24 bits")
        (self.lba, self.blocks) = (lba, blocks)
    }
    /// The command descriptor block: expected sector type CD-DA, user data.
    public var cdb: CDB { CDB([0xBE, 0x04] + lba.bigEndianBytes + blocks.bigEndianBytes[1...] + [0x10, 0, 0]) }
    /// A drive reads damaged places again and again.
    public var timeout: Int { MMC.readTimeout }
}
