import DiscLayout
import Glibc
public import POSIX

/// Writes what is on a disc to files that other programs read. Files that are there already are left alone, and an error; an
/// export that fails leaves nothing of what it has written.
public enum DiscExport {
    /// Why it did not work.
    public enum Failure: Error, Equatable, Sendable, CustomStringConvertible {
        /// The disc's own files end before the track does.
        case truncated(track: Int, path: String)
        /// There is no complete track that could be written.
        case nothing(path: String)
        /// The file format has no way to say what is on the disc.
        case inexpressible(track: Int, reason: String)
        /// A name that the file format cannot hold.
        case name(String)
        /// A call on a file failed.
        case system(SystemError)

        /// One sentence.
        public var description: String {
            switch self {
            case .truncated(let track, let path): "the files of \(path) end inside track \(track)"
            case .nothing(let path): "\(path) has no complete track"
            case .inexpressible(let track, let reason): "track \(track): \(reason)"
            case .name(let name):
                "\(name): a file name in a sheet cannot have quotes, backslashes or control characters"
            case .system(let error): error.description
            }
        }
    }

    /// Runs an export: the paths of what was written, in order, or nothing left of it.
    static func exporting(_ body: (ExportFiles) throws(Failure) -> Void) throws(Failure) -> [String] {
        let files = ExportFiles()
        do throws(Failure) {
            try body(files)
            return files.paths
        } catch {
            files.removeAll()
            throw error
        }
    }

    /// What touches files, its failures as those of an export.
    static func system<Value>(_ body: () throws(SystemError) -> Value) throws(Failure) -> Value {
        do throws(SystemError) { return try body() } catch { throw .system(error) }
    }
}

/// Files that one export makes.
final class ExportFiles {
    private(set) var paths: [String] = []

    /// Makes a file where there is none.
    func make(_ path: String) throws(SystemError) -> ExportFile {
        let file = try FileDescriptor(opening: path, O_WRONLY | O_CREAT | O_EXCL, mode: 0o644)
        paths.append(path)
        return ExportFile(path: path, file: file)
    }

    /// Takes away what has been made.
    func removeAll() { for path in paths { unlink(path) } }

    /// Takes away the last that was made.
    func removeLast() { if let path = paths.popLast() { unlink(path) } }
}

/// A file that is being written from begin to end. Failures name it.
struct ExportFile {
    let path: String
    fileprivate let file: FileDescriptor

    func write(_ bytes: UnsafeRawBufferPointer) throws(SystemError) {
        do throws(SystemError) {
            try file.writeAll(bytes)
        } catch {
            throw SystemError(call: error.call, number: error.number, subject: path)
        }
    }

    func write(_ bytes: [UInt8]) throws(SystemError) {
        // Array's own closure form forgets the type of what is thrown.
        try bytes.withUnsafeBytes { buffer in Result { () throws(SystemError) in try write(buffer) } }.get()
    }
}
