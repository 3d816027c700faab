import BurnPlan
import DiscLayout
import Glibc
import POSIX

/// What the sectors of a track hold: stretches of open files and of zeros, one behind the other.
struct TrackContent: Sendable {
    /// A stretch that could not be opened.
    struct Unusable: Error {
        let reason: String
    }

    private struct Part: Sendable {
        /// Nil for zeros.
        let file: FileDescriptor?
        /// First byte in the file.
        let offset: Int
        /// First byte in the track.
        let start: Int
        let count: Int
        var end: Int { start + count }
    }

    private let parts: [Part]
    /// Bytes in all.
    let byteCount: Int
    /// Bytes of one sector.
    let sectorBytes: Int
    /// Bytes up to the last one that comes from a file: what follows is fill.
    let filledBytes: Int

    /// Sectors in all.
    var sectors: Int { byteCount / sectorBytes }

    /// Opens the files and sees that each holds what the plan takes of it.
    init(_ pieces: [BurnPlan.Piece], sectorBytes: Int) throws(Unusable) {
        self.sectorBytes = sectorBytes
        var parts: [Part] = []
        var start = 0
        for piece in pieces {
            let file = try piece.file.map { path throws(Unusable) in
                try Self.open(path, for: piece)
            }
            parts.append(Part(file: file, offset: piece.offset, start: start, count: piece.count))
            start += piece.count
        }
        self.parts = parts
        byteCount = start
        filledBytes = parts.last { $0.file != nil }?.end ?? 0
    }

    private static func open(_ path: String, for piece: BurnPlan.Piece) throws(Unusable) -> FileDescriptor {
        let file: FileDescriptor
        let size: Int
        do throws(SystemError) {
            file = try FileDescriptor(opening: path, O_RDONLY)
            size = try file.size()
        } catch {
            throw Unusable(reason: "\(error)")
        }
        guard piece.offset + piece.count <= size else {
            throw Unusable(
                reason: "\(path) has \(size) bytes; the plan wants those up to \(piece.offset + piece.count)")
        }
        posix_fadvise(file.number, 0, 0, POSIX_FADV_SEQUENTIAL)
        return file
    }

    /// Fills `buffer` with the bytes from `offset` on.
    ///
    /// - Parameter track: its place in the plan, for the error.
    func read(
        into buffer: UnsafeMutableRawBufferPointer, at offset: Int, _ track: Int
    ) throws(ReadAheadBuffer.Failure) {
        if buffer.isEmpty { return }
        precondition(offset >= 0 && offset + buffer.count <= byteCount, "only what the track has is read")
        var done = 0
        var index = parts.firstIndex { $0.end > offset } ?? parts.count
        while done < buffer.count {
            let part = parts[index]
            let place = offset + done - part.start
            let count = min(part.count - place, buffer.count - done)
            let target = UnsafeMutableRawBufferPointer(rebasing: buffer[done..<done + count])
            if let file = part.file {
                try Self.fill(target, from: file, at: part.offset + place, track)
            } else {
                target.initializeMemory(as: UInt8.self, repeating: 0)
            }
            done += count
            index += 1
        }
    }

    private static func fill(
        _ target: UnsafeMutableRawBufferPointer, from file: FileDescriptor, at offset: Int, _ track: Int
    ) throws(ReadAheadBuffer.Failure) {
        var done = 0
        while done < target.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: target[done...])
            let count: Int
            do throws(SystemError) {
                count = try file.read(into: rest, at: offset + done)
            } catch {
                throw .reading(track: track, error)
            }
            guard count > 0 else { throw .truncated(track: track) }
            done += count
        }
    }
}
