public import DiscLayout
public import SectorCoding

/// A whole raw session: what stands at every address from the lead-in to the lead-out.
///
/// `RawEncoder` makes its blocks. Where the standards leave room:
///
/// | | here | wodim 1.1.11 | cdrdao 1.2.4 |
/// | --- | --- | --- | --- |
/// | order of the lead-in's entries | A0, A1, A2, tracks | the same | tracks, A0, A1, A2 |
/// | its running time | absolute | absolute | from 00:00:00 |
/// | control bits of A0, A1, A2 | of the first, last, last track | data bit of the first; last; last | A2 data bit |
/// | control bits of the lead-out | data bit of the last track | data bit of the first | as here |
/// | index 0 of N sectors | N − 1 … 0 | N − 1 … 0 | N … 1 |
/// | catalogue number, recording code | absolute time mod 100 = 98, 48 | 99, 49 | address mod 90 = 0, 50 |
/// | P | `RawArea.flag` | index 0; lead-out 75/75 | as here |
/// | CRC in blocks of sixteen bytes | inverted | inverted | plain |
/// | copy bit that alternates | address mod 8 ≥ 4, from 0 on | the same | – |
public struct RawSession: Sendable {
    /// Whose the R to W channels are.
    public enum SubCodeSource: Equatable, Sendable {
        /// The session's: text packs in the lead-in, and what tracks say in `subCode`.
        case tracks
        /// The caller gives 96 symbols for every sector, lead-in and lead-out included, and they are recorded as given
        /// (`IRawCDImageCreator::AddSubcodeRWGenerator`).
        case everySector
    }

    /// Why there is no such session.
    public enum Fault: Error, Equatable, Sendable {
        /// No track, more than 99, or numbers that are not 1…99 and rising by one.
        case trackNumbers
        /// The first track's index 0 does not begin at −150: a raw session is a disc's first.
        case start(Int)
        /// A pre-gap, a length or an index cannot be: the track's number.
        case track(Int)
        /// The lead-out does not end by 89:59:74: its address.
        case tooLong(leadOut: Int)
        /// A lead-in cannot begin at this address, −45150…−151.
        case leadInStart(Int)
        /// Blocks of this type have no room for R to W.
        case noRoomForSubCode
        /// Symbols as on the disc, for blocks whose packs the drive interleaves.
        case rawSubCode
        /// Text packs, where the caller gives the lead-in's R to W.
        case textTwice
    }

    /// Where an image begins: 95:00:00, before every disc's lead-in.
    public static let imageStart = -22_650
    /// 90:00:00, from which on times lie before the program area.
    public static let earliestLeadIn = -45_150
    /// Behind 89:59:74, the last address that a time stands for.
    public static let endOfTimes = 404_850
    /// Sectors of the lead-out.
    public static let leadOutSectors = RedBook.firstLeadOutSectors

    /// The program area.
    public let layout: SessionLayout
    /// CD-TEXT, repeated all over the lead-in.
    public let textPacks: [TextPack]
    /// What the blocks hold.
    public let type: RawBlockType
    /// Whose R to W are.
    public let subCodeSource: SubCodeSource
    /// All areas in order, the first from the lead-in's beginning on.
    public let areas: [RawArea]
    /// The lead-in's entries, each recorded three times in a row, again and again.
    let entries: [(entry: LeadInEntry, control: TrackControl)]

    /// A session.
    ///
    /// - Parameters:
    ///   - layout: the program area.
    ///   - textPacks: CD-TEXT; none if there is none.
    ///   - leadInStart: address of the first sector: the disc's, as ATIP says it, or that of an image.
    ///   - type: what the blocks hold.
    ///   - subCodeSource: whose R to W are.
    /// - Throws: `Fault`.
    public init(
        _ layout: SessionLayout, textPacks: [TextPack] = [], leadInStart: Int = imageStart, type: RawBlockType,
        subCodeSource: SubCodeSource = .tracks
    ) throws(Fault) {
        try Self.check(layout)
        guard (Self.earliestLeadIn..<layout.start).contains(leadInStart) else { throw .leadInStart(leadInStart) }
        let hasSubCode = layout.hasSubCode || !textPacks.isEmpty || subCodeSource == .everySector
        guard type != .pq || !hasSubCode else { throw .noRoomForSubCode }
        guard type == .raw || !layout.tracks.contains(where: { $0.subCode == .raw }) else { throw .rawSubCode }
        guard subCodeSource == .tracks || textPacks.isEmpty else { throw .textTwice }
        (self.layout, self.textPacks, self.type) = (layout, textPacks, type)
        self.subCodeSource = subCodeSource
        areas = Self.areas(of: layout, leadInStart: leadInStart)
        entries = Self.entries(of: layout)
    }

    /// Addresses of all sectors, from the lead-in's first to the lead-out's last.
    public var sectors: Range<Int> { areas[0].sectors.lowerBound..<layout.leadOut + Self.leadOutSectors }

    /// Addresses of the sectors that have user data.
    public var program: Range<Int> { layout.start..<layout.leadOut }

    /// Bytes of all blocks.
    public var byteCount: Int { sectors.count * type.blockBytes }

    /// Bytes of user data of the sectors in a range.
    public func userBytes(in range: Range<Int>) -> Int { sum(range) { $0.userBytes } }

    /// Bytes of R to W that the caller gives for the sectors in a range: 96 for each that has sub-code.
    public func subCodeBytes(in range: Range<Int>) -> Int {
        sum(range) { subCodeSource == .everySector || $0.subCode != .none ? RedBook.subChannelBytes : 0 }
    }

    /// Place in `areas` of the area that an address of the session lies in.
    public func area(at lba: Int) -> Int {
        precondition(sectors.contains(lba), "an address of the session")
        // The last that begins at or before it.
        var (low, high) = (0, areas.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if areas[middle].sectors.lowerBound <= lba { low = middle } else { high = middle }
        }
        return low
    }

    /// The areas that sectors of a range lie in; addresses outside the session do not count.
    public func areas(in range: Range<Int>) -> ArraySlice<RawArea> {
        let range = range.clamped(to: sectors)
        guard !range.isEmpty else { return [] }
        return areas[area(at: range.lowerBound)...].prefix { $0.sectors.lowerBound < range.upperBound }
    }

    private func sum(_ range: Range<Int>, _ bytes: (RawArea) -> Int) -> Int {
        areas(in: range).reduce(0) { $0 + $1.sectors.clamped(to: range).count * bytes($1) }
    }
}
