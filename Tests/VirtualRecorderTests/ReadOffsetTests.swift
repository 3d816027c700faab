import BinaryCoding
import DiscLayout
import SectorCoding
import TestSupport
import Testing

@testable import VirtualRecorder

/// Readings that are late or early by samples.
@Suite struct ReadOffsetTests {
    private static func profile(read: Int = 0, write: Int = 0) -> RecorderProfile {
        var profile = RecorderProfile.modern
        (profile.readOffset, profile.writeOffset) = (read, write)
        return profile
    }

    /// Audio with a pause, data behind it, all laid as it is.
    private static let disc = LaidDisc(sessions: [[.audio, .mode1, .audio]])

    /// What a disc's audio is when it comes late: zeros from outside the run that begins and ends at the blocks.
    private static func shifted(_ disc: LaidDisc, _ blocks: Range<Int>, by samples: Int, run: Range<Int>) -> [UInt8] {
        let silence = [UInt8](repeating: 0, count: 10 * 2352)
        let audio = silence + run.flatMap { disc.block($0) } + silence
        let first = (10 + blocks.lowerBound - run.lowerBound) * 2352 - samples * 4
        return Array(audio[first..<first + blocks.count * 2352])
    }

    @Test(arguments: [6, 667, 588, 4704, -6, -588, -1164])
    func `audio is shifted across blocks, with zeros at the edges of the run`(samples: Int) throws {
        let bench = try Self.disc.bench(profile: Self.profile(read: samples))
        // The first run is −150…299 with its pause, the second 750…1199.
        for (blocks, run) in [
            (-150..<(-140), -150..<300), (0..<12, -150..<300), (290..<300, -150..<300), (750..<752, 750..<1200),
            (1190..<1200, 750..<1200),
        ] {
            let expected = Self.shifted(Self.disc, blocks, by: samples, run: run)
            #expect(bench.readCD(blocks.lowerBound, blocks.count, flags: 0x10) == .good(expected), "\(blocks)")
            // With sub-channel, which is not shifted.
            let data = bench.readCD(blocks.lowerBound, 1, type: 1, flags: 0xF8, sub: 1).data
            #expect(Array(data.prefix(2352)) == Array(expected.prefix(2352)))
            let place = (blocks.lowerBound + 150) * 96
            #expect(Array(data.suffix(96)) == Array(Self.disc.sub[place..<place + 96]))
        }
    }

    @Test func `data is not shifted`() throws {
        let bench = try Self.disc.bench(profile: Self.profile(read: 30))
        #expect(bench.readCD(450, 2, flags: 0xF8) == .good(Self.disc.block(450) + Self.disc.block(451)))
        #expect(bench.read10(450, 1) == .good(Array(Self.disc.block(450)[16..<2064])))
    }
}

/// Recordings that are late or early by samples.
@Suite struct WriteOffsetTests {
    private static func recorded(offset: Int) throws -> Bench {
        var profile = RecorderProfile.modern
        profile.writeOffset = offset
        let bench = try Bench(profile: profile)
        bench.select(Bench.tao())
        bench.track(at: 0, blocks: 300)
        bench.select(Bench.tao(control: 4, changes: [12: 8]))
        let block = [UInt8](repeating: 0xA5, count: 2048)
        for lba in 452..<752 {
            #expect(bench.send([0x2A, 0] + Int32(lba).bigEndianBytes + [0, 0, 1, 0], out: block).isGood)
        }
        #expect(bench.send("35 00 00 00 00 00 00 00 00 00").isGood)
        bench.select(Bench.tao())
        bench.track(at: 904, blocks: 300)
        #expect(bench.send("5B 00 02 00 00 00 00 00 00 00").isGood)
        return bench
    }

    @Test(arguments: [30, 667, 4704, -30, -588, -4704])
    func `audio lands beside its place, data in it`(offset: Int) throws {
        let bench = try Self.recorded(offset: offset)
        for (start, pause) in [(0, 150), (904, 150)] {
            let sent = [UInt8](repeating: 0, count: pause * 2352) + (start..<start + 300).flatMap { Bench.block($0) }
            let silence = [UInt8](repeating: 0, count: abs(offset) * 4)
            let expected =
                offset > 0 ? silence + sent.dropLast(silence.count) : sent.dropFirst(silence.count) + silence
            let read = bench.readCD(start - pause, pause + 300, flags: 0x10, room: 1 << 21).data
            #expect(read == Array(expected))
        }
        #expect(bench.read10(452, 300) == .good([UInt8](repeating: 0xA5, count: 300 * 2048)))
        #expect(bench.read10(752, 2).data.allSatisfy { $0 == 0 })
    }

    @Test func `a drive whose offsets cancel each other reads what it wrote`() throws {
        var profile = RecorderProfile.modern
        (profile.readOffset, profile.writeOffset) = (-48, 48)
        let bench = try Bench(profile: profile)
        bench.select(Bench.tao())
        bench.track(at: 0, blocks: 300)
        bench.send("5B 00 02 00 00 00 00 00 00 00")
        #expect(bench.read(from: 0, blocks: 300).data == (0..<300).flatMap { Bench.block($0) })
    }
}
