import BinaryCoding
import DiscLayout
import POSIX
import SectorCoding
import TestSupport
import Testing

@testable import VirtualRecorder

extension Bench {
    /// The bytes of a file of the disc.
    func file(_ name: String) throws -> [UInt8] {
        try DurableFile.contents(of: "\(disc)/\(name)", limit: 64 << 20)
    }

    /// The 2352 bytes of a block as they stand in the folder.
    func mainChannel(_ lba: Int) throws -> [UInt8] {
        let bytes = try file("main.bin")
        let start = (lba + 150) * 2352
        return Array(bytes[start..<start + 2352])
    }

    /// The 96 bytes of a block as they stand in the folder.
    func subChannel(_ lba: Int) throws -> [UInt8] {
        let bytes = try file("sub.bin")
        return Array(bytes[(lba + 150) * 96..<(lba + 151) * 96])
    }
}

/// CD-TEXT that the host writes into the lead-in of a session at once.
@Suite struct SessionAtOnceTextTests {
    static let packs = hex(
        """
        80 00 00 00 44 65 6D 6F 20 41 6C 62 75 6D 00 46 FB AF
        80 01 01 01 69 72 73 74 00 53 65 63 6F 6E 64 20 B9 CE
        80 02 02 07 54 72 61 63 6B 00 00 00 00 00 00 00 D0 5C
        81 00 03 00 54 68 65 20 42 61 6E 64 00 09 00 47 CC A9
        81 02 04 01 75 65 73 74 00 00 00 00 00 00 00 00 1E 7F
        8F 00 05 00 00 01 02 00 03 02 00 00 00 00 00 00 A6 05
        8F 01 06 00 00 00 00 00 00 00 00 03 07 00 00 00 94 F0
        8F 02 07 00 00 00 00 00 09 00 00 00 00 00 00 00 EA 42
        """)
    static let twoLanguages = hex(
        """
        80 00 00 00 41 6C 62 75 6D 20 45 4E 00 4F 6E 65 1A 16
        80 01 01 03 00 00 00 00 00 00 00 00 00 00 00 00 ED B6
        81 00 02 00 50 00 61 00 00 00 00 00 00 00 00 00 67 2A
        8F 00 03 00 00 01 01 00 02 01 00 00 00 00 00 00 83 FC
        8F 01 04 00 00 00 00 00 00 00 00 03 05 05 00 00 64 AA
        8F 02 05 00 00 00 00 00 09 08 00 00 00 00 00 00 8F 2D
        80 00 00 10 41 6C 62 75 6D 20 44 45 00 45 69 6E 4A C0
        80 01 01 13 73 00 00 00 00 00 00 00 00 00 00 00 7A 2D
        81 00 02 10 50 00 61 00 00 00 00 00 00 00 00 00 71 9E
        8F 00 03 10 00 01 01 00 02 01 00 00 00 00 00 00 95 48
        8F 01 04 10 00 00 00 00 00 00 00 03 05 05 00 00 72 1E
        8F 02 05 10 00 00 00 00 09 08 00 00 00 00 00 00 99 99
        """)
    /// Where the lead-in begins on the blank of the bench: 97:26:65.
    static let leadIn = -11_635

    /// 24 symbols of a pack of 18 bytes.
    static func symbols(_ pack: ArraySlice<UInt8>) -> [UInt8] {
        let bytes = Array(pack)
        return stride(from: 0, to: 18, by: 3).flatMap { place -> [UInt8] in
            let (a, b, c) = (bytes[place], bytes[place + 1], bytes[place + 2])
            return [a >> 2, (a & 3) << 4 | b >> 4, (b & 15) << 2 | c >> 6, c & 63]
        }
    }

    /// Blocks of a lead-in with packs that repeat, as programs send them.
    static func blocks(_ packs: [UInt8], _ count: Int) -> [UInt8] {
        let all = stride(from: 0, to: packs.count, by: 18).map { symbols(packs[$0..<$0 + 18]) }
        return (0..<count * 4).flatMap { all[$0 % all.count] }
    }

    /// Sends a lead-in in pieces of 341 blocks.
    @discardableResult
    static func send(_ blocks: [UInt8], from start: Int, to bench: Bench) -> Bench.Answer {
        var done = 0
        while done < blocks.count / 96 {
            let count = min(341, blocks.count / 96 - done)
            let answer = bench.write(Array(blocks[done * 96..<(done + count) * 96]), at: start + done, blocks: count)
            guard answer == .good([]) else { return answer }
            done += count
        }
        return .good([])
    }

    /// The short sheet, with CD-TEXT.
    static func sheet(form: UInt8 = 0x41) -> [UInt8] {
        var sheet = SessionAtOnceTests.sheet
        sheet[2 * 8 + 3] = form
        return sheet
    }

    /// A recorder that has been told of text.
    static func prepared(form: UInt8 = 0x41, _ list: [UInt8] = Bench.sao()) throws -> Bench {
        let bench = try Bench()
        bench.select(list)
        #expect(bench.sendCueSheet(sheet(form: form)) == .good([]))
        return bench
    }

    static func recorded(_ leadInBlocks: [UInt8], form: UInt8 = 0x41) throws -> Bench {
        let bench = try prepared(form: form)
        #expect(send(leadInBlocks, from: leadIn, to: bench) == .good([]))
        #expect(bench.send(-150..<750, Bench.block) == .good([]))
        #expect(bench.synchronize() == .good([]))
        return bench
    }

    @Test(arguments: [0x41, 0xC1] as [UInt8])
    func `text is read back pack for pack`(form: UInt8) throws {
        let bench = try Self.recorded(Self.blocks(Self.packs, 11_485), form: form)
        #expect(bench.send("43 00 05 00 00 00 00 00 FF 00").data == hex("00 92 00 00") + Self.packs)
        #expect(try bench.file("cd-text-1.cdt") == Self.packs)
        #expect(try StoredDisc.load(bench.disc).disc.sessions.first?.textPacks == 8)
        #expect(bench.read(from: 0, blocks: 1).data == Bench.block(0))
    }

    @Test func `text in two languages is read back in the order in which it came`() throws {
        let bench = try Self.recorded(Self.blocks(Self.twoLanguages, 11_485))
        #expect(bench.send("43 00 05 00 00 00 00 00 FF 00").data == hex("00 DA 00 00") + Self.twoLanguages)
    }

    @Test func `a pack that is damaged once is taken from another repetition`() throws {
        var blocks = Self.blocks(Self.packs, 11_485)
        blocks[30] ^= 1
        let bench = try Self.recorded(blocks)
        let text = bench.send("43 00 05 00 00 00 00 00 FF 00").data.dropFirst(4)
        let packs = stride(from: text.startIndex, to: text.endIndex, by: 18).map { Array(text[$0..<$0 + 18]) }
        let sent = stride(from: 0, to: Self.packs.count, by: 18).map { Array(Self.packs[$0..<$0 + 18]) }
        #expect(packs.count == 8 && Set(packs) == Set(sent))
        #expect(String(decoding: try bench.file("journal"), as: UTF8.self).contains("1 packs with a wrong CRC"))
    }

    @Test func `packs with a wrong CRC are left out, and the journal says so`() throws {
        var packs = Self.packs
        packs[3 * 18 + 5] ^= 0x10
        let bench = try Self.recorded(Self.blocks(packs, 11_485))
        let reply = bench.send("43 00 05 00 00 00 00 00 FF 00").data
        #expect(Array(reply.dropFirst(4)) == Array(Self.packs[..<54] + Self.packs[72...]))
        let journal = String(decoding: try bench.file("journal"), as: UTF8.self)
        #expect(journal.contains("7 packs of CD-TEXT in the lead-in, 5743 packs with a wrong CRC left out"))
    }

    @Test func `a lead-in of zeros has no text`() throws {
        let bench = try Self.recorded([UInt8](repeating: 0, count: 11_485 * 96))
        #expect(bench.send("43 00 05 00 00 00 00 00 FF 00").data == hex("00 02 00 00"))
        #expect(bench.discState == 0b1110)
    }

    /// Two tracks at 00:02:00 and 03:02:00, lead-out at 06:02:00, all control bits clear.
    @Test func `the sub-channel of the lead-in has the table of contents beside the text`() throws {
        let bench = try Bench()
        bench.select(Bench.sao())
        let sheet = hex(
            """
            01 00 00 41 00 00 00 00  01 01 00 00 00 00 00 00  01 01 01 00 00 00 02 00
            01 02 01 00 00 03 02 00  01 AA 01 01 00 06 02 00
            """)
        #expect(bench.sendCueSheet(sheet) == .good([]))
        #expect(Self.send(Self.blocks(Self.packs, 11_485), from: Self.leadIn, to: bench) == .good([]))
        let sub = try bench.file("lead-in-sub.bin")
        #expect(sub.count == 11_485 * 96)
        let first = hex(
            """
            20 00 00 00 00 04 11 65 1B 16 3C 20 10 16 31 22 5D 16 74 00 11 2F 2E 2F
            60 00 04 41 00 56 65 72 1C 37 50 00 14 76 55 23 1B 76 79 24 08 4B 27 4E
            20 00 08 02 01 35 11 32 18 16 0D 2B 00 00 00 40 00 00 00 00 00 0D 01 1C
            20 10 00 03 00 05 11 28 19 12 41 02 18 56 79 24 40 40 24 00 11 7C 72 69
            """)
        #expect(Array(sub[..<96]) == first)
        let frames = [
            (3, "01 00 A1 97 26 68 00 02 00 00 19 3E"), (6, "01 00 A2 97 26 71 00 06 02 00 C7 CF"),
            (9, "01 00 01 97 26 74 00 00 02 00 18 A4"), (12, "01 00 02 97 27 02 00 03 02 00 1C 22"),
            (14, "01 00 02 97 27 04 00 03 02 00 D1 A7"), (15, "01 00 A0 97 27 05 00 01 00 00"),
        ]
        for (block, golden) in frames {
            let frame = sub[block * 96..<block * 96 + 96].withUnsafeBytes { SubChannel.q(of: $0) }
            #expect(frame.bytes.starts(with: hex(golden)) && frame.isIntact)
        }
        let last = sub.suffix(96).withUnsafeBytes { SubChannel.q(of: $0) }
        #expect(Array(last.bytes[3...5]) == [0x99, 0x59, 0x74])
    }

    @Test func `a lead-in that another session may follow says where`() throws {
        let bench = try Self.prepared(Bench.sao(multiSession: 3))
        Self.send(Self.blocks(Self.packs, 11_485), from: Self.leadIn, to: bench)
        let sub = try bench.file("lead-in-sub.bin")
        func frame(_ block: Int) -> [UInt8] {
            sub[block * 96..<block * 96 + 96].withUnsafeBytes { SubChannel.q(of: $0).bytes }
        }
        // A0, A1, A2, two tracks, then B0 and C0: the next program area begins at 750 + 11400, 02:44:00.
        #expect(Array(frame(15)[0..<10]) == hex("05 00 B0 02 44 00 02 79 59 74"))
        #expect(Array(frame(18)[0..<10]) == hex("05 00 C0 00 00 00 00 97 26 65"))
        #expect(Array(frame(21)[0..<3]) == hex("01 00 A0"))
    }

    @Test func `the lead-in of a later session is written where it lies`() throws {
        let bench = try SessionAtOnceTests.recorded(Bench.sao(multiSession: 3))
        // Lead-out at 750, so the lead-in begins at 7500, 01:42:00, and the program area at 12000, 02:42:00.
        #expect(bench.send("51 00 00 00 00 00 00 00 22 00").data[16..<20] == [0, 1, 42, 0])
        let sheet = hex(
            """
            01 00 00 41 00 01 2A 00  01 03 00 00 00 02 2A 00  01 03 01 00 00 02 2C 00  01 AA 01 01 00 02 30 00
            """)
        #expect(bench.sendCueSheet(sheet) == .good([]))
        #expect(bench.write(at: 12_000, blocks: 1) == .refused(5, 0x21, 2))
        #expect(Self.send(Self.blocks(Self.twoLanguages, 4_500), from: 7_500, to: bench) == .good([]))
        #expect(bench.send(12_000..<12_450, Bench.block) == .good([]))
        bench.synchronize()
        #expect(bench.send("43 00 05 00 00 00 00 00 FF 00").data.dropFirst(4) == Self.twoLanguages[...])
        let frame = try bench.subChannel(7_500).withUnsafeBytes { SubChannel.q(of: $0).bytes }
        #expect(Array(frame[0..<10]) == hex("01 00 A0 01 42 00 00 03 00 00"))
        #expect(bench.read(from: 12_449, blocks: 1).data == Bench.block(12_449))
    }

    @Test func `a lead-in with text begins where it begins and ends before the pause`() throws {
        let bench = try Self.prepared()
        let blocks = Self.blocks(Self.packs, 11_485)
        #expect(bench.write(at: -150, blocks: 1) == .refused(5, 0x21, 2))
        #expect(bench.write(Array(blocks[..<96]), at: Self.leadIn + 1, blocks: 1) == .refused(5, 0x21, 2))
        #expect(bench.write(Bench.block(0), at: Self.leadIn, blocks: 1) == .refused(5, 0x24, 0))
        #expect(bench.write(Array(blocks[..<95]), at: Self.leadIn, blocks: 1) == .refused(5, 0x24, 0))
        #expect(Self.send(Array(blocks[..<(11_400 * 96)]), from: Self.leadIn, to: bench) == .good([]))
        // The last 85 blocks of the lead-in and one of the pause.
        let both = Array(blocks[..<(86 * 96)])
        #expect(bench.write(both, at: -235, blocks: 86) == .refused(5, 0x24, 0))
        #expect(Self.send(Array(blocks[..<(85 * 96)]), from: -235, to: bench) == .good([]))
        #expect(bench.write(at: -150, blocks: 1) == .good([]))
    }

    @Test func `without text in the sheet nothing is taken before the pause`() throws {
        let bench = try Bench()
        bench.select(Bench.sao())
        bench.sendCueSheet(SessionAtOnceTests.sheet)
        let block = Self.blocks(Self.packs, 1)
        #expect(bench.write(block, at: Self.leadIn, blocks: 1) == .refused(5, 0x21, 2))
        #expect(bench.write(at: -150, blocks: 1) == .good([]))
    }

    @Test func `an odd drive takes the sheet, refuses the lead-in, and records without text`() throws {
        var profile = RecorderProfile.modern
        profile.quirks = [.leadInWriteRefused]
        let bench = try Bench(profile: profile)
        bench.select(Bench.sao())
        #expect(bench.sendCueSheet(Self.sheet()) == .good([]))
        #expect(bench.write(Self.blocks(Self.packs, 1), at: Self.leadIn, blocks: 1) == .refused(5, 0x21, 0))
        #expect(bench.send(-150..<750, Bench.block) == .good([]))
        #expect(bench.synchronize() == .good([]))
        #expect(bench.send("43 00 05 00 00 00 00 00 FF 00").data == hex("00 02 00 00"))
    }
}
