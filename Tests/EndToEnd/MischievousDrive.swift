import POSIX
import SCSI
import SCSITransports
import ServerSupport
import TestSupport

/// A proxy on a Unix socket in front of a recorder process, which makes mischief with one command.
final class MischievousDrive: SCSITarget {
    /// What it does.
    enum Mischief: Sendable {
        /// Passes the command on and flips one bit of the reply.
        case flippedBit
        /// Answers with CHECK CONDITION.
        case sense(SenseData)
        /// Closes all connections and the socket.
        case close
    }

    private struct State {
        var seen = 0
        var isArmed = true
    }

    let folder = TemporaryFolder()
    let recorder: RecorderProgram
    private let operationCode: UInt8
    private let number: Int
    private let mischief: Mischief
    private let state = Lock(State())
    private let server = Lock<UnixSocketServer?>(nil)

    var socket: String { folder.path + "/proxy" }
    /// Whether the command came.
    var hasStruck: Bool { state.withLock { !$0.isArmed } }

    /// - Parameter number: which of the commands of that operation code, from 0.
    init(_ mischief: Mischief, at operationCode: UInt8, _ number: Int = 0) throws {
        (self.mischief, self.operationCode, self.number) = (mischief, operationCode, number)
        recorder = try RecorderProgram()
        try serve()
    }

    deinit { server.withLock { $0 }?.stop() }

    /// Begins to answer, also after `close`.
    func serve() throws {
        let made = try UnixSocketServer(address: UnixSocketAddress(socket), target: Weak(self))
        server.withLock { $0 = made }
        BlockingThread.start { try? made.run() }
    }

    /// The server must not keep its target, which owns the server.
    private final class Weak: SCSITarget {
        private let target: Lock<() -> MischievousDrive?>
        init(_ target: MischievousDrive) { self.target = Lock { [weak target] in target } }

        func execute(_ cdb: CDB, dataOut: UnsafeRawBufferPointer, transfer: Int) -> (
            outcome: SCSIOutcome, dataIn: [UInt8]
        ) {
            target.withLock { $0 }()?.execute(cdb, dataOut: dataOut, transfer: transfer) ?? (
                SCSIOutcome(hostStatus: 1), []
            )
        }
    }

    func execute(_ cdb: CDB, dataOut: UnsafeRawBufferPointer, transfer: Int) -> (outcome: SCSIOutcome, dataIn: [UInt8])
    {
        guard strikes(cdb) else { return passOn(cdb, dataOut, transfer) }
        switch mischief {
        case .flippedBit:
            var (outcome, dataIn) = passOn(cdb, dataOut, transfer)
            if !dataIn.isEmpty { dataIn[dataIn.count / 2] ^= 0x10 }
            return (outcome, dataIn)
        case .sense(let sense):
            return (SCSIOutcome(status: 2, driverStatus: 8, residual: transfer, sense: sense.fixedFormat), [])
        case .close:
            server.withLock { $0 }?.stop()
            return (SCSIOutcome(hostStatus: 1), [])
        }
    }

    private func strikes(_ cdb: CDB) -> Bool {
        state.withLock { state in
            guard cdb.operationCode == operationCode else { return false }
            defer { state.seen += 1 }
            guard state.isArmed, state.seen == number else { return false }
            state.isArmed = false
            return true
        }
    }

    /// A connection for each command: nothing of the drive's state belongs to a connection.
    private func passOn(_ cdb: CDB, _ dataOut: UnsafeRawBufferPointer, _ transfer: Int) -> (SCSIOutcome, [UInt8]) {
        guard let drive = try? UnixSocketTransport(connectingTo: UnixSocketAddress(recorder.socket)) else {
            return (SCSIOutcome(hostStatus: 1), [])
        }
        var dataIn = [UInt8](repeating: 0, count: transfer)
        let outcome = dataIn.withUnsafeMutableBytes { room in
            let data: DataTransfer = transfer > 0 ? .fromDevice(room) : dataOut.isEmpty ? .none : .toDevice(dataOut)
            return (try? drive.execute(cdb, data, timeout: 60_000)) ?? SCSIOutcome(hostStatus: 1)
        }
        if transfer > 0 { dataIn.removeLast(min(outcome.residual, transfer)) }
        return (outcome, dataIn)
    }
}
