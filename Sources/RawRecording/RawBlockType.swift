// Raw Disc-At-Once sessions made by the host (MMC-6, "Raw writing"): every block from the lead-in to the lead-out, what an
// image of them may hold, and what an image that somebody else made says. Values and bytes only: no file and no drive, so it
// imports the description of discs, the coding of sectors and the coding of fields, and nothing else.

import DiscLayout

/// What a block of a raw recording holds behind the 2352 bytes of the main channel: the data block types of the write
/// parameters page (MMC-6, table "Data Block Type"), which are the raw values.
public enum RawBlockType: UInt8, Sendable, CaseIterable {
    /// Sixteen bytes: the Q frame, three bytes of zero, P in bit 7 of the last.
    case pq = 1
    /// 96 bytes with P and Q in bits 7 and 6 and packs of R to W in time order in the others: the drive adds parity to the
    /// packs and interleaves them.
    case cooked = 2
    /// 96 bytes as they go onto the disc.
    case raw = 3

    /// Bytes of sub-channel in a block.
    public var subChannelBytes: Int { self == .pq ? 16 : RedBook.subChannelBytes }

    /// Bytes of a block: 2368 or 2448.
    public var blockBytes: Int { RedBook.sectorBytes + subChannelBytes }
}
