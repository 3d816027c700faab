import DiscLayout

/// Packs as they stand in the R to W channels of a lead-in: 144 bits are 24 symbols of six, and four packs fill a sector.
/// Unlike packs of graphics they have no parity and are not interleaved.
extension TextPack {
    /// Symbols of a pack.
    public static let symbolCount = 24
    /// Packs in a sector.
    public static let packsPerSector = 4

    /// The pack in 24 symbols, bits 5…0 of each byte.
    public var symbols: [UInt8] {
        var symbols = [UInt8](repeating: 0, count: Self.symbolCount)
        symbols.withUnsafeMutableBytes { store(in: $0) }
        return symbols
    }

    /// Writes the symbols into bits 5…0 of 24 bytes; bits 7 and 6 stay.
    private func store(in target: UnsafeMutableRawBufferPointer) {
        for group in 0..<Self.byteCount / 3 {
            let start = 3 * group
            let word = UInt32(self[start]) << 16 | UInt32(self[start + 1]) << 8 | UInt32(self[start + 2])
            for index in 0..<4 {
                let symbol = UInt8(truncatingIfNeeded: word >> UInt32(18 - 6 * index)) & 0x3F
                target[4 * group + index] = target[4 * group + index] & 0xC0 | symbol
            }
        }
    }

    /// The pack of 24 symbols; bits 7 and 6 of each byte do not count.
    ///
    /// - Precondition: there are 24.
    public init(symbols: some Collection<UInt8>) {
        precondition(symbols.count == Self.symbolCount, "a pack has 24 symbols")
        var (reader, word, filled): (Reader, UInt32, Int) = (Reader(), 0, 0)
        for symbol in symbols {
            word = word << 6 | UInt32(symbol & 0x3F)
            filled += 6
            guard filled >= 8 else { continue }
            filled -= 8
            reader.append(UInt8(truncatingIfNeeded: word >> UInt32(filled)))
        }
        self = reader.pack
    }

    /// Writes four packs into R to W of one sector's sub-channel and leaves P and Q as they stand.
    ///
    /// - Precondition: there are four packs and 96 bytes.
    public static func write(_ packs: some Collection<TextPack>, into subChannel: UnsafeMutableRawBufferPointer) {
        precondition(packs.count == packsPerSector, "a sector has four packs")
        precondition(subChannel.count == RedBook.subChannelBytes, "a sector has 96 bytes of sub-channel")
        for (number, pack) in packs.enumerated() {
            pack.store(in: subChannel.part(at: number * symbolCount, count: symbolCount))
        }
    }

    /// The four packs in one sector's sub-channel, whatever they say.
    ///
    /// - Precondition: there are 96 bytes.
    public static func packs(in subChannel: UnsafeRawBufferPointer) -> [TextPack] {
        precondition(subChannel.count == RedBook.subChannelBytes, "a sector has 96 bytes of sub-channel")
        return (0..<packsPerSector).map {
            TextPack(symbols: subChannel.part(at: $0 * symbolCount, count: symbolCount))
        }
    }
}
