import BinaryCoding
import DiscLayout

/// Where the parts of one block are in the reply of a READ: main channel, C2 error flags, sub-channel, in this order
/// (MMC-6, 6.19), or with the flags last.
struct BlockParts {
    let main: Range<Int>
    let flags: Range<Int>
    let sub: Range<Int>

    /// Bytes of C2 flags by bits 2-1 of byte 9 of READ CD: none, a bit for each byte, and that with block error bytes.
    private static let flagBytes = [0, 294, 296, 0]
    /// Bytes of sub-channel by bits 2-0 of byte 10: none, raw, formatted Q, corrected R-W.
    private static let subBytes = [0, RedBook.subChannelBytes, formattedQBytes, 0, RedBook.subChannelBytes, 0, 0, 0]
    private static let formattedQBytes = 16

    /// The whole blocks in a reply whose addresses lie in `wanted`; all of them when that is nil.
    ///
    /// - Parameters:
    ///   - cdb: of READ (10), READ (12), READ CD or READ CD MSF. Of another nothing is found.
    ///   - isFlagsLast: the drive puts C2 flags behind the sub-channel.
    static func all(
        in reply: [UInt8], of cdb: [UInt8], _ wanted: ClosedRange<Int>?, isFlagsLast: Bool
    ) -> [BlockParts] {
        guard CommandNames.reads.contains(cdb[0]), let blocks = CommandNames.blocks(of: cdb), !blocks.isEmpty else {
            return []
        }
        let isReadCD = CommandNames.readCDs.contains(cdb[0])
        let flags = isReadCD ? flagBytes[Int(cdb[9].bits(1...2))] : 0
        let sub = isReadCD ? subBytes[Int(cdb[10].bits(0...2))] : 0
        // What the drive gives of a main channel depends on the track; a reply that was cut is audio, as far as is known.
        let isWhole = reply.count.isMultiple(of: blocks.count)
        let size = isWhole ? reply.count / blocks.count : RedBook.sectorBytes + flags + sub
        let main = size - flags - sub
        guard size > 0, main >= 0 else { return [] }
        let there = blocks.lowerBound..<blocks.lowerBound + min(blocks.count, reply.count / size)
        return there.clamped(to: range(wanted)).map { lba in
            let start = (lba - blocks.lowerBound) * size
            let (flagStart, subStart) = (
                start + main + (isFlagsLast ? sub : 0), start + main + (isFlagsLast ? 0 : flags)
            )
            return BlockParts(
                main: start..<start + main, flags: flagStart..<flagStart + flags, sub: subStart..<subStart + sub)
        }
    }

    private static func range(_ wanted: ClosedRange<Int>?) -> Range<Int> {
        guard let wanted else { return Int.min..<Int.max }
        return wanted.lowerBound..<wanted.upperBound + 1
    }

    /// Rewrites formatted Q with numbers and times in binary, where they are BCD.
    func makeQBinary(in reply: inout [UInt8]) {
        guard sub.count == Self.formattedQBytes else { return }
        // Track, index, relative time and absolute time; the others are control, zero and CRC (MMC-6, table 354).
        for offset in [1, 2, 3, 4, 5, 7, 8, 9] {
            let index = sub.lowerBound + offset
            if let value = UInt8(bcd: reply[index]) { reply[index] = value }
        }
    }
}

extension ReplyEdit.MainChannelEdit {
    func apply(to reply: inout [UInt8], _ block: BlockParts) {
        let reach = 0..<min(block.main.count, RedBook.sectorBytes)
        for position in positions.flatMap({ Range($0).clamped(to: reach) }) {
            reply[block.main.lowerBound + position] ^= 0xFF
            if isFlagged { flag(position, in: &reply, block) }
        }
    }

    private func flag(_ position: Int, in reply: inout [UInt8], _ block: BlockParts) {
        let bits = 0x80 as UInt8 >> UInt8(position % 8)
        // With 296 bytes, the first says that the block has errors at all, the OR of all, and the second is padding.
        let first = block.flags.count == Self.flagsWithSummary ? block.flags.lowerBound + 2 : block.flags.lowerBound
        guard !block.flags.isEmpty else { return }
        reply[first + position / 8] |= bits
        if block.flags.count == Self.flagsWithSummary { reply[block.flags.lowerBound] |= bits }
    }

    private static let flagsWithSummary = 296
}
