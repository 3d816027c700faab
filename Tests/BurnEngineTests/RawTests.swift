import BurnEngine
import BurnPlan
import DiscLayout
import Glibc
import POSIX
import RawRecording
import SCSI
import SectorCoding
import TestSupport
import Testing

/// Raw sessions and raw images on a virtual recorder.
@Suite(.timeLimit(.minutes(5))) struct RawTests {
    private func selects(_ bench: Bench) -> [[UInt8]] {
        bench.drive.commands.filter { $0.operationCode == 0x55 }.map(\.dataOut)
    }

    @Test func `commands come in the order that the reference gives for RAW`() async throws {
        let bench = try Bench()
        let result = try await bench.burn(try bench.session(mode: .raw))
        #expect(result.outcome.result == .completed && result.outcome.disc == .written, "\(result.outcome)")
        let sequence = bench.drive.commands.drop { $0.operationCode != 0x1E }.map(\.operationCode)
            .filter { $0 != 0x5C && $0 != 0x5A }
            .reduce(into: [UInt8]()) { if $0.last != $1 { $0.append($1) } }
        #expect(sequence == [0x1E, 0xBB, 0x55, 0x54, 0x2A, 0x35, 0x00, 0x51, 0x1B, 0x00, 0x51, 0x1E])
        // Write type 3 with underrun protection, block type 1: P and Q.
        #expect(selects(bench).first?.prefix(13).suffix(5) == hex("05 32 43 00 01")[...])
        let first = try #require(bench.drive.commands.first { $0.operationCode == 0x2A })
        #expect(first.cdb == hex("2A 00 FF FF D2 8D 00 00 1A 00"))
    }

    @Test(arguments: [RawSectorType.pq, .cooked, .raw]) func `every sector is what the encoder makes`(
        _ type: RawSectorType
    ) async throws {
        let bench = try Bench()
        var plan = try bench.session(mode: .raw)
        plan.sectorType = type
        let result = try await bench.burn(plan)
        #expect(result.outcome.result == .completed && result.outcome.tracksOnDisc == [1, 2], "\(result.outcome)")
        #expect(result.history.record?.sectorType == type)
        var expected = try DurableFile.contents(of: bench.folder.path + "/live.pcm", limit: 1 << 24)
        #expect(try bench.mainChannel(from: 0, sectors: 1200) == expected)
        // Sub-channel of the last sector before index 1 of track 2: P, and Q with track 2, index 0, 00:00:00.
        let session = try RawSession(plan.layout(), leadInStart: -11_635, type: .raw)
        expected = [UInt8](repeating: 0, count: 2448)
        var encoder = RawEncoder(session, from: 549)
        expected.withUnsafeMutableBytes { encoder.complete(1, in: $0) }
        let sub = try DurableFile.contents(of: bench.discPath + "/sub.bin", limit: 1 << 24)
        #expect(Array(sub[(549 + 150) * 96..<(550 + 150) * 96]) == Array(expected[2352...]))
    }

    @Test func `the first kind of block that the drive takes is used`() async throws {
        let bench = try Bench { cdb, number in
            // Both attempts with P and Q, with underrun protection and without.
            cdb[0] == 0x55 && number < 2 ? .sense(SenseData(5, 0x26, 0)) : nil
        }
        let result = try await bench.burn(try bench.session(mode: .raw))
        #expect(result.outcome.result == .completed && result.history.record?.sectorType == .raw)
    }

    @Test func `a kind of block that the order demands is not replaced`() async throws {
        let bench = try Bench { cdb, _ in cdb[0] == 0x55 ? .sense(SenseData(5, 0x26, 0)) : nil }
        var plan = try bench.session(mode: .raw)
        plan.sectorType = .cooked
        let result = try await bench.burn(plan)
        #expect(result.outcome.problem?.type == .modeNotSupported && result.outcome.disc == .untouched)
    }

    @Test func `texts are in the lead-in, in raw blocks`() async throws {
        let bench = try Bench()
        let result = try await bench.burn(try bench.session(text: SessionAtOnceTests.text, mode: .raw))
        #expect(result.outcome.result == .completed && result.history.record?.sectorType == .raw, "\(result.outcome)")
        let leadIn = try DurableFile.contents(of: bench.discPath + "/lead-in-sub.bin", limit: 1 << 24)
        let sector = Array(leadIn[..<96])
        #expect(sector.withUnsafeBytes { TextPack.packs(in: $0) } == SessionAtOnceTests.packs)
    }

    @Test func `a raw session that is stopped in any part of it is spoiled`() async throws {
        for writes in [2, 445, 500] {
            let bench = try Bench()
            let result = try await bench.burn(try bench.session(mode: .raw)) { laserIsOn in
                laserIsOn && bench.drive.commands.count { $0.operationCode == 0x2A } >= writes
            }
            #expect(result.outcome.result == .cancelled && result.outcome.disc == .spoiled)
            #expect(bench.drive.commands.contains { $0.operationCode == 0x35 } && bench.isTrayLocked == false)
        }
    }

    @Test func `data of a raw session is a whole Mode 1 sector on the disc`() async throws {
        let bench = try Bench()
        let data = Bench.samples(seed: 9, count: 2048 / 4 * 320)
        try DurableFile.replace(bench.folder.path + "/data", with: data)
        var plan = try bench.session(mode: .raw)
        plan.tracks = [
            BurnPlan.Track(
                number: 1, form: .mode1, pregap: 150, sectors: 320,
                content: [BurnPlan.Piece(file: bench.folder.path + "/data", count: data.count)])
        ]
        let result = try await bench.burn(plan)
        #expect(result.outcome.result == .completed, "\(result.outcome)")
        var sector = [UInt8](repeating: 0, count: 2352)
        sector.replaceSubrange(16..<16 + 2048, with: data[7 * 2048..<8 * 2048])
        sector.withUnsafeMutableBytes { DataSector.completeMode1(at: 7, in: $0) }
        #expect(try bench.mainChannel(from: 7, sectors: 1) == sector)
    }

    // MARK: Images

    /// An image of two tracks with a lead-in that begins 100 sectors before the disc's.
    private func image(_ bench: Bench, edit: (inout [UInt8]) -> Void = { _ in }) throws -> BurnPlan {
        var plan = try bench.session(mode: .raw)
        let session = try RawSession(plan.layout(), leadInStart: -11_735, type: .cooked)
        let samples = try DurableFile.contents(of: bench.folder.path + "/live.pcm", limit: 1 << 24)
        let pause = [UInt8](repeating: 0, count: 150 * 2352)
        var bytes = [UInt8](repeating: 0, count: session.byteCount)
        var encoder = RawEncoder(session)
        (pause + samples).withUnsafeBytes { main in
            bytes.withUnsafeMutableBytes { encoder.encode(encoder.remaining, main: main, into: $0) }
        }
        edit(&bytes)
        try DurableFile.replace(bench.folder.path + "/image", with: bytes)
        (plan.tracks, plan.catalogNumber, plan.sectorType) = ([], nil, .cooked)
        plan.image = BurnPlan.Image(
            file: bench.folder.path + "/image", sectors: bytes.count / 2448, leadInSectors: 11_735)
        return plan
    }

    @Test func `an image is written from where the disc's lead-in begins`() async throws {
        let bench = try Bench()
        let result = try await bench.burn(try image(bench))
        #expect(result.outcome.result == .completed && result.outcome.tracksOnDisc == [1, 2], "\(result.outcome)")
        #expect(
            result.written == [
                WrittenTrack(number: 1, start: 0, sectors: 400), WrittenTrack(number: 2, start: 550, sectors: 650),
            ])
        let first = try #require(bench.drive.commands.first { $0.operationCode == 0x2A })
        #expect(first.cdb == hex("2A 00 FF FF D2 8D 00 00 1A 00"))
        let samples = try DurableFile.contents(of: bench.folder.path + "/live.pcm", limit: 1 << 24)
        #expect(try bench.mainChannel(from: 0, sectors: 1200) == samples)
    }

    @Test func `an image with less lead-in than the disc leaves it untouched`() async throws {
        let bench = try Bench()
        var plan = try image(bench) { $0.removeFirst(2448 * 101) }
        plan.image?.leadInSectors -= 101
        let result = try await bench.burn(plan)
        #expect(result.outcome.problem?.type == .leadInTooShort && result.outcome.disc == .untouched)
        #expect(!bench.drive.commands.contains { $0.operationCode == 0x2A })
    }

    @Test func `an image that makes no disc is refused with its place before anything is sent`() async throws {
        let bench = try Bench()
        var plan = try image(bench)
        plan.image?.leadInSectors -= 3
        let result = try await bench.burn(plan)
        #expect(result.outcome.problem?.type == .imageInvalid, "\(result.outcome)")
        #expect(
            result.outcome.problem?.detail.contains("lead-in sectors is wrong") == true && bench.drive.commands.isEmpty)
    }

    @Test func `an image that the disc has no room for leaves it untouched`() async throws {
        let bench = try Bench { cdb, _ in
            // READ DISC INFORMATION: the last lead-out at 00:10:00, LBA 600.
            cdb[0] == 0x51 ? .changedReply { $0.count >= 24 ? $0[..<20] + hex("00 00 0A 00") + $0[24...] : $0 } : nil
        }
        let result = try await bench.burn(try image(bench))
        #expect(
            result.outcome.problem?.type == .mediaTooSmall && result.outcome.disc == .untouched, "\(result.outcome)")
    }
}
