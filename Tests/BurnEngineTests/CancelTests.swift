import BurnEngine
import BurnPlan
import POSIX
import SCSI
import TestSupport
import Testing

/// A burn that somebody stops.
@Suite(.timeLimit(.minutes(5))) struct CancelTests {
    /// Asks for the cancel as soon as so many WRITEs have passed.
    private func burn(
        _ bench: Bench, _ plan: BurnPlan, cancelledAfterWrites writes: Int
    ) async throws -> Bench.Result {
        try await bench.burn(plan) { laserIsOn in
            laserIsOn && bench.drive.commands.count { $0.operationCode == 0x2A } >= writes
        }
    }

    @Test func `before the laser the disc stays blank`() async throws {
        let bench = try Bench()
        let result = try await bench.burn(try bench.plan()) { !$0 }
        #expect(result.outcome.result == .cancelled && result.outcome.disc == .untouched)
        #expect(result.outcome.problem?.type == .cancelledByUser)
        #expect(!bench.drive.commands.contains { $0.operationCode == 0x2A } && bench.isTrayLocked != true)
        #expect(result.phases == [.preparing, .cancelling])
        let again = try await bench.burn(try bench.plan())
        #expect(again.outcome.result == .completed)
    }

    @Test func `in the last moment before the laser the disc stays blank, and the tray is unlocked`() async throws {
        let bench = try Bench()
        let result = try await bench.burn(try bench.plan()) { laserIsOn in
            !laserIsOn && bench.drive.commands.contains { $0.operationCode == 0x54 }
        }
        #expect(result.outcome.result == .cancelled && result.outcome.disc == .untouched)
        #expect(!bench.drive.commands.contains { $0.operationCode == 0x2A } && bench.isTrayLocked == false)
        #expect(result.history.laser == .off)
    }

    @Test func `in the first WRITEs of a track it is filled to four seconds, and the session closed`() async throws {
        let bench = try Bench()
        // Twelve WRITEs are track 1, two of 27 sectors are of track 2.
        let result = try await burn(bench, bench.plan(), cancelledAfterWrites: 14)
        #expect(result.outcome.result == .cancelled && result.outcome.disc == .open)
        #expect(result.outcome.tracksOnDisc == [1])
        #expect(result.outcome.problem?.detail.contains("Track 2 was cut after 54 of its 300 sectors") == true)
        #expect(result.phases == [.preparing, .burning, .cancelling])
        #expect(result.history.isClosed && bench.isTrayLocked == false)
        // Two tracks are on the disc, the second of four seconds, and the disc is closed.
        let last = try #require(bench.drive.commands.last { $0.operationCode == 0x2A }?.cdb)
        let end = last[2...5].reduce(0) { $0 << 8 | Int($1) } + Int(last[8])
        #expect(end == 473 + 300)
    }

    @Test func `between two tracks nothing is filled`() async throws {
        let bench = try Bench()
        let result = try await burn(bench, bench.plan(), cancelledAfterWrites: 12)
        #expect(result.outcome.tracksOnDisc == [1] && result.outcome.disc == .open)
        #expect(bench.drive.commands.count { $0.operationCode == 0x2A } == 12 && result.history.isClosed)
    }

    @Test func `a disc that was to stay open stays open`() async throws {
        let bench = try Bench()
        let result = try await burn(bench, bench.plan(close: .none), cancelledAfterWrites: 5)
        #expect(result.outcome.result == .cancelled && result.outcome.disc == .open)
        #expect(!bench.drive.commands.contains { $0.operationCode == 0x5B } && bench.isTrayLocked == false)
    }

    @Test func `while the buffer is full the cancel is heard`() async throws {
        let asked = Lock(0)
        let bench = try Bench { cdb, number in
            cdb[0] == 0x2A && (3..<30).contains(number) ? .sense(SenseData(2, 4, 8)) : nil
        }
        let result = try await bench.burn(try bench.plan()) { laserIsOn in
            laserIsOn
                && asked.withLock { asked in
                    asked += 1
                    return asked > 20
                }
        }
        #expect(result.outcome.result == .cancelled && result.outcome.disc == .open)
    }

    @Test func `while the disc is read nothing is claimed to be proven`() async throws {
        let bench = try Bench()
        let result = try await bench.burn(try bench.plan()) { laserIsOn in
            laserIsOn && bench.drive.commands.contains { $0.operationCode == 0xBE }
        }
        #expect(result.outcome.result == .cancelled && result.outcome.disc == .unsure)
        #expect(result.outcome.tracksOnDisc == [1, 2, 3] && result.outcome.proven.isEmpty)
        #expect(bench.isTrayLocked == false)
    }

    @Test func `a cancel whose close fails is a failure`() async throws {
        let bench = try Bench { cdb, _ in cdb[0] == 0x5B ? .sense(SenseData(3, 0x72, 0)) : nil }
        let result = try await burn(bench, bench.plan(), cancelledAfterWrites: 14)
        #expect(result.outcome.result == .failed && result.outcome.disc == .spoiled)
        #expect(result.outcome.problem?.type == .closeFailed && bench.isTrayLocked == false)
    }
}
