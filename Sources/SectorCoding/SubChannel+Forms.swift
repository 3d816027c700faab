import DiscLayout

/// Other ways in which drives, programs and image files hold sub-channel.
extension SubChannel {
    /// Bytes of the form with P and Q only: the frame, three bytes of zero, P in bit 7 of the last (MMC-6, "P-Q
    /// sub-channel").
    public static let pqBytes = 16

    /// Writes one sector's P and Q in sixteen bytes.
    ///
    /// - Precondition: `target` has sixteen bytes.
    public static func packPQ(p: Bool, q: QFrame, into target: UnsafeMutableRawBufferPointer) {
        precondition(target.count == pqBytes, "P and Q have 16 bytes a sector")
        q.write(into: target.part(at: 0, count: QFrame.byteCount))
        target.storeBytes(of: (p ? 0x80 as UInt32 : 0).bigEndian, toByteOffset: QFrame.byteCount, as: UInt32.self)
    }

    /// Makes 96 bytes of each 16 with P and Q; R to W are zero.
    ///
    /// Of byte 15 only bit 7 counts, since programs leave others set. A CRC may stand plain or inverted, as programs
    /// disagree; one that fits in neither way stays.
    ///
    /// - Precondition: `source` has 16 bytes a sector, `target` 96.
    public static func expandPQ(
        _ count: Int, from source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
    ) {
        precondition(source.count == count * pqBytes, "P and Q have 16 bytes a sector")
        precondition(target.count == count * RedBook.subChannelBytes, "a sector has 96 bytes of sub-channel")
        for index in 0..<count {
            let block = source.part(at: index * pqBytes, count: pqBytes)
            let frame = QFrame(block.part(at: 0, count: QFrame.byteCount)).acceptingPlainCRC
            let sector = target.part(at: index * RedBook.subChannelBytes, count: RedBook.subChannelBytes)
            pack(p: block[15] & 0x80 != 0, q: frame, into: sector)
        }
    }

    /// Makes 16 bytes with P and Q of each 96; R to W are lost.
    ///
    /// - Precondition: `source` has 96 bytes a sector, `target` 16.
    public static func compactPQ(
        _ count: Int, from source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
    ) {
        precondition(source.count == count * RedBook.subChannelBytes, "a sector has 96 bytes of sub-channel")
        precondition(target.count == count * pqBytes, "P and Q have 16 bytes a sector")
        for index in 0..<count {
            let sector = source.part(at: index * RedBook.subChannelBytes, count: RedBook.subChannelBytes)
            let block = target.part(at: index * pqBytes, count: pqBytes)
            q(of: sector).write(into: block.part(at: 0, count: QFrame.byteCount))
            block.clear(at: QFrame.byteCount, count: 3)
            block[15] = p(of: sector) ? 0x80 : 0
        }
    }

    /// Makes the linear form, as CloneCD's `.sub` files hold it: twelve bytes of P, of Q and so on to W for each sector.
    ///
    /// - Precondition: both buffers have 96 bytes a sector and do not overlap.
    public static func linear(
        _ count: Int, from source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
    ) {
        precondition(source.count == count * RedBook.subChannelBytes, "a sector has 96 bytes of sub-channel")
        precondition(target.count == source.count, "both forms have 96 bytes a sector")
        for base in stride(from: 0, to: source.count, by: RedBook.subChannelBytes) {
            for byte in 0..<bytesPerChannel {
                let bits = UInt64(bigEndian: source.loadUnaligned(fromByteOffset: base + byte * 8, as: UInt64.self))
                let channels = transposed(bits)
                for channel in 0..<8 {
                    target[base + channel * bytesPerChannel + byte] = UInt8(
                        truncatingIfNeeded: channels >> UInt64(56 - 8 * channel))
                }
            }
        }
    }

    /// Makes the interleaved form of the linear one.
    ///
    /// - Precondition: both buffers have 96 bytes a sector and do not overlap.
    public static func interleaved(
        _ count: Int, fromLinear source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
    ) {
        precondition(source.count == count * RedBook.subChannelBytes, "a sector has 96 bytes of sub-channel")
        precondition(target.count == source.count, "both forms have 96 bytes a sector")
        for base in stride(from: 0, to: source.count, by: RedBook.subChannelBytes) {
            for byte in 0..<bytesPerChannel {
                var channels: UInt64 = 0
                for channel in 0..<8 {
                    channels = channels << 8 | UInt64(source[base + channel * bytesPerChannel + byte])
                }
                target.storeBytes(
                    of: transposed(channels).bigEndian, toByteOffset: base + byte * 8, as: UInt64.self)
            }
        }
    }

    /// Bytes of one channel in a sector.
    private static let bytesPerChannel = 12

    /// Eight rows of eight bits mirrored at their diagonal: single bits change places, then pairs, then fours.
    private static func transposed(_ rows: UInt64) -> UInt64 {
        var bits = rows
        var swap = (bits ^ bits >> 7) & 0x00AA_00AA_00AA_00AA
        bits ^= swap ^ swap << 7
        swap = (bits ^ bits >> 14) & 0x0000_CCCC_0000_CCCC
        bits ^= swap ^ swap << 14
        swap = (bits ^ bits >> 28) & 0x0000_0000_F0F0_F0F0
        return bits ^ swap ^ swap << 28
    }
}
