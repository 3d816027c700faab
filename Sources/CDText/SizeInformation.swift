import SectorCoding

/// What the last three packs of a block say (type 8Fh): how it is coded and how many packs there are.
struct SizeInformation: Equatable {
    /// Type of its packs.
    static let packType: UInt8 = 0x8F
    /// Packs that it takes.
    static let packCount = 3
    /// Types of packs, 80h…8Fh.
    static let types = 16
    /// Value of `copyright` for texts that may not be copied.
    static let copyrighted: UInt8 = 3

    /// Byte 0: the character set.
    var charset: UInt8
    /// Byte 1.
    var firstTrack: UInt8
    /// Byte 2.
    var lastTrack: UInt8
    /// Byte 3: 0 or 3.
    var copyright: UInt8
    /// Bytes 4…19: packs of each type in this block.
    var packCounts: [UInt8]
    /// Bytes 20…27: number of the last pack of each block, 0 where there is none.
    var lastSequences: [UInt8]
    /// Bytes 28…35: language of each block.
    var languages: [UInt8]

    /// Three packs with numbers from `firstSequence` on.
    func packs(block: UInt8, firstSequence: UInt8) -> [TextPack] {
        var counts = packCounts
        counts[Int(Self.packType & 0x0F)] = UInt8(Self.packCount)
        let bytes =
            [charset, firstTrack, lastTrack, copyright] + counts + Self.ofEight(lastSequences) + Self.ofEight(languages)
        return (0..<UInt8(Self.packCount)).map { index in
            let start = Int(index) * TextPack.payloadBytes
            return TextPack(
                type: Self.packType, track: index, sequence: firstSequence + index, block: block,
                characterPosition: 0, payload: bytes[start..<start + TextPack.payloadBytes])
        }
    }

    private static func ofEight(_ bytes: [UInt8]) -> [UInt8] {
        bytes + repeatElement(0, count: DiscText.maximumBlocks - bytes.count)
    }
}

extension SizeInformation {
    /// Reads the three packs of a block; nil when one of them is missing.
    init?(_ packs: [TextPack]) {
        var bytes: [UInt8] = []
        for index in 0..<UInt8(Self.packCount) {
            guard let pack = packs.first(where: { $0.type == Self.packType && $0.track == index }) else { return nil }
            bytes += pack.payload
        }
        (charset, firstTrack, lastTrack, copyright) = (bytes[0], bytes[1], bytes[2], bytes[3])
        (packCounts, lastSequences, languages) = (Array(bytes[4..<20]), Array(bytes[20..<28]), Array(bytes[28..<36]))
    }
}
