import BinaryCoding
import DiscLayout
import Foundation
import POSIX
import TestSupport
import Testing

@testable import VirtualRecorder

/// BLANK on a CD-RW with two sessions, the second open: tracks 1 and 2, then 3 and 4.
@Suite struct BlankingTests {
    private static let closeSession = "5B 00 02 00 00 00 00 00 00 00"

    /// A CD-RW in a bench.
    private static func rewritable(speed: Int? = nil) throws -> Bench {
        let folder = TemporaryFolder(inMemory: true)
        try DurableFile.makeFolder("\(folder.path)/disc")
        try DurableFile.replace("\(folder.path)/disc/disc.json", with: DiscDocument(Disc(medium: .cdRW)).bytes)
        return try Bench(in: folder, speed: speed)
    }

    private static func twoSessions() throws -> Bench {
        let bench = try rewritable()
        bench.select(Bench.tao(multiSession: 3))
        bench.track(at: 0, blocks: 300)
        bench.track(at: 452, blocks: 300)
        #expect(bench.send(closeSession).isGood)
        // Lead-out at 754, then 6750 and 4500 of the gap and a pause.
        bench.track(at: 12_154, blocks: 300)
        bench.track(at: 12_606, blocks: 300)
        return bench
    }

    private static func blank(_ bench: Bench, _ type: UInt8, _ address: Int = 0) -> Bench.Answer {
        bench.send([0xA1, type] + UInt32(address).bigEndianBytes + [0, 0, 0, 0, 0, 0])
    }

    private static func tracks(_ bench: Bench) throws -> [Int] {
        try StoredDisc.load(bench.disc).disc.tracks.map(\.number)
    }

    @Test(arguments: [0 as UInt8, 1]) func `the whole disc, in full or quickly`(type: UInt8) throws {
        let bench = try Self.twoSessions()
        #expect(Self.blank(bench, type).isGood)
        let information = bench.send("51 00 00 00 00 00 00 00 22 00").data
        // Erasable, last session empty, disc blank.
        #expect(information[2] == 0x10)
        #expect(bench.nextWritableAddress == 0)
        #expect(try DurableFile.contents(of: "\(bench.disc)/main.bin", limit: 1) == [])
        bench.track(at: 0, blocks: 300)
        #expect(bench.send(Self.closeSession).isGood)
        #expect(try Self.tracks(bench) == [1])
    }

    @Test func `a finalized disc becomes blank`() throws {
        let bench = try Self.rewritable()
        bench.select(Bench.tao())
        bench.track(at: 0, blocks: 300)
        #expect(bench.send(Self.closeSession).isGood)
        #expect(bench.write(at: 0, blocks: 1) == .refused(5, 0x30, 5))
        #expect(Self.blank(bench, 1).isGood)
        #expect(bench.write(at: 0, blocks: 1).isGood)
    }

    @Test func `the last track, whose room is free again`() throws {
        let bench = try Self.twoSessions()
        #expect(Self.blank(bench, 2, 4).isGood)
        #expect(try Self.tracks(bench) == [1, 2, 3])
        #expect(bench.nextWritableAddress == 12_606)
    }

    @Test func `another track, whose room stays its own`() throws {
        let bench = try Self.twoSessions()
        #expect(Self.blank(bench, 2, 3).isGood)
        let track = try #require(try StoredDisc.load(bench.disc).disc.tracks.first { $0.number == 3 })
        #expect(track.state == .reserved && track.reservation == 300 && track.blocks == 0)
        #expect(bench.send(Self.closeSession) == .refused(5, 0x72, 4))
        bench.track(at: 12_154, blocks: 300)
        #expect(bench.send(Self.closeSession).isGood)
        #expect(try Self.tracks(bench) == [1, 2, 3, 4])
    }

    @Test func `the tail of the last track`() throws {
        let bench = try Self.twoSessions()
        #expect(Self.blank(bench, 4, 12_700).isGood)
        #expect(bench.write(at: 12_700, blocks: 206).isGood)
        #expect(bench.send("35 00 00 00 00 00 00 00 00 00").isGood)
        #expect(bench.send(Self.closeSession).isGood)
        #expect(try StoredDisc.load(bench.disc).disc.tracks.last?.blocks == 300)
    }

    @Test func `a reservation is given up`() throws {
        let bench = try Self.rewritable()
        bench.select(Bench.tao())
        #expect(bench.send("53 00 00 00 00 00 00 01 90 00").isGood)
        #expect(Self.blank(bench, 3, 1).isGood)
        #expect(try StoredDisc.load(bench.disc).disc.status == .blank)
    }

    @Test func `the last session is opened again`() throws {
        let bench = try Self.twoSessions()
        bench.select(Bench.tao())
        #expect(bench.send(Self.closeSession).isGood)
        #expect(Self.blank(bench, 5).isGood)
        // Behind track 4 with its run-out and a pause.
        #expect(bench.nextWritableAddress == 12_606 + 300 + 152)
        #expect(bench.send(Self.closeSession).isGood)
    }

    @Test func `the last session is erased, open or closed`() throws {
        let bench = try Self.twoSessions()
        #expect(Self.blank(bench, 6).isGood)
        #expect(try Self.tracks(bench) == [1, 2])
        #expect(bench.nextWritableAddress == 12_154)
        #expect(Self.blank(bench, 6).isGood)
        #expect(try StoredDisc.load(bench.disc).disc.status == .blank)
        #expect(Self.blank(bench, 6) == .refused(5, 0x2C, 0))
    }

    @Test(arguments: [
        ("a type that there is not", 7 as UInt8, 0, Bench.Answer.refused(5, 0x24, 0)),
        ("a track of a closed session", 2, 1, .refused(5, 0x24, 0)),
        ("a track that is not there", 2, 9, .refused(5, 0x24, 0)),
        ("a tail that begins in another track", 4, 12_200, .refused(5, 0x24, 0)),
        ("unclosing what is open", 5, 0, .refused(5, 0x2C, 0)),
        ("a track that is not reserved", 3, 4, .refused(5, 0x24, 0)),
    ])
    func `what cannot be blanked`(what: String, type: UInt8, address: Int, answer: Bench.Answer) throws {
        let bench = try Self.twoSessions()
        #expect(Self.blank(bench, type, address) == answer, "\(what)")
        #expect(try Self.tracks(bench) == [1, 2, 3, 4])
    }

    @Test func `nothing is blanked in the middle of a track`() throws {
        let bench = try Self.rewritable()
        bench.select(Bench.tao())
        bench.write(at: 0, blocks: 1)
        #expect(Self.blank(bench, 0) == .refused(5, 0x2C, 0))
    }

    @Test func `an immediate blanking goes on by itself, with progress`() throws {
        let bench = try Self.rewritable(speed: 4)
        #expect(bench.send("A1 10 00 00 00 00 00 00 00 00 00 00").isGood)
        #expect(bench.send("00 00 00 00 00 00") == .refused(2, 4, 8))
        // 359,849 sectors at 4 × 75 a second.
        bench.clock.advance(by: .seconds(1190))
        #expect(bench.send("00 00 00 00 00 00") == .refused(2, 4, 8))
        #expect(bench.lastSense[15] == 0x80 && bench.lastSense[16] > 0xFC)
        bench.clock.advance(by: .seconds(10))
        #expect(bench.send("00 00 00 00 00 00").isGood)
    }

    @Test func `a recorder killed between the note and the emptying of files finishes the work`() throws {
        let bench = try Self.twoSessions()
        let folder = TemporaryFolder(inMemory: true)
        try FileManager.default.copyItem(atPath: bench.disc, toPath: "\(folder.path)/disc")
        try DurableFile.replace("\(folder.path)/disc/disc.json", with: DiscDocument(Disc(medium: .cdRW)).bytes)
        _ = try Bench(in: folder)
        #expect(try DurableFile.contents(of: "\(folder.path)/disc/main.bin", limit: 1) == [])
    }
}

/// Page 05h with the test-write bit: everything as in a recording, and the disc as it was.
@Suite struct TestWriteTests {
    private static func testing() throws -> Bench {
        let bench = try Bench()
        // Test write, buffer-underrun-free, track at once.
        #expect(bench.select(Bench.tao(changes: [10: 0x51])).isGood)
        return bench
    }

    @Test func `tracks follow one another as in a recording`() throws {
        let bench = try Self.testing()
        bench.track(at: 0, blocks: 300)
        #expect(bench.nextWritableAddress == 452)
        bench.track(at: 452, blocks: 300)
        #expect(bench.write(at: 0, blocks: 1) == .refused(5, 0x21, 2))
    }

    @Test func `closing the session leaves a blank`() throws {
        let bench = try Self.testing()
        bench.track(at: 0, blocks: 300)
        #expect(bench.send("5B 00 02 00 00 00 00 00 00 00").isGood)
        #expect(bench.nextWritableAddress == 0)
        #expect(bench.send("51 00 00 00 00 00 00 00 22 00").data[2] == 0)
    }

    @Test func `so does a page without the bit`() throws {
        let bench = try Self.testing()
        bench.track(at: 0, blocks: 300)
        #expect(bench.select(Bench.tao()).isGood)
        #expect(bench.nextWritableAddress == 0)
    }

    @Test func `nothing of it reaches the folder`() throws {
        let bench = try Self.testing()
        bench.track(at: 0, blocks: 300)
        #expect(try StoredDisc.load(bench.disc).disc.status == .blank)
        #expect(try DurableFile.contents(of: "\(bench.disc)/main.bin", limit: 1) == [])
        #expect(try DurableFile.contents(of: "\(bench.disc)/sub.bin", limit: 1) == [])
        let journal = String(
            decoding: try DurableFile.contents(of: "\(bench.disc)/journal", limit: 4096), as: UTF8.self)
        #expect(journal.split(separator: "\n").count == 1)
    }

    @Test func `the disc takes a recording afterwards`() throws {
        let bench = try Self.testing()
        bench.track(at: 0, blocks: 300)
        #expect(bench.select(Bench.tao()).isGood)
        bench.track(at: 0, blocks: 301)
        #expect(bench.send("5B 00 02 00 00 00 00 00 00 00").isGood)
        #expect(try StoredDisc.load(bench.disc).disc.tracks.map(\.blocks) == [301])
    }
}
