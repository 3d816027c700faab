import BinaryCoding
import DiscLayout
import SectorCoding
import TestSupport
import Testing

@testable import VirtualRecorder

/// Main channel, error pointers and kinds of READ CD.
@Suite struct ReadCDTests {
    /// Bytes of a block for each combination of fields (MMC-6, table 354): "-" is refused, "0" is nothing.
    private static let lengths: [(flags: UInt8, mode1: String, mode2: String, form1: String, form2: String)] = [
        (0x08, "-", "-", "-", "-"),  // EDC and ECC
        (0x10, "2048", "2336", "2048", "2324"),  // user data
        (0x18, "2336", "2336", "2328", "2328"),
        (0x20, "4", "4", "4", "4"),  // header
        (0x28, "-", "-", "-", "-"),
        (0x30, "2052", "2340", "-", "-"),
        (0x38, "2340", "2340", "-", "-"),
        (0x40, "0", "0", "8", "8"),  // sub-header
        (0x48, "-", "-", "-", "-"),
        (0x50, "2048", "2336", "2056", "2332"),
        (0x58, "2336", "2336", "2336", "2336"),
        (0x60, "4", "4", "12", "12"),  // both headers
        (0x68, "-", "-", "-", "-"),
        (0x70, "2052", "2340", "2060", "2336"),
        (0x78, "2340", "2340", "2340", "2340"),
        (0x80, "12", "12", "12", "12"),  // sync
        (0x88, "-", "-", "-", "-"),
        (0x90, "-", "-", "-", "-"),
        (0x98, "-", "-", "-", "-"),
        (0xA0, "16", "16", "16", "16"),
        (0xA8, "-", "-", "-", "-"),
        (0xB0, "2064", "2352", "-", "-"),
        (0xB8, "2352", "2352", "-", "-"),
        (0xC0, "-", "-", "-", "-"),
        (0xC8, "-", "-", "-", "-"),
        (0xD0, "-", "-", "-", "-"),
        (0xD8, "-", "-", "-", "-"),
        (0xE0, "16", "16", "24", "24"),
        (0xE8, "-", "-", "-", "-"),
        (0xF0, "2064", "2352", "2072", "2348"),
        (0xF8, "2352", "2352", "2352", "2352"),
    ]

    /// Where the first byte of a combination stands in a sector.
    private static func start(_ flags: UInt8, hasSubHeader: Bool) -> Int {
        if flags & 0x80 != 0 { return 0 }
        if flags & 0x20 != 0 { return 12 }
        if flags & 0x40 != 0 { return 16 }
        return hasSubHeader ? 24 : 16
    }

    @Test(arguments: ["mode1", "mode2", "form1", "form2"])
    func `every combination of fields gives what the table says`(kind: String) throws {
        let track: LaidDisc.Track =
            switch kind {
            case "mode1": .mode1
            case "mode2": .mode2
            case "form1": .form1
            default: .form2
            }
        let disc = LaidDisc(sessions: [[track]])
        let bench = try disc.bench()
        for row in Self.lengths {
            let length = [row.mode1, row.mode2, row.form1, row.form2][
                ["mode1", "mode2", "form1", "form2"].firstIndex(of: kind) ?? 0]
            let answer = bench.readCD(20, 2, flags: row.flags)
            guard let bytes = Int(length) else {
                #expect(answer == .refused(5, 0x24, 0), "\(row.flags)")
                continue
            }
            let start = Self.start(row.flags, hasSubHeader: kind.hasPrefix("form"))
            let expected = [20, 21].flatMap { bytes == 0 ? [] : Array(disc.block($0)[start..<start + bytes]) }
            #expect(answer == .good(expected), "\(kind), \([row.flags].hex())")
        }
    }

    @Test func `of audio any field is all of it, and none is nothing`() throws {
        let disc = LaidDisc(sessions: [[.audio]])
        let bench = try disc.bench()
        for flags in stride(from: 0x08 as UInt8, through: 0xF8, by: 8) {
            #expect(bench.readCD(5, 2, flags: flags) == .good(Bench.block(5) + Bench.block(6)), "\([flags].hex())")
        }
        #expect(bench.readCD(5, 2, flags: 0) == .good([]))
    }

    @Test func `mode 0 is 2336 bytes behind a header, and of no type that can be expected`() throws {
        let disc = LaidDisc(sessions: [[.mode0]])
        let bench = try disc.bench()
        #expect(bench.readCD(0, 1, flags: 0x30) == .good(Array(disc.block(0)[12...])))
        for type in 1...5 as ClosedRange<UInt8> {
            #expect(bench.readCD(0, 1, type: type, flags: 0x10) == .refused(5, 0x64, 0))
        }
    }

    @Test(arguments: [
        (1 as UInt8, LaidDisc.Track.audio), (2, .mode1), (3, .mode2), (4, .form1), (5, .form2),
    ])
    func `a type that is expected is read, any other is an illegal mode`(type: UInt8, track: LaidDisc.Track) throws {
        let bench = try LaidDisc(sessions: [[track]]).bench()
        for other in 0...5 as ClosedRange<UInt8> {
            let answer = bench.readCD(0, 1, type: other, flags: 0xF8)
            #expect(other == 0 || other == type ? answer.isGood : answer == .refused(5, 0x64, 0), "\(other)")
        }
        #expect(bench.readCD(0, 1, type: 6, flags: 0xF8) == .refused(5, 0x24, 0))
        #expect(bench.readCD(0, 1, type: 7, flags: 0xF8) == .refused(5, 0x24, 0))
    }

    @Test func `forms may follow one another, each with what it has`() throws {
        var disc = LaidDisc(sessions: [[.form1]])
        let second = LaidDisc.sector(.form2(.form2), 31)
        disc.change(31) { $0 = second }
        let bench = try disc.bench()
        let expected = Array(disc.block(30)[24..<2072]) + Array(second[24..<2348]) + Array(disc.block(32)[24..<2072])
        #expect(bench.readCD(30, 3, flags: 0x10) == .good(expected))
        #expect(bench.readCD(30, 3, type: 4, flags: 0x10) == .refused(5, 0x64, 0))
        // Forbidden for forms.
        #expect(bench.readCD(30, 3, flags: 0x30) == .refused(5, 0x24, 0))
    }

    @Test func `where audio meets data nothing comes, and on either side of it all`() throws {
        let disc = LaidDisc(sessions: [[.mode1, .audio, .mode1]])
        let bench = try disc.bench()
        #expect(bench.readCD(299, 1, flags: 0xF8) == .good(disc.block(299)))
        #expect(bench.readCD(299, 2, flags: 0xF8) == .refused(5, 0x64, 0))
        #expect(bench.readCD(300, 450, flags: 0x10, room: 1 << 21).data.count == 450 * 2352)
        #expect(bench.readCD(749, 2, flags: 0x10) == .refused(5, 0x64, 0))
        #expect(bench.readCD(750, 1, flags: 0xF8) == .good(disc.block(750)))
        // Without the main channel there is nothing to stop at.
        #expect(bench.readCD(299, 2, flags: 0, sub: 2).data.count == 32)
        #expect(bench.readCD(299, 2, type: 2, flags: 0, sub: 2) == .refused(5, 0x64, 0))
    }

    @Test func `the pause of a data track is what Q says`() throws {
        var track = LaidDisc.Track.mode1
        (track.pause, track.audioPause) = (225, 75)
        let disc = LaidDisc(sessions: [[.audio, track]])
        let bench = try disc.bench()
        #expect(bench.readCD(300, 75, type: 1, flags: 0x10).data.count == 75 * 2352)
        #expect(bench.readCD(375, 150, type: 2, flags: 0xF8).data == (375..<525).flatMap { disc.block($0) })
        #expect(bench.readCD(374, 2, flags: 0xF8) == .refused(5, 0x64, 0))
        #expect(bench.readCD(250, 125, flags: 0x10).data.count == 125 * 2352)
    }

    @Test(arguments: [
        (0xF8 as UInt8, 0 as UInt8, 2352), (0xFA, 0, 2646), (0xFC, 0, 2648), (0xFA, 1, 2742), (0xFC, 2, 2664),
        (0x02, 0, 294), (0x04, 2, 312), (0xF8, 4, 2448), (0, 1, 96), (0, 2, 16), (0, 4, 96),
    ])
    func `main channel, error pointers and sub-channel stand in this order`(
        flags: UInt8, sub: UInt8, bytes: Int
    ) throws {
        let disc = LaidDisc(sessions: [[.mode1]])
        let bench = try disc.bench()
        let data = bench.readCD(40, 2, flags: flags, sub: sub).data
        #expect(data.count == 2 * bytes)
        for index in 0..<2 where data.count == 2 * bytes {
            var rest = data[index * bytes..<(index + 1) * bytes]
            if flags & 0xF8 != 0 { #expect(Array(rest.prefix(2352)) == disc.block(40 + index)) }
            rest = rest.dropFirst(flags & 0xF8 != 0 ? 2352 : 0)
            let pointers = [0, 294, 296, 0][Int(flags.bits(1...2))]
            #expect(rest.prefix(pointers).allSatisfy { $0 == 0 })
            #expect(Array(rest.dropFirst(pointers)) == bench.readCD(40 + index, 1, flags: 0, sub: sub).data)
        }
    }

    @Test(arguments: [(0x16 as UInt8, 0 as UInt8), (0x10, 3), (0x10, 5), (0x10, 6), (0x10, 7)])
    func `selections that stand for nothing are refused`(flags: UInt8, sub: UInt8) throws {
        #expect(try LaidDisc(sessions: [[.audio]]).bench().readCD(0, 1, flags: flags, sub: sub) == .refused(5, 0x24, 0))
    }

    @Test func `more than a chunk of data comes as one`() throws {
        var track = LaidDisc.Track.mode1
        track.blocks = 1000
        let disc = LaidDisc(sessions: [[track]])
        let data = try disc.bench().readCD(0, 1000, flags: 0xF8, sub: 1, room: 1 << 22).data
        #expect(data.count == 1000 * 2448)
        for lba in [0, 445, 446, 447, 892, 999] {
            #expect(Array(data[lba * 2448..<lba * 2448 + 2352]) == disc.block(lba), "block \(lba)")
        }
    }

    @Test func `no more comes than there is room for`() throws {
        let disc = LaidDisc(sessions: [[.mode1]])
        let bench = try disc.bench()
        let whole = bench.readCD(0, 10, flags: 0xFC, sub: 2).data
        for room in [0, 1, 2351, 2352, 2664, 5000] {
            #expect(bench.readCD(0, 10, flags: 0xFC, sub: 2, room: room).data == Array(whole.prefix(room)))
        }
    }

    @Test func `READ CD MSF is the same by times`() throws {
        let disc = LaidDisc(sessions: [[.mode1]])
        let bench = try disc.bench()
        #expect(bench.send("B9 00 00 00 02 14 00 02 16 F8 02 00").data == bench.readCD(20, 2, flags: 0xF8, sub: 2).data)
        #expect(bench.send("B9 08 00 00 02 14 00 02 14 F8 02 00") == .good([]))
        #expect(bench.send("B9 00 00 00 02 15 00 02 14 F8 00 00") == .refused(5, 0x24, 0))
        // 99:59:74 is the last block of the lead-in.
        #expect(bench.send("B9 00 00 63 3B 4A 00 02 00 F8 00 00") == .refused(5, 0x21, 0))
    }

    @Test func `a data block without sync is an unrecovered error`() throws {
        var disc = LaidDisc(sessions: [[.mode1]])
        disc.change(7) { $0 = [UInt8](repeating: 0, count: 2352) }
        let bench = try disc.bench()
        #expect(bench.readCD(7, 1, flags: 0xF8) == .refused(3, 0x11, 0))
        #expect(bench.read10(7, 1) == .refused(3, 0x11, 0))
        #expect(bench.readCD(7, 1, flags: 0, sub: 2).isGood)
    }

    @Test func `a file that ends too early is an unrecovered error`() throws {
        var disc = LaidDisc(sessions: [[.mode1, .audio]])
        disc.main.removeLast(2352)
        let bench = try disc.bench()
        #expect(bench.readCD(749, 1, flags: 0x10) == .refused(3, 0x11, 0))
        #expect(bench.readCD(748, 1, flags: 0x10).isGood)
    }

    @Test func `what was recorded raw with a wrong EDC is uncorrectable, unless correction is off`() throws {
        var disc = LaidDisc(sessions: [[.mode1]], writeType: .raw)
        disc.change(7) { $0[2064] ^= 0xFF }
        let bench = try disc.bench()
        for flags in [0x10, 0xF8] as [UInt8] { #expect(bench.readCD(6, 2, flags: flags) == .refused(3, 0x11, 5)) }
        #expect(bench.read10(7, 1) == .refused(3, 0x11, 5))
        #expect(bench.readCD(7, 1, flags: 0x20) == .good(hex("00 02 07 01")))
        // Page 01h with DCR.
        let page = hex("00 00 00 00 00 00 00 00  01 0A 01 00 00 00 00 00 00 00 00 00")
        #expect(bench.send("55 10 00 00 00 00 00 00 14 00", out: page).isGood)
        #expect(bench.readCD(7, 1, flags: 0xF8) == .good(disc.block(7)))
    }

    @Test(arguments: [0xF8 as UInt8, 0x10, 0x20, 0x00])
    func `addresses and lengths at the ends of their fields are out of range`(flags: UInt8) throws {
        let bench = try LaidDisc(sessions: [[.mode1, .audio]]).bench()
        for lba in [Int(Int32.min), Int(Int32.max), -151, 750, 0x7FFF_FFFE] {
            for count in [1, 0xFF_FFFF] {
                #expect(bench.readCD(lba, count, flags: flags, sub: 1, room: 1 << 24) == .refused(5, 0x21, 0))
            }
        }
        #expect(bench.readCD(0, 0xFF_FFFF, flags: flags) == .refused(5, 0x21, 0))
        #expect(bench.readCD(0, 0, flags: flags) == .good([]))
    }

    @Test func `gaps between sessions are out of range`() throws {
        let disc = LaidDisc(sessions: [[.audio], [.mode1]])
        let bench = try disc.bench()
        // The lead-out of session 1 begins at 300, the pause of session 2 at 11550.
        for lba in [300, 5000, 11_549] { #expect(bench.readCD(lba, 1, flags: 0xF8) == .refused(5, 0x21, 0)) }
        #expect(bench.readCD(299, 2, flags: 0xF8) == .refused(5, 0x21, 0))
        #expect(bench.readCD(11_550, 2, flags: 0xF8).data == disc.block(11_550) + disc.block(11_551))
        #expect(bench.readCD(11_700, 1, flags: 0xF8) == .good(disc.block(11_700)))
    }

    @Test func `of a session that was never completed nothing can be read`() throws {
        var disc = LaidDisc(sessions: [[.audio]])
        disc.disc.sessions[0].stage = .spoiled
        let bench = try disc.bench()
        #expect(bench.readCD(0, 1, flags: 0x10) == .refused(5, 0x21, 0))
    }

    @Test func `a recorder without error pointers refuses to give them`() throws {
        var profile = RecorderProfile.modern
        profile.capabilities.errorPointers = false
        let bench = try LaidDisc(sessions: [[.audio]]).bench(profile: profile)
        #expect(bench.readCD(0, 1, flags: 0x12) == .refused(5, 0x24, 0))
        #expect(bench.readCD(0, 1, flags: 0x10).isGood)
    }

    @Test func `error pointers come last where a drive does it so`() throws {
        var profile = RecorderProfile.modern
        profile.quirks = [.errorFlagsLast]
        let bench = try LaidDisc(sessions: [[.audio]]).bench(profile: profile)
        let data = bench.readCD(0, 1, flags: 0x12, sub: 2).data
        #expect(data.count == 2352 + 16 + 294)
        #expect(QFrame(data[2352..<2364]).isIntact && data.suffix(294).allSatisfy { $0 == 0 })
    }
}
