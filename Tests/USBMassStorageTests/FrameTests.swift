import POSIX
import TestSupport
import Testing

@testable import USBMassStorage

struct FrameTests {
    @Test func `a transfer to be carried out is read from its header`() throws {
        let header = hex(
            """
            00000001 0000000D 00010001 00000001 00000000  // submit, 13, device, in, endpoint 0
            00000200 00000040 00000000 00000000 00000000  // flags, 64 bytes
            80 06 0001 0000 1200                          // GET DESCRIPTOR, device, 18 bytes
            """)
        let setup = USBSetup(requestType: 0x80, request: 6, value: 0x0100, index: 0, length: 18)
        let transfer = USBIPFrame.Transfer(sequence: 13, endpoint: 0, isIn: true, length: 64, setup: setup)
        #expect(try USBIPFrame.request(parsing: header) == .submit(transfer))
    }

    @Test func `an unlink names its victim`() throws {
        let header = hex("00000002 0000000E 00010001 00000000 00000000 0000000D") + [UInt8](repeating: 0, count: 24)
        #expect(try USBIPFrame.request(parsing: header) == .unlink(sequence: 14, victim: 13))
    }

    @Test func `an answer has status and length`() {
        let good = hex("00000003 0000000D 00000000 00000000 00000000 00000000 0000001F")
        #expect(USBIPFrame.answer(sequence: 13, .good, count: 31) == good + [UInt8](repeating: 0, count: 20))
        let stall = hex("00000003 0000000D 00000000 00000000 00000000 FFFFFFE0 00000000")
        #expect(USBIPFrame.answer(sequence: 13, .stall, count: 0) == stall + [UInt8](repeating: 0, count: 20))
    }

    @Test func `the answer to an unlink says whether the transfer was cancelled`() {
        let cancelled = hex("00000004 0000000E 00000000 00000000 00000000 FFFFFF98")
        #expect(
            USBIPFrame.unlinkAnswer(sequence: 14, wasPending: true) == cancelled + [UInt8](repeating: 0, count: 24))
        let over = hex("00000004 0000000E 00000000 00000000 00000000 00000000")
        #expect(USBIPFrame.unlinkAnswer(sequence: 14, wasPending: false) == over + [UInt8](repeating: 0, count: 24))
    }

    /// A submit whose field at an offset is this.
    private static func header(_ offset: Int, _ field: [UInt8]) -> [UInt8] {
        var header = hex("00000001 00000001") + [UInt8](repeating: 0, count: 40)
        header.replaceSubrange(offset..<offset + field.count, with: field)
        return header
    }

    @Test func `bytes that are no frame are refused`() {
        #expect(throws: USBIPFrame.Fault.length(47)) { try USBIPFrame.request(parsing: Array(repeating: 0, count: 47)) }
        #expect(throws: USBIPFrame.Fault.command(0)) { try USBIPFrame.request(parsing: Array(repeating: 0, count: 48)) }
        #expect(throws: USBIPFrame.Fault.command(3)) {
            try USBIPFrame.request(parsing: Self.header(0, hex("00000003")))
        }
        #expect(throws: USBIPFrame.Fault.endpoint(16)) {
            try USBIPFrame.request(parsing: Self.header(16, hex("00000010")))
        }
        #expect(throws: USBIPFrame.Fault.transfer(0xFFFF_FFFF)) {
            try USBIPFrame.request(parsing: Self.header(24, hex("FFFFFFFF")))
        }
    }

    @Test func `free ports are the high-speed ones in state 4`() {
        let table = """
            hub port sta spd dev      sockfd local_busid
            hs  0000 006 003 00010001 000003 1-1
            hs  0001 004 000 00000000 000000 0-0
            hs  0012 004 000 00000000 000000 0-0
            ss  0015 004 000 00000000 000000 0-0
            """
        #expect(VirtualHostController.freePorts(in: table) == [1, 12])
        #expect(VirtualHostController.freePorts(in: "hs\nhs x 004\n\nhs 1") == [])
    }

    @Test func `a plug writes port, socket, device and speed to the kernel's file`() throws {
        let folder = TemporaryFolder()
        let table =
            "hub port sta spd dev sockfd local_busid\nhs 0000 006 003 00010001 000003 1-1\nhs 0001 004 000 0 0 0-0\n"
        try DurableFile.replace("\(folder.path)/status", with: Array(table.utf8))
        try DurableFile.replace("\(folder.path)/attach", with: [])
        let plugged = try VirtualHostController(folder: folder.path).plug()
        #expect(plugged.port == 1)
        let written = String(decoding: try DurableFile.contents(of: "\(folder.path)/attach", limit: 100), as: UTF8.self)
        let words = written.split(separator: " ").map(String.init)
        // Bus 1, device 2; 3 is high speed.
        #expect(words.count == 4 && words[0] == "1" && words[2] == "65538" && words[3] == "3", "\(written)")
    }

    @Test func `when all ports are taken the fault says so`() throws {
        let folder = TemporaryFolder()
        try DurableFile.replace("\(folder.path)/status", with: Array("hs 0000 006 003 00010001 000003 1-1\n".utf8))
        #expect(throws: VirtualHostController.Fault.full) {
            _ = try VirtualHostController(folder: folder.path).plug()
        }
    }

    @Test func `without the module the fault names the command that loads it`() {
        let controller = VirtualHostController(folder: "/nowhere")
        #expect(throws: VirtualHostController.Fault.missing) { _ = try controller.plug() }
        #expect(VirtualHostController.Fault.missing.description.contains("modprobe vhci_hcd"))
    }
}
