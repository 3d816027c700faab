import BinaryCoding
import Glibc
import POSIX
import SCSI
import TestSupport
import Testing

@testable import USBMassStorage

/// The device on a socket, with the kernel's part played by the test.
@Suite(.timeLimit(.minutes(1))) struct ServerTests {
    /// A logical unit that keeps what it gets, gives back its CDB, and does not answer operation FFh before its initiator
    /// has gone.
    private final class Unit: SCSITarget {
        let dataOut = Lock<[[UInt8]]>([])
        let departures = Lock(0)
        let news: Pipe

        init() throws { news = try Pipe() }

        func execute(_ cdb: CDB, dataOut: UnsafeRawBufferPointer, transfer: Int) -> (
            outcome: SCSIOutcome, dataIn: [UInt8]
        ) {
            self.dataOut.withLock { $0.append(Array(dataOut)) }
            return (SCSIOutcome(), Array(cdb.bytes.prefix(transfer)))
        }

        func execute(
            _ cdb: CDB, dataOut: UnsafeRawBufferPointer, transfer: Int, from initiator: SCSIInitiator
        ) -> (outcome: SCSIOutcome, dataIn: [UInt8]) {
            guard cdb.operationCode == 0xFF else { return execute(cdb, dataOut: dataOut, transfer: transfer) }
            try? news.writing.writeAll([0])
            var entry = pollfd(fd: initiator.connection ?? -1, events: 0, revents: 0)
            while poll(&entry, 1, -1) < 1 {}
            return (SCSIOutcome(status: 2), [])
        }

        func initiatorLeft(_ initiator: SCSIInitiator) {
            departures.withLock { $0 += 1 }
            try? news.writing.writeAll([0])
        }

        /// Waits until a stuck command has begun, or an initiator has left.
        func wait() throws {
            var byte: [UInt8] = [0]
            _ = try byte.withUnsafeMutableBytes { try news.reading.read(into: $0) }
        }
    }

    private let unit: Unit
    private let host: FileDescriptor
    private let ended: Pipe

    init() throws {
        let (unit, pair, ended) = (try Unit(), try SocketPair(), try Pipe())
        (self.unit, self.host, self.ended) = (unit, pair.second, ended)
        let server = try USBMassStorageServer(
            connection: pair.first, target: unit, descriptors: USBDescriptors(of: unit))
        BlockingThread.start {
            server.run()
            try? ended.writing.writeAll([0])
        }
    }

    // MARK: The host

    private func submit(
        _ sequence: UInt32, endpoint: UInt32, isIn: Bool, length: Int, setup: [UInt8] = Array(repeating: 0, count: 8),
        data: [UInt8] = []
    ) throws {
        let fields: [UInt32] = [1, sequence, 0x0001_0001, isIn ? 1 : 0, endpoint, 0, UInt32(length), 0, 0, 0]
        try host.sendAll(fields.flatMap(\.bigEndianBytes) + setup + data)
    }

    private func command(_ sequence: UInt32, _ cdb: [UInt8], length: Int = 0, isIn: Bool = false) throws {
        let wrapper =
            hex("55534243 01000000") + UInt32(length).littleEndianBytes + [isIn ? 0x80 : 0, 0, UInt8(cdb.count)] + cdb
            + [UInt8](repeating: 0, count: 16 - cdb.count)
        try submit(sequence, endpoint: 2, isIn: false, length: 31, data: wrapper)
    }

    private struct Answer: Equatable {
        let command: UInt32
        let sequence: UInt32
        let status: Int32
        let length: Int
        var data: [UInt8] = []
    }

    private func receive(_ count: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let got = try bytes.withUnsafeMutableBytes { try host.receiveAll(into: $0) }
        return Array(bytes.prefix(got))
    }

    private func answer(withData: Bool = false) throws -> Answer {
        let view = ByteView(try receive(48))
        var answer = Answer(
            command: try view.uint32(at: 0), sequence: try view.uint32(at: 4), status: try view.int32(at: 20),
            length: Int(try view.uint32(at: 24)))
        if withData { answer.data = try receive(answer.length) }
        return answer
    }

    private static let configure = hex("00 09 0100 0000 0000")

    // MARK: What it does

    @Test func `descriptors come as a control transfer`() throws {
        try submit(1, endpoint: 0, isIn: true, length: 64, setup: hex("80 06 0001 0000 1200"))
        let answer = try answer(withData: true)
        #expect(answer.command == 3 && answer.sequence == 1 && answer.status == 0 && answer.length == 18)
        #expect(answer.data.starts(with: [18, 1]))
    }

    @Test func `data-out in several transfers comes to the unit as one piece`() throws {
        let data = (0..<5000).map { UInt8(truncatingIfNeeded: $0 * 7) }
        try command(1, [0x2A, 0, 0, 0, 0, 0, 0, 0, 1, 0], length: data.count)
        try submit(2, endpoint: 2, isIn: false, length: 4096, data: Array(data.prefix(4096)))
        try submit(3, endpoint: 2, isIn: false, length: 904, data: Array(data.dropFirst(4096)))
        try submit(4, endpoint: 1, isIn: true, length: 13)
        #expect(try (1...3).map { _ in try answer().length } == [31, 4096, 904])
        #expect(try answer(withData: true).data == hex("55534253 01000000 00000000 00"))
        #expect(unit.dataOut.withLock { $0.last } == data)
    }

    @Test func `an unlink is answered while the command hangs, and after a reset the unit works on`() throws {
        try command(1, [0xFF, 0, 0, 0, 0, 0])
        #expect(try answer().sequence == 1)
        try submit(2, endpoint: 1, isIn: true, length: 13)
        try unit.wait()
        try host.sendAll([2, 3, 0, 0, 0, 2].flatMap { UInt32($0).bigEndianBytes } + [UInt8](repeating: 0, count: 24))
        #expect(try answer() == Answer(command: 4, sequence: 3, status: -104, length: 0))
        // The unit is stuck until its initiator has gone, and the reset is the end of that.
        try submit(4, endpoint: 0, isIn: false, length: 0, setup: Self.configure)
        #expect(try answer().status == 0)
        try unit.wait()
        #expect(unit.departures.withLock { $0 } == 1)
        try command(5, [0x12, 0, 0, 0, 6, 0], length: 6, isIn: true)
        try submit(6, endpoint: 1, isIn: true, length: 6)
        #expect(try answer().sequence == 5)
        #expect(try answer(withData: true).data == [0x12, 0, 0, 0, 6, 0])
        try submit(7, endpoint: 1, isIn: true, length: 13)
        #expect(try answer(withData: true).data == hex("55534253 01000000 00000000 00"))
    }

    @Test(arguments: [
        [UInt8](repeating: 0, count: 48), [UInt8](repeating: 0xFF, count: 48),
        hex("00000001 00000001 00000000 00000000 00000002 00000000 7FFFFFFF") + [UInt8](repeating: 0, count: 20),
    ])
    func `bytes that are no frame end the connection`(bytes: [UInt8]) throws {
        try host.sendAll(bytes)
        #expect(try receive(1) == [])
    }

    @Test func `transfers to endpoints that there are not stall`() throws {
        try submit(1, endpoint: 5, isIn: false, length: 100, data: [UInt8](repeating: 1, count: 100))
        try submit(2, endpoint: 2, isIn: true, length: 100)
        #expect(try [answer().status, answer().status] == [-32, -32])
    }

    @Test func `when the host closes in mid-command the unit is told that it has gone`() throws {
        try command(1, [0xFF, 0, 0, 0, 0, 0])
        #expect(try answer().sequence == 1)
        try unit.wait()
        host.shutDownConnection()
        try unit.wait()
        #expect(unit.departures.withLock { $0 } == 1)
        var byte: [UInt8] = [0]
        #expect(try byte.withUnsafeMutableBytes { try ended.reading.read(into: $0) } == 1)
    }
}
