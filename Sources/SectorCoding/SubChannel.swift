import DiscLayout

/// The 96 bytes of sub-channel beside every sector, channels P to W interleaved as drives send them: byte k holds bit k of
/// all eight, P in bit 7, Q in bit 6, W in bit 0 (ECMA-130, clause 22; MMC-6, "raw P-W").
public enum SubChannel {
    /// Bits 5…0, where R to W stand.
    static let rwBits: UInt8 = 0x3F

    /// Writes one sector's sub-channel: P, Q and nothing in R to W.
    ///
    /// - Precondition: `target` has 96 bytes.
    public static func pack(p: Bool, q: QFrame, into target: UnsafeMutableRawBufferPointer) {
        VectorCoding.best.pack(p: p, q: q, keeping: 0, into: target)
    }

    /// Writes P and Q into one sector's sub-channel and leaves R to W as they stand.
    ///
    /// - Precondition: `target` has 96 bytes.
    public static func replacePQ(p: Bool, q: QFrame, in target: UnsafeMutableRawBufferPointer) {
        VectorCoding.best.pack(p: p, q: q, keeping: rwBits, into: target)
    }

    /// The Q frame in one sector's sub-channel.
    ///
    /// - Precondition: `source` has 96 bytes.
    public static func q(of source: UnsafeRawBufferPointer) -> QFrame {
        precondition(source.count == RedBook.subChannelBytes, "a sector has 96 bytes of sub-channel")
        var (head, tail): (UInt64, UInt32) = (0, 0)
        for index in 0..<8 { head = head << 8 | UInt64(gather(source, index, shift: 6)) }
        for index in 8..<QFrame.byteCount { tail = tail << 8 | UInt32(gather(source, index, shift: 6)) }
        return QFrame(
            head: head, tail: UInt16(truncatingIfNeeded: tail >> 16), storedCRC: UInt16(truncatingIfNeeded: tail))
    }

    /// The P channel is set in most of one sector's bits: a player's way of reading it.
    public static func p(of source: UnsafeRawBufferPointer) -> Bool {
        var set = 0
        for byte in source { set += Int(byte >> 7) }
        return set > source.count / 2
    }

    /// Channels R to W of one sector are not all zero.
    ///
    /// - Precondition: `source` has 96 bytes.
    public static func hasRW(_ source: UnsafeRawBufferPointer) -> Bool {
        precondition(source.count == RedBook.subChannelBytes, "a sector has 96 bytes of sub-channel")
        var bits: UInt64 = 0
        for index in 0..<QFrame.byteCount {
            bits |= source.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self)
        }
        return bits & UInt64(rwBits) &* 0x0101_0101_0101_0101 != 0
    }

    /// The Q frames of `count` sectors, twelve bytes each.
    ///
    /// - Precondition: `source` has 96 bytes a sector, `target` twelve.
    public static func extractQ(
        _ count: Int, from source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
    ) {
        precondition(source.count == count * RedBook.subChannelBytes, "a sector has 96 bytes of sub-channel")
        precondition(target.count == count * QFrame.byteCount, "a Q frame has twelve bytes")
        // Bytes of a frame stand as far apart as eight bytes of sub-channel, so sectors need no counting.
        for index in 0..<target.count { target[index] = gather(source, index, shift: 6) }
    }

    /// Byte `index` of the channel that stands in bit `shift`: eight bits of eight bytes.
    @inline(__always)
    static func gather(_ source: UnsafeRawBufferPointer, _ index: Int, shift: UInt64) -> UInt8 {
        let bytes = UInt64(littleEndian: source.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
        let bits = bytes >> shift & 0x0101_0101_0101_0101
        // Moves the bit of byte i to bit 63 − i; no two of the product's terms meet, so nothing is carried.
        return UInt8(truncatingIfNeeded: (bits &* 0x8040_2010_0804_0201) >> 56)
    }
}
