import DiscLayout
import SectorCoding

/// The text packs of a lead-in as symbols, four packs a sector, over and over. They have neither parity nor interleaving.
struct TextSymbols: Sendable {
    /// All packs and the first three again, so that every sector's four stand in a row.
    private let symbols: [UInt8]
    /// Symbols before they repeat.
    private let period: Int
    /// Where the next sector's begin.
    private var next: Int

    /// Begins at a sector of the lead-in, counted from its first.
    init(_ packs: [TextPack], sector: Int) {
        period = packs.count * TextPack.symbolCount
        let repeated = packs.isEmpty ? [] : (0..<TextPack.packsPerSector - 1).map { packs[$0 % packs.count] }
        symbols = (packs + repeated).flatMap(\.symbols)
        next = period == 0 ? 0 : sector * RedBook.subChannelBytes % period
    }

    /// Writes a sector's symbols; false when there is no text.
    mutating func place(in channels: UnsafeMutableRawBufferPointer) -> Bool {
        guard period > 0 else { return false }
        symbols.withUnsafeBytes { channels.copyMemory(from: $0.part(at: next, count: channels.count)) }
        next = (next + channels.count) % period
        return true
    }
}

/// R to W of the program area as they go onto the disc: packs get their parity and are interleaved, which spreads them over
/// two more sectors, also behind the track.
struct PackInterleaving: Sendable {
    private var interleaver = RWInterleaver()
    /// Sectors in which symbols of earlier packs are still to come.
    private var pending = 0

    /// Writes one sector's symbols; false when there are none.
    mutating func place(
        _ kind: SessionLayout.SubCode, _ given: UnsafeRawBufferPointer, in channels: UnsafeMutableRawBufferPointer
    ) -> Bool {
        if kind == .packs || pending > 0 {
            if kind == .packs {
                channels.copyMemory(from: given)
                RWParity.write(into: channels)
            } else {
                channels.initializeMemory(as: UInt8.self, repeating: 0)
            }
            interleaver.process(1, from: UnsafeRawBufferPointer(channels), into: channels)
            pending = kind == .packs ? RWDeinterleaver.delay : pending - 1
            if kind != .raw { return true }
        }
        guard kind == .raw else { return false }
        channels.copyMemory(from: given)
        return true
    }
}
