import BinaryCoding
public import SCSI

/// WRITE(10) (2Ah): blocks for the disc, in the block size that page 05h set or, of a session at once, the cue sheet's row.
public struct Write10: BulkCommand {
    /// The standard's name.
    public static let name = "WRITE(10)"
    private let lba: Int32
    private let blocks: UInt16
    /// Writes `blocks` blocks from `lba` on.
    public init(lba: Int32, blocks: UInt16) { (self.lba, self.blocks) = (lba, blocks) }
    /// The command descriptor block.
    public var cdb: CDB { CDB([0x2A, 0] + lba.bigEndianBytes + [0] + blocks.bigEndianBytes + [0]) }
    /// A drive may calibrate or link in here.
    public var timeout: Int { MMC.writeTimeout }
}
