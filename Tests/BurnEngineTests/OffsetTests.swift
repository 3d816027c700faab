import BurnEngine
import BurnPlan
import POSIX
import SCSI
import TestSupport
import Testing

/// Real drives shift audio by a constant number of samples.
@Suite(.timeLimit(.minutes(5))) struct OffsetTests {
    /// A drive that reads every sample `shift` samples early (positive) or late (negative).
    private func shifted(_ shift: Int, jitterFrom: Int = .max) throws -> Bench {
        let audio = Lock([UInt8]())
        return try Bench { cdb, number in
            // Audio; sub-channel knows no offset.
            guard cdb[0] == 0xBE, cdb[10] == 0 else { return nil }
            let lba = Int(Int32(bitPattern: cdb[2...5].reduce(0) { $0 << 8 | UInt32($1) }))
            let count = cdb[6...8].reduce(0) { $0 << 8 | Int($1) } * 2352
            return .changedReply { _ in
                audio.withLock { audio in
                    if audio.isEmpty { audio = Self.program }
                    let own = number >= jitterFrom ? shift + 1 : shift
                    let start = lba * 2352 + own * 4
                    let there = (start..<start + count).clamped(to: 0..<audio.count)
                    let front = [UInt8](repeating: 0, count: start < 0 ? count - there.count : 0)
                    let back = [UInt8](repeating: 0, count: count - front.count - there.count)
                    return front + audio[there] + back
                }
            }
        }
    }

    /// The program area that the usual plan makes: tracks at 0, 473 and 925.
    private static let program: [UInt8] = {
        var bytes = [UInt8](repeating: 0, count: (925 + 310 + 20) * 2352)
        for (index, start) in [0, 473, 925].enumerated() {
            let samples = Bench.samples(seed: UInt64(index + 1), count: Bench.usual[index])
            bytes.replaceSubrange(start * 2352..<start * 2352 + samples.count, with: samples)
        }
        return bytes
    }()

    @Test(arguments: [0, 1, 30, 667, -12, -1164, 5999]) func `a constant offset is found and taken out`(
        _ shift: Int
    ) async throws {
        let result = try await shifted(shift).burnUsual()
        #expect(
            result.outcome.result == .completed && result.outcome.proven == [.toc, .audio, .indexes],
            "\(result.outcome)")
    }

    @Test func `an offset that changes is a difference`() async throws {
        let result = try await shifted(30, jitterFrom: 20).burnUsual()
        #expect(result.outcome.problem?.type == .verifyMismatch)
    }

    @Test func `an offset beyond all drives is a difference`() async throws {
        let result = try await shifted(6001).burnUsual()
        #expect(result.outcome.problem?.type == .verifyMismatch)
    }

    @Test func `silence is compared too`() async throws {
        let bench = try Bench { cdb, number in
            cdb[0] == 0xBE && number == 1 ? .changedReply { [$0[0] ^ 1] + $0[1...] } : nil
        }
        var plan = try bench.plan([588 * 300])
        let silence = bench.folder.path + "/silence"
        plan.tracks[0].content[0].file = silence
        try DurableFile.replace(silence, with: [UInt8](repeating: 0, count: 588 * 300 * 4))
        #expect(try await bench.burn(plan).outcome.problem?.type == .verifyMismatch)
    }
}

extension Bench {
    fileprivate func burnUsual() async throws -> Result { try await burn(plan()) }
}
