public import SectorCoding

/// The packs of a disc as they fill its lead-in: four a sector, one after the other, and again from the first, from the start
/// of the lead-in to sector −151 (MMC-6, annex "CD-TEXT format in the lead-in area").
public struct LeadInText: Sendable {
    /// Bytes of a sector's packs: four of 24 symbols, bits 7 and 6 zero.
    public static let blockBytes = TextPack.packsPerSector * TextPack.symbolCount
    /// Where the lead-in of a first session ends and its first pause begins.
    public static let end = -150

    /// Address of the lead-in's first sector, such as −11635.
    public let start: Int
    /// The packs that recur.
    public let packs: [TextPack]
    private let symbols: [UInt8]

    /// Fills a lead-in with packs.
    ///
    /// - Parameters:
    ///   - packs: at least one.
    ///   - start: below −150; where the lead-in begins that the drive tells (ATIP, READ DISC INFORMATION).
    public init(_ packs: [TextPack], from start: Int) {
        precondition(!packs.isEmpty, "a lead-in is filled with packs")
        precondition(start < Self.end, "a lead-in begins before its end")
        (self.packs, self.start) = (packs, start)
        symbols = packs.flatMap(\.symbols)
    }

    /// Sectors from the start to −151.
    public var blockCount: Int { Self.end - start }

    /// Number of the first pack in a sector.
    private func firstPack(at address: Int) -> Int {
        precondition((start..<Self.end).contains(address), "the sector is in the lead-in")
        return (address - start) * TextPack.packsPerSector % packs.count
    }

    /// The four packs of a sector.
    public func packs(at address: Int) -> [TextPack] {
        let first = firstPack(at: address)
        return (0..<TextPack.packsPerSector).map { packs[(first + $0) % packs.count] }
    }

    /// Writes sectors as a drive takes them, 96 bytes each.
    ///
    /// - Parameters:
    ///   - address: of the first of them, in the lead-in.
    ///   - count: how many; all of them in the lead-in.
    ///   - target: as many times 96 bytes, or more.
    public func write(from address: Int, count: Int, into target: UnsafeMutableRawBufferPointer) {
        precondition(count >= 0 && address <= Self.end - count, "the sectors are in the lead-in")
        precondition(target.count >= count * Self.blockBytes, "there is room for the sectors")
        guard count > 0 else { return }
        var from = firstPack(at: address) * TextPack.symbolCount
        var to = 0
        symbols.withUnsafeBytes { symbols in
            while to < count * Self.blockBytes {
                let length = min(symbols.count - from, count * Self.blockBytes - to)
                let part = UnsafeRawBufferPointer(rebasing: symbols[from..<from + length])
                UnsafeMutableRawBufferPointer(rebasing: target[to..<to + length]).copyMemory(from: part)
                (from, to) = (0, to + length)
            }
        }
    }
}
