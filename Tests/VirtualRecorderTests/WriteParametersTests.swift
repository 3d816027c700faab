import DiscLayout
import SectorCoding
import TestSupport
import Testing

@testable import VirtualRecorder

/// Mode page 05h: what MODE SELECT takes, what it refuses, and how it says so.
@Suite struct WriteParametersTests {
    private static let sense = "5A 00 05 00 00 00 00 00 FF 00"

    /// A list of 8 header bytes and page 05h with a write type, a data block type and nothing else but the pause.
    private static func list(_ type: UInt8, _ block: UInt8) -> [UInt8] {
        Bench.tao(changes: [10: type, 11: 0, 12: block])
    }

    /// By offset in the parameter list: the value that is refused, and the bit that the sense points at.
    @Test(arguments: [
        (10, 0x40 as UInt8, 3 as UInt8?, "packet writing"), (10, 0x44, 3, "a reserved write type"),
        (10, 0x48, 3, "the vendor's write type"), (11, 0x80, 7, "a reserved kind of multi-session"),
        (12, 1, 3, "data block type 1 in TAO"), (12, 3, 3, "data block type 3 in TAO"),
        (12, 7, 3, "a vendor's data block type"), (12, 14, 3, "a reserved data block type"),
        (16, 1, nil, "an unknown session format"), (22, 1, nil, "a pause of 406"), (24, 0x80, nil, "no MCN"),
        (40, 0x80, nil, "no ISRC"),
    ])
    func `what is not supported in TAO is refused, with a pointer`(
        offset: Int, value: UInt8, bit: UInt8?, what: String
    ) throws {
        let bench = try Bench()
        let before = bench.send(Self.sense)
        #expect(bench.select(Bench.tao(changes: [offset: value])) == .refused(5, 0x26, 0), "\(what)")
        // A code is pointed at behind the byte that says it is there.
        let pointed = [24, 40].contains(offset) ? offset + 1 : offset
        #expect(Array(bench.lastSense[15...17]) == [0x80 | (bit.map { 0x08 | $0 } ?? 0), 0, UInt8(pointed)])
        #expect(bench.send(Self.sense) == before)
    }

    @Test func `every combination of write type and data block type is taken or refused`() throws {
        let legal: [UInt8: Set<UInt8>] = [
            1: [0, 8, 9, 10, 11, 12, 13],
            2: [0, 2, 3, 8, 9, 10, 11, 12, 13],
            3: [1, 2, 3],
        ]
        let bench = try Bench()
        for type in UInt8(0)...15 {
            for block in UInt8(0)...15 {
                let isLegal = legal[type]?.contains(block) ?? false
                let answer = bench.select(Self.list(type, block))
                #expect(
                    answer == (isLegal ? .good([]) : .refused(5, 0x26, 0)), "write type \(type), block type \(block)")
                let pointed: UInt8 = legal[type] == nil ? 10 : 12
                if !isLegal { #expect(Array(bench.lastSense[15...17]) == [0x8B, 0, pointed]) }
            }
        }
    }

    @Test func `an old drive knows no RAW, no test write and no protection from underruns`() throws {
        let bench = try Bench(profile: .old)
        #expect(bench.select(Bench.tao(changes: [10: 0x01])) == .good([]))
        #expect(bench.select(Self.list(2, 0)) == .good([]))
        for (list, byte, bit) in [
            (Self.list(3, 1), 10, 3), (Bench.tao(changes: [10: 0x11]), 10, 4), (Bench.tao(), 10, 6),
            (Self.list(2, 3), 12, 3), (Self.list(1, 9), 12, 3),
        ] as [([UInt8], UInt8, UInt8)] {
            #expect(bench.select(list) == .refused(5, 0x26, 0))
            #expect(Array(bench.lastSense[15...17]) == [0x88 | bit, 0, byte])
        }
    }

    @Test func `a drive of single sessions refuses another`() throws {
        let bench = try Bench(profile: Bench.profile { $0.capabilities.multiSession = false })
        #expect(bench.select(Bench.tao(multiSession: 0)) == .good([]))
        #expect(bench.select(Bench.tao(multiSession: 3)) == .refused(5, 0x26, 0))
    }

    @Test func `leftovers that mean nothing in the write type are taken`() throws {
        let bench = try Bench()
        // TAO: link size valid and seven, copy, fixed packet; what wodim leaves there.
        #expect(bench.select(Bench.tao(changes: [10: 0x61, 11: 0x30, 13: 7, 21: 32])) == .good([]))
        // libburn starts from zeros: no pause length.
        #expect(bench.select(Bench.tao(changes: [23: 0])) == .good([]))
        // SAO: a track mode of packets, a pause, a recording code of nonsense.
        #expect(bench.select(Bench.tao(changes: [10: 0x42, 11: 0x25, 23: 7, 40: 0x80])) == .good([]))
        // RAW: a session format and a catalogue number of nonsense too.
        #expect(bench.select(Bench.tao(changes: [10: 0x43, 12: 3, 16: 0x77, 24: 0x80])) == .good([]))
        // A block descriptor and no page, with which wodim ends.
        #expect(bench.select(hex("00 00 00 00 00 00 00 08 00 00 00 00 00 00 08 00")) == .good([]))
    }

    @Test func `a page of another length is refused`() throws {
        let bench = try Bench()
        // Its length says more than there is.
        #expect(bench.select(Bench.tao(changes: [9: 0x36])) == .refused(5, 0x1A, 0))
        #expect(bench.select(Bench.tao(changes: [9: 0x36]) + [0, 0, 0, 0]) == .refused(5, 0x26, 0))
        #expect(Array(bench.lastSense[15...17]) == [0x80, 0, 9])
        // The drive with bytes of its own wants just that.
        let other = try Bench(profile: Bench.profile { $0.quirks = [.writePageVendorBytes] })
        #expect(other.select(Bench.tao()) == .refused(5, 0x26, 0))
        #expect(other.select(Bench.tao(changes: [9: 0x36]) + [0, 0, 0, 0]) == .good([]))
        #expect(other.send(Self.sense).data.count == 8 + 56)
    }

    @Test func `what a session is to be is read from the page`() throws {
        var parameters = WriteParameters()
        var page = Array(Bench.tao(multiSession: 3, control: 2).dropFirst(8))
        page[2] = 0x51
        page[3] |= 0x10
        page[8] = 0x20
        page[16...29] = ([0x80] + Array("4012345678901".utf8))[...]
        page[32...44] = ([0x80] + Array("DEABC1234567".utf8))[...]
        page[48...51] = hex("00 00 08 00")[...]
        try parameters.select(page, at: 8)
        #expect(parameters.writeType == .trackAtOnce && parameters.dataBlockType == 0 && parameters.blockBytes == 2352)
        #expect(parameters.isTestWrite && parameters.isUnderrunFree && parameters.isFirstCopy)
        #expect(parameters.following == .another && parameters.control == .copyPermitted && parameters.discType == 0x20)
        #expect(parameters.catalogNumber == "4012345678901" && parameters.isrc == "DEABC1234567")
        #expect(parameters.subHeader == .data)
    }

    @Test(arguments: [
        (0 as UInt8, 2352), (1, 2368), (2, 2448), (3, 2448), (8, 2048), (9, 2336), (10, 2048), (11, 2056), (12, 2324),
        (13, 2332),
    ])
    func `blocks are as long as their type says`(type: UInt8, bytes: Int) {
        #expect(WriteParameters.blockBytes(ofType: type) == bytes)
    }

    @Test(arguments: [4 as UInt8, 7, 14, 15]) func `a reserved block type has no length`(type: UInt8) {
        #expect(WriteParameters.blockBytes(ofType: type) == nil)
    }

    @Test func `defaults that are illegal are refused until they are mended`() throws {
        let bench = try Bench(
            profile: Bench.profile { $0.quirks = [.illegalDefaultPause, .illegalDefaultSessionFormat] })
        var page = bench.send(Self.sense).data
        page[0...1] = [0, 0]
        #expect(page[16] == 0xFF && Array(page[22...23]) == [0xFF, 0xFF])
        #expect(bench.select(page) == .refused(5, 0x26, 0))
        page[16] = 0
        #expect(bench.select(page) == .refused(5, 0x26, 0))
        page[22...23] = [0, 150]
        #expect(bench.select(page) == .good([]))
    }

    @Test func `a drive that mistrusts multi-session of data wants both set in one SELECT`() throws {
        let bench = try Bench(profile: Bench.profile { $0.quirks = [.multiSessionDataRefused] })
        #expect(bench.select(Bench.tao(multiSession: 3, changes: [12: 8])) == .refused(5, 0x26, 0))
        #expect(bench.select(Bench.tao(multiSession: 3)) == .good([]))
        #expect(bench.select(Bench.tao(multiSession: 0, changes: [12: 8])) == .good([]))
    }

    @Test func `a drive without block type 3 refuses it everywhere`() throws {
        let bench = try Bench(profile: Bench.profile { $0.quirks = [.blockType3Refused] })
        #expect(bench.select(Self.list(3, 3)) == .refused(5, 0x26, 0))
        #expect(bench.select(Self.list(2, 3)) == .refused(5, 0x26, 0))
        #expect(bench.select(Self.list(3, 2)) == .good([]))
    }

    @Test func `a test-write bit that sticks stays until the tray has been open`() throws {
        let bench = try Bench(profile: Bench.profile { $0.quirks = [.testWriteSticks] })
        bench.select(Bench.tao(changes: [10: 0x51]))
        bench.select(Bench.tao())
        #expect(bench.send(Self.sense).data[10] == 0x51)
        bench.send("1B 00 00 00 02 00")
        bench.send("1B 00 00 00 03 00")
        bench.send("00 00 00 00 00 00")
        #expect(bench.send(Self.sense).data[10] == 0x41)
    }
}
