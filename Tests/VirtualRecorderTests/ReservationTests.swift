import DiscLayout
import TestSupport
import Testing

@testable import VirtualRecorder

/// RESERVE TRACK, what can be written to a reserved track, and what keeps a session from being closed.
@Suite struct ReservationTests {
    /// A bench with 400 blocks reserved for track 1.
    private static func reserved() throws -> Bench {
        let bench = try Bench()
        bench.select(Bench.tao())
        #expect(bench.send("53 00 00 00 00 00 00 01 90 00").isGood)
        return bench
    }

    private static let close = "5B 00 02 00 00 00 00 00 00 00"
    private static let synchronize = "35 00 00 00 00 00 00 00 00 00"

    @Test func `track information tells what is kept`() throws {
        let track = try Self.reserved().send("52 01 00 00 00 01 00 00 30 00").data
        // Reserved and blank, data mode unknown; next writable address valid.
        #expect(track[6] == 0xCF && track[7] == 0x01)
        #expect(track[8..<12] == [0, 0, 0, 0] && track[12..<16] == [0, 0, 0, 0])
        // 400 blocks free, 400 in all.
        #expect(track[16..<20] == [0, 0, 1, 0x90] && track[24..<28] == [0, 0, 1, 0x90])
    }

    @Test func `the next track begins behind what is kept`() throws {
        let bench = try Self.reserved()
        // 400 blocks, run-out 2, pause 150.
        #expect(bench.nextWritableAddress == 552)
        bench.track(at: 552, blocks: 300)
        #expect(bench.send(Self.close) == .refused(5, 0x72, 4))
    }

    @Test func `it is filled in parts, and no further`() throws {
        let bench = try Self.reserved()
        #expect(bench.write(at: 0, blocks: 300).isGood)
        #expect(bench.send(Self.synchronize).isGood)
        #expect(bench.send(Self.close) == .refused(5, 0x72, 4))
        #expect(bench.write(at: 300, blocks: 101) == .refused(5, 0x63, 0))
        #expect(bench.write(at: 300, blocks: 100).isGood)
        #expect(bench.send(Self.synchronize).isGood)
        #expect(bench.send(Self.close).isGood)
        let disc = try StoredDisc.load(bench.disc).disc
        #expect(disc.status == .finalized && disc.tracks.map(\.blocks) == [400])
    }

    @Test func `CLOSE TRACK fills it up`() throws {
        let bench = try Self.reserved()
        #expect(bench.send("5B 00 01 00 00 01 00 00 00 00").isGood)
        #expect(bench.send(Self.close).isGood)
        #expect(try StoredDisc.load(bench.disc).disc.tracks.map(\.blocks) == [400])
    }

    @Test func `program memory lists it`() throws {
        // MIN SEC FRAME: the end; PMIN PSEC PFRAME: the start.
        #expect(
            try Self.reserved().send("43 00 03 00 00 00 00 00 40 00").data
                == hex("00 0D 00 00 01 10 00 01 00 02 00 00 00 02 00"))
    }

    @Test func `it survives the recorder`() throws {
        let bench = try Self.reserved()
        bench.write(at: 0, blocks: 300)
        bench.send(Self.synchronize)
        let disc = try Disc.parse(DiscDocument(try StoredDisc.load(bench.disc).disc).bytes)
        #expect(disc.tracks.first?.state == .reserved && disc.tracks.first?.blocks == 300)
    }

    @Test func `what does not fit or has no place is refused`() throws {
        let bench = try Bench()
        bench.select(Bench.tao())
        // 299 blocks: under four seconds. 400,000 blocks: more than there is.
        #expect(bench.send("53 00 00 00 00 00 00 01 2B 00") == .refused(5, 0x24, 0))
        #expect(bench.send("53 00 00 00 00 00 06 1A 80 00") == .refused(5, 0x24, 0))
        bench.write(at: 0, blocks: 1)
        #expect(bench.send("53 00 00 00 00 00 00 01 90 00") == .refused(5, 0x2C, 0))
    }
}
