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
                try file.fill(target, at: part.offset + place, place: track)
            } else {
                target.initializeMemory(as: UInt8.self, repeating: 0)
            }
            done += count
            index += 1
        }
    }

    /// Fills sectors in that do not lie side by side, with as few system calls as if they did.
    ///
    /// - Parameters:
    ///   - sectors: which, by their number in the track.
    ///   - target: where they go: `offset` bytes from the beginning of each of its blocks of `stride` bytes.
    ///   - track: its place in the plan, for the error.
    func read(
        sectors: Range<Int>, into target: UnsafeMutableRawBufferPointer, offset: Int, stride: Int, _ track: Int
    ) throws(ReadAheadBuffer.Failure) {
        let end = sectors.upperBound * sectorBytes
        precondition(sectors.lowerBound >= 0 && end <= byteCount, "only what the track has is read")
        precondition(target.count >= sectors.count * stride - stride + offset + sectorBytes, "there is room for all")
        let scattered = Scattered(target, first: sectors.lowerBound * sectorBytes, sectorBytes, offset, stride)
        var position = sectors.lowerBound * sectorBytes
        var index = parts.firstIndex { $0.end > position } ?? parts.count
        while position < end {
            let part = parts[index]
            let stop = min(part.end, end)
            while position < stop {
                guard let file = part.file else {
                    scattered.clear(position..<stop)
                    position = stop
                    continue
                }
                let place = part.offset + position - part.start
                position += try scattered.read(position..<stop, from: file, at: place, track)
            }
            index += 1
        }
    }
}

/// Memory of sectors that do not lie side by side, by the place of their bytes in the track.
private struct Scattered {
    private let target: UnsafeMutableRawBufferPointer
    private let first: Int
    private let sectorBytes: Int
    private let offset: Int
    private let stride: Int

    init(_ target: UnsafeMutableRawBufferPointer, first: Int, _ sectorBytes: Int, _ offset: Int, _ stride: Int) {
        (self.target, self.first, self.sectorBytes) = (target, first, sectorBytes)
        (self.offset, self.stride) = (offset, stride)
    }

    /// The stretches of memory for some bytes of the track.
    private func pieces(_ bytes: Range<Int>, _ body: (UnsafeMutableRawBufferPointer) -> Void) {
        var position = bytes.lowerBound
        while position < bytes.upperBound {
            let (sector, within) = (position - first).quotientAndRemainder(dividingBy: sectorBytes)
            let count = min(sectorBytes - within, bytes.upperBound - position)
            let start = sector * stride + offset + within
            body(UnsafeMutableRawBufferPointer(rebasing: target[start..<start + count]))
            position += count
        }
    }

    func clear(_ bytes: Range<Int>) { pieces(bytes) { $0.initializeMemory(as: UInt8.self, repeating: 0) } }

    /// Reads with one system call (`preadv`), perhaps less than was asked for; returns how many bytes.
    func read(
        _ bytes: Range<Int>, from file: FileDescriptor, at place: Int, _ track: Int
    ) throws(ReadAheadBuffer.Failure) -> Int {
        let most = bytes.count / sectorBytes + 2
        let (count, fault) = withUnsafeTemporaryAllocation(of: iovec.self, capacity: most) { vectors in
            var used = 0
            pieces(bytes) { piece in
                vectors.initializeElement(at: used, to: iovec(iov_base: piece.baseAddress, iov_len: piece.count))
                used += 1
            }
            while true {
                let count = preadv(file.number, vectors.baseAddress, Int32(used), off_t(place))
                if count >= 0 || errno != EINTR { return (count, count < 0 ? SystemError.last("preadv") : nil) }
            }
        }
        if let fault { throw .reading(track: track, fault) }
        guard count > 0 else { throw .truncated(track: track) }
        return count
    }
}
