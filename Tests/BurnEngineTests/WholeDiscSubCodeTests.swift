import BurnPlan
import DiscLayout
import POSIX
import RawRecording
import SectorCoding
import TestSupport
import Testing
import VirtualRecorder

@testable import BurnEngine

/// Raw sessions whose R to W come from the order for every sector, lead-in and lead-out included.
@Suite(.timeLimit(.minutes(5))) struct WholeDiscSubCodeTests {
    /// A raw session of 1200 sectors with noise in R to W from 95:00:00 to the end of the lead-out.
    private func plan(_ bench: Bench) throws -> (plan: BurnPlan, symbols: [UInt8]) {
        var plan = try bench.session(mode: .raw)
        let sectors = 22_650 + 1200 + 6750
        let symbols = Bench.samples(seed: 77, count: sectors * 24).map { $0 & 0x3F }
        try DurableFile.replace(bench.folder.path + "/symbols", with: symbols)
        plan.symbols = BurnPlan.Piece(file: bench.folder.path + "/symbols", count: symbols.count)
        plan.verify = .full
        return (plan, symbols)
    }

    @Test func `they are on the disc as given, beside P and Q, and are proven`() async throws {
        let bench = try Bench()
        let (plan, symbols) = try plan(bench)
        let result = try await bench.burn(plan)
        #expect(result.outcome.result == .completed, "\(result.outcome)")
        #expect(result.outcome.proven == [.toc, .audio, .indexes, .mcn, .isrc, .subCode])
        #expect(result.history.record?.sectorType == .raw)
        let sub = try DurableFile.contents(of: bench.discPath + "/sub.bin", limit: 1 << 24)
        let program = (22_650 - 150) * 96..<(22_650 + 1200) * 96
        #expect(sub.prefix(program.count).map { $0 & 0x3F } == Array(symbols[program]))
        // The lead-in of the virtual recorder's discs begins at LBA −11635.
        let leadIn = try DurableFile.contents(of: bench.discPath + "/lead-in-sub.bin", limit: 1 << 24)
        let given = (22_650 - 11_635) * 96..<(22_650 - 150) * 96
        #expect(leadIn.map { $0 & 0x3F } == Array(symbols[given]))
    }

    @Test func `packs that the drive interleaves are proven`() async throws {
        let bench = try Bench()
        var (plan, symbols) = try plan(bench)
        plan.sectorType = .cooked
        let result = try await bench.burn(plan)
        #expect(result.outcome.result == .completed, "\(result.outcome)")
        #expect(result.outcome.proven.contains(.subCode) && !result.outcome.proven.contains(.cdText))
        // The last four of a pack's 24 symbols are its parity.
        let sub = try DurableFile.contents(of: bench.discPath + "/sub.bin", limit: 1 << 24)
        var deinterleaver = RWDeinterleaver()
        var packs = [UInt8](repeating: 0, count: 700 * 96)
        sub[..<packs.count].withUnsafeBytes { source in
            packs.withUnsafeMutableBytes { deinterleaver.process(700, from: source, into: $0) }
        }
        // Sector 500 comes out two sectors late; sub.bin begins at −150.
        let found = packs[(500 + 150 + RWDeinterleaver.delay) * 96..<(501 + 150 + RWDeinterleaver.delay) * 96]
        symbols = Array(symbols[(22_650 + 500) * 96..<(22_650 + 501) * 96])
        for pack in 0..<4 {
            let data = Array(found.dropFirst(pack * 24 + 4).prefix(16)).map { $0 & 0x3F }
            #expect(data == Array(symbols[pack * 24 + 4..<pack * 24 + 20]))
        }
    }

    @Test func `one wrong symbol in any track is a mismatch with its place`() async throws {
        let bench = try Bench { cdb, _ in
            // READ CD with raw sub-channel: in the reply for LBA 700 a bit of W differs.
            guard cdb[0] == 0xBE, cdb[10] & 7 == 1 else { return nil }
            let lba = cdb[2...5].reduce(0) { $0 << 8 | Int($1) }
            let count = Int(cdb[7]) << 8 | Int(cdb[8])
            guard count > 0, (lba..<lba + count).contains(700) else { return nil }
            return .changedReply { reply in
                var reply = Array(reply)
                let size = reply.count / count
                reply[(700 - lba + 1) * size - 40] ^= 1
                return reply
            }
        }
        let result = try await bench.burn(try plan(bench).plan)
        #expect(result.outcome.problem?.type == .subChannelMismatch, "\(result.outcome)")
        #expect(result.outcome.problem?.lba == 700, "\(result.outcome)")
    }

    @Test func `a disc whose lead-in begins before theirs stays untouched`() async throws {
        let bench = try Bench(
            medium: Medium(
                kind: .cdR, leadInStart: MSF(minutes: 94, seconds: 59, frames: 74),
                lastLeadOut: MSF(minutes: 79, seconds: 59, frames: 74)))
        let result = try await bench.burn(try plan(bench).plan)
        #expect(result.outcome.problem?.type == .leadInTooShort && result.outcome.disc == .untouched)
        #expect(!bench.drive.commands.contains { $0.operationCode == 0x2A || $0.operationCode == 0x54 })
    }

    @Test func `too few of them are an error of the plan`() async throws {
        let bench = try Bench()
        var (plan, symbols) = try plan(bench)
        plan.symbols?.count = symbols.count - 96
        let result = try await bench.burn(plan)
        #expect(result.outcome.problem?.type == .planInvalid && bench.drive.commands.isEmpty, "\(result.outcome)")
    }

    @Test func `what graphics files have in the bits of P and Q is not sent`() throws {
        let folder = TemporaryFolder()
        let symbols = Bench.samples(seed: 3, count: 24 * 300)
        try DurableFile.replace(folder.path + "/rw", with: symbols)
        let blocks = CodedBlocks(
            try TrackContent([.zeros(300 * 2352)], sectorBytes: 2352), from: 0, mainBytes: 2352,
            symbols: try TrackContent(
                [BurnPlan.Piece(file: folder.path + "/rw", count: symbols.count)], sectorBytes: 96),
            from: 0, place: 0)
        var bytes = [UInt8](repeating: 0xFF, count: 3 * 2448)
        try bytes.withUnsafeMutableBytes { try blocks.read(7..<10, into: $0) }
        for sector in 0..<3 {
            let sent = Array(bytes[sector * 2448 + 2352..<(sector + 1) * 2448])
            #expect(sent == symbols[(7 + sector) * 96..<(8 + sector) * 96].map { $0 & 0x3F })
        }
    }
}
