import BurnPlan
import Glibc
import POSIX

/// Reads pieces of files and zeros one after the other, as one stream. Behind the last piece it is zeros.
///
/// Used by one thread at a time, which it blocks.
struct PieceReader {
    private let pieces: [BurnPlan.Piece]
    /// The piece that is being read, and how much of it was.
    private var place = 0
    private var done = 0
    private var open: (path: String, file: FileDescriptor)?

    init(_ pieces: [BurnPlan.Piece]) { self.pieces = pieces }

    /// Fills the target.
    ///
    /// - Throws: `SystemError` when a file cannot be opened or read.
    mutating func read(into target: UnsafeMutableRawBufferPointer) throws(SystemError) {
        var filled = 0
        while filled < target.count, place < pieces.count {
            let piece = pieces[place]
            let count = min(piece.count - done, target.count - filled)
            let part = UnsafeMutableRawBufferPointer(rebasing: target[filled..<filled + count])
            if let path = piece.file {
                try file(path).fill(part, from: piece.offset + done)
            } else {
                part.initializeMemory(as: UInt8.self, repeating: 0)
            }
            (filled, done) = (filled + count, done + count)
            if done == piece.count { (place, done) = (place + 1, 0) }
        }
        UnsafeMutableRawBufferPointer(rebasing: target[filled...]).initializeMemory(as: UInt8.self, repeating: 0)
    }

    /// The open file, of which the last one is kept.
    private mutating func file(_ path: String) throws(SystemError) -> FileDescriptor {
        if let open, open.path == path { return open.file }
        let file = try FileDescriptor(opening: path, O_RDONLY)
        open = (path, file)
        return file
    }
}

extension FileDescriptor {
    /// Reads until the buffer is full. What lies behind the end of the file is zero: its length was looked at before.
    fileprivate func fill(_ buffer: UnsafeMutableRawBufferPointer, from offset: Int) throws(SystemError) {
        var done = 0
        while done < buffer.count {
            let count = try read(into: .init(rebasing: buffer[done...]), at: offset + done)
            guard count > 0 else {
                UnsafeMutableRawBufferPointer(rebasing: buffer[done...]).initializeMemory(as: UInt8.self, repeating: 0)
                return
            }
            done += count
        }
    }
}
