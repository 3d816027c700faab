import BinaryCoding
import TestSupport
import Testing

@testable import VirtualRecorder

/// SET CD SPEED, SET STREAMING and GET PERFORMANCE.
@Suite struct PerformanceTests {
    private static let all = "AC 00 00 00 00 00 00 00 00 10 03 00"
    private static let nominal = "AC 14 00 00 00 00 00 00 00 10 00 00"

    /// The speeds that are chosen, by page 2Ah.
    private static func chosen(_ bench: Bench) -> (read: Int, write: Int) {
        let page = Array(bench.send("5A 08 2A 00 00 00 00 00 FF 00").data.dropFirst(8))
        func field(_ offset: Int) -> Int { Int(page[offset]) << 8 | Int(page[offset + 1]) }
        return (field(14), field(28))
    }

    @Test func `the list of speeds has its own length, however much of it is taken`() throws {
        let bench = try Bench(speed: 48)
        #expect(bench.send("AC 00 00 00 00 00 00 00 00 00 03 00").data == hex("00 00 00 74 00 00 00 00"))
        #expect(bench.send("AC 00 00 00 00 00 00 00 00 01 03 00").data.count == 24)
        #expect(
            bench.send(Self.all).data
                == hex(
                    """
                    00 00 00 74 00 00 00 00                          // 116 bytes follow
                    02 00 00 00  00 05 7D A8  00 00 21 13  00 00 21 13   // exact, CLV, to 79:59:73, reading at 48×, 48×
                    02 00 00 00  00 05 7D A8  00 00 21 13  00 00 1B 90   // 40×
                    02 00 00 00  00 05 7D A8  00 00 21 13  00 00 16 0C   // 32×
                    02 00 00 00  00 05 7D A8  00 00 21 13  00 00 10 89   // 24×
                    02 00 00 00  00 05 7D A8  00 00 21 13  00 00 0B 06   // 16×
                    02 00 00 00  00 05 7D A8  00 00 21 13  00 00 05 83   // 8×
                    02 00 00 00  00 05 7D A8  00 00 21 13  00 00 02 C1   // 4×
                    """))
    }

    @Test func `nominal performance of constant linear velocity`() throws {
        let bench = try Bench(speed: 48)
        #expect(
            bench.send(Self.nominal).data
                == hex("00 00 00 14 02 00 00 00  00 00 00 00  00 00 21 13  00 05 7D A8  00 00 21 13"))
        // Reading: the flag that says writing is not there.
        #expect(bench.send("AC 10 00 00 00 00 00 00 00 10 00 00").data[4] == 0)
    }

    @Test func `nominal performance of constant angular velocity begins slower than it ends`() throws {
        let bench = try Bench(profile: Bench.profile { $0.rotation = .constantAngular }, speed: 48)
        #expect(
            bench.send(Self.nominal).data
                == hex(
                    """
                    00 00 00 14 02 00 00 00
                    00 00 00 00  00 00 0E 41    // from 0 at 25 mm of 58: 20.7×, 3649 kB/s
                    00 05 7D A8  00 00 21 11    // to the end at 57.99 mm: 8465 kB/s
                    """))
        // Speeds above 16 are not exact, and pure CAV.
        let flags = (0..<7).map { bench.send(Self.all).data[8 + $0 * 16] }
        #expect(flags == [0x08, 0x08, 0x08, 0x08, 0x02, 0x02, 0x02])
    }

    @Test func `nominal performance of zones is a descriptor for each, from an address on`() throws {
        let bench = try Bench(profile: Bench.profile { $0.rotation = .zoned }, speed: 40)
        let reply = bench.send(Self.nominal).data
        #expect(reply.prefix(8) == hex("00 00 00 44 02 00 00 00")[...])
        #expect(
            Array(reply.dropFirst(8))
                == hex(
                    """
                    00 00 00 00  00 00 0F D9  00 00 F6 BA  00 00 0F D9   // 23× to 33.25 mm, 63 162.6 sectors
                    00 00 F6 BB  00 00 13 FB  00 02 33 58  00 00 13 FB   // 29× to 41.5 mm, 144 216.9 sectors
                    00 02 33 59  00 00 17 6D  00 03 B5 DA  00 00 17 6D   // 34× to 49.75 mm, 243 162.6 sectors
                    00 03 B5 DB  00 00 1B 90  00 05 7D A8  00 00 1B 90   // 40×
                    """))
        // From 200 000 on; and all of it whatever the address.
        #expect(bench.send("AC 14 00 03 0D 40 00 00 00 10 00 00").data.prefix(4) == hex("00 00 00 24")[...])
        #expect(bench.send("AC 15 00 03 0D 40 00 00 00 10 00 00").data == reply)
    }

    @Test func `there are no exceptions`() throws {
        let bench = try Bench(speed: 48)
        #expect(bench.send("AC 12 00 00 00 00 00 00 00 10 00 00").data == hex("00 00 00 04 01 00 00 00"))
        #expect(bench.send("AC 16 00 00 00 00 00 00 00 10 00 00").data == hex("00 00 00 04 03 00 00 00"))
    }

    @Test(arguments: [
        "AC 13 00 00 00 00 00 00 00 10 00 00", "AC 0C 00 00 00 00 00 00 00 10 00 00",
        "AC 10 00 00 00 00 00 00 00 10 01 00", "AC 10 00 00 00 00 00 00 00 10 FF 00",
    ])
    func `exceptions of another kind, a tolerance and types that are not there are refused`(cdb: String) throws {
        #expect(try Bench(speed: 48).send(cdb) == .refused(5, 0x24, 0))
    }

    @Test func `a drive without GET PERFORMANCE has no such operation`() throws {
        let bench = try Bench(profile: Bench.profile { $0.quirks = [.getPerformanceUnsupported] })
        #expect(bench.send(Self.all) == .refused(5, 0x20, 0))
        #expect(bench.send("46 02 01 07 00 00 00 00 FF 00").data.suffix(4) == hex("1C 00 00 00")[...])
    }

    @Test func `SET CD SPEED with rotation control 1 turns the disc evenly`() throws {
        let bench = try Bench(speed: 8)
        #expect(bench.send("BB 01 FF FF FF FF 00 00 00 00 00 00") == .good([]))
        let page = Array(bench.send("5A 08 2A 00 00 00 00 00 FF 00").data.dropFirst(8))
        #expect(page[27] == 1 && Array(page[32...35]) == hex("00 01 05 83"))
        #expect(bench.send(Self.nominal).data.dropFirst(8).prefix(8) == hex("00 00 00 00  00 00 02 60")[...])  // 3.4×
        bench.send("BB 00 FF FF FF FF 00 00 00 00 00 00")
        #expect(Array(bench.send("5A 08 2A 00 00 00 00 00 FF 00").data.dropFirst(8))[27] == 0)
        #expect(bench.send("BB 02 FF FF FF FF 00 00 00 00 00 00") == .refused(5, 0x24, 0))
    }

    @Test func `SET CD SPEED reads at any speed and writes at those of the list`() throws {
        let bench = try Bench(speed: 48)
        bench.send([0xBB, 0] + UInt16(10 * 177).bigEndianBytes + UInt16(10 * 177).bigEndianBytes + [0, 0, 0, 0, 0, 0])
        #expect(Self.chosen(bench) == (1764, 1411))
        bench.send([0xBB, 0] + UInt16(0).bigEndianBytes + UInt16(0).bigEndianBytes + [0, 0, 0, 0, 0, 0])
        #expect(Self.chosen(bench) == (176, 705))
    }

    @Test func `a drive that does not round up refuses what is too slow`() throws {
        let bench = try Bench(profile: Bench.profile { $0.quirks = [.slowSpeedRefused] }, speed: 48)
        for (kilobytes, isTaken) in [(177, false), (354, false), (704, false), (705, true), (708, true)] {
            let answer = bench.send([0xBB, 0, 0xFF, 0xFF] + UInt16(kilobytes).bigEndianBytes + [0, 0, 0, 0, 0, 0])
            #expect(answer == (isTaken ? .good([]) : .refused(5, 0x24, 0)))
        }
    }

    /// A performance descriptor: reading and writing so many kilobytes in so many milliseconds.
    private static func descriptor(
        flags: UInt8 = 0, start: UInt32 = 0, end: UInt32 = 359_848, read: UInt32, write: UInt32, in time: UInt32 = 1000
    ) -> [UInt8] {
        [flags, 0, 0, 0] + start.bigEndianBytes + end.bigEndianBytes + read.bigEndianBytes + time.bigEndianBytes
            + write.bigEndianBytes + time.bigEndianBytes
    }

    private static let streaming = hex("B6 00 00 00 00 00 00 00 00 00 1C 00")

    @Test func `SET STREAMING chooses speeds by amounts and times`() throws {
        let bench = try Bench(speed: 48)
        #expect(bench.send(Self.streaming, out: Self.descriptor(read: 3000, write: 3000)) == .good([]))
        #expect(Self.chosen(bench) == (2998, 2822))
        // The same rate in other words.
        #expect(bench.send(Self.streaming, out: Self.descriptor(read: 1411, write: 1411, in: 500)) == .good([]))
        #expect(Self.chosen(bench) == (2822, 2822))
        // Exactly.
        #expect(bench.send(Self.streaming, out: Self.descriptor(flags: 2, read: 1411, write: 1411)) == .good([]))
        #expect(Self.chosen(bench) == (1411, 1411))
        // Pure CAV.
        #expect(bench.send(Self.streaming, out: Self.descriptor(flags: 8, read: 1411, write: 1411)) == .good([]))
        #expect(Array(bench.send("5A 08 2A 00 00 00 00 00 FF 00").data.dropFirst(8))[27] == 1)
        // Defaults again; nothing else counts.
        #expect(bench.send(Self.streaming, out: Self.descriptor(flags: 4, read: 0, write: 0, in: 0)) == .good([]))
        #expect(Self.chosen(bench) == (8467, 8467))
        #expect(Array(bench.send("5A 08 2A 00 00 00 00 00 FF 00").data.dropFirst(8))[27] == 0)
        // The largest numbers there are.
        #expect(bench.send(Self.streaming, out: Self.descriptor(read: .max, write: .max, in: 1)) == .good([]))
        #expect(Self.chosen(bench) == (8467, 8467))
    }

    @Test(arguments: [
        ("no time", descriptor(read: 1, write: 1, in: 0), 0x80 as UInt8, 16 as UInt8),
        ("an end before the start", descriptor(start: 10, end: 9, read: 1411, write: 1411), 0x80, 8),
        ("a reserved rotation", descriptor(flags: 0x10, read: 1411, write: 1411), 0x8C, 0),
        ("a read speed that cannot be met exactly", descriptor(flags: 2, read: 1412, write: 1411), 0x80, 12),
        ("a write speed that cannot be met exactly", descriptor(flags: 2, read: 1411, write: 1764), 0x80, 20),
    ])
    func `a descriptor that is wrong is refused where it is`(what: String, list: [UInt8], flags: UInt8, byte: UInt8)
        throws
    {
        let bench = try Bench(speed: 48)
        #expect(bench.send(Self.streaming, out: list) == .refused(5, 0x26, 0), "\(what)")
        #expect(Array(bench.lastSense[15...17]) == [flags, 0, byte], "\(what)")
        #expect(Self.chosen(bench) == (8467, 8467))
    }

    @Test func `a descriptor of another length or kind is refused`() throws {
        let bench = try Bench(speed: 48)
        let good = Self.descriptor(read: 1411, write: 1411)
        #expect(bench.send(Self.streaming, out: Array(good.dropLast())) == .refused(5, 0x1A, 0))
        #expect(bench.send(Self.streaming) == .refused(5, 0x1A, 0))
        #expect(bench.send(hex("B6 00 00 00 00 00 00 00 00 00 1D 00"), out: good + [0]) == .refused(5, 0x1A, 0))
        #expect(bench.send(hex("B6 00 00 00 00 00 00 00 05 00 1C 00"), out: good) == .refused(5, 0x24, 0))
    }

    @Test func `speeds are those of the disc that is in`() throws {
        let bench = try Bench(blank: .cdRWHighSpeed, pace: .ofProfile)
        // 24, 16, 10 and 4 in a disc for 4× to 10×.
        let reply = bench.send(Self.all).data
        #expect(reply.prefix(4) == hex("00 00 00 24")[...])
        #expect(Array(reply[20..<24]) == hex("00 00 06 E4") && Array(reply[36..<40]) == hex("00 00 02 C1"))
    }

    @Test func `speeds go back to the fastest with another disc`() throws {
        let bench = try Bench(pace: .ofProfile)
        bench.send("BB 01 00 B1 02 C4 00 00 00 00 00 00")
        #expect(Self.chosen(bench) == (176, 705))
        bench.send(TrayTests.eject)
        bench.send(TrayTests.load)
        #expect(Self.chosen(bench) == (8467, 8467))
    }
}
