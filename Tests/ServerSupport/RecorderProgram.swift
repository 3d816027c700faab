import Glibc
import POSIX
import TestSupport

/// `burnd virtual-recorder`, started by a test and not by the server.
public final class RecorderProgram: Sendable {
    private let folder = TemporaryFolder()
    private let arguments: [String]
    private let child = Lock<ChildProcess?>(nil)
    /// Where it listens.
    public var socket: String { folder.path + "/socket" }
    /// The disc in it.
    public var disc: String { folder.path + "/disc" }

    /// Starts it, with further arguments, and waits until it is ready.
    public init(_ arguments: [String] = []) throws {
        self.arguments = arguments
        try start()
    }

    /// Starts it anew, with the disc that it had.
    public func start() throws {
        let pipe = try Pipe()
        let started = try ChildProcess.start(
            TestProgram.compiled("burnd"),
            arguments: [
                "virtual-recorder", "--socket", socket, "--disc", disc, "--name", "outside", "--speed", "max",
            ] + arguments, descriptors: [1: pipe.writing])
        child.withLock { $0 = started }
        var reader = LineReader(pipe.reading)
        guard try reader.next(within: ServerProcess.patience)?.hasPrefix("ready:") == true else {
            throw ServerProcess.Failure(description: "the recorder did not start")
        }
    }

    /// Switches it off.
    public func end() {
        guard let running = child.withLock({ child in child.take() }) else { return }
        kill(running.pid, SIGTERM)
        _ = running.wait()
    }

    deinit { end() }
}
