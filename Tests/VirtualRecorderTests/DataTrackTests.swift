import BinaryCoding
import DiscLayout
import POSIX
import TestSupport
import Testing

@testable import VirtualRecorder

/// Data tracks written track by track: the host sends user data, the drive makes sectors of them.
@Suite struct DataTrackTests {
    private static func bench(blockType: UInt8, discType: UInt8 = 0, subHeader: [UInt8] = [0, 0, 0, 0]) throws -> Bench
    {
        let bench = try Bench()
        var changes: [Int: UInt8] = [12: blockType, 16: discType]
        for (index, byte) in subHeader.enumerated() { changes[56 + index] = byte }
        #expect(bench.select(Bench.tao(control: 4, changes: changes)).isGood)
        return bench
    }

    /// WRITE (10) of blocks whose byte i is i modulo 256.
    private static func write(_ bench: Bench, at lba: Int, blocks: Int, bytes: Int) -> Bench.Answer {
        let block = (0..<bytes).map { UInt8(truncatingIfNeeded: $0) }
        let cdb = [0x2A, 0] + Int32(lba).bigEndianBytes + [0] + UInt16(blocks).bigEndianBytes + [0]
        return bench.send(cdb, out: (0..<blocks).flatMap { _ in block })
    }

    /// A block of main.bin.
    private static func sector(_ bench: Bench, _ lba: Int) throws -> [UInt8] {
        let file = try DurableFile.contents(of: "\(bench.disc)/main.bin", limit: 1 << 24)
        let start = (lba + 150) * 2352
        return Array(file[start..<start + 2352])
    }

    @Test func `Mode 1 gets header, EDC and ECC`() throws {
        let bench = try Self.bench(blockType: 8)
        #expect(Self.write(bench, at: 0, blocks: 17, bytes: 2048).isGood)
        let sector = try Self.sector(bench, 16)
        // Sync, 00:02:16 in BCD, mode 1.
        #expect(Array(sector[0..<16]) == hex("00 FF FF FF FF FF FF FF FF FF FF 00 00 02 16 01"))
        #expect(sector[16..<2064].elementsEqual((0..<2048).map { UInt8(truncatingIfNeeded: $0) }))
        #expect(Array(sector[2064..<2076]) == hex("5E 93 51 92 00 00 00 00 00 00 00 00"))
        #expect(Array(sector[2076..<2084]) == hex("42 13 28 94 21 72 D5 86"))
        #expect(Array(sector[2348...]) == hex("89 7C 8E 23"))
    }

    @Test func `the pause and what fills a short track are zero sectors of the same mode`() throws {
        let bench = try Self.bench(blockType: 8)
        #expect(Self.write(bench, at: 0, blocks: 1, bytes: 2048).isGood)
        #expect(bench.send("35 00 00 00 00 00 00 00 00 00").isGood)
        for lba in [-150, -1, 1, 299, 300, 301] {
            let sector = try Self.sector(bench, lba)
            #expect(sector[15] == 1 && sector[16..<2064].allSatisfy { $0 == 0 }, "block \(lba)")
            #expect(sector[2064..<2068].contains { $0 != 0 }, "block \(lba) has an EDC")
        }
    }

    @Test(arguments: [
        (9 as UInt8, 2336, SectorForm.mode2), (10, 2048, .xa), (11, 2056, .xa), (12, 2324, .xa), (13, 2332, .xa),
    ])
    func `Mode 2 of every block type`(type: UInt8, bytes: Int, form: SectorForm) throws {
        let bench = try Self.bench(blockType: type, discType: 0x20, subHeader: [1, 2, 8, 3])
        #expect(Self.write(bench, at: 0, blocks: 2, bytes: bytes).isGood)
        let sector = try Self.sector(bench, 1)
        #expect(Array(sector[12..<16]) == hex("00 02 01 02"))
        #expect(try StoredDisc.load(bench.disc).disc.tracks.first?.form == form)
        // Sub-header and user data where they belong: from the page, or from the host.
        let expected: [UInt8] =
            switch type {
            case 10: [1, 2, 8, 3, 1, 2, 8, 3, 0, 1]
            case 12: [1, 2, 0x28, 3, 1, 2, 0x28, 3, 0, 1]
            case 11: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
            default: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
            }
        #expect(Array(sector[16..<26]) == expected)
    }

    @Test func `the track is data in the TOC and in track information`() throws {
        let bench = try Self.bench(blockType: 8)
        #expect(Self.write(bench, at: 0, blocks: 300, bytes: 2048).isGood)
        #expect(bench.send("35 00 00 00 00 00 00 00 00 00").isGood)
        #expect(bench.send("5B 00 02 00 00 00 00 00 00 00").isGood)
        #expect(bench.send("43 00 00 00 00 00 00 00 0C 00").data[5] == 0x14)
        let track = bench.send("52 01 00 00 00 01 00 00 30 00").data
        #expect(track[5] == 4 && track[6] == 1)
    }

    @Test func `audio can follow data, and each has its own blocks`() throws {
        let bench = try Self.bench(blockType: 8)
        #expect(Self.write(bench, at: 0, blocks: 300, bytes: 2048).isGood)
        #expect(bench.send("35 00 00 00 00 00 00 00 00 00").isGood)
        #expect(bench.write(at: 452, blocks: 1) == .refused(5, 0x24, 0))
        bench.select(Bench.tao())
        bench.track(at: 452, blocks: 300)
        #expect(try StoredDisc.load(bench.disc).disc.tracks.map(\.form) == [.mode1, .audio])
        #expect(try Self.sector(bench, 452) == Bench.block(452))
    }

    @Test(arguments: [(0 as UInt8, 4 as UInt8), (8, 0)])
    func `blocks of one kind in a track of the other are refused`(blockType: UInt8, control: UInt8) throws {
        let bench = try Bench()
        bench.select(Bench.tao(control: control, changes: [12: blockType]))
        #expect(Self.write(bench, at: 0, blocks: 1, bytes: 2352) == .refused(5, 0x64, 0))
    }
}
