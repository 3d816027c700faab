import DiscLayout

/// The 96 bytes of sub-channel beside every sector, channels P to W interleaved as drives send them: byte k holds bit k of
/// all eight, P in bit 7, Q in bit 6, W in bit 0 (ECMA-130, clause 22; MMC-6, "raw P-W").
public enum SubChannel {
    /// Eight bits of Q spread over eight bytes, each in bit 6. The first byte in memory holds the first bit.
    private static let spread: [UInt64] = (0..<256).map { value in
        var bytes: UInt64 = 0
        // The first bit of a channel's byte is its most significant.
        for bit in 0..<8 where value & (0x80 >> bit) != 0 { bytes |= 0x40 << UInt64(8 * bit) }
        return bytes.littleEndian
    }

    /// P set in eight bytes.
    private static let pBits: UInt64 = 0x8080_8080_8080_8080

    /// Writes one sector's sub-channel: P, Q and nothing in R to W.
    ///
    /// - Precondition: `target` has 96 bytes.
    public static func pack(p: Bool, q: QFrame, into target: UnsafeMutableRawBufferPointer) {
        precondition(target.count == RedBook.subChannelBytes, "a sector has 96 bytes of sub-channel")
        let flag = p ? pBits : 0
        spread.withUnsafeBufferPointer { table in
            for index in 0..<QFrame.byteCount {
                target.storeBytes(of: table[Int(q[index])] | flag, toByteOffset: index * 8, as: UInt64.self)
            }
        }
    }

    /// The Q frame in one sector's sub-channel.
    ///
    /// - Precondition: `source` has 96 bytes.
    public static func q(of source: UnsafeRawBufferPointer) -> QFrame {
        precondition(source.count == RedBook.subChannelBytes, "a sector has 96 bytes of sub-channel")
        return QFrame(
            (0..<QFrame.byteCount).map { index in
                (0..<8).reduce(0 as UInt8) { $0 << 1 | (source[index * 8 + $1] >> 6 & 1) }
            })
    }

    /// The P channel is set in most of one sector's bits: a player's way of reading it.
    public static func p(of source: UnsafeRawBufferPointer) -> Bool {
        source.count { $0 & 0x80 != 0 } > source.count / 2
    }
}
