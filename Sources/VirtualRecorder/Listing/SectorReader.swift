import DiscLayout
import Glibc
import POSIX

/// Reads main channel and sub-channel of a disc in pieces, for who looks at many blocks.
struct SectorReader {
    /// Blocks at a time: large enough that calls cost nothing beside the copying.
    private static let chunkBlocks = 448

    private let main: FileDescriptor
    private let sub: FileDescriptor

    /// Opens the files of the disc at `path`.
    init(_ path: String) throws(SystemError) {
        main = try FileDescriptor(opening: "\(path)/main.bin", O_RDONLY)
        sub = try FileDescriptor(opening: "\(path)/sub.bin", O_RDONLY)
    }

    /// Hands over blocks piece by piece, in buffers that `body` may change.
    ///
    /// - Parameters:
    ///   - blocks: their addresses, none before the first of the files.
    ///   - needsSub: the sub-channel is wanted; if not, its buffer is empty.
    ///   - body: takes the address of the first block, main channel and sub-channel.
    /// - Returns: false when a file ends before the blocks do; the last piece is not handed over then.
    func read(
        _ blocks: Range<Int>, needsSub: Bool = true,
        _ body: (Int, UnsafeMutableRawBufferPointer, UnsafeMutableRawBufferPointer) throws(SystemError) -> Void
    ) throws(SystemError) -> Bool {
        let blockBytes = RedBook.sectorBytes + RedBook.subChannelBytes
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: Self.chunkBlocks * blockBytes, alignment: 4096)
        defer { buffer.deallocate() }
        var lba = blocks.lowerBound
        while lba < blocks.upperBound {
            let count = min(Self.chunkBlocks, blocks.upperBound - lba)
            let mainBytes = count * RedBook.sectorBytes
            let subBytes = needsSub ? count * RedBook.subChannelBytes : 0
            let mains = UnsafeMutableRawBufferPointer(rebasing: buffer[..<mainBytes])
            let subs = UnsafeMutableRawBufferPointer(rebasing: buffer[mainBytes..<mainBytes + subBytes])
            let place = lba - DiscFolder.baseLBA
            guard try main.readAll(into: mains, at: place * RedBook.sectorBytes),
                try sub.readAll(into: subs, at: place * RedBook.subChannelBytes)
            else { return false }
            try body(lba, mains, subs)
            lba += count
        }
        return true
    }
}

extension UnsafeMutableRawBufferPointer {
    /// Block `index` of blocks of a size.
    func block(_ index: Int, of bytes: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(UnsafeMutableRawBufferPointer(rebasing: self[index * bytes..<(index + 1) * bytes]))
    }
}

extension UnsafeRawBufferPointer {
    /// There is nothing but zeros.
    var isZero: Bool {
        guard let base = baseAddress, count > 0 else { return true }
        // Every byte is what the one before it is, and the first is zero.
        return self[0] == 0 && memcmp(base, base + 1, count - 1) == 0
    }

    /// Sub-channel with something in R to W, which are the lower six bits.
    var hasPacks: Bool { contains { $0 & 0x3F != 0 } }
}
