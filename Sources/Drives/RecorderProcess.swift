import Glibc
import POSIX
import SCSITransports

/// A virtual recorder as a process of its own, so that the death of the server is not the death of a drive.
///
/// Its folder holds `socket`, `control` (where `burnd recorder-control` sends its requests), `pid`, `log` and the folders of
/// its discs.
public struct RecorderProcess: Sendable {
    /// Why a virtual recorder could not be had.
    public struct Failure: Error, Equatable, Sendable, CustomStringConvertible {
        /// What happened, with the recorder's own last words where it had some.
        public let description: String
    }

    /// How long a recorder may take from its start to its first word. It makes a folder and a socket; ten seconds are a
    /// machine in trouble.
    private static let startLimit: Int32 = 10_000
    /// Most that is quoted from a recorder's log.
    private static let quotedBytes = 2000

    /// Its folder.
    public let folder: String
    /// Where it listens.
    public var socketPath: String { folder + "/socket" }
    /// Where it takes requests by hand.
    public var controlPath: String { folder + "/control" }
    /// The disc that is in it at its first start.
    public var discPath: String { folder + "/disc" }

    /// The recorder of a folder.
    public init(folder: String) { self.folder = folder }

    /// Connects to the recorder when it lives, and starts it when it does not. Blocks.
    ///
    /// - Parameters:
    ///   - executable: path of `burnd`.
    ///   - name: its label and serial number.
    ///   - speed: `max`, or a multiple of playing speed.
    /// - Returns: true when it was started, false when it lived already.
    @discardableResult
    public func ensureRunning(executable: String, name: String, speed: String) throws -> Bool {
        try DurableFile.makeFolder(folder)
        if isListening { return false }
        let (process, ready) = try launch(executable, name, speed)
        // The recorder outlives this process; while this one lives, somebody must fetch the ending of its child.
        BlockingThread.start { _ = process.wait() }
        try awaitFirstWord(on: ready)
        try DurableFile.replace(folder + "/pid", with: Array("\(process.pid)\n".utf8))
        return true
    }

    /// Starts the process, and returns with the writing end of its pipe closed on this side: the end of the recorder is then
    /// the end of the pipe.
    private func launch(
        _ executable: String, _ name: String, _ speed: String
    ) throws(SystemError) -> (ChildProcess, FileDescriptor) {
        let log = try FileDescriptor(opening: folder + "/log", O_WRONLY | O_CREAT | O_APPEND)
        let ready = try Pipe()
        let process = try ChildProcess.start(
            executable,
            arguments: [
                "virtual-recorder", "--socket", socketPath, "--disc", discPath, "--name", name, "--speed", speed,
                "--control", controlPath,
            ], descriptors: [1: ready.writing, 2: log], newSession: true)
        return (process, ready.reading)
    }

    private var isListening: Bool { (try? UnixSocketAddress(socketPath).connect()) != nil }

    /// Waits until the recorder has said that it is ready, or is gone.
    private func awaitFirstWord(on reading: FileDescriptor) throws {
        var poll = pollfd(fd: reading.number, events: Int16(POLLIN), revents: 0)
        while Glibc.poll(&poll, 1, Self.startLimit) < 0 { guard errno == EINTR else { throw SystemError.last("poll") } }
        var word: [UInt8] = [0]
        let count = try word.withUnsafeMutableBytes { try poll.revents == 0 ? 0 : reading.read(into: $0) }
        guard count > 0 else { throw Failure(description: "the virtual recorder did not start: \(lastWords)") }
    }

    private var lastWords: String {
        let log = (try? DurableFile.contents(of: folder + "/log", limit: 1 << 20)) ?? []
        let words = String(decoding: log.suffix(Self.quotedBytes), as: UTF8.self).split(separator: "\n").last
        return words.map(String.init) ?? "it said nothing"
    }
}
