import Glibc
import POSIX
import SCSI
import SCSITransports
import TestSupport
import Testing

/// A logical unit that counts and answers with what it was asked.
private final class EchoTarget: SCSITarget {
    let concurrency = Lock((now: 0, most: 0, total: 0))
    /// A byte for every initiator that has left.
    let departures = try? Pipe()

    func execute(_ cdb: CDB, dataOut: UnsafeRawBufferPointer, transfer: Int) -> (outcome: SCSIOutcome, dataIn: [UInt8])
    {
        concurrency.withLock { $0.total += 1 }
        switch cdb.operationCode {
        case 0x12: return (SCSIOutcome(), Array(cdb.bytes.prefix(transfer)))
        case 0x2A: return (SCSIOutcome(residual: 0), [])
        default:
            let sense = SenseData(5, 0x20, 0).fixedFormat
            return (SCSIOutcome(status: 2, residual: dataOut.count, sense: sense), [])
        }
    }

    func initiatorLeft(_ initiator: SCSIInitiator) {
        guard initiator.connection != nil else { return }
        try? departures?.writing.writeAll([0])
    }
}

/// A server on a socket in a folder of its own.
private final class Station {
    let folder = TemporaryFolder()
    let path: String
    let server: UnixSocketServer
    let target = EchoTarget()

    init(name: String = "d.sock", folderName: String? = nil) throws {
        var inner = folder.path
        if let folderName { inner += "/" + folderName }
        try DurableFile.makeFolder(inner)
        path = "\(inner)/\(name)"
        server = try UnixSocketServer(address: UnixSocketAddress(path), target: target)
        let server = server
        BlockingThread.start { try? server.run() }
    }

    func connect() throws -> FileDescriptor { try UnixSocketAddress(path).connect() }
}

private func receive(_ count: Int, from connection: FileDescriptor) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let received = try bytes.withUnsafeMutableBytes { try connection.receiveAll(into: $0) }
    return Array(bytes.prefix(received))
}

@Suite(.timeLimit(.minutes(1))) struct UnixSocketServerTests {
    /// INQUIRY with room for four bytes, as PROTOCOL.md lays it out.
    static let inquiry = hex(
        """
        00 00 00 24  01 01 00 00                       // length 36, version 1, EXECUTE
        00 00 00 01  00 00 75 30  00 00 00 04          // tag 1, 30000 ms, room for 4
        02 06 00 00                                    // data-in, 6-byte CDB
        12 00 00 00 24 00 00 00 00 00 00 00 00 00 00 00
        """)
    static let inquiryResult = hex(
        """
        00 00 00 18  01 81 00 00                       // length 24, version 1, RESULT
        00 00 00 01  00 00 00 04  00 00 00 00          // tag 1, 4 bytes, nothing left over
        00 00 00 00                                    // GOOD, delivered, no sense
        12 00 00 00
        """)

    @Test func `a command and its data travel as PROTOCOL.md says`() throws {
        let station = try Station()
        defer { station.server.stop() }
        let connection = try station.connect()
        try connection.sendAll(Self.inquiry)
        #expect(try receive(28, from: connection) == Self.inquiryResult)
    }

    @Test func `a refused command carries its sense and moves nothing`() throws {
        let station = try Station()
        defer { station.server.stop() }
        let connection = try station.connect()
        // Data-out, 4 bytes, an operation that the target does not know.
        try connection.sendAll(
            hex(
                """
                00 00 00 28  01 01 00 00  00 00 00 09  00 00 00 00  00 00 00 04  01 06 00 00
                15 00 00 00 04 00 00 00 00 00 00 00 00 00 00 00  AA BB CC DD
                """))
        #expect(
            try receive(42, from: connection)
                == hex(
                    """
                    00 00 00 26  01 81 00 00  00 00 00 09  00 00 00 00  00 00 00 04  02 00 12 00
                    70 00 05 00 00 00 00 0A 00 00 00 00 20 00 00 00 00 00
                    """))
    }

    @Test(arguments: [
        "version": (offset: 4, value: 2 as UInt8), "type": (offset: 5, value: 0x81),
        "direction": (offset: 20, value: 3),
        "an empty CDB": (offset: 21, value: 0), "a CDB of 17 bytes": (offset: 21, value: 17),
        "a length that does not add up": (offset: 3, value: 0x25), "more than 16 MiB": (offset: 16, value: 0x7F),
    ])
    func `a malformed frame closes its connection and no other`(name: String, change: (offset: Int, value: UInt8))
        throws
    {
        let station = try Station()
        defer { station.server.stop() }
        let good = try station.connect()
        let bad = try station.connect()
        var frame = Self.inquiry
        frame[change.offset] = change.value
        try bad.sendAll(frame)
        #expect(try receive(1, from: bad).isEmpty, "\(name)")
        #expect(station.target.concurrency.withLock { $0.total } == 0)
        try good.sendAll(Self.inquiry)
        #expect(try receive(28, from: good) == Self.inquiryResult)
    }

    @Test(arguments: [1, 39, 40, 41]) func `a connection cut inside a frame executes nothing`(length: Int) throws {
        let station = try Station()
        defer { station.server.stop() }
        let cut = try station.connect()
        // WRITE(10) with two bytes of data-out; one byte short at the most.
        let frame = hex(
            """
            00 00 00 26  01 01 00 00  00 00 00 01  00 00 00 00  00 00 00 02  01 0A 00 00
            2A 00 00 00 00 00 00 00 01 00 00 00 00 00 00 00  AA BB
            """)
        try cut.sendAll(Array(frame.prefix(length)))
        shutdown(cut.number, Int32(SHUT_WR))
        #expect(try receive(1, from: cut).isEmpty)
        #expect(station.target.concurrency.withLock { $0.total } == 0)
    }

    @Test func `two clients each get their own answers`() throws {
        let station = try Station()
        defer { station.server.stop() }
        let clients = try (0..<2).map { _ in try station.connect() }
        for round in 0..<50 {
            for (index, client) in clients.enumerated() {
                var frame = Self.inquiry
                frame[11] = UInt8(round * 2 + index)
                try client.sendAll(frame)
            }
            for (index, client) in clients.enumerated() {
                #expect(try receive(28, from: client)[11] == UInt8(round * 2 + index))
            }
        }
    }

    @Test func `the target is told that a connection has closed`() throws {
        let station = try Station()
        defer { station.server.stop() }
        let departures = try #require(station.target.departures)
        let staying = try station.connect()
        do {
            let leaving = try station.connect()
            try leaving.sendAll(Self.inquiry)
            #expect(try receive(28, from: leaving) == Self.inquiryResult)
        }
        var byte: UInt8 = 1
        #expect(try withUnsafeMutableBytes(of: &byte) { try departures.reading.read(into: $0) } == 1)
        try staying.sendAll(Self.inquiry)
        #expect(try receive(28, from: staying) == Self.inquiryResult)
    }

    @Test func `a path longer than sun_path works on both sides`() throws {
        let station = try Station(
            name: String(repeating: "s", count: 120), folderName: String(repeating: "f", count: 200))
        defer { station.server.stop() }
        #expect(station.path.utf8.count > UnixSocketAddress.longestDirectPath)
        let connection = try station.connect()
        try connection.sendAll(Self.inquiry)
        #expect(try receive(28, from: connection) == Self.inquiryResult)
    }

    @Test func `a living server's socket cannot be taken`() throws {
        let station = try Station()
        defer { station.server.stop() }
        #expect(throws: SystemError(call: "bind", number: EADDRINUSE, subject: station.path)) {
            _ = try UnixSocketServer(address: UnixSocketAddress(station.path), target: EchoTarget())
        }
        let connection = try station.connect()
        try connection.sendAll(Self.inquiry)
        #expect(try receive(28, from: connection) == Self.inquiryResult)
    }

    @Test func `a socket left behind by the dead is replaced`() throws {
        let station = try Station(name: "other.sock")
        defer { station.server.stop() }
        let stale = "\(station.folder.path)/stale.sock"
        let second = "\(station.folder.path)/second.sock"
        // A hard link outlives the listener, which removes the name that it made: as `kill -9` would leave it.
        do {
            let dead = try UnixSocketAddress(second).listen()
            #expect(link(second, stale) == 0)
            dead.shutDown()
        }
        #expect(throws: SystemError(call: "connect", number: ECONNREFUSED, subject: stale)) {
            _ = try UnixSocketAddress(stale).connect()
        }
        let server = try UnixSocketServer(address: UnixSocketAddress(stale), target: EchoTarget())
        BlockingThread.start { try? server.run() }
        defer { server.stop() }
        _ = try UnixSocketAddress(stale).connect()
    }

    @Test func `a file that is no socket is not touched`() throws {
        let station = try Station()
        defer { station.server.stop() }
        let file = "\(station.folder.path)/file"
        try DurableFile.replace(file, with: [1, 2, 3])
        #expect(throws: SystemError(call: "bind", number: EEXIST, subject: file)) {
            _ = try UnixSocketAddress(file).listen()
        }
        #expect(try DurableFile.contents(of: file, limit: 10) == [1, 2, 3])
    }

    @Test func `stopping ends living connections and removes the socket`() async throws {
        let folder = TemporaryFolder()
        let path = "\(folder.path)/d.sock"
        let running = try UnixSocketServer(address: UnixSocketAddress(path), target: EchoTarget())
        async let ended: Void = BlockingThread.run { try running.run() }
        let connection = try UnixSocketAddress(path).connect()
        try connection.sendAll(Self.inquiry)
        #expect(try receive(28, from: connection) == Self.inquiryResult)
        running.stop()
        #expect(try receive(1, from: connection).isEmpty)
        try await ended
        #expect(access(path, F_OK) != 0 && errno == ENOENT)
    }
}
