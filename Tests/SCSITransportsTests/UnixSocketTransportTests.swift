import Glibc
import POSIX
import SCSI
import SCSITransports
import TestSupport
import Testing

/// Takes connections one after the other and answers each request with the next of its canned byte strings; nil closes the
/// connection, an empty one is silence.
private final class CannedServer: Sendable {
    let folder = TemporaryFolder()
    let address: UnixSocketAddress
    let requests = Lock([[UInt8]]())
    private let listener: UnixListener

    init(_ answers: [[UInt8]?]) throws {
        address = UnixSocketAddress(folder.path + "/d")
        listener = try address.listen()
        BlockingThread.start { [self] in
            var rest = answers[...]
            while !rest.isEmpty, let connection = try? listener.accept() { serve(connection, &rest) }
        }
    }

    deinit { listener.shutDown() }

    private func serve(_ connection: FileDescriptor, _ answers: inout ArraySlice<[UInt8]?>) {
        while let head = receive(40, from: connection) {
            let length = head[0..<4].reduce(0) { $0 << 8 | Int($1) }
            guard let rest = receive(length - 36, from: connection) else { return }
            requests.withLock { $0.append(head + rest) }
            guard let answer = answers.popFirst() ?? nil else { return }
            try? connection.sendAll(answer)
        }
    }

    private func receive(_ count: Int, from connection: FileDescriptor) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        let received = try? bytes.withUnsafeMutableBytes { try connection.receiveAll(into: $0) }
        return received == count ? bytes : nil
    }
}

@Suite(.timeLimit(.minutes(1))) struct UnixSocketTransportTests {
    static let good = hex("00000014 01 81 0000  00000001 00000000 00000000 00 00 00 00")
    static let testUnitReady = CDB([0, 0, 0, 0, 0, 0])

    @Test func `a command without data is the frame of the protocol`() throws {
        let server = try CannedServer([Self.good])
        let drive = try UnixSocketTransport(connectingTo: server.address)
        #expect(try drive.execute(Self.testUnitReady, .none, timeout: 30_000) == SCSIOutcome())
        let expected = hex(
            """
            00000024 01 01 0000              // length 36, version 1, EXECUTE
            00000001 00007530 00000000       // tag 1, 30000 ms, no data
            00 06 0000                       // no data, 6-byte CDB
            """)
        #expect(server.requests.withLock { $0 } == [expected + [UInt8](repeating: 0, count: 16)])
    }

    @Test func `data goes out behind the header, whole`() throws {
        let server = try CannedServer([hex("00000014 01 81 0000  00000001 00000000 00000003 00 00 00 00")])
        let drive = try UnixSocketTransport(connectingTo: server.address)
        // More than a socket's buffer holds, so that it goes in several pieces.
        let data = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
        let outcome = try data.withUnsafeBytes {
            try drive.execute(CDB([0x2A, 0, 0, 0, 0, 0, 0, 0, 1, 0]), .toDevice($0), timeout: 30_000)
        }
        #expect(outcome == SCSIOutcome(residual: 3))
        #expect(server.requests.withLock { $0.first.map { Array($0.dropFirst(40)) } } == data)
    }

    @Test func `status, sense and data come back, and what did not come is the residual`() throws {
        let sense = hex("70 00 05 00 00 00 00 0A 00 00 00 00 24 00 00 00 00 00")
        let head = hex("00000028 01 81 0000  00000001 00000002 00000000 02 00 12 00")
        let server = try CannedServer([head + sense + [0xAB, 0xCD]])
        let drive = try UnixSocketTransport(connectingTo: server.address)
        var buffer = [UInt8](repeating: 0, count: 8)
        let outcome = try buffer.withUnsafeMutableBytes {
            try drive.execute(CDB([0x12, 0, 0, 0, 8, 0]), .fromDevice($0), timeout: 30_000)
        }
        #expect(outcome == SCSIOutcome(status: 2, driverStatus: 8, residual: 6, sense: sense))
        #expect(buffer == [0xAB, 0xCD, 0, 0, 0, 0, 0, 0])
    }

    /// Answers to an INQUIRY with room for 8 bytes that break the protocol.
    static let broken = [
        ("another tag", hex("00000014 01 81 0000  00000002 00000000 00000008 00 00 00 00")),
        ("another version", hex("00000014 02 81 0000  00000001 00000000 00000008 00 00 00 00")),
        ("a request", hex("00000014 01 01 0000  00000001 00000000 00000008 00 00 00 00")),
        ("more data than there is room", hex("0000001D 01 81 0000  00000001 00000009 00000000 00 00 00 00")),
        ("four gigabytes of data", hex("FFFFFFFF 01 81 0000  00000001 FFFFFFEB 00000000 00 00 00 00")),
        ("lengths that do not add up", hex("00000015 01 81 0000  00000001 00000000 00000008 00 00 00 00")),
        ("too much sense", hex("00000113 01 81 0000  00000001 00000000 00000008 02 00 FF 00")),
        ("a residual beyond the transfer", hex("00000014 01 81 0000  00000001 00000000 00000009 00 00 00 00")),
    ]

    @Test(arguments: broken) func `an answer that breaks the protocol ends the connection`(
        _ what: String, _ answer: [UInt8]
    ) throws {
        let server = try CannedServer([answer])
        let drive = try UnixSocketTransport(connectingTo: server.address)
        var buffer = [UInt8](repeating: 0, count: 8)
        for _ in 0..<2 {
            #expect(throws: TransportFault.self) {
                try buffer.withUnsafeMutableBytes {
                    try drive.execute(CDB([0x12, 0, 0, 0, 8, 0]), .fromDevice($0), timeout: 30_000)
                }
            }
        }
    }

    @Test func `a closed connection is a drive pulled out`() throws {
        let server = try CannedServer([nil])
        let drive = try UnixSocketTransport(connectingTo: server.address)
        for _ in 0..<2 {
            #expect(throws: TransportFault.self) {
                try drive.execute(Self.testUnitReady, .none, timeout: 30_000)
            }
        }
    }

    @Test func `silence is a time-out, and the next command is heard anew`() throws {
        let second = hex("00000014 01 81 0000  00000002 00000000 00000000 00 00 00 00")
        let server = try CannedServer([[], second])
        let drive = try UnixSocketTransport(connectingTo: server.address, graceMilliseconds: 1)
        #expect(
            try drive.execute(Self.testUnitReady, .none, timeout: 20)
                == SCSIOutcome(hostStatus: SCSIOutcome.Host.timedOut))
        #expect(try drive.execute(Self.testUnitReady, .none, timeout: 30_000) == SCSIOutcome())
    }
}

@Suite(.timeLimit(.minutes(1))) struct DriveAddressTests {
    @Test func `addresses read as they are written`() throws {
        #expect(try DriveAddress("unix:/run/x") == .unixSocket(UnixSocketAddress("/run/x")))
        #expect(try DriveAddress("/dev/sr0") == .deviceNode("/dev/sr0"))
        for text in ["unix:/run/x", "/dev/sr0"] { #expect(try DriveAddress(text).description == text) }
        for text in ["", "unix:", "sr0", "http://x"] {
            #expect(throws: DriveAddress.Malformed(text: text)) { try DriveAddress(text) }
        }
    }

    @Test func `an exclusive open keeps another exclusive one out, and no plain one`() throws {
        let folder = TemporaryFolder()
        let address = UnixSocketAddress(folder.path + "/d")
        let listener = try address.listen()
        defer { listener.shutDown() }
        let drive = DriveAddress.unixSocket(address)
        var first: (any SCSITransport)? = try drive.openOnce(exclusive: true)
        #expect(throws: DriveAddress.OpenError.inUse(drive)) { try drive.openOnce(exclusive: true) }
        _ = try drive.openOnce(exclusive: false)
        withExtendedLifetime(first) {}
        first = nil
        _ = try drive.openOnce(exclusive: true)
    }

    @Test func `the lock is the one that the preload shim takes`() throws {
        let folder = TemporaryFolder()
        let address = UnixSocketAddress(folder.path + "/d")
        let listener = try address.listen()
        defer { listener.shutDown() }
        // sgshim.c, take_exclusive: flock(LOCK_EX | LOCK_NB) on "<socket>.excl".
        let shim = try FileDescriptor(opening: folder.path + "/d.excl", O_RDWR | O_CREAT)
        #expect(flock(shim.number, LOCK_EX | LOCK_NB) == 0)
        let drive = DriveAddress.unixSocket(address)
        #expect(throws: DriveAddress.OpenError.inUse(drive)) { try drive.openOnce(exclusive: true) }
    }

    @Test func `what is absent or no device says so`() throws {
        let folder = TemporaryFolder()
        func kind(_ text: String) throws -> String {
            do {
                _ = try DriveAddress(text).openOnce(exclusive: false)
                return "opened"
            } catch let error as DriveAddress.OpenError {
                switch error {
                case .absent: return "absent"
                case .notADevice: return "no device"
                default: return "\(error)"
                }
            }
        }
        let file = try FileDescriptor(opening: folder.path + "/file", O_RDWR | O_CREAT)
        withExtendedLifetime(file) {}
        #expect(try kind("unix:\(folder.path)/none") == "absent")
        #expect(try kind("\(folder.path)/none") == "absent")
        #expect(try kind("\(folder.path)/file") == "no device")
    }
}
