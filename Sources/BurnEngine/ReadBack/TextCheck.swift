import SectorCoding

/// Whether the CD-TEXT of a disc is what was sent: the packs of every block in whatever order, each once or often.
enum TextCheck {
    /// The first difference in words, or nil.
    static func difference(_ found: [TextPack], from sent: [TextPack]) -> String? {
        for pack in found where !pack.isIntact && !pack.hasNoCRC {
            return "the CRC of pack \(pack.sequence) of block \(pack.block) does not fit"
        }
        let wanted = Set(sent.map(\.covered))
        let there = Set(found.map(\.covered))
        if let missing = sent.first(where: { !there.contains($0.covered) }) {
            return "pack \(missing.sequence) of block \(missing.block) is not there"
        }
        if let surplus = found.first(where: { !wanted.contains($0.covered) }) {
            return "pack \(surplus.sequence) of block \(surplus.block) was not written"
        }
        return nil
    }
}

extension TextPack {
    /// All but the CRC, which drives may leave out.
    fileprivate var covered: [UInt8] { bytes.dropLast(2) }
}
