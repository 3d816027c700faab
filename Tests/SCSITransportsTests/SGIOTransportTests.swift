import CLinuxSG
import Glibc
import POSIX
import SCSI
import Testing

@testable import SCSITransports

/// What the transport makes of the kernel's answers, with the system call played.
@Suite struct SGIOTransportTests {
    /// Answers in place of the kernel, and notes to which file each call went.
    private final class Kernel: @unchecked Sendable {
        // Unchecked is right: a transport is used by one thread.
        var answers: [(inout sg_io_hdr) -> Int32]
        var files: [Int32] = []
        var commands: [[UInt8]] = []

        init(_ answers: [(inout sg_io_hdr) -> Int32]) { self.answers = answers.reversed() }

        convenience init(errors: [Int32]) { self.init(errors.map { error in { _ in error } }) }

        func call(_ file: Int32, _ header: inout sg_io_hdr) -> Int32 {
            files.append(file)
            commands.append(Array(UnsafeBufferPointer(start: header.cmdp, count: Int(header.cmd_len))))
            return answers.popLast()?(&header) ?? 0
        }
    }

    private static let write = CDB([0x2A, 0, 0, 0, 0, 0, 0, 0, 1, 0])
    private static let mechanismStatus = CDB([0xBD, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0])

    private func node(isBlock: Bool) throws -> SGIOTransport.Node {
        let path = isBlock ? "/dev/null" : "/dev/zero"
        return .init(file: try FileDescriptor(opening: path, O_RDWR), path: path, isBlock: isBlock)
    }

    private func transport(
        _ kernel: Kernel, _ block: SGIOTransport.Node, generic: SGIOTransport.Node? = nil, genericPath: String? = nil
    ) -> SGIOTransport {
        SGIOTransport(
            block, generic: generic, genericPath: genericPath, maximumTransfer: 4096, waits: [1, 1, 1],
            call: { kernel.call($0, &$1) })
    }

    @discardableResult
    private func send(
        _ cdb: CDB, _ count: Int, by drive: SGIOTransport, timeout: Int = 30_000
    ) throws -> SCSIOutcome {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 4096)
        defer { memory.deallocate() }
        return try drive.execute(cdb, .toDevice(UnsafeRawBufferPointer(memory)), timeout: timeout)
    }

    private func fault(_ number: Int32, _ cdb: CDB = write, count: Int = 2352) throws -> TransportFault? {
        let kernel = Kernel(errors: Array(repeating: number, count: 9))
        let drive = transport(kernel, try node(isBlock: true))
        return #expect(throws: TransportFault.self) { try send(cdb, count, by: drive) }
    }

    @Test func `everything that the kernel says is in the outcome`() throws {
        let kernel = Kernel([
            { header in
                (header.status, header.host_status, header.driver_status, header.resid) = (2, 3, 8, 17)
                header.sbp[0] = 0x70
                header.sbp[2] = 4
                header.sb_len_wr = 3
                return 0
            }
        ])
        let outcome = try send(Self.write, 2352, by: transport(kernel, try node(isBlock: true)))
        let expected = SCSIOutcome(status: 2, hostStatus: 3, driverStatus: 8, residual: 17, sense: [0x70, 0, 4])
        #expect(outcome == expected)
    }

    @Test func `a command that timed out is called a success by the system call, and is none`() throws {
        let kernel = Kernel([
            { header in
                header.host_status = 3
                return 0
            }
        ])
        let outcome = try send(Self.write, 2352, by: transport(kernel, try node(isBlock: true)))
        #expect(outcome.isTimeOut && outcome.status == 0 && kernel.files.count == 1)
        #expect(throws: SCSIError.host(command: "WRITE(10)", hostStatus: 3, driverStatus: 0)) {
            try outcome.check("WRITE(10)")
        }
    }

    @Test(arguments: [ENODEV, ENXIO, ESHUTDOWN]) func `a node whose device went says that the drive is gone`(
        _ number: Int32
    ) throws {
        let fault = try #require(try fault(number))
        #expect(fault.kind == .gone && fault.errno == number && !fault.isNeverSent)
    }

    @Test func `a refused operation code is named, with the node`() throws {
        let fault = try #require(try fault(EPERM, Self.mechanismStatus))
        #expect(fault.kind == .notPermitted && fault.isNeverSent)
        #expect(fault.description.contains("operation code BDh to /dev/null"), "\(fault.description)")
    }

    @Test(arguments: [ENOMEM, EBUSY, EAGAIN]) func `a command that the kernel had no room for is sent again`(
        _ number: Int32
    ) throws {
        let kernel = Kernel(errors: [number, number])
        try send(Self.write, 2352, by: transport(kernel, try node(isBlock: true)))
        #expect(kernel.files.count == 3 && kernel.commands.allSatisfy { $0 == Self.write.bytes })
    }

    @Test(arguments: [ENOMEM, EBUSY, EAGAIN]) func `and given up some time, never sent`(_ number: Int32) throws {
        let kernel = Kernel(errors: Array(repeating: number, count: 9))
        let drive = transport(kernel, try node(isBlock: true))
        let fault = #expect(throws: TransportFault.self) { try send(Self.write, 2352, by: drive) }
        #expect(kernel.files.count == 4 && fault?.kind == .notSent && fault?.isNeverSent == true)
    }

    @Test(arguments: [EINTR, EIO, EFAULT, ETIMEDOUT])
    func `a command of which nobody knows what became is sent once`(_ number: Int32) throws {
        let kernel = Kernel(errors: [number, 0])
        let drive = transport(kernel, try node(isBlock: true))
        let fault = #expect(throws: TransportFault.self) { try send(Self.write, 2352, by: drive) }
        #expect(kernel.files.count == 1 && fault?.kind == .unknown && fault?.isNeverSent == false)
    }

    @Test func `more than the queue takes is not sent at all`() throws {
        let kernel = Kernel([])
        let drive = transport(kernel, try node(isBlock: true))
        let fault = #expect(throws: TransportFault.self) { try send(Self.write, 4097, by: drive) }
        #expect(kernel.files.isEmpty && fault?.kind == .tooLarge && fault?.isNeverSent == true)
        try send(Self.write, 4096, by: drive)
    }

    // MARK: Which node

    @Test func `what the filter of the block node refuses goes through the sg node`() throws {
        let kernel = Kernel([])
        let (block, generic) = (try node(isBlock: true), try node(isBlock: false))
        let drive = transport(kernel, block, generic: generic)
        for code in UInt8.min...UInt8.max { try send(CDB([code, 0, 0, 0, 0, 0]), 8, by: drive) }
        for (code, file) in kernel.files.enumerated() {
            let isAllowed = CommandFilter.allows(UInt8(code))
            #expect(file == (isAllowed ? block.file.number : generic.file.number), "code \(code)")
        }
    }

    @Test func `the sg node is opened when it is needed first`() throws {
        let kernel = Kernel([])
        let block = try node(isBlock: true)
        let drive = transport(kernel, block, genericPath: "/dev/zero")
        try send(Self.write, 8, by: drive)
        for _ in 0..<2 { try send(Self.mechanismStatus, 8, by: drive) }
        #expect(kernel.files[0] == block.file.number && kernel.files[1] != block.file.number)
        #expect(kernel.files[1] == kernel.files[2])
    }

    @Test func `without an sg node the block node is asked, and its refusal says why`() throws {
        let kernel = Kernel(errors: [0, EPERM])
        let drive = transport(kernel, try node(isBlock: true), genericPath: "/nonexistent/sg0")
        // Root may.
        try send(Self.mechanismStatus, 8, by: drive)
        let fault = #expect(throws: TransportFault.self) { try send(Self.mechanismStatus, 8, by: drive) }
        let text = try #require(fault?.description)
        #expect(text.contains("its sg node cannot be used: open /nonexistent/sg0: No such file"), "\(text)")
    }

    @Test func `time limits under seven seconds are kept by the sg node alone`() throws {
        let kernel = Kernel([])
        let (block, generic) = (try node(isBlock: true), try node(isBlock: false))
        let both = transport(kernel, block, generic: generic)
        try send(Self.write, 8, by: both, timeout: 6_999)
        try send(Self.write, 8, by: both, timeout: 7_000)
        #expect(kernel.files == [generic.file.number, block.file.number])
        #expect(both.effectiveTimeout(2_000, of: Self.write) == 2_000)
        let one = transport(kernel, block)
        #expect(one.effectiveTimeout(2_000, of: Self.write) == 7_000)
        #expect(one.effectiveTimeout(60_000, of: Self.write) == 60_000)
    }
}
