import BurnPlan
import POSIX
import Testing

/// What other burning programs were seen to report as a success, to guess wrongly, or to wait for without an end.
@Suite(.timeLimit(.minutes(5))) struct PeerFaultTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let phase: FaultPhase
        let code: UInt8
        var number = 0
        let kind: FaultKind
        /// Nil when the burn is to be completed.
        let problem: BurnProblem.Kind?
        /// Nil when it is as without the fault.
        let disc: BurnOutcome.Disc?
        var sense: String?
    }

    static let cases = [
        Case(
            testDescription: "the calibration is refused", phase: .before, code: 0x54, kind: .sense(3, 0x73, 3),
            problem: .powerCalibrationFailed, disc: .untouched, sense: "3/73/03"),
        Case(
            testDescription: "every cue sheet is refused", phase: .before, code: 0x5D,
            kind: .sense(5, 0x26, 0).lasting(), problem: .layoutRefused, disc: .untouched, sense: "5/26/00"),
        Case(
            testDescription: "a WRITE in the middle fails", phase: .writing, code: 0x2A, number: 9,
            kind: .sense(3, 0x0C, 0), problem: .writeError, disc: .spoiled, sense: "3/0C/00"),
        Case(
            testDescription: "the buffer is full five times", phase: .writing, code: 0x2A, number: 9,
            kind: .sense(2, 4, 8).repeated(5, "five times"), problem: nil, disc: nil),
        Case(
            testDescription: "the buffer is full for ever", phase: .writing, code: 0x2A, number: 9,
            kind: .sense(2, 4, 8).lasting(), problem: .driveTimeout, disc: .spoiled, sense: "2/04/08"),
        Case(
            testDescription: "SYNCHRONIZE CACHE fails when all was taken", phase: .flushing, code: 0x35,
            kind: .sense(3, 0x0C, 0), problem: .writeError, disc: .spoiled, sense: "3/0C/00"),
        Case(
            testDescription: "SYNCHRONIZE CACHE always fails", phase: .flushing, code: 0x35,
            kind: .sense(3, 0x0C, 0).lasting(), problem: .writeError, disc: .spoiled, sense: "3/0C/00"),
        Case(
            testDescription: "an earlier WRITE failed, as SYNCHRONIZE CACHE tells", phase: .flushing, code: 0x35,
            kind: .deferred(3, 0x0C, 0), problem: .writeError, disc: .spoiled, sense: "3/0C/00"),
    ]

    @Test(arguments: cases, [FaultScenario.tao, .sao, .image])
    func `a burn is what it says`(_ fault: Case, _ scenario: FaultScenario) async throws {
        // Only session at once has a cue sheet.
        guard fault.code != 0x5D || scenario == .sao else { return }
        let step = FaultStep(
            phase: fault.phase, command: FaultCommand([fault.code] + [UInt8](repeating: 0, count: 11)),
            number: fault.number)
        let run = try await BlockingThread.run { try FaultRun(scenario, (step, fault.kind), burnsAgain: true) }
        #expect(run.acted > 0 && run.aftermath.isEmpty && !run.isLocked, "\(run.aftermath)")
        let disc = fault.disc ?? scenario.outcome
        #expect(run.outcome.problem?.type == fault.problem && run.outcome.disc == disc, "\(run.outcome)")
        #expect(run.outcome.result == (fault.problem == nil ? .completed : .failed))
        #expect(run.outcome.problem?.sense == fault.sense)
    }
}
