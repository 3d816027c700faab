import BinaryCoding
import DiscLayout
import SectorCoding
import TestSupport
import Testing

@testable import VirtualRecorder

/// READ (10), READ (12), READ HEADER, READ CAPACITY, SEEK and VERIFY.
@Suite struct ReadDataTests {
    @Test(arguments: [(LaidDisc.Track.mode1, 16..<2064), (.form1, 24..<2072)])
    func `READ (10) and READ (12) give 2048 bytes of user data`(track: LaidDisc.Track, userData: Range<Int>) throws {
        let disc = LaidDisc(sessions: [[track]])
        let bench = try disc.bench()
        let expected = (50..<53).flatMap { Array(disc.block($0)[userData]) }
        #expect(bench.read10(50, 3) == .good(expected))
        #expect(bench.read12(50, 3) == .good(expected))
        #expect(bench.read10(50, 3, room: 3000) == .good(Array(expected.prefix(3000))))
    }

    @Test(arguments: [LaidDisc.Track.audio, .mode0, .mode2, .form2])
    func `what has no 2048 bytes is an illegal mode`(track: LaidDisc.Track) throws {
        let bench = try LaidDisc(sessions: [[track]]).bench()
        #expect(bench.read10(0, 1) == .refused(5, 0x64, 0))
        #expect(bench.read12(0, 1) == .refused(5, 0x64, 0))
        #expect(bench.send("2F 00 00 00 00 00 00 00 01 00") == .refused(5, 0x64, 0))
        #expect(bench.read10(0, 0) == .good([]))
    }

    @Test func `a range that runs into audio gives nothing`() throws {
        let disc = LaidDisc(sessions: [[.mode1, .audio]])
        let bench = try disc.bench()
        #expect(bench.read10(299, 1).data.count == 2048)
        #expect(bench.read10(299, 2) == .refused(5, 0x64, 0))
    }

    @Test func `a whole track comes in pieces of any size`() throws {
        var track = LaidDisc.Track.mode1
        track.blocks = 900
        let disc = LaidDisc(sessions: [[track]])
        let data = try disc.bench().read12(0, 900, room: 900 * 2048).data
        #expect(data.count == 900 * 2048)
        for lba in [0, 445, 446, 899] { #expect(Array(data[lba * 2048..<lba * 2048 + 4]) == Int32(lba).bigEndianBytes) }
    }

    @Test func `lengths and addresses at the ends of their fields are out of range`() throws {
        let bench = try LaidDisc(sessions: [[.mode1]]).bench()
        for lba in [Int(Int32.min), Int(Int32.max), -151, 300] {
            #expect(bench.read12(lba, .max) == .refused(5, 0x21, 0))
            #expect(bench.read10(lba, 0xFFFF) == .refused(5, 0x21, 0))
            let address = Int32(lba).bigEndianBytes
            #expect(bench.send([0x2B, 0] + address + [0, 0, 0, 0]) == .refused(5, 0x21, 0))
            #expect(bench.send([0x44, 0] + address + [0, 0, 8, 0]) == .refused(5, 0x21, 0))
            #expect(bench.send([0x2F, 0] + address + [0, 0xFF, 0xFF, 0]) == .refused(5, 0x21, 0))
        }
        #expect(bench.read12(0, .max) == .refused(5, 0x21, 0))
    }

    @Test(arguments: [
        (LaidDisc.Track.mode0, 0 as UInt8), (.mode1, 1), (.mode2, 2), (.form1, 2), (.form2, 2),
    ])
    func `READ HEADER says mode and address`(track: LaidDisc.Track, mode: UInt8) throws {
        let bench = try LaidDisc(sessions: [[track]]).bench()
        #expect(bench.send("44 00 00 00 00 10 00 00 08 00") == .good([mode] + hex("00 00 00 00 00 00 10")))
        #expect(bench.send("44 02 00 00 00 10 00 00 08 00") == .good([mode] + hex("00 00 00 00 00 02 10")))
        #expect(bench.send("44 00 00 00 00 10 00 00 04 00") == .good([mode, 0, 0, 0]))
    }

    @Test func `audio has no header`() throws {
        let bench = try LaidDisc(sessions: [[.audio]]).bench()
        #expect(bench.send("44 00 00 00 00 10 00 00 08 00") == .refused(5, 0x64, 0))
    }

    @Test func `VERIFY reads all and gives nothing`() throws {
        let disc = LaidDisc(sessions: [[.mode1]])
        let bench = try disc.bench()
        #expect(bench.send("2F 00 00 00 00 00 00 01 2C 00") == .good([]))
        // BYTCHK: there is nothing to compare with.
        #expect(bench.send("2F 02 00 00 00 00 00 01 2C 00") == .refused(5, 0x24, 0))
        var damaged = disc
        damaged.change(299) { $0 = [UInt8](repeating: 0, count: 2352) }
        #expect(try damaged.bench().send("2F 00 00 00 00 00 00 01 2C 00") == .refused(3, 0x11, 0))
    }

    @Test func `READ CAPACITY is the last block before the last lead-out`() throws {
        let bench = try LaidDisc(sessions: [[.audio], [.mode1]]).bench()
        // Session 2 begins at 11550, its track at 11700.
        #expect(bench.send("25 00 00 00 00 00 00 00 00 00").data == UInt32(11_999).bigEndianBytes + [0, 0, 8, 0])
    }

    @Test func `a track written track by track is read to the end of its run-out`() throws {
        let bench = try Bench()
        bench.select(Bench.tao(control: 4, changes: [12: 8]))
        let block = [UInt8](repeating: 0xA5, count: 2048)
        #expect(bench.send("2A 00 00 00 00 00 00 00 01 00", out: block).isGood)
        #expect(bench.send("35 00 00 00 00 00 00 00 00 00").isGood)
        #expect(bench.send("5B 00 02 00 00 00 00 00 00 00").isGood)
        #expect(bench.read10(0, 1) == .good(block))
        #expect(bench.read10(1, 301) == .good([UInt8](repeating: 0, count: 301 * 2048)))
        #expect(bench.send("25 00 00 00 00 00 00 00 00 00").data == UInt32(301).bigEndianBytes + [0, 0, 8, 0])
    }

    @Test func `a blank disc has nothing to read`() throws {
        let bench = try Bench()
        #expect(bench.read10(0, 1) == .refused(5, 0x21, 0))
        #expect(bench.readCD(-150, 1, flags: 0xF8) == .refused(5, 0x21, 0))
        #expect(bench.send("2B 00 00 00 00 00 00 00 00 00") == .refused(5, 0x21, 0))
        #expect(bench.send("25 00 00 00 00 00 00 00 00 00").data == hex("00 00 00 00 00 00 08 00"))
    }

    @Test func `of reserved tracks nothing can be read, of complete ones behind them all`() throws {
        let bench = try Bench()
        bench.select(Bench.tao())
        #expect(bench.send("53 00 00 00 00 00 00 01 90 00").isGood)
        // 400 blocks and run-out behind 0, then the pause of the next track.
        bench.track(at: 552, blocks: 300)
        #expect(bench.readCD(0, 1, flags: 0x10) == .refused(5, 0x21, 0))
        #expect(bench.readCD(401, 2, flags: 0x10) == .refused(5, 0x21, 0))
        #expect(bench.readCD(552, 1, flags: 0x10) == .good(Bench.block(552)))
        #expect(bench.readCD(402, 452, flags: 0x10, room: 1 << 21).data.count == 452 * 2352)
    }
}
