import BurnEngine
import BurnPlan
import Glibc
import POSIX
import SCSI
import TestSupport
import Testing

/// What is found out before the laser leaves the disc as it was.
@Suite(.timeLimit(.minutes(5))) struct RefusalTests {
    func refused(
        _ kind: BurnProblem.Kind, by bench: Bench, _ plan: BurnPlan, _ location: SourceLocation = #_sourceLocation
    ) async throws {
        let result = try await bench.burn(plan)
        #expect(
            result.outcome.result == .failed && result.outcome.disc == .untouched, sourceLocation: location)
        #expect(result.outcome.problem?.type == kind, "\(result.outcome)", sourceLocation: location)
        #expect(result.outcome.problem?.hint.isEmpty == false, sourceLocation: location)
        #expect(!bench.drive.commands.contains { $0.operationCode == 0x2A }, sourceLocation: location)
        #expect(bench.isTrayLocked != true, sourceLocation: location)
        #expect(result.history.laser == .off, sourceLocation: location)
    }

    @Test func `a disc that is written on`() async throws {
        for close in CloseMode.allCases {
            let bench = try Bench()
            _ = try await bench.burn(try bench.plan([588 * 300], close: close))
            let writes = bench.drive.commands.count { $0.operationCode == 0x2A }
            let result = try await bench.burn(try bench.plan([588 * 300]))
            #expect(result.outcome.problem?.type == .mediaNotBlank && result.outcome.disc == .untouched)
            #expect(bench.drive.commands.count { $0.operationCode == 0x2A } == writes)
        }
    }

    @Test func `a plan that the disc has no room for`() async throws {
        let bench = try Bench { cdb, _ in
            // READ TRACK INFORMATION: 619 free blocks, one less than two tracks of 300 with 152 between them need.
            cdb[0] == 0x52 ? .changedReply { $0[..<16] + hex("000002EF") + $0[20...] } : nil
        }
        try await refused(.mediaTooSmall, by: bench, bench.plan([588 * 300, 588 * 300]))
    }

    @Test func `a calibration that fails`() async throws {
        let bench = try Bench { cdb, _ in cdb[0] == 0x54 ? .sense(SenseData(3, 0x73, 3)) : nil }
        try await refused(.powerCalibrationFailed, by: bench, bench.plan())
    }

    @Test func `a drive that does not write Track-At-Once`() async throws {
        let bench = try Bench { cdb, _ in
            // The feature's code becomes one that nobody knows.
            cdb[0] == 0x46
                ? .changedReply { reply in
                    var reply = reply
                    for index in reply.indices.dropLast(3) where index % 4 == 0 && index >= 8 {
                        if reply[index] == 0, reply[index + 1] == 0x2D { reply[index] = 0xF0 }
                    }
                    return reply
                } : nil
        }
        try await refused(.modeNotSupported, by: bench, bench.plan())
    }

    @Test func `write parameters that are refused`() async throws {
        let bench = try Bench { cdb, _ in cdb[0] == 0x55 ? .sense(SenseData(5, 0x26, 0)) : nil }
        try await refused(.modeNotSupported, by: bench, bench.plan())
    }

    @Test func `an empty drive`() async throws {
        let bench = try Bench { cdb, _ in cdb[0] == 0 ? .sense(SenseData(2, 0x3A, 1)) : nil }
        try await refused(.mediaIncompatible, by: bench, bench.plan())
    }

    @Test func `a drive that never becomes ready`() async throws {
        let bench = try Bench { cdb, _ in cdb[0] == 0 ? .sense(SenseData(2, 4, 1)) : nil }
        try await refused(.driveTimeout, by: bench, bench.plan())
    }

    @Test func `a drive whose replies are cut short`() async throws {
        for code in [0x12, 0x46, 0x51, 0x5A, 0x52] as [UInt8] {
            let bench = try Bench { cdb, _ in cdb[0] == code ? .changedReply { Array($0.prefix(3)) } : nil }
            try await refused(.driveRefused, by: bench, bench.plan())
        }
    }

    @Test func `audio that is not as long as planned`() async throws {
        let bench = try Bench()
        var plan = try bench.plan()
        plan.tracks[1].content[0].count += 1
        try await refused(.planInvalid, by: bench, plan)
        #expect(bench.drive.commands.isEmpty)
    }

    @Test func `audio that is gone`() async throws {
        let bench = try Bench()
        var plan = try bench.plan()
        plan.tracks[2].content[0].file? += ".gone"
        try await refused(.planInvalid, by: bench, plan)
    }

    @Test func `plans that are none`() async throws {
        let bench = try Bench()
        let good = try bench.plan()
        var plans = Array(repeating: good, count: 6)
        plans[0].version += 1
        plans[1].tracks = []
        plans[2].tracks[0].number = 7
        plans[3].tracks[0].sectors = 0
        plans[4].tracks[0].content[0].offset = -1
        plans[5].tracks = Array(repeating: good.tracks[0], count: 100)
        for plan in plans { try await refused(.planInvalid, by: bench, plan) }
    }

    @Test func `a journal that takes no line keeps the laser off`() async throws {
        struct FullDisk: BurnJournaling {
            func append(_ event: JournalLine.Event) throws(SystemError) {
                throw SystemError(call: "pwrite", number: ENOSPC)
            }
        }
        let bench = try Bench()
        let plan = try bench.plan()
        let outcome = try await BlockingThread.run {
            let transport = try bench.open()
            return BurnEngine(plan: plan, transport: transport, journal: FullDisk(), clock: ManualClock()).run()
        }
        #expect(outcome.result == .failed && outcome.disc == .untouched)
        #expect(!bench.drive.commands.contains { $0.operationCode == 0x2A } && bench.isTrayLocked == false)
    }
}
