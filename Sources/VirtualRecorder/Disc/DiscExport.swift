import BinaryCoding
import DiscLayout
import Glibc
public import POSIX

/// Writes the audio tracks of a disc as WAV files.
public enum DiscExport {
    /// Why it did not work.
    public enum Failure: Error, Equatable, Sendable, CustomStringConvertible {
        /// The disc's own file ends before the track does.
        case truncated(track: Int, path: String)
        /// A call on a file failed.
        case system(SystemError)

        /// One sentence.
        public var description: String {
            switch self {
            case .truncated(let track, let path): "\(path)/main.bin ends inside track \(track)"
            case .system(let error): error.description
            }
        }
    }

    /// Bytes that are copied at a time: large enough that calls cost nothing beside the copying.
    private static let chunkBlocks = 448

    /// Writes `trackNN.wav` for every complete audio track: index 1 to its end, without pauses and run-outs. Files that are
    /// there already are left alone, and an error.
    ///
    /// - Returns: the paths, in order of tracks.
    public static func export(_ stored: StoredDisc, to folder: String) throws(Failure) -> [String] {
        let main: FileDescriptor
        do throws(SystemError) {
            try DurableFile.makeFolder(folder)
            main = try FileDescriptor(opening: "\(stored.path)/main.bin", O_RDONLY)
        } catch { throw .system(error) }
        var paths: [String] = []
        for track in stored.disc.tracks where track.state == .complete && !track.control.contains(.data) {
            let path = "\(folder)/track\(track.number < 10 ? "0" : "")\(track.number).wav"
            let isWhole: Bool
            do throws(SystemError) {
                isWhole = try write(track, of: main, to: path)
            } catch { throw .system(error) }
            guard isWhole else {
                unlink(path)
                throw .truncated(track: track.number, path: stored.path)
            }
            paths.append(path)
        }
        return paths
    }

    /// False when the disc's file ends before the track does.
    private static func write(_ track: Disc.Track, of main: FileDescriptor, to path: String) throws(SystemError) -> Bool
    {
        let file = try FileDescriptor(opening: path, O_WRONLY | O_CREAT | O_EXCL, mode: 0o644)
        try file.writeAll(header(dataBytes: UInt32(clamping: track.blocks * RedBook.sectorBytes)))
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: chunkBlocks * RedBook.sectorBytes, alignment: 4096)
        defer { buffer.deallocate() }
        var done = 0
        while done < track.blocks {
            let count = min(chunkBlocks, track.blocks - done)
            let chunk = UnsafeMutableRawBufferPointer(rebasing: buffer[..<(count * RedBook.sectorBytes)])
            let offset = (track.start + done - DiscFolder.baseLBA) * RedBook.sectorBytes
            guard try main.readAll(into: chunk, at: offset) else { return false }
            try file.writeAll(UnsafeRawBufferPointer(chunk))
            done += count
        }
        return true
    }

    /// The 44 bytes of a RIFF header for 16-bit stereo PCM at 44.1 kHz; little-endian.
    static func header(dataBytes: UInt32) -> [UInt8] {
        func field<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] { value.bigEndianBytes.reversed() }
        let rate = UInt32(RedBook.sampleRate)
        var bytes = Array("RIFF".utf8) + field(dataBytes &+ 36) + Array("WAVEfmt ".utf8) + field(UInt32(16))
        bytes += field(UInt16(1)) + field(UInt16(2)) + field(rate) + field(rate * UInt32(RedBook.sampleBytes))
        bytes += field(UInt16(RedBook.sampleBytes)) + field(UInt16(16))
        return bytes + Array("data".utf8) + field(dataBytes)
    }
}
