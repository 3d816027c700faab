import Glibc
import POSIX

/// Audio files made by the `sox`, `ffmpeg` and `lame` programs, and bytes that are no audio, in a folder that goes with them.
public final class AudioFiles: Sendable {
    private let folder = TemporaryFolder()

    /// A program that a test needs failed.
    public struct Failure: Error {
        /// What it said.
        public let said: String
    }

    /// An empty folder.
    public init() {}

    /// The path of a file in the folder.
    public func path(_ name: String) -> String { "\(folder.path)/\(name)" }

    /// Runs a program with its arguments split at spaces; `@name` is the path of a file in the folder.
    @discardableResult
    public func run(_ line: String) throws -> [UInt8] {
        let words = line.split(separator: " ").map { $0.hasPrefix("@") ? path(String($0.dropFirst())) : String($0) }
        let run = try TestProgram("/usr/bin/\(words[0])", Array(words.dropFirst()))
        guard run.ending == .exited(0) else { throw Failure(said: "\(line): \(run.ending) \(run.errors)") }
        return run.output
    }

    /// Pink noise of the CD's format, which every sample of is different: `name`.wav.
    public func noise(_ name: String, seconds: Double = 2) throws {
        try run("sox -D -r 44100 -n -c 2 -b 16 @\(name).wav synth \(seconds) pinknoise gain -6")
    }

    /// The samples of a file as the sox program has them, in the CD's format, neither dithered nor resampled.
    public func samples(_ name: String) throws -> [UInt8] { try run("sox -D @\(name) -t raw -e signed -b 16 -") }

    /// Makes a file of bytes and returns its path.
    @discardableResult
    public func write(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
        try DurableFile.replace(path(name), with: Array(bytes))
        return path(name)
    }

    /// The bytes of a file.
    public func bytes(_ name: String) throws -> [UInt8] { try DurableFile.contents(of: path(name), limit: .max) }
}
