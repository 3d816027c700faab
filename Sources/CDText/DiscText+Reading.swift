public import SectorCoding

extension DiscText {
    /// What packs from a disc or a file say, and what is wrong with them.
    public struct Read: Equatable, Sendable {
        /// The texts that could be read, block by block in the order of their numbers.
        public private(set) var text = DiscText()
        /// Number of each block in `text`, 0…7.
        public private(set) var blockNumbers: [Int] = []
        /// First track that the texts are for, as the first block has it; entries of tracks count from it.
        public private(set) var firstTrack = 1
        /// UPC/EAN as the disc has it.
        public private(set) var catalogNumber: String?
        /// ISRC of tracks as the disc has them.
        public private(set) var recordingCodes: [Int: String] = [:]
        /// What is wrong, block by block.
        public private(set) var defects: [Defect] = []

        /// Reads packs in any order, such as READ TOC/PMA/ATIP answers them or a lead-in repeats them. Nothing in them
        /// traps: what makes no sense is left out and told.
        public init(packs: some Sequence<TextPack>) {
            var blocks: [Int: [UInt8: TextPack]] = [:]
            for (index, pack) in packs.enumerated() { take(pack, index, &blocks) }
            for (number, packs) in blocks.sorted(by: { $0.key < $1.key }) {
                let decoder = BlockDecoder(packs: packs.sorted { $0.key < $1.key }.map(\.value), number: number)
                take(decoder, number)
            }
        }

        /// Puts a pack into its block, if it is whole and new.
        private mutating func take(_ pack: TextPack, _ index: Int, _ blocks: inout [Int: [UInt8: TextPack]]) {
            guard pack.isIntact || pack.hasNoCRC else { return defects.append(.wrongCRC(pack: index)) }
            guard pack.type & 0xF0 == 0x80, !pack.isExtension else { return defects.append(.unknownPack(pack: index)) }
            let known = blocks[Int(pack.block), default: [:]][pack.sequence]
            guard let known else {
                blocks[Int(pack.block), default: [:]][pack.sequence] = pack
                return
            }
            // A lead-in repeats its packs; the same number on another pack is a fault.
            if known != pack { defects.append(.contradiction(pack: index)) }
        }

        private mutating func take(_ decoder: BlockDecoder, _ number: Int) {
            if text.blocks.isEmpty { firstTrack = decoder.tracks.lowerBound }
            text.blocks.append(decoder.block)
            blockNumbers.append(number)
            defects += decoder.defects
            if catalogNumber == nil { catalogNumber = decoder.codes[0] }
            recordingCodes.merge(decoder.codes.filter { $0.key > 0 }) { first, _ in first }
        }
    }

    /// What is wrong with packs.
    public enum Defect: Equatable, Sendable {
        /// The CRC of a pack does not fit; it counts for nothing. Packs are counted as they came, from 0.
        case wrongCRC(pack: Int)
        /// A pack is none of CD-TEXT.
        case unknownPack(pack: Int)
        /// A pack says something else than an earlier one of the same block and number.
        case contradiction(pack: Int)
        /// Packs of a block are missing, from one number to another.
        case missing(block: Int, sequence: ClosedRange<Int>)
        /// A block has no size information.
        case noSizes(block: Int)
        /// A block's size information names tracks that there cannot be.
        case tracks(block: Int, first: Int, last: Int)
        /// A block's size information has another number of packs of a type.
        case packCount(block: Int, type: Int, expected: Int, found: Int)
        /// A block is in a character set that nothing here reads; its texts are left out.
        case charset(block: Int, code: Int)
        /// A text lacks its beginning or its end, and is left out.
        case cutText(Place)
        /// A text has bytes that are no characters, and is left out.
        case undecodable(Place)
        /// A text stands for that of the track before, and there is none.
        case nothingToRepeat(Place)
        /// A text is for a track that the size information does not have, and is left out.
        case noSuchTrack(Place)
    }
}
