import Glibc
import POSIX
import SCSI
import ServerSupport
import TestSupport
import Testing

@testable import SCSITransports

/// Which commands a user without rights may send to which node.
@Suite(.serialized, .timeLimit(.minutes(5)), .enabled(if: Guest.isHere, Guest.why))
struct CommandFilterTests {
    @Test func `the kernel refuses a user without rights what the table says, and nothing on the sg node`() throws {
        let recorder = try USBRecorder("filter")
        // An empty tray: none of the commands finds a disc.
        try recorder.control("eject")
        try Unprivileged.run("FilteredCommands", node: try recorder.node())
    }

    @Test func `what is refused goes by the sg node, and where that cannot be used, the refusal says so`() throws {
        let recorder = try USBRecorder("sgnode")
        let generic = try recorder.genericNode()
        try Unprivileged.run("SGNodeCommands", node: try recorder.node())
        #expect(chmod(generic, 0o600) == 0)
        try Unprivileged.run("RefusedCommands", node: try recorder.node())
    }
}

@Suite(.enabled(if: Unprivileged.node != nil, Unprivileged.why)) struct FilteredCommands {
    /// CDB lengths by group (SPC-4, 4.3.4), 16 for the makers' own, as the kernel takes any.
    private static let lengths = [6, 10, 10, 12, 16, 12, 10, 10]

    private func open(_ path: String, isBlock: Bool) throws -> SGIOTransport {
        let file = try FileDescriptor(opening: path, O_RDWR | O_NONBLOCK)
        return SGIOTransport(.init(file: file, path: path, isBlock: isBlock))
    }

    private func refused(by drive: SGIOTransport) throws -> [UInt8] {
        (UInt8.min...UInt8.max).filter { code in
            var bytes = [UInt8](repeating: 0, count: Self.lengths[Int(code >> 5)])
            bytes[0] = code
            do throws(TransportFault) {
                _ = try drive.execute(CDB(bytes), .none, timeout: 30_000)
                return false
            } catch {
                #expect(error.kind == .notPermitted && error.errno == EPERM, "code \(code): \(error)")
                return true
            }
        }
    }

    @Test func `all 256 codes on both nodes`() throws {
        let path = try #require(Unprivileged.node)
        #expect(geteuid() != 0)
        let expected = (UInt8.min...UInt8.max).filter { !CommandFilter.allows($0) }
        #expect(try refused(by: open(path, isBlock: true)) == expected)
        let generic = try #require(DriveNodes(of: path).generic)
        #expect(try refused(by: open(generic, isBlock: false)) == [])
    }
}

/// MECHANISM STATUS, which the block node refuses.
private struct MechanismStatus: SCSICommand {
    typealias Reply = NoReply
    static let name = "MECHANISM STATUS"
    let cdb = CDB([0xBD, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0])
    let data = DataPhase.fromDevice(byteCount: 8)
}

@Suite(.enabled(if: Unprivileged.node != nil, Unprivileged.why)) struct SGNodeCommands {
    @Test func `MECHANISM STATUS is answered, with exclusive use and without`() throws {
        let address = DriveAddress.deviceNode(try #require(Unprivileged.node))
        for use in [DriveUse.shared, .look, .burn] { _ = try address.open(for: use).perform(MechanismStatus()) }
    }
}

@Suite(.enabled(if: Unprivileged.node != nil, Unprivileged.why)) struct RefusedCommands {
    @Test func `node, code and the reason are named, and all that burns works`() throws {
        let path = try #require(Unprivileged.node)
        let generic = try #require(DriveNodes(of: path).generic)
        let drive = try DriveAddress.deviceNode(path).open(for: .burn)
        _ = try drive.execute(CDB([0x1E, 0, 0, 0, 0, 0]), .none, timeout: 30_000)
        let error = #expect(throws: SCSIError.self) { try drive.perform(MechanismStatus()) }
        guard case .transport(_, let fault)? = error else { return }
        #expect(fault.kind == .notPermitted)
        let (code, reason) = ("operation code BDh to \(path)", "open \(generic): Permission denied")
        #expect(fault.description.contains(code) && fault.description.contains(reason), "\(fault.description)")
    }
}
