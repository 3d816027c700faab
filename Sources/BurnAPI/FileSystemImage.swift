import DiscLayout
import Glibc
import POSIX

/// Whether a file is the image of a file system, which makes it the data of a Mode 1 track.
enum FileSystemImage {
    /// The first volume descriptor is in sector 16, its mark in bytes 1…5 (ECMA-119, 8.1.2; ECMA-167, 2/9.1).
    private static let markOffset = 16 * 2048 + 1
    private static let marks = ["CD001", "BEA01"].map { Array($0.utf8) }

    /// True for ISO 9660 and UDF in sectors of 2048 bytes.
    ///
    /// - Throws: `SystemError` when the file cannot be read.
    static func isOne(_ path: String, bytes: Int) async throws -> Bool {
        guard bytes % SessionLayout.TrackForm.mode1.userBytes == 0, bytes > markOffset else { return false }
        return try await BlockingThread.run { () throws -> Bool in
            let file = try FileDescriptor(opening: path, O_RDONLY)
            var mark = [UInt8](repeating: 0, count: 5)
            let count = try mark.withUnsafeMutableBytes { bytes in
                Result { () throws(SystemError) in try file.read(into: bytes, at: markOffset) }
            }.get()
            return count == mark.count && marks.contains(mark)
        }
    }
}
