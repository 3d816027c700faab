import TestSupport
import Testing

@testable import VirtualRecorder

/// How faults are written.
@Suite struct FaultSyntaxTests {
    @Test(arguments: FaultListing.conditions + FaultListing.faults)
    func `every example of the listing is a fault`(entry: FaultListing.Entry) throws {
        let fault = try Fault(entry.example)
        #expect(fault.description == entry.example)
        #expect(FaultListing.text.contains(entry.example))
    }

    @Test func `the listing fits a terminal of 80 columns`() {
        for line in FaultListing.text.split(separator: "\n") { #expect(line.count <= 78, "\(line)") }
    }

    @Test(
        arguments: [
            "write": [0x2A, 0x2E, 0xAA], "WRITE (10)": [0x2A], "write(10)": [0x2A], "Write-12": [0xAA],
            "read": [0x28, 0xA8, 0xB9, 0xBE],
            "read cd": [0xBE], "READ-CD-MSF": [0xB9], "read toc/pma/atip": [0x43], "read-toc": [0x43], "2Ah": [0x2A],
            "0xf0": [0xF0], "mode select": [0x15, 0x55], "close": [0x5B], "mode-sense(10)": [0x5A], "blank": [0xA1],
        ] as [String: Set<UInt8>])
    func `commands have many names`(name: String, codes: Set<UInt8>) throws {
        #expect(try Fault("\(name): busy").condition.commands == .these(codes))
    }

    @Test func `conditions are read in any order`() throws {
        let fault = try Fault("write  laser times 3 lba -150..20 call 5.. cdb 1=08,9=00/40 :  busy")
        #expect(
            fault.condition
                == FaultCondition(
                    commands: .these([0x2A, 0x2E, 0xAA]), calls: 5...Int(Int32.max), times: 3, blocks: -150...20,
                    needsLaser: true,
                    cdb: [MaskedByte(offset: 1, value: 8), MaskedByte(offset: 9, value: 0, mask: 0x40)]))
        #expect(fault.description == "write laser times 3 lba -150..20 call 5.. cdb 1=08,9=00/40 : busy")
    }

    @Test func `a fault without a command is about all that it can be about`() throws {
        #expect(try Fault("call 3: stuck").condition.commands == .any)
        #expect(try Fault("no-write").condition.commands == .these([0x2A, 0x2E, 0xAA]))
        #expect(try Fault("c2 0").condition.commands == .these([0xB9, 0xBE]))
        let atip = try Fault("atip zero").condition
        #expect(atip.commands == .these([0x43]) && atip.cdb == [MaskedByte(offset: 2, value: 4, mask: 0x0F)])
    }

    @Test(arguments: [
        ("", FaultSyntaxError.noAction), (":", .noAction), ("write:", .noAction),
        ("write", .unknownAction("write")), ("write busy", .unknownAction("write")),
        ("write: bsy", .unknownAction("bsy")),
        ("wriet: busy", .unknownCommand("wriet")), ("1FFh: busy", .unknownCommand("1FFh")),
        ("(): busy", .unknownCommand("()")),
        ("write 5: busy", .unknownCommand("write 5")),
        ("write call: busy", .missing("a number or a range such as 5..8 or 5.., from 1 on", after: "call")),
        ("call 0: busy", .malformed("0", expected: "a number or a range such as 5..8 or 5.., from 1 on")),
        ("call 8..5: busy", .malformed("8..5", expected: "a number or a range such as 5..8 or 5.., from 1 on")),
        ("call +5: busy", .malformed("+5", expected: "a number or a range such as 5..8 or 5.., from 1 on")),
        (
            "call 99999999999999999999: busy",
            .malformed("99999999999999999999", expected: "a number or a range such as 5..8 or 5.., from 1 on")
        ),
        ("times 2..3: busy", .malformed("2..3", expected: "a number from 1 to 2147483647")),
        ("call 1 call 2: busy", .repeated("call")),
        ("call 1 soon: busy", .malformed("soon", expected: "one of call, times, lba, laser, cdb, data")),
        ("write cdb 3: busy", .malformed("3", expected: "a byte such as 3=0F, or 3=0C/0F for some of its bits")),
        ("write cdb 3=F: busy", .malformed("3=F", expected: "a byte such as 3=0F, or 3=0C/0F for some of its bits")),
        (
            "write cdb 70000=0F: busy",
            .malformed("70000=0F", expected: "a byte such as 3=0F, or 3=0C/0F for some of its bits")
        ),
        ("inquiry lba 5: busy", .noAddress(command: "INQUIRY")),
        ("lba 5: atip zero", .noAddress(command: "READ TOC/PMA/ATIP")),
        ("sense", .missing("sense key, code and qualifier such as 3/0C/00", after: "sense")),
        ("sense 3/C/00", .malformed("3/C/00", expected: "sense key, code and qualifier such as 3/0C/00")),
        ("sense 13/0C/00", .malformed("13/0C/00", expected: "sense key, code and qualifier such as 3/0C/00")),
        ("sense 3/0C/00 don", .surplus("don")), ("stuck now", .surplus("now")),
        ("slow 5", .malformed("5", expected: "a time such as 500ms or 2.5s, up to a day")),
        ("slow -1s", .malformed("-1s", expected: "a time such as 500ms or 2.5s, up to a day")),
        ("slow infs", .malformed("infs", expected: "a time such as 500ms or 2.5s, up to a day")),
        ("slow 86401s", .malformed("86401s", expected: "a time such as 500ms or 2.5s, up to a day")),
        ("host 1", .malformed("1", expected: "a number from 2 to 255")),
        ("status 8", .malformed("8", expected: "2 hexadecimal digits")),
        ("c2 2352", .malformed("2352", expected: "byte positions such as 0..3,100, up to 2351")),
        ("c2 1,,2", .malformed("1,,2", expected: "byte positions such as 0..3,100, up to 2351")),
        ("read(10): c2 1", .notAbout(action: "c2", commands: "READ CD MSF, READ CD")),
        ("any: atip zero", .notAbout(action: "atip", commands: "READ TOC/PMA/ATIP")),
        ("atip one", .malformed("one", expected: "a time such as 97:26:65")),
        ("atip 97:26:75 79:59:74", .malformed("97:26:75", expected: "a time such as 97:26:65")),
        ("atip 97:26:65", .missing("a time such as 97:26:65", after: "97:26:65")),
        ("feature 2E absent", .malformed("2E", expected: "4 hexadecimal digits")),
        (
            "feature 002E 6F00",
            .malformed(
                "6F00", expected: "absent, not-current, current, or the data in hexadecimal, four bytes at a time")
        ),
        ("page 2A", .missing("a byte such as 3=0F, or 3=0C/0F for some of its bits", after: "2A")),
        (String(repeating: "x", count: 1025), .tooLong),
    ])
    func `what is no fault is refused, and the word named`(line: String, error: FaultSyntaxError) {
        #expect(throws: error) { try Fault(line) }
    }

    @Test func `an error is one printable line, however hostile the word`() {
        let error = FaultSyntaxError.unknownAction("\u{1B}[31m\n" + String(repeating: "ä", count: 100))
        #expect(error.description == "no fault is called \"?[31m?" + String(repeating: "?", count: 34) + "…\"")
    }

    @Test func `a file has a fault on each line, comments and empty lines`() throws {
        let text = "# a bad drive\n\nwrite call 5: busy   # for ever\r\n\tatip zero\n   "
        #expect(
            try FaultFile(Array(text.utf8), path: "f").faults.map(\.description) == ["write call 5: busy", "atip zero"])
    }

    @Test func `an error in a file names file and line`() {
        #expect {
            try FaultFile(Array("atip zero\n\nwrite call 5 busy\n".utf8), path: "/tmp/f")
        } throws: { "\($0)" == "/tmp/f:3: no fault is called \"write\"; a command and conditions end with a colon" }
    }

    @Test func `bytes that are no text are no fault`() {
        #expect(throws: FaultFile.Malformed.self) { try FaultFile([0xFF, 0x00, 0x3A, 0x0A], path: "f") }
    }
}
