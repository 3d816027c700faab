import BurnPlan
import FoundationEssentials
import Testing

@Suite struct SettlementTests {
    @Test(arguments: [
        (BurnPlan.Task.burn, BurnOutcome.Disc.spoiled), (.erase, .unsure), (.close, .unsure),
    ]) func `what is left of a worker that died with the laser on depends on what it did`(
        task: BurnPlan.Task, disc: BurnOutcome.Disc
    ) {
        var history = BurnHistory()
        #expect(history.settlement(.workerDied, of: task) == .neverBegan)
        history.apply(JournalLine(at: Date(timeIntervalSince1970: 0), .laserPending))
        guard case .interrupted(let outcome) = history.settlement(.workerDied, of: task) else {
            Issue.record("a worker that died with the laser on is no interruption")
            return
        }
        #expect(outcome.disc == disc && outcome.result == .failed && outcome.problem?.type == .workerDied)
    }
}
