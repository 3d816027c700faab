public import POSIX
public import SCSI

/// Serves one logical unit on a Unix-domain socket, by the frames of `DriveFrame`.
///
/// Any number of connections, a request at a time on each, every one on a thread of its own. A frame that does not follow
/// the protocol closes the connection that it came on and no other; a target that says `noConnect` is gone, and all
/// connections end without an answer.
public final class UnixSocketServer: Sendable {
    /// Most connections at a time: a bound on threads and buffers. Burning programs open a drive two or three times over.
    public static let maximumConnections = 64
    /// A connection that has taken no big frame needs no more buffer than this, the largest transfer that programs use.
    private static let usualData = 128 << 10

    private let connections: UnixConnections
    private let target: any SCSITarget

    /// Listens at `address`; `run` begins to answer.
    ///
    /// - Throws: `SystemError` with `EADDRINUSE` when somebody listens there already.
    public init(address: UnixSocketAddress, target: any SCSITarget) throws(SystemError) {
        connections = UnixConnections(to: try address.listen(), atMost: Self.maximumConnections)
        self.target = target
    }

    /// Takes connections until `stop`. Blocks.
    public func run() throws(SystemError) {
        try connections.run { [self] connection in
            serve(connection)
            target.initiatorLeft(SCSIInitiator(connection: connection.number))
        }
    }

    /// Takes no more connections and ends those that there are, each after the command that it is in. `run` returns.
    public func stop() { connections.stop() }

    private func serve(_ connection: FileDescriptor) {
        var dataOut = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.usualData, alignment: 16)
        defer { dataOut.deallocate() }
        do {
            while let request = try receiveRequest(connection) {
                if request.dataOutBytes > dataOut.count {
                    dataOut.deallocate()
                    dataOut = .allocate(byteCount: request.dataOutBytes, alignment: 16)
                }
                let sent = UnsafeMutableRawBufferPointer(rebasing: dataOut[..<request.dataOutBytes])
                guard try connection.receiveAll(into: sent) == sent.count else { return }
                try answer(request, UnsafeRawBufferPointer(sent), on: connection)
            }
        } catch {
            // The other side broke the protocol or is gone: either way this connection is over, and it alone.
            connection.shutDownConnection()
        }
    }

    /// The next request's header, or nil when the other side has closed between requests or in the middle of one.
    private func receiveRequest(_ connection: FileDescriptor) throws -> DriveFrame.Execute? {
        var header = [UInt8](repeating: 0, count: DriveFrame.executeHeaderBytes)
        let count = try header.withUnsafeMutableBytes { try connection.receiveAll(into: $0) }
        return count == header.count ? try DriveFrame.Execute(parsing: header) : nil
    }

    private func answer(
        _ request: DriveFrame.Execute, _ dataOut: UnsafeRawBufferPointer, on connection: FileDescriptor
    ) throws(SystemError) {
        let room = request.direction == .fromDevice ? request.transfer : 0
        let (outcome, dataIn) = target.execute(
            request.cdb, dataOut: dataOut, transfer: room, from: SCSIInitiator(connection: connection.number))
        // A drive that is gone is gone for everybody who had it open.
        guard outcome.hostStatus != SCSIOutcome.Host.noConnect else { return connections.endAll() }
        precondition(dataIn.count <= room, "a target answers no more than there is room for")
        precondition(outcome.sense.count <= 252, "sense data has at most 252 bytes")
        let residual = request.direction == .fromDevice ? room - dataIn.count : outcome.residual
        let result = DriveFrame.Result(
            tag: request.tag, dataLength: dataIn.count, residual: residual, status: outcome.status,
            hostStatus: UInt8(truncatingIfNeeded: outcome.hostStatus), senseLength: outcome.sense.count)
        try connection.sendAll(result.header + outcome.sense)
        try connection.sendAll(dataIn)
    }
}
