import Glibc
import POSIX
import SCSI
import StationSupport

/// A drive with a tray that opens when it is told to.
final class TrayDrive: SCSITarget {
    private let inner = LookingDrive(serial: "T1")
    private let state = Lock((isOpen: false, ejections: 0))

    /// How often it was told to open its tray.
    var ejections: Int { state.withLock { $0.ejections } }

    func execute(
        _ cdb: CDB, dataOut: UnsafeRawBufferPointer, transfer: Int
    ) -> (outcome: SCSIOutcome, dataIn: [UInt8]) {
        switch (cdb.bytes[0], cdb.bytes.count > 4 ? cdb.bytes[4] & 3 : 0) {
        case (0x1B, 2): state.withLock { $0 = (true, $0.ejections + 1) }
        case (0x4A, _) where state.withLock({ $0.isOpen }):
            // Media status: no event, tray open, no medium.
            let reply: [UInt8] = [0, 6, 4, 0x10, 0, 1, 0, 0]
            return (SCSIOutcome(residual: max(transfer - reply.count, 0)), Array(reply.prefix(transfer)))
        default: break
        }
        return inner.execute(cdb, dataOut: dataOut, transfer: transfer)
    }
}

/// A drive that does not answer before it is let.
final class SilentDrive: SCSITarget {
    private let inner = LookingDrive(serial: "S1")
    private let (questions, question) = AsyncStream.makeStream(of: Void.self)
    private let gate = Gate()

    /// Returns when it was asked something.
    func asked() async { for await _ in questions { return } }

    /// It answers from now on.
    func answer() { gate.open() }

    func execute(
        _ cdb: CDB, dataOut: UnsafeRawBufferPointer, transfer: Int
    ) -> (outcome: SCSIOutcome, dataIn: [UInt8]) {
        question.yield()
        gate.wait()
        return inner.execute(cdb, dataOut: dataOut, transfer: transfer)
    }

    /// A pipe that nobody reads from but by waiting.
    private final class Gate: Sendable {
        private let pipe = try? Pipe()

        func open() { try? pipe?.writing.writeAll([0]) }

        func wait() {
            guard let pipe else { return }
            var waiting = pollfd(fd: pipe.reading.number, events: Int16(POLLIN), revents: 0)
            while poll(&waiting, 1, 60_000) < 0, errno == EINTR {}
        }
    }
}
