import DiscLayout
import SectorCoding

/// The CD-TEXT in R to W of a raw session's lead-in: packs come again and again, and each is kept once (MMC-6, annex
/// "CD-TEXT format in the lead-in area").
struct RawText {
    /// The 24 symbols of a pack in three words: what has been seen is known again without decoding it.
    private struct Symbols: Equatable {
        let words: SIMD4<UInt64>
    }

    /// Languages, and packs in each: a sequence number is a byte.
    private static let blocks = 8
    private static let packsPerBlock = 256
    private static let symbolBits: UInt64 = 0x3F3F_3F3F_3F3F_3F3F

    /// By block and sequence number; empty as long as nothing stood in R to W.
    private var seen: [Symbols?] = []
    private var packs: [TextPack?] = []
    /// Packs that are not zero and have a wrong CRC.
    private var damaged = 0
    /// Packs that contradict others of the same number.
    private var contradictions = 0

    /// Looks at R to W of a block of the lead-in.
    ///
    /// - Precondition: there are 96 bytes.
    mutating func take(_ sub: UnsafeRawBufferPointer) {
        for start in stride(from: 0, to: TextPack.packsPerSector * TextPack.symbolCount, by: TextPack.symbolCount) {
            func word(_ index: Int) -> UInt64 {
                sub.loadUnaligned(fromByteOffset: start + index * 8, as: UInt64.self) & Self.symbolBits
            }
            let symbols = Symbols(words: [word(0), word(1), word(2), 0])
            if symbols.words == .zero { continue }
            // Sequence number and block number are bytes 2 and 3 of the pack.
            let sequence = (sub[start + 2] & 0x03) << 6 | sub[start + 3] & 0x3F
            let block = sub[start + 4] >> 2 & 0x07
            let slot = Int(block) * Self.packsPerBlock + Int(sequence)
            if !seen.isEmpty, seen[slot] == symbols { continue }
            keep(symbols, TextPack(symbols: sub[start..<start + TextPack.symbolCount]), in: slot)
        }
    }

    private mutating func keep(_ symbols: Symbols, _ pack: TextPack, in slot: Int) {
        guard pack.isIntact, (0x80...0x8F).contains(pack.type) else {
            damaged += 1
            return
        }
        if seen.isEmpty {
            seen = Array(repeating: nil, count: Self.blocks * Self.packsPerBlock)
            packs = Array(repeating: nil, count: Self.blocks * Self.packsPerBlock)
        }
        guard seen[slot] == nil else {
            contradictions += 1
            return
        }
        (seen[slot], packs[slot]) = (symbols, pack)
    }

    /// Why there are no packs though something stood in R to W.
    struct Incomplete: Error, Equatable {
        let reason: String
    }

    /// All packs, 18 bytes each, block by block; empty when there are none.
    func whole() throws(Incomplete) -> [UInt8] {
        guard !packs.isEmpty else {
            if damaged > 0 { throw Incomplete(reason: "no pack of R-W in the lead-in has the right CRC") }
            return []
        }
        guard contradictions == 0 else { throw Incomplete(reason: "packs of the same number differ") }
        let all = (0..<Self.blocks).map { block in
            Array(packs[block * Self.packsPerBlock..<(block + 1) * Self.packsPerBlock])
        }
        for (block, packs) in all.enumerated() {
            let count = packs.count { $0 != nil }
            guard packs.prefix(count).allSatisfy({ $0 != nil }) else {
                throw Incomplete(reason: "packs of block \(block) are missing")
            }
        }
        let present = all.map { $0.compactMap { $0 } }
        for (block, packs) in present.enumerated() where !packs.isEmpty {
            try Self.checkSizes(of: packs, inBlock: block, counts: present.map(\.count))
        }
        return present.flatMap { $0.flatMap(\.bytes) }
    }

    /// Packs that did not fit, for the journal; nil when all did.
    var remark: String? {
        damaged == 0 || packs.isEmpty ? nil : "\(damaged) packs of R-W in the lead-in have a wrong CRC"
    }

    /// The size information, three packs of type 8Fh, says of each block which number is its last (bytes 20…27), so that
    /// the last of a block cannot be missing unseen. Some programs write none.
    private static func checkSizes(
        of packs: [TextPack], inBlock block: Int, counts: [Int]
    ) throws(Incomplete) {
        let sizes = packs.filter { $0.type == 0x8F }
        if sizes.isEmpty { return }
        guard sizes.map(\.track) == [0, 1, 2] else {
            throw Incomplete(reason: "the size information of block \(block) is not whole")
        }
        let bytes = sizes.flatMap(\.payload)
        let last = counts.map { UInt8(clamping: max(0, $0 - 1)) }
        guard Array(bytes[20..<28]) == last else {
            throw Incomplete(reason: "the size information of block \(block) tells of other packs")
        }
    }
}
