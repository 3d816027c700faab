import BinaryCoding
import DiscLayout
import TestSupport
import Testing

@testable import VirtualRecorder

/// Commands that a drive refuses, and how it says so.
@Suite struct RefusalTests {
    /// On a blank disc, page 05h set for a TAO audio track.
    @Test(arguments: [
        ("an operation that is not there", "01 00 00 00 00 00", 5 as UInt8, 0x20 as UInt8, 0 as UInt8),
        ("a reservation of no length", "53 00 00 00 00 00 00 00 00 00", 5, 0x24, 0),
        ("SEND CUE SHEET in track-at-once", "5D 00 00 00 00 00 00 00 18 00", 5, 0x2C, 0),
        ("BLANK of what can be written once", "A1 01 00 00 00 00 00 00 00 00 00 00", 5, 0x30, 5),
        ("READ DISC STRUCTURE", "AD 00 00 00 00 00 00 00 00 14 00 00", 5, 0x20, 0),
        ("a CDB cut short", "51 00 00 00 00 00", 5, 0x24, 0),
        ("TOC of a blank", "43 00 00 00 00 00 00 00 04 00", 5, 0x24, 0),
        ("session information of a blank", "43 00 01 00 00 00 00 00 0C 00", 5, 0x24, 0),
        ("full TOC of a blank", "43 00 02 00 00 00 00 00 04 00", 5, 0x24, 0),
        ("a VPD page that is not there", "12 01 83 00 60 00", 5, 0x24, 0),
        ("a mode page that is not there", "5A 00 30 00 00 00 00 00 0A 00", 5, 0x24, 0),
        ("saved mode pages", "5A 00 C5 00 00 00 00 00 0A 00", 5, 0x39, 0),
        ("events that are not polled", "4A 00 00 00 10 00 00 00 08 00", 5, 0x24, 0),
        ("track 2 of a blank", "52 01 00 00 00 02 00 00 30 00", 5, 0x24, 0),
        ("reading a blank", "BE 00 00 00 00 00 00 00 01 10 00 00", 5, 0x21, 0),
        ("closing a session without tracks", "5B 00 02 00 00 00 00 00 00 00", 5, 0x2C, 0),
        ("an unknown way of closing", "5B 00 03 00 00 00 00 00 00 00", 5, 0x24, 0),
        ("closing a track that is not there", "5B 00 01 00 00 07 00 00 00 00", 5, 0x24, 0),
        ("the streams of Blu-ray", "51 01 00 00 00 00 00 00 22 00", 5, 0x24, 0),
    ])
    func `a blank disc`(what: String, cdb: String, key: UInt8, code: UInt8, qualifier: UInt8) throws {
        let bench = try Bench()
        bench.select(Bench.tao())
        #expect(bench.send(cdb) == .refused(key, code, qualifier), "\(what)")
    }

    @Test(arguments: [1, -1, -150, 150, 27])
    func `a first block elsewhere than at the next writable address`(lba: Int) throws {
        let bench = try Bench()
        bench.select(Bench.tao())
        #expect(bench.write(at: lba, blocks: 1) == .refused(5, 0x21, 2))
    }

    @Test(arguments: [26, 28, 0]) func `a block that does not follow the last`(lba: Int) throws {
        let bench = try Bench()
        bench.select(Bench.tao())
        bench.write(at: 0, blocks: 27)
        #expect(bench.write(at: lba, blocks: 1) == .refused(5, 0x21, 2))
        #expect(bench.write(at: 27, blocks: 1) == .good([]))
    }

    @Test func `data of another length than the blocks have`() throws {
        let bench = try Bench()
        bench.select(Bench.tao())
        let cdb = hex("2A 00 00 00 00 00 00 00 02 00")
        #expect(bench.send(cdb, out: [UInt8](repeating: 0, count: 2 * 2352 - 1)) == .refused(5, 0x24, 0))
        #expect(bench.send(cdb, out: [UInt8](repeating: 0, count: 2 * 2048)) == .refused(5, 0x24, 0))
        #expect(bench.nextWritableAddress == 0)
    }

    @Test func `audio blocks, where page 05h asks for data after power-on`() throws {
        let bench = try Bench()
        let out = [UInt8](repeating: 0, count: 2352)
        #expect(bench.send(hex("2A 00 00 00 00 00 00 00 01 00"), out: out) == .refused(5, 0x24, 0))
    }

    @Test func `audio blocks in a data track`() throws {
        let bench = try Bench()
        bench.select(Bench.tao(control: 4))
        #expect(bench.write(at: 0, blocks: 1) == .refused(5, 0x64, 0))
    }

    @Test func `blocks behind the last that the pre-groove allows`() throws {
        let folder = TemporaryFolder(inMemory: true)
        // A blank with room for 700 blocks.
        try Bench.putBlank(in: folder, lastLeadOut: MSF(minutes: 0, seconds: 11, frames: 25))
        let bench = try Bench(in: folder)
        bench.select(Bench.tao())
        #expect(bench.write(at: 0, blocks: 690) == .good([]))
        #expect(bench.write(at: 690, blocks: 11) == .refused(5, 0x21, 0))
        #expect(bench.write(at: 690, blocks: 10) == .good([]))
        #expect(bench.write(at: 700, blocks: 1) == .refused(5, 0x21, 0))
        // What fitted can be closed.
        #expect(bench.send("35 00 00 00 00 00 00 00 00 00") == .good([]))
        #expect(bench.send("5B 00 02 00 00 00 00 00 00 00") == .good([]))
    }

    @Test func `a new page 05h in the middle of a track`() throws {
        let bench = try Bench()
        bench.select(Bench.tao())
        bench.write(at: 0, blocks: 1)
        #expect(bench.select(Bench.tao()) == .refused(5, 0x2C, 0))
    }

    @Test func `closing a session with an open track in it`() throws {
        let bench = try Bench()
        bench.select(Bench.tao())
        bench.write(at: 0, blocks: 300)
        #expect(bench.send("5B 00 02 00 00 00 00 00 00 00") == .refused(5, 0x72, 3))
    }

    @Test(arguments: [
        ("WRITE", "2A 00 00 00 01 C6 00 00 01 00", 5 as UInt8, 0x30 as UInt8, 5 as UInt8),
        ("CLOSE SESSION", "5B 00 02 00 00 00 00 00 00 00", 5, 0x30, 5),
        ("SEND OPC", "54 01 00 00 00 00 00 00 00 00", 5, 0x30, 5),
        ("the invisible track", "52 01 00 00 00 FF 00 00 30 00", 5, 0x24, 0),
        ("reading the lead-out", "BE 00 00 00 01 2E 00 00 01 10 00 00", 5, 0x21, 0),
        ("reading across the lead-out", "BE 00 00 00 01 2D 00 00 02 10 00 00", 5, 0x21, 0),
        ("reading before the pause of track 1", "BE 00 FF FF FF 69 00 00 01 10 00 00", 5, 0x21, 0),
        ("audio as Mode 1", "BE 08 00 00 00 00 00 00 01 10 00 00", 5, 0x64, 0),
        ("audio by READ (10)", "28 00 00 00 00 00 00 00 01 00", 5, 0x64, 0),
        ("both kinds of C2 at once", "BE 00 00 00 00 00 00 00 01 16 00 00", 5, 0x24, 0),
        ("sub-channel of a kind that is not there", "BE 00 00 00 00 00 00 00 01 10 03 00", 5, 0x24, 0),
        ("track 2 in the TOC", "43 00 00 00 00 00 02 00 0C 00", 5, 0x24, 0),
        ("a time that is none", "B9 00 00 00 3C 00 00 02 4B 10 00 00", 5, 0x24, 0),
    ])
    func `a finalized disc`(what: String, cdb: String, key: UInt8, code: UInt8, qualifier: UInt8) throws {
        let bench = try Bench()
        bench.select(Bench.tao())
        bench.track(at: 0, blocks: 300)
        bench.send("5B 00 02 00 00 00 00 00 00 00")
        #expect(bench.send(cdb) == .refused(key, code, qualifier), "\(what)")
    }
}
