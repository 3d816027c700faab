import DiscLayout
import SectorCoding

/// What the host sends for a block in RAW: 2352 bytes of main channel with sub-channel behind them, in the lead-in and the
/// lead-out too (MMC-6, table 640: data block types).
enum RawBlockType: UInt8 {
    /// P and Q in 16 bytes.
    case pq = 1
    /// P and Q in bits 7 and 6 of 96 bytes, R to W as packs in time order.
    case packed = 2
    /// P to W in 96 bytes, just as they go on the disc.
    case raw = 3

    /// Bytes behind the main channel.
    var subChannelBytes: Int { self == .pq ? SubChannel.pqBytes : RedBook.subChannelBytes }
    /// Bytes of a block.
    var bytes: Int { RedBook.sectorBytes + subChannelBytes }
}

/// Takes blocks of the host apart into main channel and sub-channel, the latter as it goes on the disc.
///
/// - Type 1: R to W are zero. A Q frame whose CRC stands plain gets it inverted, as discs have it; one whose CRC fits in
///   neither way is left alone.
/// - Type 2: packs get their parity and are interleaved from the first block of the program area on. In the lead-in R to W
///   hold CD-TEXT, which has neither: they stay as they are, and so type 2 and type 3 are the same there.
/// - Type 3: nothing is changed.
final class RawBlockSplitter {
    /// Blocks that are taken at a time: what they take stays in a second-level cache.
    static let capacity = 64

    let type: RawBlockType
    private let mainBuffer: UnsafeMutableRawBufferPointer
    private let subBuffer: UnsafeMutableRawBufferPointer
    /// P and Q of type 1.
    private let narrowBuffer: UnsafeMutableRawBufferPointer
    private let frameBuffer: UnsafeMutableRawBufferPointer
    private var interleaver = RWInterleaver()
    /// Blocks that were taken apart last.
    private(set) var count = 0

    init(_ type: RawBlockType) {
        func buffer(_ blockBytes: Int) -> UnsafeMutableRawBufferPointer {
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.capacity * blockBytes, alignment: 64)
            buffer.initializeMemory(as: UInt8.self, repeating: 0)
            return buffer
        }
        self.type = type
        mainBuffer = buffer(RedBook.sectorBytes)
        subBuffer = buffer(RedBook.subChannelBytes)
        narrowBuffer = buffer(SubChannel.pqBytes)
        frameBuffer = buffer(QFrame.byteCount)
    }

    deinit {
        for buffer in [mainBuffer, subBuffer, narrowBuffer, frameBuffer] { buffer.deallocate() }
    }

    /// Takes blocks from an address on apart.
    ///
    /// - Precondition: whole blocks, at most `capacity`.
    func split(_ blocks: UnsafeRawBufferPointer, at lba: Int) {
        count = blocks.count / type.bytes
        precondition(count <= Self.capacity && blocks.count % type.bytes == 0, "whole blocks, not too many")
        let behind = type == .pq ? narrowBuffer : subBuffer
        for index in 0..<count {
            let block = Self.part(blocks, index, of: type.bytes)
            Self.part(mainBuffer, index, of: RedBook.sectorBytes)
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: block[..<RedBook.sectorBytes]))
            Self.part(behind, index, of: type.subChannelBytes)
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: block[RedBook.sectorBytes...]))
        }
        switch type {
        case .pq:
            let source = UnsafeRawBufferPointer(rebasing: narrowBuffer[..<(count * SubChannel.pqBytes)])
            SubChannel.expandPQ(count, from: source, into: mutableSub(from: 0))
        case .packed: interleave(at: lba)
        case .raw: break
        }
        let frames = UnsafeMutableRawBufferPointer(rebasing: frameBuffer[..<(count * QFrame.byteCount)])
        SubChannel.extractQ(count, from: sub, into: frames)
    }

    /// Packs of blocks in the program area get parity and their places.
    private func interleave(at lba: Int) {
        let first = min(count, max(0, DiscFolder.baseLBA - lba))
        guard first < count else { return }
        let packs = mutableSub(from: first)
        RWParity.write(into: packs)
        interleaver.process(count - first, from: UnsafeRawBufferPointer(packs), into: packs)
    }

    /// Main channel of all blocks.
    var main: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: mainBuffer[..<(count * RedBook.sectorBytes)])
    }
    /// Sub-channel of all blocks, channels interleaved.
    var sub: UnsafeRawBufferPointer { UnsafeRawBufferPointer(mutableSub(from: 0)) }

    /// Main channel of one block, which may be changed.
    func main(of index: Int) -> UnsafeMutableRawBufferPointer { Self.part(mainBuffer, index, of: RedBook.sectorBytes) }
    /// Sub-channel of one block.
    func sub(of index: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(Self.part(subBuffer, index, of: RedBook.subChannelBytes))
    }
    /// Q frame of one block.
    func frame(of index: Int) -> QFrame {
        QFrame(UnsafeRawBufferPointer(Self.part(frameBuffer, index, of: QFrame.byteCount)))
    }

    private func mutableSub(from first: Int) -> UnsafeMutableRawBufferPointer {
        let range = first * RedBook.subChannelBytes..<count * RedBook.subChannelBytes
        return UnsafeMutableRawBufferPointer(rebasing: subBuffer[range])
    }

    private static func part(
        _ buffer: UnsafeMutableRawBufferPointer, _ index: Int, of bytes: Int
    ) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(rebasing: buffer[index * bytes..<(index + 1) * bytes])
    }

    private static func part(
        _ buffer: UnsafeRawBufferPointer, _ index: Int, of bytes: Int
    ) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: buffer[index * bytes..<(index + 1) * bytes])
    }
}
