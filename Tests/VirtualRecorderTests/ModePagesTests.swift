import TestSupport
import Testing

@testable import VirtualRecorder

/// MODE SENSE and MODE SELECT in both forms, and pages other than 05h and 2Ah.
@Suite struct ModePagesTests {
    @Test func `the six-byte forms have headers of four bytes`() throws {
        let bench = try Bench()
        #expect(bench.send("1A 00 01 00 FF 00").data == hex("0F 00 00 00  01 0A 00 00 00 00 00 00 00 00 00 00"))
        #expect(bench.send("1A 00 01 00 05 00").data == hex("0F 00 00 00 01"))
        // Read retry count of five, behind a block descriptor that says nothing.
        let list = hex("00 00 00 08  00 00 00 00 00 00 08 00  01 0A 00 05 00 00 00 00 00 00 00 00")
        #expect(bench.send("15 10 00 00 18 00", out: list) == .good([]))
        #expect(
            bench.send("5A 00 01 00 00 00 00 00 FF 00").data
                == hex("00 12 00 00 00 00 00 00  01 0A 00 05 00 00 00 00 00 00 00 00"))
    }

    @Test func `all pages come in the order of their codes, in both forms`() throws {
        let bench = try Bench(speed: 48)
        for (cdb, header) in [("5A 00 3F 00 00 00 00 00 FF 00", 8), ("1A 00 3F 00 FF 00", 4)] {
            let reply = bench.send(cdb).data
            var codes: [UInt8] = []
            var offset = header
            while offset < reply.count {
                codes.append(reply[offset])
                offset += 2 + Int(reply[offset + 1])
            }
            #expect(codes == [0x01, 0x05, 0x1A, 0x1D, 0x2A] && offset == reply.count)
            #expect(header == 4 ? Int(reply[0]) + 1 == reply.count : Int(reply[1]) + 2 == reply.count)
        }
    }

    @Test func `changeable bits of page 05h`() throws {
        #expect(
            try Bench().send("5A 00 45 00 00 00 00 00 FF 00").data
                == hex(
                    """
                    00 3A 00 00 00 00 00 00
                    05 32 7F FF 0F 00 00 00 FF 00 00 00 00 00 FF FF   // types, track, block type; session format; pause
                    FF FF FF FF FF FF FF FF FF FF FF FF FF FF 00 00   // MCN
                    FF FF FF FF FF FF FF FF FF FF FF FF FF 00 00 00   // ISRC
                    FF FF FF FF                                       // sub-header
                    """))
        #expect(
            Array(try Bench(profile: .old).send("5A 08 45 00 00 00 00 00 FF 00").data[8...11]) == hex("05 32 2F FF"))
    }

    @Test func `default values of page 05h stay what they were`() throws {
        let bench = try Bench()
        let before = bench.send("5A 00 85 00 00 00 00 00 FF 00").data
        #expect(
            before.prefix(24) == hex("00 3A 00 00 00 00 00 00  05 32 41 04 08 00 00 00 00 00 00 00 00 00 00 96")[...])
        #expect(bench.send("5A 00 05 00 00 00 00 00 FF 00").data == before)
        bench.select(Bench.tao())
        #expect(bench.send("5A 00 85 00 00 00 00 00 FF 00").data == before)
        #expect(bench.send("5A 00 05 00 00 00 00 00 FF 00").data != before)
    }

    @Test func `power condition and time-out pages`() throws {
        let bench = try Bench()
        // standby after 120 s, in tenths
        #expect(
            bench.send("5A 00 1A 00 00 00 00 00 FF 00").data
                == hex("00 12 00 00 00 00 00 00  1A 0A 00 01 00 00 00 00 00 00 04 B0"))
        #expect(
            bench.send("5A 00 5A 00 00 00 00 00 FF 00").data.suffix(12)
                == hex("1A 0A 00 03 FF FF FF FF FF FF FF FF")[...])
        #expect(
            bench.send("5A 00 1D 00 00 00 00 00 FF 00").data
                == hex("00 12 00 00 00 00 00 00  1D 0A 00 00 00 00 00 1E 01 2C 00 00"))  // 30 s and 300 s
        #expect(
            bench.send("5A 00 5D 00 00 00 00 00 FF 00").data.suffix(12)
                == hex("1D 0A 00 00 00 00 00 00 00 00 00 00")[...])
    }

    @Test func `a list is taken as a whole or not at all`() throws {
        let bench = try Bench()
        let before = bench.send("5A 00 3F 00 00 00 00 00 FF 00")
        let first = hex("00 00 00 00 00 00 00 00  01 0A 00 05 00 00 00 00 00 00 00 00")
        #expect(bench.select(first + Bench.tao(changes: [12: 15]).dropFirst(8)) == .refused(5, 0x26, 0))
        // The pointer counts from the beginning of the list.
        #expect(Array(bench.lastSense[15...17]) == [0x8B, 0, 24])
        #expect(bench.send("5A 00 3F 00 00 00 00 00 FF 00") == before)
        #expect(bench.select(first + Bench.tao().dropFirst(8)) == .good([]))
        #expect(bench.send("5A 00 3F 00 00 00 00 00 FF 00") != before)
    }

    /// Parameter lists and the sense that refuses them; the pointer where there is one. A page code begins at bit 5.
    @Test(arguments: [
        ("a page that is not there", "00 00 00 00 00 00 00 00 0E 02 00 00", 0x26 as UInt8, [0x8D, 0, 8] as [UInt8]?),
        ("page 2Ah, which is read-only", "00 00 00 00 00 00 00 00 2A 02 00 00", 0x26, [0x8D, 0, 8]),
        ("page 01h too short", "00 00 00 00 00 00 00 00 01 02 00 00", 0x26, [0x80, 0, 9]),
        ("another time-out", "00 00 00 00 00 00 00 00 1D 0A 00 00 00 00 00 1F 01 2C 00 00", 0x26, [0x80, 0, 15]),
        ("a header cut short", "00 00 00 00 00 00 00", 0x1A, nil),
        ("a block descriptor cut short", "00 00 00 00 00 00 00 08 00 00 00 00", 0x1A, nil),
        ("a page cut short", "00 00 00 00 00 00 00 00 01 0A 00 00", 0x1A, nil),
        ("half a page header", "00 00 00 00 00 00 00 00 01", 0x1A, nil),
        ("descriptors longer than any list", "00 00 00 00 00 00 FF FF 00 00 00 00", 0x1A, nil),
    ])
    func `a list that is wrong`(what: String, list: String, code: UInt8, pointer: [UInt8]?) throws {
        let bench = try Bench()
        #expect(bench.select(hex(list)) == .refused(5, code, 0), "\(what)")
        #expect(Array(bench.lastSense[15...17]) == pointer ?? [0, 0, 0], "\(what)")
    }

    @Test(arguments: [
        ("saved values", "1A 00 C1 00 FF 00", 0x39 as UInt8), ("a page that is not there", "1A 00 0E 00 FF 00", 0x24),
        ("a subpage", "5A 00 05 01 00 00 00 00 FF 00", 0x24),
        ("selecting without the page format", "55 00 00 00 00 00 00 00 00 00", 0x24),
        ("saving", "15 11 00 00 00 00", 0x24), ("a list of another length", "15 10 00 00 08 00", 0x1A),
    ])
    func `a command that is wrong`(what: String, cdb: String, code: UInt8) throws {
        #expect(try Bench().send(cdb) == .refused(5, code, 0), "\(what)")
    }

    @Test func `no parameters may change while something is being written`() throws {
        let bench = try Bench()
        bench.select(Bench.tao())
        bench.write(at: 0, blocks: 1)
        #expect(bench.send("15 10 00 00 00 00") == .refused(5, 0x2C, 0))
        #expect(bench.select(Bench.tao()) == .refused(5, 0x2C, 0))
        #expect(bench.send("BB 00 FF FF FF FF 00 00 00 00 00 00") == .refused(5, 0x2C, 0))
        bench.send("35 00 00 00 00 00 00 00 00 00")
        #expect(bench.select(Bench.tao()) == .good([]))
    }

    @Test func `quirks of MODE SENSE`() throws {
        let bench = try Bench(
            profile: Bench.profile {
                $0.quirks = [.disableBlockDescriptorsRefused, .blockDescriptor, .allPagesRefused]
            })
        #expect(bench.send("5A 08 05 00 00 00 00 00 FF 00") == .refused(5, 0x24, 0))
        #expect(bench.send("1A 00 01 00 FF 00").data.prefix(12) == hex("17 00 00 08 00 00 00 00 00 00 08 00")[...])
        #expect(bench.send("5A 00 3F 00 00 00 00 00 FF 00") == .refused(5, 0x24, 0))
        #expect(bench.send("5A 00 3F 00 00 00 00 00 40 00").data.count == 64)
    }
}
