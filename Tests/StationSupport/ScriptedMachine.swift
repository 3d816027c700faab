package import Drives
import Glibc
import POSIX
package import SCSI
package import SCSITransports
import TestSupport

/// A machine whose drives come and go as a test says: recorders on sockets, and nodes that are plain files.
package final class ScriptedMachine: DriveDiscovering {
    private struct State {
        var servers: [String: UnixSocketServer] = [:]
        var addresses: [String: DriveAddress] = [:]
        var plugs = 0
    }

    package let means: DiscoveryMeans
    private let folder = TemporaryFolder()
    private let stream: AsyncStream<DiscoveryEvent>
    private let told: AsyncStream<DiscoveryEvent>.Continuation
    private let state = Lock(State())

    package init(_ means: DiscoveryMeans = .udev) {
        self.means = means
        (stream, told) = AsyncStream.makeStream()
    }

    deinit { for server in state.withLock({ Array($0.servers.values) }) { server.stop() } }

    package func events() -> AsyncStream<DiscoveryEvent> { stream }
    package func stop() { told.finish() }
    package func address(of drive: FoundDrive) -> DriveAddress {
        state.withLock { $0.addresses[drive.device] } ?? .deviceNode(drive.node)
    }

    /// The system says something.
    package func tell(_ event: DiscoveryEvent) { told.yield(event) }

    /// A drive that is plugged in, and not told of yet.
    package func plugged(_ target: any SCSITarget, _ node: String, port: String, serial: String = "") throws
        -> FoundDrive
    {
        let number = state.withLock { state in
            state.plugs += 1
            return state.plugs
        }
        let address = UnixSocketAddress("\(folder.path)/\(number)")
        let server = try UnixSocketServer(address: address, target: target)
        BlockingThread.start { try? server.run() }
        let path = "\(folder.path)/\(node)"
        _ = try FileDescriptor(opening: path, O_RDWR | O_CREAT)
        let device = "/sys/devices/\(port)/host\(number)/block/\(node)"
        state.withLock { state in
            (state.servers[device], state.addresses[device]) = (server, .unixSocket(address))
        }
        return FoundDrive(
            device: device, instance: UInt64(number), node: path, sgNode: "/dev/sg\(number)", bus: "usb", port: port,
            vendor: "TESTS", product: "LOOKING DRIVE", firmware: "1.0", serial: serial)
    }

    /// Plugs a drive in.
    @discardableResult
    package func plug(_ target: any SCSITarget, _ node: String, port: String, serial: String = "") throws -> FoundDrive
    {
        let found = try plugged(target, node, port: port, serial: serial)
        tell(.found(found))
        return found
    }

    /// Unplugs a drive.
    package func unplug(_ drive: FoundDrive) {
        state.withLock { $0.servers.removeValue(forKey: drive.device) }?.stop()
        tell(.gone(drive.device))
    }
}
