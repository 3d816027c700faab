import DiscLayout

/// Spreads every R to W pack over eight, as discs of graphics have them: a symbol goes to column c of the pack that comes
/// c mod 8 packs later, where c is its number but for three pairs that change places (IEC 60908, R to W).
private enum RWColumns {
    /// Column of each symbol: 1 and 18, 2 and 5, 3 and 23 change places. It is its own inverse.
    static let columns: [Int] = [
        0, 18, 5, 23, 4, 2, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 1, 19, 20, 21, 22, 3,
    ]

    /// By how many symbols later than its pack a column is recorded.
    static func distance(of column: Int) -> Int { column % 8 * RWParity.symbolCount }
}

/// Interleaves R to W packs that come in time order, as a drive does with packs that the host gave (MMC-6, "packed R-W").
///
/// Feed it consecutive sectors in any pieces. The last packs are whole on the disc only after two further sectors.
public struct RWInterleaver: Sendable {
    /// The sector before the next and the one before that: a symbol travels over seven packs at most.
    private var window = [UInt8](repeating: 0, count: 3 * RedBook.subChannelBytes)

    /// For each symbol of a sector on the disc, where in a window of three sectors in time order it comes from.
    private static let origins: [Int] = (0..<RedBook.subChannelBytes).map { place in
        let (pack, column) = (place / RWParity.symbolCount, place % RWParity.symbolCount)
        let start = 2 * RedBook.subChannelBytes + pack * RWParity.symbolCount
        return start - RWColumns.distance(of: column) + RWColumns.columns[column]
    }

    /// Zero packs came before the first.
    public init() {}

    /// Writes the symbols of `count` sectors as they go on the disc into bits 5…0 of `target`, whose bits 7 and 6 stay.
    ///
    /// - Precondition: both buffers have 96 bytes a sector; they may be the same memory.
    public mutating func process(
        _ count: Int, from source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
    ) {
        move(count, from: source, into: target, &window, Self.origins)
    }
}

/// Undoes what `RWInterleaver` does, as drives that return packed R to W: what comes out is two sectors later than what
/// goes in, since only then the last symbol of a pack is there.
public struct RWDeinterleaver: Sendable {
    /// Sectors by which packs come later.
    public static let delay = 2

    private var window = [UInt8](repeating: 0, count: 3 * RedBook.subChannelBytes)

    /// For each symbol of a sector in time order, where in a window of three sectors of the disc it stands.
    private static let origins: [Int] = (0..<RedBook.subChannelBytes).map { place in
        let (pack, symbol) = (place / RWParity.symbolCount, place % RWParity.symbolCount)
        let column = RWColumns.columns[symbol]
        return pack * RWParity.symbolCount + RWColumns.distance(of: column) + column
    }

    /// Zero packs came before the first.
    public init() {}

    /// Writes the packs of `count` sectors in time order, two sectors late, into bits 5…0 of `target`, whose bits 7 and 6
    /// stay.
    ///
    /// - Precondition: both buffers have 96 bytes a sector; they may be the same memory.
    public mutating func process(
        _ count: Int, from source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
    ) {
        move(count, from: source, into: target, &window, Self.origins)
    }
}

/// Takes sectors into a window of three, the newest at its end, and picks each symbol from where it stands in it.
private func move(
    _ count: Int, from source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer,
    _ window: inout [UInt8], _ origins: [Int]
) {
    let sectorBytes = RedBook.subChannelBytes
    precondition(source.count == count * sectorBytes, "a sector has 96 bytes of sub-channel")
    precondition(target.count == source.count, "as many sectors come out as go in")
    window.withUnsafeMutableBytes { window in
        for start in stride(from: 0, to: source.count, by: sectorBytes) {
            window.copyMemory(from: UnsafeRawBufferPointer(window.part(at: sectorBytes, count: 2 * sectorBytes)))
            window.copy(source.part(at: start, count: sectorBytes), to: 2 * sectorBytes)
            for (place, origin) in origins.enumerated() {
                target[start + place] = target[start + place] & 0xC0 | window[origin] & 0x3F
            }
        }
    }
}
