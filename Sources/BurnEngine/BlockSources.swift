import DiscLayout
import Glibc
import POSIX

/// Sectors of a track as they lie in its files.
final class ContentBlocks: BlockSource {
    private let content: TrackContent
    /// Address of the first sector of the content.
    private let start: Int
    /// Place of the track in the plan, for errors.
    private let place: Int

    init(_ content: TrackContent, from start: Int, place: Int) {
        (self.content, self.start, self.place) = (content, start, place)
    }

    func read(_ blocks: Range<Int>, into target: UnsafeMutableRawBufferPointer) throws(ReadAheadBuffer.Failure) {
        try content.read(into: target, at: (blocks.lowerBound - start) * content.sectorBytes, place)
    }
}

/// Sectors of a track with 96 symbols of sub-code behind each.
final class CodedBlocks: BlockSource {
    private let main: TrackContent
    private let mainStart: Int
    private let mainBytes: Int
    private let symbols: TrackContent
    private let symbolStart: Int
    private let place: Int

    /// - Parameters:
    ///   - mainStart: address of the content's first sector.
    ///   - mainBytes: bytes of a block in front of the symbols.
    ///   - symbolStart: address of the sector that the first symbols belong to.
    init(
        _ main: TrackContent, from mainStart: Int, mainBytes: Int, symbols: TrackContent, from symbolStart: Int,
        place: Int
    ) {
        (self.main, self.mainStart, self.mainBytes) = (main, mainStart, mainBytes)
        (self.symbols, self.symbolStart, self.place) = (symbols, symbolStart, place)
    }

    func read(_ blocks: Range<Int>, into target: UnsafeMutableRawBufferPointer) throws(ReadAheadBuffer.Failure) {
        let stride = mainBytes + RedBook.subChannelBytes
        try main.read(
            sectors: blocks.lowerBound - mainStart..<blocks.upperBound - mainStart, into: target, offset: 0,
            stride: stride, place)
        try symbols.read(
            sectors: blocks.lowerBound - symbolStart..<blocks.upperBound - symbolStart, into: target,
            offset: mainBytes, stride: stride, place)
        // Files of graphics may have anything in the bits where P and Q stand.
        for index in 0..<blocks.count {
            let first = index * stride + mainBytes
            for byte in first..<first + RedBook.subChannelBytes { target[byte] &= 0x3F }
        }
    }
}

/// A file as it is.
final class FileBlocks: BlockSource {
    private let file: FileDescriptor
    /// Address of the file's first block.
    private let start: Int
    private let blockBytes: Int

    init(_ file: FileDescriptor, from start: Int, blockBytes: Int) {
        (self.file, self.start, self.blockBytes) = (file, start, blockBytes)
    }

    func read(_ blocks: Range<Int>, into target: UnsafeMutableRawBufferPointer) throws(ReadAheadBuffer.Failure) {
        try file.fill(target, at: (blocks.lowerBound - start) * blockBytes, place: 0)
    }
}

extension FileDescriptor {
    /// Reads until the target is full.
    ///
    /// - Parameter place: of the track in the plan, for errors.
    func fill(
        _ target: UnsafeMutableRawBufferPointer, at offset: Int, place: Int
    ) throws(ReadAheadBuffer.Failure) {
        var done = 0
        while done < target.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: target[done...])
            let count: Int
            do throws(SystemError) {
                count = try read(into: rest, at: offset + done)
            } catch {
                throw .reading(track: place, error)
            }
            guard count > 0 else { throw .truncated(track: place) }
            done += count
        }
    }
}
