import SCSI
import TestSupport
import Testing

@testable import USBMassStorage

/// The Bulk-Only transport as a value.
struct TransportTests {
    private typealias Action = BulkOnlyTransport.Action
    private var transport = BulkOnlyTransport()
    private let descriptors = USBDescriptors(manufacturer: "burnd", product: "CD", serialNumber: "left")

    /// A command wrapper with tag 0A0B0C0Dh.
    private static func wrapper(_ cdb: [UInt8], length: Int = 0, isIn: Bool = false) -> [UInt8] {
        hex("55534243 0D0C0B0A") + UInt32(length).littleEndianBytes + [isIn ? 0x80 : 0, 0, UInt8(cdb.count)] + cdb
            + [UInt8](repeating: 0, count: 16 - cdb.count)
    }

    /// A status wrapper for it.
    private static func status(_ status: UInt8, residue: Int = 0) -> ArraySlice<UInt8> {
        (hex("55534253 0D0C0B0A") + UInt32(residue).littleEndianBytes + [status])[...]
    }

    private static let testUnitReady: [UInt8] = [0, 0, 0, 0, 0, 0]
    private static let requestSense: [UInt8] = [3, 0, 0, 0, 18, 0]
    private static let noMedium = SenseData(2, 0x3A, 0).fixedFormat

    /// Sends a wrapper as transfer 1 and gives the command that comes of it.
    private mutating func begin(_ cdb: [UInt8], length: Int = 0, isIn: Bool = false) throws -> BulkOnlyTransport.Command
    {
        let actions = transport.received(1, wrapper: Self.wrapper(cdb, length: length, isIn: isIn))
        #expect(actions.first == .answer(sequence: 1, .good, count: 31))
        guard case .execute(let command)? = actions.last else {
            throw TestFailure(description: "no command in \(actions)")
        }
        return command
    }

    private struct TestFailure: Error, CustomStringConvertible { let description: String }

    @Test func `a wrapper is a command with its exact length`() throws {
        let bytes = hex(
            """
            55534243 78563412 0000FF00  // USBC, tag, 16,711,680 bytes
            80 00 0A                    // in, unit 0, ten bytes
            28 00 0001020300 0010 00    // READ (10)
            000000000000
            """)
        let wrapper = try #require(CommandBlockWrapper(parsing: bytes))
        #expect(wrapper.tag == 0x1234_5678 && wrapper.transferLength == 0xFF_0000 && wrapper.isIn)
        #expect(wrapper.commandBlock == hex("28 00 0001020300 0010 00"))
    }

    @Test mutating func `a command without data ends with a status wrapper`() throws {
        #expect(transport.destination(ofLength: 31) == .wrapper)
        let command = try begin(Self.testUnitReady)
        #expect(command.cdb == CDB(Self.testUnitReady) && command.room == 0 && command.dataOutLength == 0)
        #expect(transport.room(2, length: 13) == [])
        #expect(
            transport.finished(command.number, SCSIOutcome(), []) == [.send(sequence: 2, Self.status(0))])
        #expect(transport.destination(ofLength: 31) == .wrapper)
    }

    @Test mutating func `a command that fails is kept by its sense until REQUEST SENSE`() throws {
        let command = try begin(Self.testUnitReady)
        _ = transport.finished(command.number, SCSIOutcome(status: 2, sense: Self.noMedium), [])
        #expect(transport.room(2, length: 13) == [.send(sequence: 2, Self.status(1))])
        let asked = transport.received(3, wrapper: Self.wrapper(Self.requestSense, length: 18, isIn: true))
        #expect(asked == [.answer(sequence: 3, .good, count: 31)])
        #expect(transport.room(4, length: 18) == [.send(sequence: 4, Self.noMedium[...])])
        #expect(transport.room(5, length: 13) == [.send(sequence: 5, Self.status(0))])
        // Told once: the next one is the drive's.
        #expect(try begin(Self.requestSense, length: 18, isIn: true).cdb == CDB(Self.requestSense))
    }

    @Test mutating func `sense is gone with the next command`() throws {
        let failed = try begin(Self.testUnitReady)
        _ = transport.finished(failed.number, SCSIOutcome(status: 2, sense: Self.noMedium), [])
        _ = transport.room(2, length: 13)
        let next = try begin(Self.testUnitReady)
        _ = transport.finished(next.number, SCSIOutcome(), [])
        _ = transport.room(3, length: 13)
        #expect(try begin(Self.requestSense, length: 18, isIn: true).room == 18)
    }

    @Test mutating func `data-in shorter than the room is a short transfer and a residue`() throws {
        let command = try begin([0x12, 0, 0, 0, 96, 0], length: 96, isIn: true)
        #expect(command.room == 96)
        #expect(transport.room(2, length: 96) == [])
        let actions = transport.finished(command.number, SCSIOutcome(residual: 92), [1, 2, 3, 4])
        #expect(actions == [.send(sequence: 2, [1, 2, 3, 4])])
        #expect(transport.room(3, length: 13) == [.send(sequence: 3, Self.status(0, residue: 92))])
    }

    @Test mutating func `short data that fills a transfer is ended by a stall`() throws {
        let command = try begin([0x12, 0, 0, 0, 96, 0], length: 96, isIn: true)
        _ = transport.room(2, length: 4)
        let actions = transport.finished(command.number, SCSIOutcome(residual: 92), [1, 2, 3, 4])
        #expect(actions == [.send(sequence: 2, [1, 2, 3, 4])])
        #expect(transport.room(3, length: 92) == [.answer(sequence: 3, .stall, count: 0)])
        #expect(transport.room(4, length: 13) == [.answer(sequence: 4, .stall, count: 0)])
        let clear = USBSetup(requestType: 0x02, request: 1, value: 0, index: 0x81)
        #expect(transport.control(clear, descriptors).reply == .data([]))
        #expect(transport.room(5, length: 13) == [.send(sequence: 5, Self.status(0, residue: 92))])
    }

    @Test mutating func `data-in is spread over transfers`() throws {
        let command = try begin([0x28, 0, 0, 0, 0, 0, 0, 0, 1, 0], length: 6, isIn: true)
        _ = transport.room(2, length: 4)
        _ = transport.room(3, length: 2)
        _ = transport.room(4, length: 13)
        #expect(
            transport.finished(command.number, SCSIOutcome(), [1, 2, 3, 4, 5, 6]) == [
                .send(sequence: 2, [1, 2, 3, 4]), .send(sequence: 3, [5, 6]), .send(sequence: 4, Self.status(0)),
            ])
    }

    @Test mutating func `a read that fails stalls, and the status comes when the halt is cleared`() throws {
        let command = try begin([0x28, 0, 0, 0, 0, 0, 0, 0, 1, 0], length: 2048, isIn: true)
        _ = transport.room(2, length: 2048)
        let outcome = SCSIOutcome(status: 2, sense: Self.noMedium)
        #expect(
            transport.finished(command.number, outcome, []) == [.answer(sequence: 2, .stall, count: 0)])
        let halted = USBSetup(requestType: 0x82, request: 0, value: 0, index: 0x81, length: 2)
        #expect(transport.control(halted, descriptors).reply == .data([1, 0]))
        _ = transport.control(USBSetup(requestType: 0x02, request: 1, index: 0x81), descriptors)
        #expect(transport.room(3, length: 13) == [.send(sequence: 3, Self.status(1, residue: 2048))])
    }

    @Test mutating func `data-out comes in as many transfers as the host likes`() throws {
        let taken = transport.received(1, wrapper: Self.wrapper([0x2A, 0, 0, 0, 0, 0, 0, 0, 27, 0], length: 5000))
        #expect(taken == [.answer(sequence: 1, .good, count: 31)])
        #expect(transport.dataOutLength == 5000)
        #expect(transport.destination(ofLength: 4096) == .dataOut(offset: 0))
        #expect(transport.received(2, dataOut: 4096) == [.answer(sequence: 2, .good, count: 4096)])
        #expect(transport.destination(ofLength: 904) == .dataOut(offset: 4096))
        let actions = transport.received(3, dataOut: 904)
        guard case .execute(let command)? = actions.last else { throw TestFailure(description: "\(actions)") }
        #expect(command.dataOutLength == 5000 && command.room == 0)
        _ = transport.finished(command.number, SCSIOutcome(residual: 100), [])
        #expect(transport.room(4, length: 13) == [.send(sequence: 4, Self.status(0, residue: 100))])
    }

    @Test mutating func `more data-out than was announced is refused`() {
        _ = transport.received(1, wrapper: Self.wrapper([0x2A, 0, 0, 0, 0, 0, 0, 0, 1, 0], length: 512))
        #expect(transport.destination(ofLength: 513) == .nowhere)
        #expect(transport.refused(2) == [.answer(sequence: 2, .stall, count: 0)])
    }

    @Test mutating func `data-out that no device takes is a phase error`() {
        let length = USBIPFrame.maximumTransfer + 1
        _ = transport.received(1, wrapper: Self.wrapper([0x2A, 0, 0, 0, 0, 0, 0, 0, 1, 0], length: length))
        #expect(transport.destination(ofLength: 512) == .nowhere)
        #expect(transport.refused(2) == [.answer(sequence: 2, .stall, count: 0)])
        #expect(transport.room(3, length: 13) == [.send(sequence: 3, Self.status(2, residue: length))])
    }

    @Test mutating func `a transport that fails is a phase error`() throws {
        let command = try begin(Self.testUnitReady)
        _ = transport.finished(command.number, SCSIOutcome(hostStatus: SCSIOutcome.Host.error), [])
        #expect(transport.room(2, length: 13) == [.send(sequence: 2, Self.status(2))])
    }

    @Test mutating func `a drive that is gone disconnects`() throws {
        let command = try begin(Self.testUnitReady)
        let outcome = SCSIOutcome(hostStatus: SCSIOutcome.Host.noConnect)
        #expect(transport.finished(command.number, outcome, []) == [.disconnect])
    }

    @Test mutating func `a command that timed out gets no answer until the reset`() throws {
        let command = try begin(Self.testUnitReady)
        _ = transport.room(2, length: 13)
        #expect(transport.finished(command.number, SCSIOutcome(hostStatus: SCSIOutcome.Host.timedOut), []) == [])
        let wasWaiting = transport.unlink(2)
        #expect(wasWaiting)
        let configuration = USBSetup(requestType: 0x00, request: 9, value: 1)
        #expect(transport.control(configuration, descriptors).actions == [.abandon])
        #expect(try begin(Self.testUnitReady).number == command.number + 1)
    }

    @Test(arguments: [
        ("another length", Array(wrapper(testUnitReady).dropLast())),
        ("another signature", [0x54] + wrapper(testUnitReady).dropFirst()),
        ("a reserved bit", replacing(12, 0x01)), ("another unit", replacing(13, 1)),
        ("no command", replacing(14, 0)), ("too long a command", replacing(14, 17)),
    ])
    mutating func `after a wrapper that is not valid all is halted until the reset`(what: String, bytes: [UInt8]) throws
    {
        let stall = [Action.answer(sequence: 1, .stall, count: 0)]
        if bytes.count == 31 {
            #expect(transport.received(1, wrapper: bytes) == stall)
        } else {
            #expect(transport.destination(ofLength: bytes.count) == .nowhere)
            #expect(transport.refused(1) == stall)
        }
        let clears = [0x81, 0x02].map { USBSetup(requestType: 0x02, request: 1, index: $0) }
        for clear in clears { _ = transport.control(clear, descriptors) }
        #expect(transport.destination(ofLength: 31) == .nowhere)
        #expect(transport.room(2, length: 13) == [.answer(sequence: 2, .stall, count: 0)])
        // Bulk-Only Mass Storage Reset, then both halts: reset recovery (5.3.4).
        #expect(transport.control(USBSetup(requestType: 0x21, request: 0xFF), descriptors).reply == .data([]))
        #expect(transport.destination(ofLength: 31) == .nowhere)
        for clear in clears { _ = transport.control(clear, descriptors) }
        _ = try begin(Self.testUnitReady)
    }

    private static func replacing(_ offset: Int, _ byte: UInt8) -> [UInt8] {
        var bytes = wrapper(testUnitReady)
        bytes[offset] = byte
        return bytes
    }

    @Test mutating func `a transfer that waits can be taken back, once`() throws {
        let command = try begin(Self.testUnitReady)
        _ = transport.room(2, length: 13)
        let wasWaiting = [transport.unlink(2), transport.unlink(2)]
        #expect(wasWaiting == [true, false])
        #expect(transport.finished(command.number, SCSIOutcome(), []) == [])
        #expect(transport.room(3, length: 13) == [.send(sequence: 3, Self.status(0))])
    }

    @Test mutating func `what comes of an abandoned command is dropped`() throws {
        let late = try begin(Self.testUnitReady)
        #expect(transport.control(USBSetup(requestType: 0x21, request: 0xFF), descriptors).actions == [.abandon])
        let next = try begin(Self.testUnitReady)
        _ = transport.room(2, length: 13)
        #expect(transport.finished(late.number, SCSIOutcome(status: 2, sense: Self.noMedium), []) == [])
        #expect(transport.finished(next.number, SCSIOutcome(), []) == [.send(sequence: 2, Self.status(0))])
    }

    @Test mutating func `no more transfers wait than there is a use for`() {
        for sequence in 0..<UInt32(BulkOnlyTransport.maximumWaiting) {
            #expect(transport.room(sequence, length: 13) == [])
        }
        #expect(transport.room(99, length: 13) == [.answer(sequence: 99, .stall, count: 0)])
    }

    @Test(
        arguments: [
            (USBSetup(requestType: 0xA1, request: 0xFE, length: 1), [0]),
            (USBSetup(requestType: 0x80, request: 0, length: 2), [1, 0]),
            (USBSetup(requestType: 0x80, request: 8, length: 1), [0]),
            (USBSetup(requestType: 0x81, request: 10, length: 1), [0]),
            (USBSetup(requestType: 0x80, request: 6, value: 0x0100, length: 8), [18, 1, 0, 2, 0, 0, 0, 64]),
        ] as [(USBSetup, [UInt8])])
    mutating func `requests at endpoint 0 have answers of the wanted length`(setup: USBSetup, answer: [UInt8]) {
        #expect(transport.control(setup, descriptors).reply == .data(answer))
    }

    @Test(arguments: [
        USBSetup(requestType: 0xC0, request: 1), USBSetup(requestType: 0x80, request: 6, value: 0x0600, length: 10),
        USBSetup(requestType: 0x00, request: 9, value: 2), USBSetup(requestType: 0x01, request: 11, value: 1),
        USBSetup(requestType: 0x02, request: 1, index: 0x83), USBSetup(requestType: 0x02, request: 3, value: 1),
    ])
    mutating func `unknown requests stall`(setup: USBSetup) {
        #expect(transport.control(setup, descriptors).reply == .stall)
    }
}
