import SCSI
import TestSupport
import Testing

@Suite struct SenseDataTests {
    @Test func `fixed format yields key, code and qualifier`() throws {
        let sense = try #require(SenseData(parsing: hex("70 00 03 00 00 00 00 0A 00 00 00 00 0C 09 00 00 00 00")))
        #expect(sense == SenseData(3, 0x0C, 0x09))
        #expect(sense.description == "3/0C/09")
    }

    @Test func `descriptor format yields the same`() {
        #expect(SenseData(parsing: hex("72 05 21 02 00 00 00 00")) == SenseData(5, 0x21, 0x02))
    }

    @Test func `a running operation says how far it is`() throws {
        let sense = try #require(SenseData(parsing: hex("70 00 02 00 00 00 00 0A 00 00 00 00 04 08 00 80 80 00")))
        #expect(sense.progress == 0.5)
    }

    @Test func `a refused byte is pointed at`() throws {
        let sense = try #require(SenseData(parsing: hex("70 00 05 00 00 00 00 0A 00 00 00 00 26 00 00 80 00 0A")))
        #expect(sense.fieldPointer == 10)
    }

    @Test func `71h tells of an earlier command`() {
        #expect(SenseData(parsing: hex("71 00 03 00 00 00 00 0A 00 00 00 00 0C 00"))?.isDeferred == true)
    }

    @Test func `the INFORMATION field counts only when it is called valid`() throws {
        let valid = hex("F0 00 03 00 01 02 03 0A 00 00 00 00 11 05 00 00 00 00")
        #expect(SenseData(parsing: valid)?.information == 0x10203)
        let invalid = hex("70 00 03 00 01 02 03 0A 00 00 00 00 11 05 00 00 00 00")
        #expect(try #require(SenseData(parsing: invalid)).information == nil)
        // Descriptor 00h: type, length, valid in bit 7, reserved, eight bytes.
        let descriptor = hex("72 03 11 05 00 00 00 0C 00 0A 80 00 00 00 00 00 00 01 02 03")
        #expect(SenseData(parsing: descriptor)?.information == 0x10203)
        let unset = hex("72 03 11 05 00 00 00 0C 00 0A 00 00 00 00 00 00 00 01 02 03")
        #expect(try #require(SenseData(parsing: unset)).information == nil)
    }

    @Test func `a wrong length is told in both formats`() {
        let fixed = hex("70 00 25 00 00 00 00 0A 00 00 00 00 64 00 00 00 00 00")
        // Descriptor 05h of block commands: ILI is bit 5 of its fourth byte.
        let descriptor = hex("72 05 64 00 00 00 00 04 05 02 00 20")
        for bytes in [fixed, descriptor] {
            #expect(SenseData(parsing: bytes)?.isLengthWrong == true)
            #expect(SenseData(parsing: bytes)?.key == 5)
        }
        #expect(SenseData(parsing: hex("72 05 64 00 00 00 00 04 05 02 00 DF"))?.isLengthWrong == false)
    }

    @Test func `descriptors say progress, wherever they stand among others`() {
        let bytes = hex("72 02 04 08 00 00 00 14 00 0A 00 00 00 00 00 00 00 00 00 00 02 06 00 00 80 80 00 00")
        #expect(SenseData(parsing: bytes)?.progress == 0.5)
    }

    @Test(arguments: [0x72, 0x73] as [UInt8]) func `73h tells of an earlier command, as 71h does`(_ response: UInt8) {
        #expect(SenseData(parsing: [response, 3, 0x0C, 0, 0, 0, 0, 0])?.isDeferred == (response == 0x73))
    }

    @Test func `sense that a bridge cut short counts as far as it goes`() throws {
        let whole = hex("F0 00 23 00 01 02 03 0A 00 00 00 00 0C 09 00 80 00 0A")
        for length in 3...whole.count {
            let sense = try #require(SenseData(parsing: Array(whole.prefix(length))))
            #expect(sense.key == 3 && sense.code == (length > 12 ? 0x0C : 0))
            #expect(sense.qualifier == (length > 13 ? 9 : 0) && sense.information == (length > 6 ? 0x10203 : nil))
        }
        let descriptor = hex("72 03 11 05 00 00 00 0C 00 0A 80 00 00 00 00 00 00 01 02 03")
        for length in 3..<descriptor.count {
            let sense = try #require(SenseData(parsing: Array(descriptor.prefix(length))))
            #expect(sense.code == 0x11 && sense.information == nil)
        }
    }

    @Test func `codes count though a bridge says that nothing follows the head`() {
        // ADDITIONAL SENSE LENGTH 0.
        let bytes = hex("70 00 02 00 00 00 00 00 00 00 00 00 04 08 00 00 00 00")
        #expect(SenseData(parsing: bytes) == SenseData(2, 4, 8))
    }

    @Test(arguments: [[], [0x70], [0x00, 0x00, 0x05], [0x7F, 0, 0, 0]] as [[UInt8]])
    func `what is no sense data is not read`(_ bytes: [UInt8]) { #expect(SenseData(parsing: bytes) == nil) }
}

@Suite struct SCSIOutcomeTests {
    @Test func `GOOD is not success when the host adapter failed`() {
        #expect(throws: SCSIError.host(command: "WRITE", hostStatus: 3, driverStatus: 0)) {
            try SCSIOutcome(status: 0, hostStatus: 3).check("WRITE")
        }
    }

    /// What is wrong, as a transport tells it, beside a status byte of GOOD and no sense.
    @Test(arguments: [
        (1, 0, "the device is gone"), (2, 0, "the bus stayed busy"), (3, 0, "no answer in time"),
        (5, 0, "the command was aborted"), (7, 0, "the transport failed"), (8, 0, "the bus or device was reset"),
        (0x0B, 0, "the driver could not try again"), (0x0F, 0, "the transport gave up at once"),
        (0x14, 0, "the transport is unreliable"), (0x15, 0, "an error of the host adapter"),
        (-1, 0, "an error of the host adapter"), (0x7F, 0x48, "an error of the host adapter"),
    ]) func `no host status but 0 is success, and each has a name`(_ host: Int, _ driver: Int, _ meaning: String) {
        #expect(throws: SCSIError.host(command: "WRITE", hostStatus: host, driverStatus: driver)) {
            try SCSIOutcome(hostStatus: host, driverStatus: driver).check("WRITE")
        }
        #expect(SCSIOutcome.Host.meaning(of: host) == meaning)
    }

    @Test func `a host error stands whatever status and sense say`() {
        let outcome = SCSIOutcome(
            status: 2, hostStatus: 8, driverStatus: 8, sense: SenseData(1, 0x17, 1).fixedFormat)
        #expect(throws: SCSIError.host(command: "WRITE", hostStatus: 8, driverStatus: 8)) {
            try outcome.check("WRITE")
        }
    }

    @Test func `of the driver status only the error bits count, not sense and suggestions`() throws {
        // SUGGEST_… in the upper half, DRIVER_SENSE in bit 3.
        for harmless in [0x08, 0x10, 0x18, 0x40, 0x80, 0x88] {
            try SCSIOutcome(driverStatus: harmless).check("WRITE")
        }
        for error in [0x01, 0x04, 0x06, 0x0E, 0x17, 0x86] {
            #expect(throws: SCSIError.host(command: "WRITE", hostStatus: 0, driverStatus: error)) {
                try SCSIOutcome(driverStatus: error).check("WRITE")
            }
        }
    }

    @Test func `a time-out is told in either of two places`() {
        #expect(SCSIOutcome(hostStatus: 3).isTimeOut && SCSIOutcome(driverStatus: 0x16).isTimeOut)
        #expect(!SCSIOutcome(hostStatus: 7, driverStatus: 6).isTimeOut && !SCSIOutcome(driverStatus: 8).isTimeOut)
    }

    @Test func `a residual that cannot be means that nothing moved`() {
        let moved = [0, 1, 100, 101, -1, .max, .min].map { SCSIOutcome(residual: $0).moved(of: 100) }
        #expect(moved == [100, 99, 0, 0, 0, 0, 0])
    }

    @Test(arguments: [1, 4, 8, -4, .max, .min]) func `a write that the residual contradicts is no success`(
        _ residual: Int
    ) {
        let drive = ScriptedTransport([.init(cdb: Bulk().cdb.bytes, outcome: SCSIOutcome(residual: residual))])
        let moved = (0...4).contains(residual) ? 4 - residual : 0
        #expect(throws: SCSIError.shortTransfer(command: "BULK", moved: moved, of: 4)) {
            try [1, 2, 3, 4].withUnsafeBytes { try drive.send(Bulk(), UnsafeRawBufferPointer(rebasing: $0[..<4])) }
        }
    }

    private struct Bulk: BulkCommand {
        static let name = "BULK"
        let cdb = CDB([0x2A, 0, 0, 0, 0, 0, 0, 0, 1, 0])
        let timeout = 1000
    }

    @Test func `GOOD is not success when an earlier write is reported as failed`() {
        let deferred = hex("71 00 03 00 00 00 00 0A 00 00 00 00 0C 00 00 00 00 00")
        #expect(throws: SCSIError.self) { try SCSIOutcome(status: 0, sense: deferred).check("WRITE") }
    }

    @Test func `GOOD is not success when sense data tells of a failure`() throws {
        let sense = SenseData(4, 0x44, 0)
        #expect(throws: SCSIError.checkCondition(command: "WRITE", sense)) {
            try SCSIOutcome(status: 0, driverStatus: 8, sense: sense.fixedFormat).check("WRITE")
        }
        for key: UInt8 in [0, 1, 0x0F] { try SCSIOutcome(sense: SenseData(key, 0, 0).fixedFormat).check("WRITE") }
    }

    @Test func `a recovered error is success`() throws {
        try SCSIOutcome(status: 2, driverStatus: 8, sense: SenseData(1, 0x17, 1).fixedFormat).check("READ CD")
    }

    @Test func `CHECK CONDITION without sense is a failure`() {
        #expect(throws: SCSIError.status(command: "WRITE", 2)) { try SCSIOutcome(status: 2).check("WRITE") }
    }

    @Test func `BUSY is a failure`() {
        #expect(throws: SCSIError.status(command: "WRITE", 8)) { try SCSIOutcome(status: 8).check("WRITE") }
    }
}
