public import DiscLayout
public import SectorCoding

extension RawImage {
    /// What an image says of the disc that it makes.
    public struct Survey: Equatable, Sendable {
        /// Why a disc of it would be none, or not the one that it claims to be. Addresses are the image's.
        public enum Fault: Error, Equatable, Hashable, Sendable {
            /// The lead-in holds no table of contents that can be used.
            case noTableOfContents
            /// The table of contents does not name a track between its first and its last.
            case trackMissing(Int)
            /// The CRC of most Q frames ahead of or behind −150 does not fit: how many, of how many, and the first.
            case unreadable(broken: Int, of: Int, first: Int)
            /// Q says addresses that are this much greater than the image's: the number of lead-in sectors is wrong.
            case misplaced(by: Int)
            /// By the table of contents a track begins at `entry`, by Q at `found`, nil if it never does.
            case trackStart(track: Int, entry: Int, found: Int?)
            /// By the table of contents the lead-out begins at `entry`, by Q at `found`.
            case leadOutStart(entry: Int, found: Int)
            /// There is no lead-out, neither by Q nor behind the address that the table of contents has for it.
            case noLeadOut
            /// Tracks overlap, are empty, or begin before 00:02:00.
            case impossibleLayout
            /// Q changes its track or index more often than a disc can.
            case jumbled(at: Int)
            /// The data of a track is not scrambled: no drive would read it.
            case notScrambled(track: Int)
        }

        /// What is unusual and goes onto the disc as it is.
        public enum Remark: Equatable, Hashable, Sendable {
            /// The lead-out has fewer sectors than the 6750 of a disc's first.
            case shortLeadOut(sectors: Int)
            /// Q frames whose CRC does not fit, fewer than half: how many, and the first.
            case brokenFrames(Int, first: Int)
            /// A catalogue number whose last digit does not fit the others: thirteen values.
            case catalogNumber([UInt8])
            /// The data of a track is not Mode 1 but of the mode in its header, or has no sync (nil).
            case trackMode(track: Int, mode: UInt8?)
        }

        /// The table of contents: the lead-in's, or by Q where the lead-in has none. Nil where there is neither.
        public let contents: TableOfContents?
        /// The disc type of POINT A0: 00h, 10h or 20h. 00h where there is none.
        public let discType: UInt8
        /// Tracks, pre-gaps, indexes, codes and control bits, for reading the disc back. Nil when they are impossible. Data
        /// tracks are Mode 1 here unless a remark says something else; R to W that are not zero are of the kind that blocks
        /// of the type hold.
        public let layout: SessionLayout?
        /// CD-TEXT of the lead-in, each intact pack once, by blocks and sequence numbers.
        public let textPacks: [TextPack]
        /// Nothing but these keeps the image from being burned.
        public let faults: [Fault]
        /// What else there is to say.
        public let remarks: [Remark]

        /// Where the lead-out begins.
        public var leadOut: Int? { contents?.leadOut }
    }

    /// Most sectors that are looked at in one piece.
    public static let surveyPieceSectors = 75

    /// Looks at every sector of the image.
    ///
    /// - Parameter read: fills the target with the file's bytes from an offset on.
    /// - Throws: what `read` throws.
    public func survey<Failure: Error>(
        read: (_ offset: Int, _ target: UnsafeMutableRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) -> Survey {
        var scanner = RawImageScanner(self)
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: Self.surveyPieceSectors * type.blockBytes, alignment: MemoryLayout<UInt64>.alignment)
        defer { buffer.deallocate() }
        var offset = 0
        while offset < byteCount {
            let piece = buffer.part(at: 0, count: min(buffer.count, byteCount - offset))
            try read(offset, piece)
            scanner.take(UnsafeRawBufferPointer(piece))
            offset += piece.count
        }
        return scanner.survey
    }
}
