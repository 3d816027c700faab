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
        stride(from: 0, to: Self.byteCount, by: 3).flatMap { index in
            let word = UInt32(self[index]) << 16 | UInt32(self[index + 1]) << 8 | UInt32(self[index + 2])
            return (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(18 - 6 * $0)) & 0x3F }
        }
    }

    /// The pack of 24 symbols; bits 7 and 6 of each byte do not count.
    ///
    /// - Precondition: there are 24.
    public init(symbols: some Collection<UInt8>) {
        precondition(symbols.count == Self.symbolCount, "a pack has 24 symbols")
        var (bytes, word, filled): ([UInt8], UInt32, Int) = ([], 0, 0)
        for symbol in symbols {
            word = word << 6 | UInt32(symbol & 0x3F)
            filled += 6
            guard filled >= 8 else { continue }
            filled -= 8
            bytes.append(UInt8(truncatingIfNeeded: word >> UInt32(filled)))
        }
        self.init(bytes)
    }

    /// Writes four packs into R to W of one sector's sub-channel and leaves P and Q as they stand.
    ///
    /// - Precondition: there are four packs and 96 bytes.
    public static func write(_ packs: some Collection<TextPack>, into subChannel: UnsafeMutableRawBufferPointer) {
        precondition(packs.count == packsPerSector, "a sector has four packs")
        precondition(subChannel.count == RedBook.subChannelBytes, "a sector has 96 bytes of sub-channel")
        for (number, pack) in packs.enumerated() {
            for (index, symbol) in pack.symbols.enumerated() {
                let place = number * symbolCount + index
                subChannel[place] = subChannel[place] & 0xC0 | symbol
            }
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
