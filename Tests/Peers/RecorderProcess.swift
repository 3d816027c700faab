import Glibc
import POSIX
import SCSI
import SCSITransports
import TestSupport
import Testing

/// `burnd virtual-recorder` as a process of its own.
final class RecorderProcess {
    let folder: TemporaryFolder
    var socket: String { "\(folder.path)/drive.sock" }
    var disc: String { "\(folder.path)/disc" }
    private let child: ChildProcess
    private let output: FileDescriptor
    private var ending: ChildProcess.Ending?

    /// Starts a recorder without limits of speed and waits until it is ready. The power-on attention is taken, as the kernel
    /// does when a drive appears: cdrdao's search for a driver cannot bear it.
    ///
    /// - Parameter options: further ones of `burnd virtual-recorder`.
    init(in folder: TemporaryFolder = TemporaryFolder(), _ options: [String] = []) async throws {
        self.folder = folder
        let arguments = Self.arguments(folder) + options
        let started = try await BlockingThread.run {
            let (child, output) = try Program.start("\(Program.products)/burnd", arguments)
            return (child, output, try Self.line(of: output))
        }
        (child, output) = (started.0, started.1)
        try #require(started.2 == "ready: virtual recorder disc on \(socket)\n")
        let attention = try send(hex("00 00 00 00 00 00"))
        try #require(SenseData(parsing: attention.sense) == SenseData(6, 0x29, 0))
    }

    /// The next line, or what there is of it at the end.
    private static func line(of output: FileDescriptor) throws -> String {
        var line = ""
        var byte: UInt8 = 0
        while !line.hasSuffix("\n") {
            guard try withUnsafeMutableBytes(of: &byte, { try output.read(into: $0) }) == 1 else { break }
            line.unicodeScalars.append(Unicode.Scalar(byte))
        }
        return line
    }

    /// How a recorder of a folder is started.
    static func arguments(_ folder: TemporaryFolder) -> [String] {
        [
            "virtual-recorder", "--socket", "\(folder.path)/drive.sock", "--disc", "\(folder.path)/disc", "--speed",
            "max",
        ]
    }

    deinit { end(by: SIGTERM) }

    /// Ends it by a signal and waits.
    @discardableResult
    func end(by signal: Int32) -> ChildProcess.Ending {
        if let ending { return ending }
        kill(child.pid, signal)
        let ended = child.wait()
        ending = ended
        return ended
    }

    /// Sends one command on a connection of its own.
    func send(_ cdb: [UInt8], out: [UInt8] = []) throws -> SCSIOutcome {
        let transport = try UnixSocketTransport(connectingTo: UnixSocketAddress(socket))
        return try out.withUnsafeBytes { buffer in
            try transport.execute(CDB(cdb), out.isEmpty ? .none : .toDevice(buffer), timeout: 10_000)
        }
    }

    /// What is on the disc in it.
    func burned() throws -> BurnedDisc { try BurnedDisc(disc) }

    /// `burnd disc` of the disc in it.
    func listing(_ arguments: [String] = []) async throws -> Peer.Outcome {
        try await Program.run("\(Program.products)/burnd", ["disc", disc] + arguments)
    }
}
