public import DiscLayout
public import POSIX
public import SectorCoding

extension DiscText {
    /// Most packs of a block: their number has eight bits.
    public static let maximumPacksOfBlock = 256

    /// A text of a block.
    public struct Place: Codable, Equatable, Sendable {
        /// Number of the block from 0.
        public var block: Int
        /// Number of the track, 0 the disc.
        public var track: Int
        /// What it says.
        public var field: TextField

        /// A text of a block.
        public init(block: Int, track: Int, field: TextField) {
            (self.block, self.track, self.field) = (block, track, field)
        }
    }

    /// Why texts cannot become packs.
    public enum Fault: Error, Equatable, Sendable {
        /// More languages than eight.
        case tooManyBlocks(Int)
        /// A block says nothing.
        case emptyBlock(Int)
        /// A block has texts for a track after the last.
        case noSuchTrack(block: Int, track: Int)
        /// A text has a control character, such as a line break.
        case controlCharacter(Place, code: UInt32)
        /// The texts of a block are too long: so many packs, of 256.
        case tooManyPacks(block: Int, packs: Int)
        /// The C library converts no characters.
        case conversion(SystemError)
    }

    /// Packs, and what the texts lost on the way.
    public struct Encoded: Equatable, Sendable {
        /// In the order of the disc; empty when there is nothing to say.
        public let packs: [TextPack]
        /// Each text that is not on the disc as it was written, in the same order.
        public let changes: [Change]
    }

    /// How the text of a track that is that of the one before is coded.
    public enum Repetition: Sendable {
        /// In full, as the known programs do.
        case inFull
        /// As a TAB, which takes fewer packs.
        case asTab
    }

    /// The packs of a disc.
    ///
    /// - Parameters:
    ///   - tracks: numbers of its first and last track, in 1…99.
    ///   - catalogNumber: goes into the first block as UPC/EAN.
    ///   - recordingCodes: by track; go into the first block as ISRC.
    ///   - repetition: what becomes of a text that is the same as that of the track before.
    public func packs(
        tracks: ClosedRange<Int>, catalogNumber: CatalogNumber? = nil, recordingCodes: [Int: RecordingCode] = [:],
        repetition: Repetition = .inFull
    ) throws(Fault) -> Encoded {
        precondition(tracks.lowerBound >= 1 && tracks.upperBound <= 99, "tracks have numbers from 1 to 99")
        guard blocks.count <= Self.maximumBlocks else { throw .tooManyBlocks(blocks.count) }
        var encoders: [BlockEncoder] = []
        for (number, block) in blocks.enumerated() {
            var encoder = try BlockEncoder(block, number: number, tracks: tracks, repetition: repetition)
            try encoder.addTexts()
            if number == 0 { encoder.addCodes(catalogNumber, recordingCodes) }
            guard encoder.packCount > 0 else { throw .emptyBlock(number) }
            let count = encoder.packCount + SizeInformation.packCount
            guard count <= Self.maximumPacksOfBlock else { throw .tooManyPacks(block: number, packs: count) }
            encoders.append(encoder)
        }
        let sizes = encoders.map { UInt8($0.packCount + SizeInformation.packCount - 1) }
        let languages = blocks.map(\.language.code)
        return Encoded(
            packs: encoders.flatMap { $0.packs(lastSequences: sizes, languages: languages) },
            changes: encoders.flatMap(\.changes))
    }
}
