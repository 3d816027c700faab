import POSIX
import SCSI
import SCSITransports
import TestSupport
import VirtualRecorder

/// A proxy on a Unix socket in front of a virtual recorder: it writes down what passes, and makes mischief where it is told.
final class ProxiedDrive: SCSITarget {
    /// A command that came, and the beginning of what came with it.
    struct Command: Sendable {
        let cdb: [UInt8]
        let dataOut: [UInt8]
        var operationCode: UInt8 { cdb[0] }
    }

    /// What the proxy does with a command instead of passing it on.
    enum Mischief: Sendable {
        /// Answers with CHECK CONDITION.
        case sense(SenseData, deferred: Bool = false)
        /// Answers with this outcome, without asking the drive.
        case outcome(SCSIOutcome)
        /// Passes it on and says that so many bytes less moved.
        case shortTransfer(Int)
        /// Passes it on and changes the reply.
        case changedReply(@Sendable ([UInt8]) -> [UInt8])
        /// Ends all connections.
        case close
    }

    /// Decides on each command; the number says how many of its operation code came before it.
    typealias Plot = @Sendable (_ cdb: [UInt8], _ number: Int) -> Mischief?

    private let recorder: VirtualRecorder
    private let plot: Plot
    private let record = Lock([Command]())
    private let server = Lock<UnixSocketServer?>(nil)

    init(_ recorder: VirtualRecorder, plot: @escaping Plot) { (self.recorder, self.plot) = (recorder, plot) }

    /// All that came, in order.
    var commands: [Command] { record.withLock { $0 } }

    /// Serves at `path` until `stop`.
    func serve(at path: String) throws {
        let made = try UnixSocketServer(address: UnixSocketAddress(path), target: self)
        server.withLock { $0 = made }
        BlockingThread.start { try? made.run() }
    }

    func stop() { server.withLock { $0 }?.stop() }

    func execute(_ cdb: CDB, dataOut: UnsafeRawBufferPointer, transfer: Int) -> (outcome: SCSIOutcome, dataIn: [UInt8])
    {
        let number = record.withLock { record in
            let number = record.count { $0.operationCode == cdb.operationCode }
            record.append(Command(cdb: cdb.bytes, dataOut: Array(dataOut.prefix(64))))
            return number
        }
        func passOn() -> (outcome: SCSIOutcome, dataIn: [UInt8]) {
            recorder.execute(cdb, dataOut: dataOut, transfer: transfer)
        }
        switch plot(cdb.bytes, number) {
        case nil: return passOn()
        case .sense(let sense, let deferred):
            var bytes = sense.fixedFormat
            if deferred { bytes[0] = 0x71 }
            return (SCSIOutcome(status: 2, driverStatus: 8, residual: max(transfer, dataOut.count), sense: bytes), [])
        case .outcome(let outcome): return (outcome, [])
        case .shortTransfer(let missing):
            var (outcome, dataIn) = passOn()
            outcome.residual += missing
            dataIn.removeLast(min(missing, dataIn.count))
            return (outcome, dataIn)
        case .changedReply(let change):
            let (outcome, dataIn) = passOn()
            return (outcome, change(dataIn))
        case .close:
            stop()
            return (SCSIOutcome(hostStatus: 1), [])
        }
    }
}
