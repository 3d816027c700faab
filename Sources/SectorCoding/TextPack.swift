import BinaryCoding

/// One pack of CD-TEXT: 18 bytes, of which twelve are a piece of the texts of one type (MMC-6, annex "CD-TEXT format in the
/// lead-in area"; IEC 61866).
public struct TextPack: Equatable, Hashable, Sendable {
    /// Bytes of a pack with its CRC.
    public static let byteCount = 18
    /// Bytes of texts in a pack.
    public static let payloadBytes = 12
    /// Bytes that the CRC is of: all before it. Some image files hold these alone.
    static let coveredBytes = 16

    /// Bytes 0…7, the first the most significant.
    let head: UInt64
    /// Bytes 8…15.
    let tail: UInt64
    /// Bytes 16 and 17 as they are or are to be recorded.
    let storedCRC: UInt16

    private init(head: UInt64, tail: UInt64, storedCRC: UInt16) {
        (self.head, self.tail, self.storedCRC) = (head, tail, storedCRC)
    }

    /// Takes eighteen bytes one after the other.
    struct Reader {
        private var head: UInt64 = 0
        private var tail: UInt64 = 0
        private var crc: UInt16 = 0

        /// Every byte pushes those before it to the front.
        mutating func append(_ byte: UInt8) {
            head = head << 8 | tail >> 56
            tail = tail << 8 | UInt64(crc >> 8)
            crc = crc << 8 | UInt16(byte)
        }

        /// The pack of the last eighteen.
        var pack: TextPack { TextPack(head: head, tail: tail, storedCRC: crc) }
    }

    /// Eighteen bytes from a disc or a file, whatever they say.
    ///
    /// - Precondition: there are eighteen.
    public init(_ bytes: some Collection<UInt8>) {
        precondition(bytes.count == Self.byteCount, "a pack has 18 bytes")
        var reader = Reader()
        for byte in bytes { reader.append(byte) }
        self = reader.pack
    }

    /// A pack of its first sixteen bytes, with the CRC that belongs to them.
    ///
    /// - Precondition: there are sixteen.
    public init(withoutCRC bytes: some Collection<UInt8>) {
        precondition(bytes.count == Self.coveredBytes, "a pack has sixteen bytes before its CRC")
        var reader = Reader()
        for byte in bytes { reader.append(byte) }
        reader.append(0)
        reader.append(0)
        self.init(head: reader.pack.head, tail: reader.pack.tail, storedCRC: reader.pack.madeCRC)
    }

    /// A pack with the CRC that belongs to it.
    ///
    /// - Parameters:
    ///   - type: 80h…8Fh.
    ///   - track: 0 for the disc, else the track of the first character, 1…99; counts from 0 in type 8Fh.
    ///   - sequence: number of the pack in its block, from 0.
    ///   - isDoubleByte: characters take two bytes.
    ///   - block: 0…7.
    ///   - characterPosition: characters of the current text in earlier packs; 15 stands for all above.
    ///   - payload: at most twelve bytes; zeros follow.
    public init(
        type: UInt8, track: UInt8, sequence: UInt8, isDoubleByte: Bool = false, block: UInt8 = 0,
        characterPosition: UInt8, payload: some Collection<UInt8>
    ) {
        precondition(payload.count <= Self.payloadBytes, "a pack holds twelve bytes of text")
        let place = (isDoubleByte ? 0x80 : 0) | (block & 7) << 4 | min(characterPosition, 15)
        let zeros = repeatElement(0 as UInt8, count: Self.payloadBytes - payload.count)
        self.init(withoutCRC: [type, track, sequence, place] + payload + zeros)
    }

    /// 80h…8Fh in packs that mean something.
    public var type: UInt8 { self[0] }
    /// Track of the first character, 0 the disc; 7 bits, since the eighth is the extension flag.
    public var track: UInt8 { self[1] & 0x7F }
    /// The extension flag, which no disc has set.
    public var isExtension: Bool { self[1] & 0x80 != 0 }
    /// Number of the pack in its block.
    public var sequence: UInt8 { self[2] }
    /// Characters take two bytes.
    public var isDoubleByte: Bool { self[3] & 0x80 != 0 }
    /// Number of the block, which is a language, 0…7.
    public var block: UInt8 { self[3] >> 4 & 7 }
    /// Characters of the current text in earlier packs, 15 for all above.
    public var characterPosition: UInt8 { self[3] & 0x0F }
    /// The twelve bytes of text.
    public var payload: [UInt8] { (4..<Self.coveredBytes).map { self[$0] } }

    /// The CRC fits the bytes.
    public var isIntact: Bool { storedCRC == madeCRC }
    /// The CRC is zero, as programs leave it that make none.
    public var hasNoCRC: Bool { storedCRC == 0 }

    /// The eighteen bytes.
    public var bytes: [UInt8] { head.bigEndianBytes + tail.bigEndianBytes + storedCRC.bigEndianBytes }

    /// Byte `index`, 0…17.
    public subscript(index: Int) -> UInt8 {
        switch index {
        case 0..<8: UInt8(truncatingIfNeeded: head >> UInt64(56 - 8 * index))
        case 8..<16: UInt8(truncatingIfNeeded: tail >> UInt64(120 - 8 * index))
        default: UInt8(truncatingIfNeeded: storedCRC >> UInt16(136 - 8 * index))
        }
    }

    private var madeCRC: UInt16 {
        var crc = CRC16()
        crc.update(head)
        crc.update(tail)
        return ~crc.value
    }
}
