import Glibc
import Testing

/// The sub-channels of a raw session as they were sent, taken apart: of every block P, Q and R to W.
struct RawFrames {
    /// One block's.
    struct Frame: Equatable {
        var p: Bool
        /// Ten bytes of Q, without its CRC.
        var q: [UInt8]
        /// R to W, 96 symbols; empty when they are all zero.
        var symbols: [UInt8]

        /// ADR: 1 a position or an entry of the table of contents, 2 the catalogue number, 3 a recording code.
        var kind: UInt8 { q[0] & 0x0F }
    }

    /// How the CRC behind the ten bytes was sent.
    enum CRC: Equatable { case inverted, plain, wrong }

    /// Address of the first block.
    let start: Int
    var frames: [Frame]
    /// What the CRCs of all blocks are.
    let crc: CRC

    /// Address of the block behind the last.
    var end: Int { start + frames.count }

    /// What a stretch of blocks with a main channel of 2352 bytes has in the rest of them.
    init(_ stretch: SentSession.Stretch, sourceLocation: SourceLocation = #_sourceLocation) throws {
        start = stretch.lba
        var (frames, crcs): ([Frame], [CRC]) = ([], [])
        frames.reserveCapacity(stretch.blocks)
        let subBytes = stretch.blockBytes - 2352
        try #require(subBytes == 16 || subBytes == 96, sourceLocation: sourceLocation)
        for block in 0..<stretch.blocks {
            let offset = block * stretch.blockBytes + 2352
            let bytes = Array(stretch.bytes[offset..<offset + subBytes])
            let (frame, stored) = subBytes == 16 ? Self.taken16(bytes) : Self.taken96(bytes)
            frames.append(frame)
            let crc = BurnedDisc.crc(frame.q)
            let kind: CRC = stored == crc ? .inverted : stored == ~crc ? .plain : .wrong
            if !crcs.contains(kind) { crcs.append(kind) }
        }
        self.frames = frames
        crc = crcs.count == 1 ? crcs[0] : .wrong
    }

    /// Twelve bytes of Q, three of nothing, P in bit 7 of the last.
    private static func taken16(_ bytes: [UInt8]) -> (Frame, UInt16) {
        (
            Frame(p: bytes[15] & 0x80 != 0, q: Array(bytes[0..<10]), symbols: []),
            UInt16(bytes[10]) << 8 | UInt16(bytes[11])
        )
    }

    /// All channels interleaved: P in bit 7, Q in bit 6, R to W below. A P that is not the same in all of them is no flag.
    private static func taken96(_ bytes: [UInt8]) -> (Frame, UInt16) {
        var q = [UInt8](repeating: 0, count: 12)
        var (p, hasSymbols) = (0, false)
        for (bit, byte) in bytes.enumerated() {
            if byte & 0x40 != 0 { q[bit >> 3] |= 0x80 >> (bit & 7) }
            if byte & 0x80 != 0 { p += 1 }
            if byte & 0x3F != 0 { hasSymbols = true }
        }
        let symbols = hasSymbols ? bytes.map { $0 & 0x3F } : []
        return (Frame(p: p == 96, q: Array(q[0..<10]), symbols: symbols), UInt16(q[10]) << 8 | UInt16(q[11]))
    }

    /// The frames at the addresses.
    subscript(lba: Int) -> Frame {
        get { frames[lba - start] }
        set { frames[lba - start] = newValue }
    }

    /// Where they are not those of another, in words; nil when they are.
    func difference(from other: RawFrames) -> String? {
        guard start == other.start, end == other.end else {
            return "\(start)..<\(end) and \(other.start)..<\(other.end)"
        }
        let places = (start..<end).filter { self[$0] != other[$0] }
        guard let first = places.first else { return nil }
        func text(_ frame: Frame) -> String {
            let q = frame.q.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined(separator: " ")
            return "\(frame.p ? "P" : "-") \(q), \(frame.symbols.count) symbols"
        }
        return "\(places.count) blocks, first \(first): \(text(self[first])) and \(text(other[first]))"
    }

    /// Address of the first block whose main channel is not that of another stretch; nil when there is none.
    ///
    /// - Parameter blocks: those that are compared.
    static func mainDifference(
        _ one: SentSession.Stretch, _ other: SentSession.Stretch, in blocks: Range<Int>
    ) -> Int? {
        guard one.lba == other.lba, one.blocks == other.blocks else { return one.lba }
        return one.bytes.withUnsafeBytes { mine -> Int? in
            other.bytes.withUnsafeBytes { its -> Int? in
                guard let mine = mine.baseAddress, let its = its.baseAddress else { return nil }
                return blocks.first { lba in
                    let block = lba - one.lba
                    return memcmp(mine + block * one.blockBytes, its + block * other.blockBytes, 2352) != 0
                }
            }
        }
    }
}
