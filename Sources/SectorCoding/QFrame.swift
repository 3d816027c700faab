import BinaryCoding
public import DiscLayout

/// Sector and sub-channel coding (ECMA-130, clauses 14 to 22): pure functions from bytes to bytes. No file, no drive, so it
/// imports nothing but the layout of fields and of discs.

/// The Q channel of one sector: 96 bits, the last 16 of them a CRC over the others (ECMA-130, 22.3).
///
/// Numbers and times are BCD in it, control comes before address.
public struct QFrame: Equatable, Hashable, Sendable {
    /// Bytes of a frame.
    public static let byteCount = 12

    /// Bytes 0…7, the first the most significant.
    private let head: UInt64
    /// Bytes 8 and 9.
    private let tail: UInt16
    /// Bytes 10 and 11 as they are or are to be recorded.
    private let storedCRC: UInt16

    private init(head: UInt64, tail: UInt16) {
        (self.head, self.tail) = (head, tail)
        storedCRC = ~Self.crc(head, tail)
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
        (self.head, self.tail, storedCRC) = (head, tail, crc)
    }

    /// The CRC fits the bytes.
    public var isIntact: Bool { storedCRC == ~Self.crc(head, tail) }

    /// The twelve bytes.
    public var bytes: [UInt8] { head.bigEndianBytes + tail.bigEndianBytes + storedCRC.bigEndianBytes }

    /// Byte `index`, 0…11.
    public subscript(index: Int) -> UInt8 {
        switch index {
        case 0..<8: UInt8(truncatingIfNeeded: head >> UInt64(56 - 8 * index))
        case 8, 9: UInt8(truncatingIfNeeded: tail >> UInt16(72 - 8 * index))
        default: UInt8(truncatingIfNeeded: storedCRC >> UInt16(88 - 8 * index))
        }
    }
}

extension QFrame {
    /// Mode 1 in the program area: where a sector is (22.3.3).
    ///
    /// - Parameters:
    ///   - track: 1…99, or nil for the lead-out.
    ///   - index: 0…99.
    ///   - relative: time in the track; in index 0 the time left until index 1.
    ///   - absolute: time on the disc.
    public static func position(
        control: TrackControl, track: Int?, index: Int, relative: MSF, absolute: MSF
    ) -> QFrame {
        let track = track.map { UInt8(truncatingIfNeeded: $0).bcd } ?? 0xAA
        let numbers = UInt64(control.rawValue << 4 | 1) << 56 | UInt64(track) << 48
        let index = UInt64(UInt8(truncatingIfNeeded: index).bcd) << 40
        let time = packed(relative) << 16 | packed(absolute) >> 16
        return QFrame(head: numbers | index | time, tail: UInt16(truncatingIfNeeded: packed(absolute)))
    }

    /// Mode 2: the media catalogue number (22.3.4).
    ///
    /// - Parameters:
    ///   - digits: thirteen values 0…9.
    ///   - absolute: the sector's time; its frames are in the frame.
    public static func catalogNumber(_ digits: [UInt8], control: TrackControl, absolute: MSF) -> QFrame {
        precondition(digits.count == 13, "a media catalogue number has thirteen digits")
        let number = digits.reduce(0 as UInt64) { $0 << 4 | UInt64($1 & 0x0F) }
        // Thirteen digits are 52 bits; they follow the first byte and are followed by zeros.
        let head = UInt64(control.rawValue << 4 | 2) << 56 | number << 4
        return QFrame(head: head, tail: UInt16(absolute.frames.bcd))
    }

    /// Mode 3: the recording code of the track (22.3.5).
    ///
    /// - Parameters:
    ///   - code: five characters, A…Z or 0…9, and seven digits, as ASCII.
    ///   - absolute: the sector's time; its frames are in the frame.
    public static func recordingCode(_ code: [UInt8], control: TrackControl, absolute: MSF) -> QFrame {
        precondition(code.count == 12, "an ISRC has twelve characters")
        // '0' is 0 and 'A' is 11h: ASCII less 30h for both. Five of six bits and two of zero are 32.
        let letters = code.prefix(5).reduce(0 as UInt64) { $0 << 6 | UInt64(($1 &- 0x30) & 0x3F) } << 2
        let digits = code.suffix(7).reduce(0 as UInt64) { $0 << 4 | UInt64($1 & 0x0F) } << 4
        let body = letters << 32 | digits
        let head = UInt64(control.rawValue << 4 | 3) << 56 | body >> 8
        return QFrame(head: head, tail: UInt16(truncatingIfNeeded: body << 8) | UInt16(absolute.frames.bcd))
    }

    private static func packed(_ time: MSF) -> UInt64 {
        UInt64(time.minutes.bcd) << 16 | UInt64(time.seconds.bcd) << 8 | UInt64(time.frames.bcd)
    }
}

extension QFrame {
    /// CRC-16 of x¹⁶+x¹²+x⁵+1, most significant bit first, starting from zero, of every byte value.
    private static let crcTable: [UInt16] = (0..<256).map { value in
        (0..<8).reduce(UInt16(value) << 8) { crc, _ in crc & 0x8000 != 0 ? crc << 1 ^ 0x1021 : crc << 1 }
    }

    /// The CRC of bytes 0…9, not yet inverted (22.3.6).
    private static func crc(_ head: UInt64, _ tail: UInt16) -> UInt16 {
        crcTable.withUnsafeBufferPointer { table in
            var crc: UInt16 = 0
            for shift in stride(from: UInt64(56), through: 0, by: -8) {
                crc =
                    crc << 8
                    ^ table[Int(UInt8(truncatingIfNeeded: crc >> 8) ^ UInt8(truncatingIfNeeded: head >> shift))]
            }
            for shift in [UInt16(8), 0] {
                crc =
                    crc << 8
                    ^ table[Int(UInt8(truncatingIfNeeded: crc >> 8) ^ UInt8(truncatingIfNeeded: tail >> shift))]
            }
            return crc
        }
    }
}
