import BinaryCoding

/// The Q channel of one sector: 96 bits, the last 16 of them a CRC over the others (ECMA-130, 22.3).
///
/// Numbers and times are BCD in it, control comes before address.
public struct QFrame: Equatable, Hashable, Sendable {
    /// Bytes of a frame.
    public static let byteCount = 12

    /// Bytes 0…7, the first the most significant.
    let head: UInt64
    /// Bytes 8 and 9.
    let tail: UInt16
    /// Bytes 10 and 11 as they are or are to be recorded.
    let storedCRC: UInt16

    /// A frame with the CRC that belongs to it.
    init(head: UInt64, tail: UInt16) { self.init(head: head, tail: tail, storedCRC: ~Self.crc(head, tail)) }

    /// A frame as it was found.
    init(head: UInt64, tail: UInt16, storedCRC: UInt16) {
        (self.head, self.tail, self.storedCRC) = (head, tail, storedCRC)
    }

    /// Twelve bytes from a disc, whatever they say.
    ///
    /// - Precondition: there are twelve.
    public init(_ bytes: some Collection<UInt8>) {
        precondition(bytes.count == Self.byteCount, "a Q frame has twelve bytes")
        var (head, tail, crc): (UInt64, UInt16, UInt16) = (0, 0, 0)
        for (index, byte) in bytes.enumerated() {
            if index < 8 {
                head = head << 8 | UInt64(byte)
            } else if index < 10 {
                tail = tail << 8 | UInt16(byte)
            } else {
                crc = crc << 8 | UInt16(byte)
            }
        }
        self.init(head: head, tail: tail, storedCRC: crc)
    }

    /// Twelve bytes in memory.
    ///
    /// - Precondition: there are twelve.
    public init(_ bytes: UnsafeRawBufferPointer) {
        precondition(bytes.count == Self.byteCount, "a Q frame has twelve bytes")
        self.init(
            head: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
            tail: UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt16.self)),
            storedCRC: UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 10, as: UInt16.self)))
    }

    /// The CRC fits the bytes.
    public var isIntact: Bool { storedCRC == ~Self.crc(head, tail) }

    /// The same frame with its CRC inverted where it stands plain, as some programs leave it in blocks of 16 bytes; a CRC
    /// that fits in neither way stays.
    public var acceptingPlainCRC: QFrame {
        storedCRC == Self.crc(head, tail) ? QFrame(head: head, tail: tail, storedCRC: ~storedCRC) : self
    }

    /// The same frame with the CRC that belongs to it.
    public var repairingCRC: QFrame { QFrame(head: head, tail: tail) }

    /// The twelve bytes.
    public var bytes: [UInt8] { head.bigEndianBytes + tail.bigEndianBytes + storedCRC.bigEndianBytes }

    /// Writes the twelve bytes.
    ///
    /// - Precondition: `target` has twelve bytes.
    public func write(into target: UnsafeMutableRawBufferPointer) {
        precondition(target.count == Self.byteCount, "a Q frame has twelve bytes")
        target.storeBytes(of: head.bigEndian, as: UInt64.self)
        target.storeBytes(of: tail.bigEndian, toByteOffset: 8, as: UInt16.self)
        target.storeBytes(of: storedCRC.bigEndian, toByteOffset: 10, as: UInt16.self)
    }

    /// Byte `index`, 0…11.
    public subscript(index: Int) -> UInt8 {
        switch index {
        case 0..<8: UInt8(truncatingIfNeeded: head >> UInt64(56 - 8 * index))
        case 8, 9: UInt8(truncatingIfNeeded: tail >> UInt16(72 - 8 * index))
        default: UInt8(truncatingIfNeeded: storedCRC >> UInt16(88 - 8 * index))
        }
    }

    /// The CRC of bytes 0…9, not yet inverted (22.3.6).
    private static func crc(_ head: UInt64, _ tail: UInt16) -> UInt16 { VectorCoding.best.crc(head, tail) }
}
