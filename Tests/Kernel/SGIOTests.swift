import Glibc
import POSIX
import SCSI
import ServerSupport
import TestSupport
import Testing

@testable import SCSITransports

/// What SG_IO of a real kernel does with commands, and what the transport makes of it.
@Suite(.serialized, .timeLimit(.minutes(5)), .enabled(if: Guest.isHere, Guest.why))
struct SGIOTests {
    let files = AudioFiles()

    private static let testUnitReady = CDB([0, 0, 0, 0, 0, 0])

    /// One node alone, with whatever limit, and shared.
    private func drive(_ path: String, isBlock: Bool, maximumTransfer: Int? = nil) throws -> SGIOTransport {
        let file = try FileDescriptor(opening: path, O_RDWR | O_NONBLOCK)
        return SGIOTransport(
            .init(file: file, path: path, isBlock: isBlock), maximumTransfer: maximumTransfer)
    }

    private func answer(
        _ drive: SGIOTransport, _ cdb: CDB = testUnitReady, bytes: Int = 0, timeout: Int = 30_000
    ) throws(TransportFault) -> SCSIOutcome {
        guard bytes > 0 else { return try drive.execute(cdb, .none, timeout: timeout) }
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes, alignment: 4096)
        defer { memory.deallocate() }
        return try drive.execute(cdb, .fromDevice(memory), timeout: timeout)
    }

    /// After a reset the drive reports what has happened.
    private func fetchAttentions(_ drive: SGIOTransport) {
        for _ in 0..<5 where (try? answer(drive).status) != 0 {}
    }

    // MARK: Nodes

    @Test func `each node of a drive is found from the other, whatever their numbers`() throws {
        let recorders = try ["node-a", "node-b"].map { try USBRecorder($0) }
        for recorder in recorders {
            let (block, generic) = (try recorder.node(), try recorder.genericNode())
            #expect(DriveNodes(of: block) == DriveNodes(block: block, generic: generic))
            #expect(DriveNodes(of: generic) == DriveNodes(block: block, generic: generic))
            #expect(DriveNodes(of: recorder.link) == DriveNodes(block: recorder.link, generic: generic))
        }
        #expect(DriveNodes(of: "/dev/null") == DriveNodes(block: nil, generic: "/dev/null"))
    }

    @Test func `a drive that is named by its sg node is opened by its block node`() throws {
        let recorder = try USBRecorder("by-sg")
        let held = try DriveAddress.deviceNode(try recorder.genericNode()).open(for: .look)
        let other = DriveAddress.deviceNode(try recorder.node())
        #expect(throws: DriveAddress.OpenError.inUse(other)) { try other.openOnce(for: .look) }
        withExtendedLifetime(held) {}
    }

    // MARK: Time

    @Test func `a block node gives a command seven seconds at least, an sg node what it shall have`() throws {
        let recorder = try USBRecorder("floor")
        let block = try drive(try recorder.node(), isBlock: true)
        let generic = try drive(try recorder.genericNode(), isBlock: false)
        fetchAttentions(block)
        _ = try recorder.setFault("test-unit-ready call 1: slow 3s")
        #expect(block.effectiveTimeout(1000, of: Self.testUnitReady) == SGIOTransport.leastBlockTimeout)
        #expect(try answer(block, timeout: 1000) == SCSIOutcome())

        try recorder.control("clear")
        _ = try recorder.setFault("test-unit-ready call 1: slow 3s")
        let outcome = try answer(generic, timeout: 1000)
        #expect(outcome.isTimeOut, "\(outcome)")
    }

    @Test(arguments: [true, false])
    func `a command that is not answered is good by return value and status, and a time-out by host status`(
        isBlock: Bool
    ) throws {
        let recorder = try USBRecorder("silent-\(isBlock ? "sr" : "sg")")
        let drive = try drive(isBlock ? recorder.node() : recorder.genericNode(), isBlock: isBlock)
        fetchAttentions(drive)
        _ = try recorder.setFault("test-unit-ready: stuck")
        let outcome = try answer(drive, timeout: isBlock ? SGIOTransport.leastBlockTimeout : 1000)
        #expect(outcome.status == 0 && outcome.hostStatus == SCSIOutcome.Host.timedOut, "\(outcome)")
        #expect(throws: SCSIError.self) { try outcome.check("TEST UNIT READY") }
    }

    // MARK: Sizes

    @Test func `the limit of the queue is known at opening, and what is more never reaches the kernel`() throws {
        let recorder = try USBRecorder("sizes")
        let nodes = [(try recorder.node(), true, EIO), (try recorder.genericNode(), false, EINVAL)]
        // READ BUFFER of a drive that has none: it is refused, or short, which is no matter here.
        let command = CDB([0x3C, 2, 0, 0, 0, 0, 2, 0, 0, 0])
        for (path, isBlock, error) in nodes {
            let drive = try drive(path, isBlock: isBlock)
            // The driver usb-storage: 240 sectors.
            #expect(drive.maximumTransfer == 120 << 10)
            _ = try answer(drive, command, bytes: 120 << 10)
            let fault = #expect(throws: TransportFault.self) { try answer(drive, command, bytes: (120 << 10) + 1) }
            #expect(fault?.kind == .tooLarge)
            let unlimited = try self.drive(path, isBlock: isBlock, maximumTransfer: .max)
            let refusal = #expect(throws: TransportFault.self) { try answer(unlimited, command, bytes: 128 << 10) }
            #expect(refusal?.errno == error)
        }
    }

    @Test func `a disc is burned and read back through a bridge that takes 32 KiB`() throws {
        let recorder = try USBRecorder("bridge")
        let node = try recorder.node()
        // As the driver does for some bridges (US_FL_MAX_SECTORS_64).
        let setting = "/sys/class/block/\(node.split(separator: "/").last ?? "")/device/max_sectors"
        try FileDescriptor(opening: setting, O_WRONLY).writeAll(Array("64".utf8))
        #expect(try drive(node, isBlock: true).maximumTransfer == 32 << 10)
        let server = try ServerProcess(discovering: [])
        let drive = try server.blankDrive(of: recorder)
        let job = try server.wait(server.job([try Album.short(files)], ["drive=\(drive)"]))
        #expect(job.state.string == "completed" && job.proven.strings.contains("audio"), "\(job.problem)")
        let expected = try files.samples("short.wav")
        #expect(expected.isFollowedByZerosAlone(in: try Disc.export(recorder.disc(), files)[0], sectors: 300))
    }

    // MARK: Ends

    @Test func `a drive that was pulled out is gone for both nodes`() throws {
        let recorder = try USBRecorder("pulled")
        let drives = [
            try drive(try recorder.node(), isBlock: true), try drive(try recorder.genericNode(), isBlock: false),
        ]
        for drive in drives { fetchAttentions(drive) }
        try recorder.unplug()
        for drive in drives {
            let fault = #expect(throws: TransportFault.self) { try answer(drive) }
            #expect(fault?.kind == .gone, "\(fault.map { "\($0)" } ?? "")")
        }
    }

    @Test func `the ATA command that udev tries is refused as unknown`() throws {
        let recorder = try USBRecorder("ata")
        let drive = try drive(try recorder.genericNode(), isBlock: false)
        fetchAttentions(drive)
        var bytes = [UInt8](repeating: 0, count: 16)
        // ATA PASS-THROUGH(16): IDENTIFY PACKET DEVICE, PIO in.
        (bytes[0], bytes[1], bytes[2], bytes[14]) = (0x85, 4 << 1, 0x2E, 0xA1)
        let outcome = try answer(drive, CDB(bytes), bytes: 512)
        #expect(throws: SCSIError.checkCondition(command: "ATA PASS-THROUGH", SenseData(5, 0x20, 0))) {
            try outcome.check("ATA PASS-THROUGH")
        }
    }

    // MARK: The kernel's own commands

    private func commands(_ recorder: USBRecorder) throws -> Int {
        try #require(try recorder.control("status").commands.int)
    }

    @Test func `the kernel polls a drive, and not while it is open for a look or a burn`() throws {
        let recorder = try USBRecorder("polled")
        let address = DriveAddress.deviceNode(try recorder.node())
        // udev's default, which the guest may be without.
        let setting = "/sys/class/block/\(try recorder.node().split(separator: "/").last ?? "")/events_poll_msecs"
        try FileDescriptor(opening: setting, O_WRONLY).writeAll(Array("2000".utf8))
        let before = try commands(recorder)
        try Deadline.waiting("a poll", "") { try commands(recorder) > before }
        for use in [DriveUse.look, .burn] {
            let drive = try address.open(for: use)
            // Those that came with the opening.
            sleep(1)
            let opened = try commands(recorder)
            sleep(5)
            #expect(try commands(recorder) == opened, "\(use)")
            withExtendedLifetime(drive) {}
        }
    }
}
