import BinaryCoding
import DiscLayout
import SectorCoding
import TestSupport
import Testing

@testable import VirtualRecorder

/// Sub-channel by READ CD and READ SUB-CHANNEL.
@Suite struct ReadSubChannelTests {
    private static let catalogNumber = "4012345678901"

    private static func disc() -> LaidDisc {
        var second = LaidDisc.Track.mode1
        second.isrc = "DEABC1234567"
        return LaidDisc(sessions: [[.audio, second]], firstNumber: 5, catalogNumber: catalogNumber)
    }

    @Test func `raw is what the disc holds, byte for byte`() throws {
        var disc = Self.disc()
        for index in disc.sub.indices { disc.sub[index] ^= UInt8(truncatingIfNeeded: index) & 0x3F }
        let bench = try disc.bench()
        let place = (150 + 20) * 96
        #expect(bench.readCD(20, 3, flags: 0, sub: 1) == .good(Array(disc.sub[place..<place + 3 * 96])))
    }

    @Test func `Q is in BCD with its CRC, P in the last byte`() throws {
        let bench = try Self.disc().bench()
        // Track 6: pause from 300 (00:06:00) on, index 1 at 450 (00:08:00); control 4.
        let golden = [
            (-150, "01 05 00 00 01 74 00 00 00 00"), (0, "01 05 01 00 00 00 00 00 02 00"),
            (1, "01 05 01 00 00 01 00 00 02 01"), (300, "41 06 00 00 01 74 00 00 06 00"),
            (450, "41 06 01 00 00 00 00 00 08 00"), (749, "41 06 01 00 03 74 00 00 11 74"),
        ]
        for (lba, q) in golden {
            let data = bench.readCD(lba, 1, flags: 0, sub: 2).data
            #expect(Array(data.prefix(10)) == hex(q), "block \(lba)")
            #expect(QFrame(data.prefix(12)).isIntact)
            #expect(Array(data.suffix(4)) == [0, 0, 0, [-150, 0, 300, 450].contains(lba) ? 0x80 : 0])
        }
    }

    /// Packs as CD+G has them, recorded from a block on.
    private static func discWithPacks(from lba: Int) -> (LaidDisc, packs: [UInt8]) {
        var disc = LaidDisc(sessions: [[.audio]])
        // Tile, memory preset, tile …: 24 symbols each, four packs a block.
        var packs: [UInt8] = []
        for number in 0..<40 {
            packs += [0x09, number % 2 == 0 ? 6 : 1, 0, 0]
            for symbol in 0..<16 { packs.append(UInt8((number * 7 + symbol) % 64)) }
            packs += [0, 0, 0, 0]
        }
        packs.withUnsafeMutableBytes { RWParity.write(into: $0) }
        let start = (lba + 150) * 96
        // Two blocks more, in which the last symbols land.
        var symbols = packs + [UInt8](repeating: 0, count: 2 * 96)
        var interleaver = RWInterleaver()
        let sent = symbols
        symbols.withUnsafeMutableBytes { target in
            sent.withUnsafeBytes { interleaver.process(12, from: $0, into: target) }
        }
        for (index, symbol) in symbols.enumerated() { disc.sub[start + index] |= symbol & 0x3F }
        return (disc, packs)
    }

    @Test func `R-W come as packs in order, from the block in which they begin`() throws {
        let (disc, packs) = Self.discWithPacks(from: 100)
        let bench = try disc.bench()
        #expect(bench.readCD(100, 10, flags: 0, sub: 4) == .good(packs))
        // One by one too, with audio in front.
        for index in 0..<10 {
            let block = bench.readCD(100 + index, 1, flags: 0x10, sub: 4).data
            #expect(Array(block.prefix(2352)) == Bench.block(100 + index))
            #expect(Array(block.suffix(96)) == Array(packs[index * 96..<(index + 1) * 96]))
        }
        #expect(bench.readCD(97, 3, flags: 0, sub: 4).data.allSatisfy { $0 == 0 })
        bench.readCD(100, 1, flags: 0, sub: 4).data.prefix(24).withUnsafeBytes { #expect(RWParity.isIntact($0)) }
    }

    @Test func `the last blocks of a disc have packs as far as they are recorded`() throws {
        let (disc, packs) = Self.discWithPacks(from: 288)
        let data = try disc.bench().readCD(299, 1, flags: 0, sub: 4).data
        #expect(data.count == 96 && data.allSatisfy { $0 == 0 })
        #expect(try disc.bench().readCD(297, 1, flags: 0, sub: 4).data == Array(packs[9 * 96..<10 * 96]))
    }

    @Test func `quirks: binary numbers, no CRC, the neighbour's sub-channel`() throws {
        func q(_ quirk: Quirk, at lba: Int) throws -> [UInt8] {
            var profile = RecorderProfile.modern
            profile.quirks = [quirk]
            return try Self.disc().bench(profile: profile).readCD(lba, 1, flags: 0, sub: 2).data
        }
        #expect(try q(.binaryQ, at: 299).prefix(10) == hex("01 05 01 00 03 4A 00 00 05 4A")[...])
        #expect(try q(.zeroQCRC, at: 0).prefix(12) == hex("01 05 01 00 00 00 00 00 02 00 00 00")[...])
        #expect(try q(.neighbouringSubChannel, at: 299).prefix(10) == hex("41 06 00 00 01 74 00 00 06 00")[...])
        // Behind the last block nothing is recorded.
        #expect(try q(.neighbouringSubChannel, at: 749).allSatisfy { $0 == 0 || $0 == 0x80 })
    }

    @Test func `the current position is that of the last block that was read`() throws {
        let bench = try Self.disc().bench()
        // Nothing was read: the first track's start.
        #expect(
            bench.send("42 00 40 01 00 00 00 00 10 00").data
                == hex("00 15 00 0C  01 10 05 01  00 00 00 00  00 00 00 00"))
        _ = bench.readCD(500, 51, flags: 0xF8)
        #expect(
            bench.send("42 00 40 01 00 00 00 00 10 00").data
                == hex("00 15 00 0C  01 14 06 01  00 00 02 26  00 00 00 64"))  // 550, 100 from index 1 on
        #expect(
            bench.send("42 02 40 01 00 00 00 00 10 00").data
                == hex("00 15 00 0C  01 14 06 01  00 00 09 19  00 00 01 19"))  // 00:09:25, 00:01:25
        _ = bench.readCD(440, 1, flags: 0, sub: 2)
        #expect(
            bench.send("42 00 40 01 00 00 00 00 10 00").data
                == hex("00 15 00 0C  01 14 06 00  00 00 01 B8  FF FF FF F6"))  // 440, ten before index 1
        #expect(
            bench.send("42 02 40 01 00 00 00 00 10 00").data
                == hex("00 15 00 0C  01 14 06 00  00 00 07 41  00 00 00 09"))
        #expect(bench.send("2B 00 00 00 00 07 00 00 00 00").isGood)
        #expect(bench.send("42 00 40 01 00 00 00 00 10 00").data[8..<12] == [0, 0, 0, 7])
    }

    @Test func `the catalogue number comes with the frame of the block that carries it`() throws {
        let bench = try Self.disc().bench()
        // Track 5 begins at 150 frames; 198 is the first with a remainder of 98 by 100: 00:02:48.
        #expect(
            bench.send("42 00 40 02 00 00 00 00 18 00").data
                == hex("00 15 00 14  02 00 00 00 80") + Array(Self.catalogNumber.utf8) + [0, 48])
    }

    @Test func `a recording code comes with track, control and frame`() throws {
        let bench = try Self.disc().bench()
        // Index 1 of track 6 is at 600 frames; 648 is the first with a remainder of 48: 00:08:48.
        #expect(
            bench.send("42 00 40 03 00 00 06 00 18 00").data
                == hex("00 15 00 14  03 34 06 00 80") + Array("DEABC1234567".utf8) + [0, 48, 0])
        #expect(
            bench.send("42 00 40 03 00 00 05 00 18 00").data
                == hex("00 15 00 14  03 30 05 00") + [UInt8](repeating: 0, count: 16))
        for track in [0, 4, 7, 0xAA, 0xFF] as [UInt8] {
            #expect(bench.send([0x42, 0, 0x40, 3, 0, 0, track, 0, 24, 0]) == .refused(5, 0x24, 0))
        }
    }

    @Test func `a disc without a catalogue number says so`() throws {
        let bench = try LaidDisc(sessions: [[.audio]]).bench()
        #expect(
            bench.send("42 00 40 02 00 00 00 00 18 00").data
                == hex("00 15 00 14  02 00 00 00") + [UInt8](repeating: 0, count: 16))
    }

    @Test func `replies are cut, and without SubQ there is the header alone`() throws {
        let bench = try Self.disc().bench()
        #expect(bench.send("42 00 00 02 00 00 00 00 18 00").data == hex("00 15 00 00"))
        #expect(bench.send("42 00 40 02 00 00 00 00 05 00").data == hex("00 15 00 14 02"))
        for format in [0, 4, 0xFF] as [UInt8] {
            #expect(bench.send([0x42, 0, 0x40, format, 0, 0, 0, 0, 24, 0]) == .refused(5, 0x24, 0))
        }
        #expect(try Bench().send("42 00 40 01 00 00 00 00 10 00") == .refused(5, 0x24, 0))
    }

    @Test func `the recording code of the track before, where a drive does it so`() throws {
        var profile = RecorderProfile.modern
        profile.quirks = [.recordingCodeStale]
        var (first, second) = (LaidDisc.Track.audio, LaidDisc.Track.audio)
        (first.isrc, second.isrc) = ("DEABC1234567", "USRC17607839")
        let bench = try LaidDisc(sessions: [[first, second]]).bench(profile: profile)
        let code = { (track: UInt8) in
            let reply = bench.send([0x42, 0, 0x40, 3, 0, 0, track, 0, 24, 0]).data
            return String(decoding: reply[9..<21], as: UTF8.self)
        }
        #expect([code(1), code(2), code(2)] == ["DEABC1234567", "DEABC1234567", "USRC17607839"])
    }
}
