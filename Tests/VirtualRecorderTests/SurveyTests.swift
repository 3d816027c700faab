import BinaryCoding
import Glibc
import POSIX
import TestSupport
import Testing

@testable import VirtualRecorder

/// What a look at every sector finds.
@Suite struct SurveyTests {
    /// An audio track of 300 blocks, of which 0 and 5 are silent, and a data track of 20 blocks filled up.
    private static func mixed() throws -> Bench {
        let bench = try Bench()
        bench.select(Bench.tao())
        bench.write(at: 0, blocks: 5)
        bench.send([0x2A, 0, 0, 0, 0, 5, 0, 0, 1, 0], out: [UInt8](repeating: 0, count: 2352))
        bench.write(at: 6, blocks: 294)
        bench.send("35 00 00 00 00 00 00 00 00 00")
        bench.select(Bench.tao(control: 4, changes: [12: 8]))
        let cdb = [0x2A, 0] + Int32(452).bigEndianBytes + [0] + UInt16(20).bigEndianBytes + [0]
        #expect(bench.send(cdb, out: [UInt8](repeating: 7, count: 20 * 2048)).isGood)
        bench.send("35 00 00 00 00 00 00 00 00 00")
        bench.send("5B 00 02 00 00 00 00 00 00 00")
        return bench
    }

    private static func survey(_ bench: Bench) throws -> SectorSurvey { try StoredDisc.load(bench.disc).survey() }

    /// Changes one byte of a file.
    private static func spoil(_ bench: Bench, _ file: String, _ offset: Int) throws {
        let descriptor = try FileDescriptor(opening: "\(bench.disc)/\(file)", O_RDWR)
        var byte: UInt8 = 0
        try withUnsafeMutableBytes(of: &byte) { buffer in
            _ = try descriptor.read(into: buffer, at: offset)
            buffer[0] ^= 0x80
            try descriptor.writeAll(UnsafeRawBufferPointer(buffer), at: offset)
        }
    }

    @Test func `sectors are counted by kind`() throws {
        let survey = try Self.survey(Self.mixed())
        #expect(survey.damage.isEmpty && survey.leadIn == nil && survey.betweenSessions == 0)
        #expect(survey.tracks.map { $0.pause.sectors } == [["silent": 150], ["mode1": 150]])
        #expect(survey.tracks.map { $0.content.sectors } == [["audio": 298, "silent": 2], ["mode1": 300]])
        #expect(survey.tracks.map { $0.runOut.sectors } == [["silent": 2], ["mode1": 2]])
        #expect(survey.tracks.map(\.missing) == [0, 0])
        #expect(
            survey.lines == [
                "sectors", "  track 1: pause 150 silent; 298 audio, 2 silent; run-out 2 silent",
                "  track 2: pause 150 Mode 1; 300 Mode 1; run-out 2 Mode 1",
            ])
    }

    @Test(arguments: [
        (20, ["header": 1, "edc": 1, "ecc": 1], 13), (20, ["edc": 1, "ecc": 1], 100), (20, ["ecc": 1], 2200),
        (20, ["zeros": 1, "ecc": 1], 2070), (20, ["no_sync": 1], 3),
    ])
    func `a byte that has changed in a data sector is a fault`(block: Int, faults: [String: Int], byte: Int) throws {
        let bench = try Self.mixed()
        try Self.spoil(bench, "main.bin", (150 + 452 + block) * 2352 + byte)
        let survey = try Self.survey(bench)
        #expect(survey.tracks[1].content.faults == faults && survey.damage.count == faults.count)
    }

    @Test func `a bit that has changed in Q or R to W is found`() throws {
        let bench = try Self.mixed()
        // Bit 7 is P, which has no check; the frame's first bit is in bit 6 of the first byte.
        let offset = (150 + 10) * 96
        let descriptor = try FileDescriptor(opening: "\(bench.disc)/sub.bin", O_RDWR)
        try [0x40 as UInt8, 0x01].withUnsafeBytes { try descriptor.writeAll($0, at: offset) }
        let survey = try Self.survey(bench)
        #expect(survey.tracks[0].content.faults == ["q_crc": 1] && survey.tracks[0].content.packs == 1)
        #expect(survey.damage == ["Track 1 has 1 sector with a wrong CRC in Q."])
    }

    @Test func `sub-channel of another place is found`() throws {
        let bench = try Self.mixed()
        let file = try FileDescriptor(opening: "\(bench.disc)/sub.bin", O_RDWR)
        var block = [UInt8](repeating: 0, count: 96)
        try block.withUnsafeMutableBytes { buffer in
            _ = try file.read(into: buffer, at: 160 * 96)
            try file.writeAll(UnsafeRawBufferPointer(buffer), at: 161 * 96)
        }
        #expect(try Self.survey(bench).tracks[0].content.faults == ["q_position": 1])
    }

    @Test func `files that end early, and sessions with a gap between them`() throws {
        let bench = try Bench()
        for start in [0, 11_702] {
            bench.select(Bench.tao(multiSession: 3))
            bench.track(at: start, blocks: 300)
            bench.send("5B 00 02 00 00 00 00 00 00 00")
        }
        #expect(truncate("\(bench.disc)/main.bin", off_t((150 + 11_802) * 2352)) == 0)
        let survey = try Self.survey(bench)
        #expect(survey.betweenSessions == 6750 + 4500)
        #expect(survey.tracks.map(\.missing) == [0, 202] && survey.tracks[1].content.sectors == ["audio": 100])
    }

    @Test func `a lead-in that a host wrote is counted, however long its file is`() throws {
        let bench = try Self.mixed()
        // The groove has 11485 blocks before the program area; the first sector is sub-channel with a wrong CRC.
        let path = "\(bench.disc)/lead-in-sub.bin"
        try DurableFile.replace(path, with: [0x40])
        #expect(truncate(path, off_t(1) << 40) == 0)
        #expect(try Self.survey(bench).leadIn == SectorSurvey.LeadIn(sectors: 11_485, qCRC: 1, packs: 0))
    }

    @Test func `the listing has it on request, and progress is told`() throws {
        let bench = try Self.mixed()
        try Self.spoil(bench, "main.bin", (150 + 472) * 2352 + 100)
        var told: [Int] = []
        let listing = try StoredDisc.load(bench.disc).checkedListing { done, total in told += [done, total] }
        #expect(told == [448, 904, 452, 904, 900, 904, 904, 904])
        #expect(listing.damage == ["Track 2 has 1 sector with a wrong EDC.", "Track 2 has 1 sector with wrong ECC."])
        for key in ["\"check\" : {", "\"mode1\" : 300", "\"edc\" : 1", "\"run_out\" : {"] {
            #expect(listing.json.contains(key), "\(key)")
        }
        #expect(!(try StoredDisc.load(bench.disc).listing().json.contains("\"check\"")))
    }
}
