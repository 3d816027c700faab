import BinaryCoding
import DiscLayout
import SectorCoding

/// What READ CD is asked for of each block: main channel, C2 error pointers, sub-channel, in this order (MMC-6, 6.19).
struct BlockSelection: Equatable {
    /// Sub-channel selection of MMC-6, table 356.
    enum SubChannelSelection: UInt8 {
        case none = 0
        /// P to W as they are, interleaved.
        case raw = 1
        /// P and Q in 16 bytes.
        case q = 2
        /// R to W in packs, in the order in which they were made.
        case rw = 4
    }
    /// What the blocks have to be: 0 for any, 1…5.
    let expectedType: UInt8
    let fields: MainFields
    /// Bytes of C2 error pointers: a bit for each byte of the sector, with or without a block error byte and its padding in
    /// front.
    let pointerBytes: Int
    let sub: SubChannelSelection

    /// Bytes of one bit for each byte of a sector.
    static let pointerBitmapBytes = RedBook.sectorBytes / 8
    /// The same with the OR of all, and a byte that makes it even.
    static let pointersWithBlockError = pointerBitmapBytes + 2

    /// Reads bytes 1, 9 and 10 of READ CD or READ CD MSF.
    init(_ cdb: [UInt8]) throws(CheckCondition) {
        expectedType = cdb[1].bits(2...4)
        guard expectedType <= 5 else { throw .invalidFieldInCDB(byte: 1) }
        fields = MainFields(rawValue: cdb[9]).intersection(.all)
        switch cdb[9].bits(1...2) {
        case 0: pointerBytes = 0
        case 1: pointerBytes = Self.pointerBitmapBytes
        case 2: pointerBytes = Self.pointersWithBlockError
        default: throw .invalidFieldInCDB(byte: 9)
        }
        guard let selection = SubChannelSelection(rawValue: cdb[10].bits(0...2)) else {
            throw .invalidFieldInCDB(byte: 10)
        }
        sub = selection
    }

    /// Bytes of sub-channel of a block.
    var subBytes: Int {
        switch sub {
        case .none: 0
        case .raw, .rw: RedBook.subChannelBytes
        case .q: SubChannel.pqBytes
        }
    }

    /// Nothing at all is asked for.
    var isEmpty: Bool { fields.isEmpty && pointerBytes == 0 && sub == .none }

    /// Whole blocks of 2352 bytes and nothing else, if they are audio.
    var isPlainAudio: Bool { !fields.isEmpty && pointerBytes == 0 && sub == .none }
}
