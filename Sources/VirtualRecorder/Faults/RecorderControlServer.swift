public import POSIX
import SCSI

/// Takes the requests of `RecorderControl` on a Unix socket: a line each, a line for an answer. Any number on a connection.
///
/// It never waits for the recorder with more than the one connection that asked, so that it answers others while the drive
/// is stuck.
public final class RecorderControlServer: Sendable {
    /// Most connections at a time: a bound on threads.
    public static let maximumConnections = 32
    /// Longest request: a fault, or a path, with room to spare.
    public static let maximumLine = 8192

    private let connections: UnixConnections
    private let control: RecorderControl

    /// Listens at `address`; `run` begins to answer.
    ///
    /// - Throws: `SystemError` with `EADDRINUSE` when somebody listens there already.
    public init(address: UnixSocketAddress, control: RecorderControl) throws(SystemError) {
        connections = UnixConnections(to: try address.listen(), atMost: Self.maximumConnections)
        self.control = control
    }

    /// Takes connections until `stop`. Blocks.
    public func run() throws(SystemError) {
        // An error means that the other side has gone.
        try connections.run { [self] connection in try? serve(connection) }
    }

    /// Takes no more connections and ends those that there are. `run` returns.
    public func stop() { connections.stop() }

    private func serve(_ connection: FileDescriptor) throws(SystemError) {
        var pending: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: Self.maximumLine)
        while true {
            let count = try chunk.withUnsafeMutableBytes { buffer in
                Result { () throws(SystemError) in try connection.read(into: buffer) }
            }.get()
            pending += chunk.prefix(count)
            while let end = pending.firstIndex(of: 0x0A) {
                try answer(pending[..<end], on: connection)
                pending.removeSubrange(...end)
            }
            if pending.count > Self.maximumLine {
                return try connection.sendAll(Array("error: a request has at most \(Self.maximumLine) bytes\n".utf8))
            }
            // The last line may come without its end.
            if count == 0 { return pending.isEmpty ? () : try answer(pending[...], on: connection) }
        }
    }

    private func answer(_ line: ArraySlice<UInt8>, on connection: FileDescriptor) throws(SystemError) {
        let initiator = SCSIInitiator(connection: connection.number)
        let answer = control.answer(String(decoding: line, as: UTF8.self), for: initiator)
        try connection.sendAll(Array("\(answer)\n".utf8))
    }
}
