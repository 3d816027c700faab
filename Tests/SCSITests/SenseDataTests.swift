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

    @Test(arguments: [[], [0x70], [0x00, 0x00, 0x05], [0x7F, 0, 0, 0]] as [[UInt8]])
    func `what is no sense data is not read`(_ bytes: [UInt8]) { #expect(SenseData(parsing: bytes) == nil) }
}

@Suite struct SCSIOutcomeTests {
    @Test func `GOOD is not success when the host adapter failed`() {
        #expect(throws: SCSIError.host(command: "WRITE", hostStatus: 3, driverStatus: 0)) {
            try SCSIOutcome(status: 0, hostStatus: 3).check("WRITE")
        }
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
