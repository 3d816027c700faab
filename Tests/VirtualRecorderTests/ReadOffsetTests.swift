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
        let audio = run.flatMap { disc.block($0) }
        let first = (blocks.lowerBound - run.lowerBound) * 2352 - samples * 4
        return (first..<first + blocks.count * 2352).map { audio.indices.contains($0) ? audio[$0] : 0 }
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
