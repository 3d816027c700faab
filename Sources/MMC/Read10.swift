import BinaryCoding
import DiscLayout
public import SCSI

/// READ(10) (28h): the user data of data sectors, 2048 bytes each; of audio it fails (5/64/00).
public struct Read10: BulkCommand {
    /// The standard's name.
    public static let name = "READ(10)"
    /// Bytes of a sector.
    public static let sectorBytes = SessionLayout.TrackForm.mode1.userBytes
    private let lba: Int32
    private let blocks: UInt16
    /// Reads `blocks` sectors from `lba` on.
    public init(lba: Int32, blocks: UInt16) { (self.lba, self.blocks) = (lba, blocks) }
    /// The command descriptor block.
    public var cdb: CDB { CDB([0x28, 0] + lba.bigEndianBytes + [0] + blocks.bigEndianBytes + [0]) }
    /// A drive reads damaged places again and again.
    public var timeout: Int { MMC.readTimeout }
}
