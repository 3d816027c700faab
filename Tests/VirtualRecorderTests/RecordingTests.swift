import BinaryCoding
import DiscLayout
import POSIX
import SectorCoding
import TestSupport
import Testing

@testable import VirtualRecorder

/// Track-at-once as the Orange Book has it, seen from the outside.
@Suite struct RecordingTests {
    @Test func `the next track begins behind run-out and pause`() throws {
        let bench = try Bench()
        bench.select(Bench.tao())
        #expect(bench.nextWritableAddress == 0)
        bench.track(at: 0, blocks: 310)
        #expect(bench.nextWritableAddress == 310 + 2 + 150)
        bench.track(at: 462, blocks: 300)
        #expect(bench.nextWritableAddress == 462 + 300 + 152)
    }

    @Test func `inside a track the next block follows the last`() throws {
        let bench = try Bench()
        bench.select(Bench.tao())
        bench.write(at: 0, blocks: 27)
        #expect(bench.nextWritableAddress == 27)
        let track = bench.send("52 01 00 00 00 01 00 00 30 00").data
        #expect(track[2] == 1 && track[5] == 0 && track[6] == 0x0F && track[7] == 1)
    }

    @Test func `a track under four seconds is filled up with silence`() throws {
        let bench = try Bench()
        bench.select(Bench.tao())
        bench.track(at: 0, blocks: 1)
        #expect(bench.nextWritableAddress == 300 + 152)
        let blocks = bench.read(from: 0, blocks: 302).data
        #expect(Array(blocks.prefix(2352)) == Bench.block(0))
        #expect(blocks.count == 302 * 2352 && blocks.dropFirst(2352).allSatisfy { $0 == 0 })
    }

    @Test func `a session closed for good makes a disc of one session`() throws {
        let bench = try Bench()
        bench.select(Bench.tao())
        bench.track(at: 0, blocks: 300)
        #expect(bench.send("51 00 00 00 00 00 00 00 22 00").data[2] == 0b0101)  // session incomplete, disc appendable
        #expect(bench.send("5B 00 02 00 00 00 00 00 00 00") == .good([]))
        #expect(bench.send("51 00 00 00 00 00 00 00 22 00").data[2] == 0b1110)  // session complete, disc finalized
        #expect(
            bench.send("43 00 00 00 00 00 00 00 FF 00").data
                == hex("00 12 01 01  00 10 01 00 00000000  00 10 AA 00 0000012E"))
        #expect(bench.send("25 00 00 00 00 00 00 00 00 00").data == hex("0000012D 00000800"))
    }

    @Test func `later sessions begin 11400 and 6900 blocks behind the lead-out before them`() throws {
        let bench = try Bench()
        bench.select(Bench.tao(multiSession: 3))
        bench.track(at: 0, blocks: 300)
        bench.send("5B 00 02 00 00 00 00 00 00 00")
        #expect(bench.send("51 00 00 00 00 00 00 00 22 00").data[2] == 0b0001)  // new session empty, disc appendable
        #expect(bench.nextWritableAddress == 302 + 11_400)
        bench.track(at: 11_702, blocks: 300)
        bench.send("5B 00 02 00 00 00 00 00 00 00")
        #expect(bench.nextWritableAddress == 12_004 + 6_900)
        #expect(bench.send("43 00 01 00 00 00 00 00 0C 00").data == hex("00 0A 01 02  00 10 02 00 00002DB6"))
        bench.select(Bench.tao(multiSession: 1))
        bench.track(at: 18_904, blocks: 300)
        bench.send("5B 00 02 00 00 00 00 00 00 00")
        #expect(bench.send("51 00 00 00 00 00 00 00 22 00").data[2...6] == [0b1110, 1, 3, 3, 3])
        #expect(bench.read(from: 18_904, blocks: 1).data == Bench.block(18_904))
        #expect(bench.read(from: 0, blocks: 1).data == Bench.block(0))
    }

    @Test func `finalizing makes the disc complete whatever page 05h says`() throws {
        let bench = try Bench()
        bench.select(Bench.tao(multiSession: 3))
        bench.track(at: 0, blocks: 300)
        #expect(bench.send("5B 00 06 00 00 00 00 00 00 00") == .good([]))
        #expect(bench.send("51 00 00 00 00 00 00 00 22 00").data[2] == 0b1110)
    }

    @Test func `CLOSE TRACK closes as SYNCHRONIZE CACHE does`() throws {
        let bench = try Bench()
        bench.select(Bench.tao())
        bench.write(at: 0, blocks: 300)
        #expect(bench.send("5B 00 01 00 00 FF 00 00 00 00") == .good([]))
        #expect(bench.nextWritableAddress == 452)
        #expect(bench.send("5B 00 01 00 00 01 00 00 00 00") == .good([]))
        #expect(bench.nextWritableAddress == 452)
    }

    @Test func `the hundredth track is refused`() throws {
        var disc = Disc(medium: .cdR80)
        for _ in 1...99 {
            disc.openTrack(control: [], isrc: nil, catalogNumber: nil, discType: 0)
            disc.changeTrack(disc.nextTrackNumber - 1) { $0.blocks = 300 }
            disc.closeTrack(disc.nextTrackNumber - 1)
        }
        let folder = TemporaryFolder(inMemory: true)
        try DurableFile.makeFolder("\(folder.path)/disc")
        try DurableFile.replace("\(folder.path)/disc/disc.json", with: DiscDocument(disc).bytes)
        let bench = try Bench(in: folder)
        bench.select(Bench.tao())
        let next = try #require(bench.nextWritableAddress)
        #expect(bench.write(at: next, blocks: 1) == .refused(5, 0x72, 5))
    }

    @Test func `control bits and codes of page 05h come out of Q, the TOC and READ SUB-CHANNEL`() throws {
        let bench = try Bench()
        var list = Bench.tao(control: 2)
        list[24] = 0x80
        list.replaceSubrange(25..<38, with: Array("4012345678901".utf8))
        list[40] = 0x80
        list.replaceSubrange(41..<53, with: Array("DEABC1234567".utf8))
        #expect(bench.select(list) == .good([]))
        bench.track(at: 0, blocks: 300)
        bench.send("5B 00 02 00 00 00 00 00 00 00")
        let q = bench.read(from: -150, blocks: 450, flags: 0, sub: 2).data
        let frames = (0..<450).map { QFrame(q[$0 * 16..<$0 * 16 + 12]) }
        #expect(frames.allSatisfy { $0.isIntact })
        #expect(frames.allSatisfy { $0[0] >> 4 == 2 })
        // Absolute times 98, 198, 298, 398 carry the catalogue number, 48, 148, 248 … the recording code.
        #expect(frames.indices.filter { frames[$0][0] & 15 == 2 } == [98, 198, 298, 398])
        #expect(frames.indices.filter { frames[$0][0] & 15 == 3 } == [48, 148, 248, 348, 448])
        #expect(Array(frames[98].bytes[0..<10]) == hex("22 40 12 34 56 78 90 10 00 23"))
        #expect(bench.send("43 00 00 00 00 00 00 00 FF 00").data[5] == 0x12)
        let catalogNumber = bench.send("42 00 40 02 00 00 00 00 18 00").data
        #expect(catalogNumber.count == 24 && catalogNumber[8] == 0x80)
        #expect(String(decoding: catalogNumber[9..<22], as: UTF8.self) == "4012345678901")
        let code = bench.send("42 00 40 03 00 00 01 00 18 00").data
        #expect(code.count == 24 && String(decoding: code[9..<21], as: UTF8.self) == "DEABC1234567")
    }
}

/// What is read back.
@Suite struct ReadingTests {
    private static func twoTracks() throws -> Bench {
        let bench = try Bench()
        bench.select(Bench.tao())
        bench.track(at: 0, blocks: 300)
        bench.track(at: 452, blocks: 300)
        bench.send("5B 00 02 00 00 00 00 00 00 00")
        return bench
    }

    @Test func `every block is as it was written, run-out and pause are silence`() throws {
        let bench = try Self.twoTracks()
        for lba in [0, 1, 299, 452, 751] { #expect(bench.read(from: lba, blocks: 1).data == Bench.block(lba)) }
        let gap = bench.read(from: 300, blocks: 152).data
        #expect(gap.count == 152 * 2352 && gap.allSatisfy { $0 == 0 })
        #expect(bench.read(from: -150, blocks: 150).data.allSatisfy { $0 == 0 })
    }

    @Test(arguments: [
        (0xF8 as UInt8, 0 as UInt8, 2352), (0x10, 1, 2448), (0x10, 2, 2368), (0x12, 0, 2646), (0x14, 2, 2664),
        (0, 2, 16), (0, 0, 0),
    ])
    func `a block has the parts that are asked for`(flags: UInt8, sub: UInt8, bytes: Int) throws {
        let data = try Self.twoTracks().read(from: 0, blocks: 2, flags: flags, sub: sub).data
        #expect(data.count == 2 * bytes)
        if bytes >= 2352 {
            #expect(Array(data[0..<2352]) == Bench.block(0))
            #expect(Array(data[bytes..<bytes + 2352]) == Bench.block(1))
        }
        // No error is flagged.
        if flags & 6 != 0 { #expect(data[2352..<2646].allSatisfy { $0 == 0 }) }
    }

    /// Frames of a disc whose second track has its pause at 302 and its index 1 at 452.
    @Test(arguments: [
        (-150, "01 01 00 00 01 74 00 00 00 00 AA B9  00 00 00 80"),
        (0, "01 01 01 00 00 00 00 00 02 00 5A 28  00 00 00 80"),
        (1, "01 01 01 00 00 01 00 00 02 01",), (302, "01 02 00 00 01 74 00 00 06 02"),
        (451, "01 02 00 00 00 00 00 00 08 01"),
        (452, "01 02 01 00 00 00 00 00 08 02"), (753, "01 02 01 00 04 01 00 00 12 03"),
    ])
    func `Q says where a block is`(lba: Int, golden: String) throws {
        let data = try Self.twoTracks().read(from: lba, blocks: 1, flags: 0, sub: 2).data
        #expect(data.starts(with: hex(golden)), "\(data.hex(separator: " "))")
        #expect(QFrame(data.prefix(12)).isIntact)
    }

    @Test func `raw sub-channel is what the disc holds`() throws {
        let bench = try Self.twoTracks()
        let raw = bench.read(from: 452, blocks: 1, flags: 0, sub: 1).data
        let q = bench.read(from: 452, blocks: 1, flags: 0, sub: 2).data
        #expect(raw.count == 96)
        raw.withUnsafeBytes { #expect(SubChannel.q(of: $0).bytes == Array(q.prefix(12))) }
    }

    @Test func `READ CD MSF reads the same blocks, the end not included`() throws {
        let bench = try Self.twoTracks()
        #expect(
            bench.send("B9 04 00 00 02 00 00 02 02 10 00 00", room: 1 << 16).data == Bench.block(0) + Bench.block(1))
    }

    @Test func `no more comes than there is room for, however much is asked`() throws {
        let bench = try Self.twoTracks()
        #expect(
            bench.send("BE 00 00 00 00 00 00 00 64 10 00 00", room: 3000).data
                == Array((Bench.block(0) + Bench.block(1)).prefix(3000)))
    }

    @Test func `closed tracks of an open session can be read, an open one not`() throws {
        let bench = try Bench()
        bench.select(Bench.tao())
        bench.track(at: 0, blocks: 300)
        bench.write(at: 452, blocks: 27)
        #expect(bench.read(from: 299, blocks: 1).data == Bench.block(299))
        #expect(bench.read(from: 452, blocks: 1) == .refused(5, 0x21, 0))
    }
}
