import DiscLayout
import Glibc
import POSIX
import SectorCoding
import TestSupport
import Testing

@testable import VirtualRecorder

/// Whole discs in RAW, sent as wodim and cdrdao send them, and read back.
@Suite struct RawRecordingTests {
    /// Every block type in every style.
    static let ways: [(RawBlockType, RawDisc.Style)] = [RawBlockType.pq, .packed, .raw].flatMap { type in
        RawDisc.Style.allCases.map { (type, $0) }
    }

    @Test(arguments: ways)
    func `what Q says is what the disc has`(type: RawBlockType, style: RawDisc.Style) throws {
        let bench = try Bench.raw()
        bench.burn(.audio(style), type)
        let session = try #require(try bench.stored().sessions.first)
        #expect(session.writeType == .raw && session.closing == Disc.Closing(leadOut: 900, following: .none))
        #expect(session.catalogNumber == "4012345678901")
        #expect(
            session.tracks == [
                Disc.Track(
                    number: 1, control: [], pauseStart: -150, indexes: [0], blocks: 400, state: .complete,
                    isrc: "DEABC1234567"),
                Disc.Track(
                    number: 2, control: .copyPermitted, pauseStart: 400, indexes: [550, 700], blocks: 350,
                    state: .complete, isrc: "USRC17607839"),
            ])
        #expect(try bench.lastEvent() == "session 1 closed, lead-in -300, lead-out 900 to 7650")
    }

    @Test(arguments: ways)
    func `every block is read as it was sent`(type: RawBlockType, style: RawDisc.Style) throws {
        let bench = try Bench.raw()
        let disc = RawDisc.audio(style)
        bench.burn(disc, type)
        for first in stride(from: -150, to: 900, by: 150) {
            let expected = (first..<first + 150).flatMap { disc.main(at: $0) + disc.sub(at: $0) }
            #expect(bench.read(from: first, blocks: 150, sub: 1).data == expected, "from \(first) on")
        }
        #expect(bench.read(from: 900, blocks: 1) == .refused(5, 0x21, 0))
    }

    @Test func `every table of contents is that of the lead-in`() throws {
        let bench = try Bench.raw()
        bench.burn(.audio())
        func contents(_ format: UInt8) -> [UInt8] { bench.send([0x43, 0, format, 0, 0, 0, 0, 1, 0, 0]).data }
        #expect(contents(0) == hex("00 1A 01 02  00 10 01 00 00000000  00 12 02 00 00000226  00 12 AA 00 00000384"))
        #expect(contents(1) == hex("00 0A 01 01  00 10 01 00 00000000"))
        #expect(
            contents(2)
                == hex(
                    """
                    00 39 01 01  01 10 00 A0 00 00 00 00 01 00 00  01 12 00 A1 00 00 00 00 02 00 00
                    01 12 00 A2 00 00 00 00 00 0E 00  01 10 00 01 00 00 00 00 00 02 00  01 12 00 02 00 00 00 00 00 09 19
                    """))
        #expect(contents(5) == hex("00 02 00 00"))
        #expect(bench.send("51 00 00 00 00 00 00 00 22 00").data[2...6] == [0b1110, 1, 1, 1, 2])
        #expect(bench.send("25 00 00 00 00 00 00 00 00 00").data == hex("00000383 00000800"))
    }

    @Test func `READ SUB-CHANNEL has the codes of Q`() throws {
        let bench = try Bench.raw()
        bench.burn(.audio(.cdrdao), .pq)
        let number = bench.send("42 00 40 02 00 00 00 00 18 00").data
        #expect(number[8] == 0x80 && String(decoding: number[9..<22], as: UTF8.self) == "4012345678901")
        for (track, code) in [(1 as UInt8, "DEABC1234567"), (2, "USRC17607839")] {
            let reply = bench.send([0x42, 0, 0x40, 3, 0, 0, track, 0, 24, 0]).data
            #expect(reply[8] == 0x80 && String(decoding: reply[9..<21], as: UTF8.self) == code)
        }
    }

    @Test(arguments: [RawBlockType.raw, .packed])
    func `R-W of the lead-in are CD-TEXT`(type: RawBlockType) throws {
        let bench = try Bench.raw()
        var disc = RawDisc.audio()
        disc.text = RawParsingTests.packs
        bench.burn(disc, type)
        #expect(try bench.stored().sessions[0].textPacks == 8)
        #expect(bench.send("43 00 05 00 00 00 00 01 00 00").data == hex("00 92 00 00") + RawParsingTests.text)
        // The lead-in is kept as well.
        let leadIn = try DurableFile.contents(of: "\(bench.disc)/lead-in-sub.bin", limit: 1 << 20)
        #expect(leadIn == (-300 ..< -150).flatMap { disc.sub(at: $0) })
        let main = try DurableFile.contents(of: "\(bench.disc)/lead-in-main.bin", limit: 1 << 20)
        #expect(main == [UInt8](repeating: 0, count: 150 * 2352))
    }

    @Test func `packs that are not whole are no CD-TEXT, and no damage to the tracks`() throws {
        let bench = try Bench.raw()
        var disc = RawDisc.audio()
        disc.text = Array(RawParsingTests.packs[1...])
        bench.burn(disc)
        #expect(bench.send("43 00 05 00 00 00 00 01 00 00").data == hex("00 02 00 00"))
        #expect(try bench.lastEvent().hasSuffix("; no CD-TEXT: packs of block 0 are missing"))
        #expect(try bench.stored().tracks.allSatisfy { !$0.isDamaged })
    }

    @Test func `R-W of the program area go on the disc as sent in type 3, with parity and interleaved in type 2`()
        throws
    {
        // Four packs a block, each with another tile.
        func packs(_ lba: Int) -> [UInt8] {
            guard lba >= -150 else { return [] }
            return (0..<4).flatMap { number -> [UInt8] in
                let tile = UInt8(((lba + 150) * 4 + number) & 0x3F)
                return hex("09 06 00 00") + [UInt8](repeating: tile, count: 16) + [0, 0, 0, 0]
            }
        }
        var disc = RawDisc.audio()
        var interleaver = RWInterleaver()
        var symbols = (-150..<disc.end).flatMap(packs)
        symbols.withUnsafeMutableBytes { buffer in
            RWParity.write(into: buffer)
            interleaver.process(buffer.count / 96, from: UnsafeRawBufferPointer(buffer), into: buffer)
        }
        disc.symbols = { [symbols] lba in lba < -150 ? [] : Array(symbols[(lba + 150) * 96..<(lba + 151) * 96]) }
        let expected = (-150..<100).flatMap { disc.sub(at: $0) }

        let raw = try Bench.raw()
        raw.burn(disc)
        #expect(try DurableFile.contents(of: "\(raw.disc)/sub.bin", limit: 1 << 24).prefix(250 * 96) == expected[...])

        let packed = try Bench.raw()
        packed.selectRaw(2)
        // In pieces that do not fit those in which the recorder works, the first across the end of the lead-in.
        for range in [-300 ..< -151, -151..<0, 0..<100] {
            let blocks = range.flatMap { disc.block(at: $0, .packed, packs: packs($0)) }
            #expect(packed.writeRaw(at: range.lowerBound, blocks, count: range.count) == .good([]))
        }
        #expect(try DurableFile.contents(of: "\(packed.disc)/sub.bin", limit: 1 << 24) == expected)
    }

    @Test(arguments: RawDisc.Style.allCases)
    func `data is scrambled on its way and plain in the files`(style: RawDisc.Style) throws {
        let bench = try Bench.raw()
        var disc = RawDisc()
        disc.style = style
        disc.tracks = [
            .init(number: 1, control: .data, pauseStart: -150, indexes: [0]),
            .init(number: 2, pauseStart: 310, indexes: [460]),
            .init(number: 3, control: .data, pauseStart: 800, indexes: [950], sectors: .form1(.data)),
        ]
        disc.leadOut = 1_300
        bench.burn(disc, .pq)
        let stored = try bench.stored()
        #expect(stored.tracks.map(\.form) == [.mode1, .audio, .xa])
        #expect(stored.tracks.map(\.control) == [.data, [], .data])
        #expect(stored.tracks.allSatisfy { !$0.isDamaged })
        let main = try DurableFile.contents(of: "\(bench.disc)/main.bin", limit: 1 << 26)
        for lba in [0, 16, 309, 460, 799, 950, 1_299] {
            let block = Array(main[(lba + 150) * 2352..<(lba + 151) * 2352])
            #expect(block == disc.main(at: lba), "block \(lba)")
            if lba < 310 { #expect(block.withUnsafeBytes { DataSector.defects(of: $0) } == []) }
        }
    }

    @Test func `data without a sync pattern stays as it was sent`() throws {
        let bench = try Bench.raw()
        var disc = RawDisc()
        disc.tracks = [.init(number: 1, control: .data, pauseStart: -150, indexes: [0])]
        disc.leadOut = 310
        bench.selectRaw(3)
        bench.write(disc, .raw, -300..<10)
        let noise = Bench.block(99)
        #expect(bench.writeRaw(at: 10, noise + disc.sub(at: 10), count: 1) == .good([]))
        bench.write(disc, .raw, 11..<disc.end)
        #expect(bench.synchronize() == .good([]))
        let main = try DurableFile.contents(of: "\(bench.disc)/main.bin", limit: 1 << 26)
        #expect(Array(main[160 * 2352..<161 * 2352]) == noise)
        #expect(try bench.stored().tracks[0].isDamaged)
        #expect(
            try bench.lastEvent().hasSuffix(
                "; 1 blocks from 10 on have data by their control bits, and no sync pattern"))
    }

    @Test func `a long pause before the first track is a hidden one, and tracks need not begin at 1`() throws {
        let bench = try Bench.raw()
        var disc = RawDisc()
        disc.tracks = [
            .init(number: 7, pauseStart: -150, indexes: [500]), .init(number: 8, pauseStart: 900, indexes: [900]),
        ]
        disc.leadOut = 1_250
        bench.burn(disc)
        let tracks = try bench.stored().tracks
        #expect(tracks.map(\.number) == [7, 8] && tracks.map(\.pauseStart) == [-150, 900])
        #expect(tracks.map(\.start) == [500, 900] && tracks.map(\.blocks) == [400, 350])
        #expect(tracks.allSatisfy { !$0.isDamaged })
        #expect(bench.read(from: 3, blocks: 1).data == Bench.block(3))
        #expect(bench.send("43 00 00 00 00 00 00 00 04 00").data == hex("00 1A 07 08"))
    }

    @Test func `a copy bit that alternates is a first copy`() throws {
        let bench = try Bench.raw()
        var disc = RawDisc.audio()
        disc.tracks = [.init(number: 1, pauseStart: -150, indexes: [0])]
        for lba in 0..<900 where lba % 8 > 3 {
            let frame = disc.frame(at: lba)
            if frame.mode == 1 { disc.frames[lba] = QFrame([0x20 | frame[0]] + frame.bytes[1...]).repairingCRC }
        }
        bench.burn(disc)
        let track = try bench.stored().tracks[0]
        #expect(track.isFirstCopy && track.control == [] && !track.isDamaged)
    }

    @Test func `mode 5 leaves the disc open for a session`() throws {
        let bench = try Bench.raw()
        var disc = RawDisc.audio()
        let next = MSF(frameCount: 900 + 11_400 + 150)
        let running = MSF(minutes: 99, seconds: 58, frames: 0)
        let said: [LeadInEntry] = [
            .firstTrack(1, discType: 0x20), .lastTrack(2), .leadOut(MSF(frameCount: 1_050)),
            .track(1, start: MSF(frameCount: 150)), .track(2, start: MSF(frameCount: 700)),
        ]
        let pointer = MultiSessionEntry.nextProgram(start: next, pointers: 2, lastLeadOut: nil)
        disc.entries =
            said.map { .tableOfContents($0, control: $0.point == 2 ? .copyPermitted : [], running: running) }
            + [.multiSession(pointer, control: [])]
        bench.burn(disc)
        let stored = try bench.stored()
        #expect(stored.sessions[0].closing?.following == .another && stored.sessions[0].discType == 0x20)
        #expect(stored.status == .appendable)
        // The next session may be anything but RAW.
        bench.select(Bench.tao())
        #expect(bench.nextWritableAddress == 900 + 11_400)
        bench.selectRaw(3)
        #expect(bench.writeRaw(at: -300, disc.block(at: -300, .raw), count: 1) == .refused(5, 0x30, 5))
    }

    @Test func `a lead-in of the usual length`() throws {
        let bench = try Bench()
        var disc = RawDisc.audio(.cdrdao)
        (disc.leadInStart, disc.text) = (-11_635, RawParsingTests.packs)
        bench.burn(disc)
        #expect(try bench.stored().tracks.count == 2)
        #expect(try bench.lastEvent() == "session 1 closed, lead-in -11635, lead-out 900 to 7650")
        #expect(bench.send("43 00 05 00 00 00 00 00 04 00").data == hex("00 92 00 00"))
    }

    @Test func `another recorder finds the same disc`() throws {
        let bench = try Bench.raw()
        bench.burn(.audio())
        let before = try bench.stored()
        #expect(try StoredDisc.load(bench.disc).disc == before)
        #expect(try Disc.parse(DiscDocument(before).bytes) == before)
    }

    @Test func `a test write leaves a blank`() throws {
        let bench = try Bench.raw()
        let disc = RawDisc.audio()
        #expect(bench.selectRaw(3, isTest: true) == .good([]))
        #expect(bench.write(disc, .raw, -300..<disc.end) == .good([]))
        // As in a recording, also what is refused.
        #expect(bench.writeRaw(at: 0, disc.block(at: 0, .raw), count: 1) == .refused(5, 0x21, 2))
        #expect(bench.synchronize() == .good([]))
        #expect(bench.send("51 00 00 00 00 00 00 00 22 00").data[2] == 0)
        #expect(bench.send("52 01 00 00 00 FF 00 00 30 00").data[7...15] == hex("01 FFFFFED4 FFFFFED4")[...])
        #expect(try bench.stored().sessions.isEmpty)
        #expect(access("\(bench.disc)/lead-in-sub.bin", F_OK) != 0)
        bench.burn(disc)
        #expect(try bench.stored().tracks.count == 2)
    }

    @Test func `a drive that does not look again has no table of contents until a start`() throws {
        var profile = RecorderProfile.modern
        profile.quirks = [.tocStaleAfterRaw]
        let bench = try Bench.raw(profile: profile)
        bench.burn(.audio())
        #expect(bench.send("43 00 00 00 00 00 00 00 04 00") == .refused(5, 0x24, 0))
        #expect(bench.send("43 00 04 00 00 00 00 00 1C 00").isGood)
        #expect(bench.send("1B 00 00 00 01 00") == .good([]))
        #expect(bench.send("43 00 00 00 00 00 00 00 04 00").data == hex("00 1A 01 02"))
    }
}
