import Drives
import POSIX
import SCSI
import SCSITransports
import TestSupport
import VirtualRecorder

/// A virtual recorder of this process behind a socket, in a folder of its own.
final class RecorderInProcess: Sendable {
    let folder = TemporaryFolder()
    let recorder: VirtualRecorder
    private let server: UnixSocketServer

    init(_ profile: RecorderProfile = .modern, blank: Medium = .cdR80) throws {
        recorder = try VirtualRecorder(
            .init(disc: folder.path + "/disc", name: "left", profile: profile, blank: blank, maximumSpeed: nil))
        server = try UnixSocketServer(address: UnixSocketAddress(folder.path + "/socket"), target: recorder)
        BlockingThread.start { [server] in try? server.run() }
    }

    deinit { server.stop() }

    var address: DriveAddress { .unixSocket(UnixSocketAddress(folder.path + "/socket")) }

    /// A registry with this drive alone, and the drive as it is first seen.
    func attached() async -> (DriveRegistry, DriveStatus) {
        let registry = DriveRegistry()
        return (registry, await registry.attach(.init(address: address, label: "left")))
    }

    /// Sends bytes past everything that burnd knows, and expects GOOD once unit attentions are fetched.
    @discardableResult
    func send(_ cdb: [UInt8], _ data: [UInt8] = [], transfer: Int = 0) -> [UInt8] {
        while true {
            let reply = data.withUnsafeBytes { recorder.execute(CDB(cdb), dataOut: $0, transfer: transfer) }
            if reply.outcome.status == 0 { return reply.dataIn }
            let isAttention = SenseData(parsing: reply.outcome.sense)?.key == 6
            precondition(isAttention, "refused: \(cdb) \(reply.outcome.sense)")
        }
    }

    /// The write parameters page as it is in the recorder.
    var writeParameters: [UInt8] { Array(send([0x5A, 0, 5, 0, 0, 0, 0, 0, 60, 0], transfer: 60).dropFirst(8)) }
}
