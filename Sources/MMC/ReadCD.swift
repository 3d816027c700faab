import BinaryCoding
import DiscLayout
public import SCSI

/// READ CD (BEh): whole sectors, with sub-channel where it is wanted; never error flags (C2), whose place in the reply the
/// standards do not agree on.
public struct ReadCD: BulkCommand {
    /// The standard's name.
    public static let name = "READ CD"

    /// Expected Sector Type: another one is an error (5/64).
    public enum SectorType: UInt8, Sendable {
        /// Whatever comes.
        case any = 0
        /// Audio.
        case audio = 1
        /// Mode 1.
        case mode1 = 2
        /// Mode 2 without form.
        case mode2Formless = 3
        /// Mode 2 form 1.
        case mode2Form1 = 4
        /// Mode 2 form 2.
        case mode2Form2 = 5

        /// Bytes of user data in a sector; nil where that depends on the sector.
        var userBytes: Int? {
            switch self {
            case .any: nil
            case .audio: RedBook.sectorBytes
            case .mode1, .mode2Form1: 2048
            case .mode2Formless: 2336
            case .mode2Form2: 2324
            }
        }
    }

    /// What is wanted of the main channel.
    public enum MainChannel: UInt8, Sendable {
        /// Nothing.
        case none = 0x00
        /// User data: of audio everything.
        case userData = 0x10
        /// All 2352 bytes, of data sectors from the synchronisation to the error correction, descrambled.
        case whole = 0xF8
    }

    /// What is wanted of the sub-channel; it follows each sector's main channel.
    public enum SubChannel: UInt8, Sendable {
        /// Nothing.
        case none = 0
        /// 96 bytes of P to W as they are on the disc.
        case raw = 1
        /// 16 bytes: the Q frame and P as one bit. Some drives give numbers in binary and no CRC.
        case q = 2
        /// 96 bytes of R to W, the packs corrected and in order.
        case packs = 4

        /// Bytes a sector.
        public var byteCount: Int {
            switch self {
            case .none: 0
            case .q: 16
            case .raw, .packs: RedBook.subChannelBytes
            }
        }
    }

    /// Bytes that come of each sector.
    public let sectorBytes: Int
    private let lba: Int32
    private let blocks: UInt32
    private let type: SectorType
    private let main: MainChannel
    private let subChannel: SubChannel

    /// Reads `blocks` sectors from `lba` on; by default the samples of audio.
    ///
    /// - Precondition: `blocks` fits the 24 bits of its field, and with user data a sector type is named: else the size of
    ///   the reply is unknown.
    public init(
        lba: Int32, blocks: UInt32, _ type: SectorType = .audio, _ main: MainChannel = .userData,
        subChannel: SubChannel = .none
    ) {
        precondition(blocks < 1 << 24, "the transfer length has 24 bits")
        precondition(main != .userData || type != .any, "the size of user data is known of a sector type alone")
        let mainBytes =
            switch main {
            case .none: 0
            case .userData: type.userBytes ?? 0
            case .whole: RedBook.sectorBytes
            }
        sectorBytes = mainBytes + subChannel.byteCount
        (self.lba, self.blocks, self.type, self.main, self.subChannel) = (lba, blocks, type, main, subChannel)
    }
    /// The command descriptor block.
    public var cdb: CDB {
        let head = [0xBE, type.rawValue << 2] + lba.bigEndianBytes
        return CDB(head + blocks.bigEndianBytes[1...] + [main.rawValue, subChannel.rawValue, 0])
    }
    /// A drive reads damaged places again and again.
    public var timeout: Int { MMC.readTimeout }
}
