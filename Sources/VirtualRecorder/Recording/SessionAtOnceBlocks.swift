import DiscLayout
import POSIX
import SectorCoding

/// Makes of a host's blocks what goes on the disc in session at once, and records it: whole sectors, and a sub-channel with
/// P and Q of the drive's own and R to W of the host's.
///
/// A WRITE takes one call for the main channel and one for the sub-channel, and no memory once the buffers are large enough.
final class SessionAtOnceBlocks {
    private let subChannel: ProgramSubChannel
    private var main = Scratch()
    private var sub = Scratch()
    private var symbols = Scratch()
    /// Goes on for as long as packs from the host are not all on the disc.
    private var interleaver: (state: RWInterleaver, blocksLeft: Int)?

    /// Sectors after the last with packs from the host that still carry symbols of these.
    private static let interleavingBlocks = 2
    /// Blocks that are made at a time where the drive makes them alone.
    private static let generatedChunk = 448

    init(_ subChannel: ProgramSubChannel) { self.subChannel = subChannel }

    /// Memory that is kept from one WRITE to the next.
    private struct Scratch: ~Copyable {
        private var bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 0, alignment: 16)

        /// So many bytes, with anything in them.
        mutating func take(_ count: Int) -> UnsafeMutableRawBufferPointer {
            if bytes.count < count {
                bytes.deallocate()
                bytes = .allocate(byteCount: count, alignment: 16)
            }
            return UnsafeMutableRawBufferPointer(rebasing: bytes[..<count])
        }

        deinit { bytes.deallocate() }
    }

    /// Records blocks from the host.
    ///
    /// - Parameters:
    ///   - source: for each block what its segment says.
    ///   - segments: those that the blocks are of.
    func record(
        _ source: UnsafeRawBufferPointer, at lba: Int, count: Int, _ segments: ArraySlice<SessionLayout.Segment>,
        on folder: DiscFolder
    ) throws(SystemError) {
        if interleaver == nil, segments.allSatisfy({ $0.main.isVerbatim && $0.sub == .none }) {
            try folder.record(source, at: lba, subChannel)
            return
        }
        let main = main.take(count * RedBook.sectorBytes)
        let sub = sub.take(count * RedBook.subChannelBytes)
        subChannel.write(from: lba, count: count, into: sub)
        var offset = 0
        for segment in segments {
            let blocks = segment.blocks.clamped(to: lba..<lba + count)
            let bytes = UnsafeRawBufferPointer(
                rebasing: source[offset..<offset + blocks.count * segment.hostBytes])
            offset += bytes.count
            segment.main.make(
                from: blocks.lowerBound, count: blocks.count, source: bytes, stride: segment.hostBytes,
                into: main.blocks(blocks, behind: lba, of: RedBook.sectorBytes))
            takeSymbols(segment, bytes, into: sub.blocks(blocks, behind: lba, of: RedBook.subChannelBytes))
        }
        try folder.recordMain(UnsafeRawBufferPointer(main), at: lba)
        try folder.recordSub(UnsafeRawBufferPointer(sub), at: lba)
    }

    /// Records the sub-channel of blocks of the lead-in: R to W from the host, which sends 96 bytes for each.
    func recordLeadIn(
        _ source: UnsafeRawBufferPointer, at lba: Int, count: Int, _ leadIn: SessionAtOnceLeadIn, on folder: DiscFolder
    ) throws(SystemError) {
        let sub = sub.take(source.count)
        sub.copyMemory(from: source)
        leadIn.replacePQ(from: lba, count: count, in: sub)
        try folder.recordSub(UnsafeRawBufferPointer(sub), at: lba)
    }

    /// Records blocks that the drive makes alone.
    func recordGenerated(_ segment: SessionLayout.Segment, on folder: DiscFolder) throws(SystemError) {
        var lba = segment.blocks.lowerBound
        while lba < segment.blocks.upperBound {
            let count = min(Self.generatedChunk, segment.blocks.upperBound - lba)
            if interleaver == nil, segment.main.isSilence {
                try folder.recordSilence(count, at: lba, subChannel)
            } else {
                try record(.init(start: nil, count: 0), at: lba, count: count, [segment], on: folder)
            }
            lba += count
        }
    }

    /// Puts R to W of the host beside P and Q.
    private func takeSymbols(
        _ segment: SessionLayout.Segment, _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
    ) {
        switch segment.sub {
        case .none: endInterleaving(into: target)
        case .raw:
            interleaver = nil
            Self.eachBlock(of: segment, source) { block, symbols in
                let start = block * RedBook.subChannelBytes
                for index in 0..<RedBook.subChannelBytes { target[start + index] |= symbols[index] & 0x3F }
            }
        case .packed:
            let packs = symbols.take(target.count)
            Self.eachBlock(of: segment, source) { block, symbols in
                let start = block * RedBook.subChannelBytes
                let place = packs[start..<start + RedBook.subChannelBytes]
                UnsafeMutableRawBufferPointer(rebasing: place).copyMemory(from: symbols)
            }
            RWParity.write(into: packs)
            var state = interleaver?.state ?? RWInterleaver()
            state.process(
                target.count / RedBook.subChannelBytes, from: UnsafeRawBufferPointer(packs), into: target)
            interleaver = (state, Self.interleavingBlocks)
        }
    }

    /// What is left of packs goes into the blocks behind the last that brought some.
    private func endInterleaving(into target: UnsafeMutableRawBufferPointer) {
        guard var (state, left) = interleaver else { return }
        let count = min(left, target.count / RedBook.subChannelBytes)
        let nothing = symbols.take(count * RedBook.subChannelBytes)
        nothing.initializeMemory(as: UInt8.self, repeating: 0)
        let place = UnsafeMutableRawBufferPointer(rebasing: target[..<nothing.count])
        state.process(count, from: UnsafeRawBufferPointer(nothing), into: place)
        left -= count
        interleaver = left > 0 ? (state, left) : nil
    }

    private static func eachBlock(
        of segment: SessionLayout.Segment, _ source: UnsafeRawBufferPointer,
        _ body: (Int, UnsafeRawBufferPointer) -> Void
    ) {
        for block in 0..<source.count / segment.hostBytes {
            let start = block * segment.hostBytes + segment.main.hostBytes
            body(block, UnsafeRawBufferPointer(rebasing: source[start..<start + RedBook.subChannelBytes]))
        }
    }
}

extension UnsafeMutableRawBufferPointer {
    /// The part of some blocks, the first of all being `first`.
    fileprivate func blocks(_ range: Range<Int>, behind first: Int, of bytes: Int) -> UnsafeMutableRawBufferPointer {
        let start = (range.lowerBound - first) * bytes
        return UnsafeMutableRawBufferPointer(rebasing: self[start..<start + range.count * bytes])
    }
}
