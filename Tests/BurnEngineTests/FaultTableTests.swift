import BurnPlan
import FoundationEssentials
import POSIX
import Testing

/// Every command of every way to burn × what can go wrong with it × where: the burn ends as the rules say, says no more of
/// the disc than it knows, and leaves a recorder that can be used.
@Suite(.timeLimit(.minutes(30))) struct FaultTableTests {
    /// Of the whole table one in so many is tried: `BURND_FAULTS` says how many, 1 is all of it.
    private static let share = ProcessInfo.processInfo.environment["BURND_FAULTS"].flatMap(Int.init) ?? 29
    /// Of the faults of commands that change a disc more are tried.
    private static let decisiveShare = 7
    private static let decisive: Set<UInt8> = [0x2A, 0x35, 0x5B, 0xA1, 0x5D, 0x54]

    /// The entries of the table for one scenario.
    struct Entry: Sendable, CustomStringConvertible {
        let scenario: FaultScenario
        let step: FaultStep
        let kind: FaultKind

        /// A drive that never again takes what ends a test write, or what takes the test bit back.
        var defeatsCleaning: Bool {
            let isAnswered = if case .unknown = kind.meaning { false } else { true }
            return scenario == .test && (kind.isLasting || !isAnswered)
                && (step.phase == .between || step.command.code == 0x35)
        }

        var description: String { "\(scenario.rawValue): \(step) × \(kind)" }
    }

    private static func entries(_ scenario: FaultScenario, _ places: [FaultyDrive.Taken]) -> [Entry] {
        places.flatMap { place in
            FaultKind.all.filter { $0.fits(place) }.map { Entry(scenario: scenario, step: place.step, kind: $0) }
        }
    }

    @Test(arguments: FaultScenario.allCases)
    func `a burn ends as the rules say, whatever goes wrong`(_ scenario: FaultScenario) async throws {
        let (wrong, tried, all) = try await BlockingThread.run {
            let plain = try FaultRun(scenario)
            guard plain.outcome.result == .completed, plain.outcome.disc == scenario.outcome, plain.aftermath.isEmpty,
                !plain.isLocked
            else { return (["nothing went wrong, and yet \(plain.outcome), \(plain.aftermath)"], 0, 0) }
            let all = Self.entries(scenario, plain.places)
            let tried = all.enumerated().filter { index, entry in
                index % Self.share == 0
                    || (Self.decisive.contains(entry.step.command.code) && index % Self.decisiveShare == 0)
            }
            var wrong: [String] = []
            for (index, entry) in tried { wrong += try Self.faults(of: entry, burnsAgain: index % 10 == 0) }
            return (wrong, tried.count, all.count)
        }
        print("fault table, \(scenario): \(tried) of \(all) entries")
        #expect(wrong.isEmpty, "\(wrong.count) of \(tried): \(wrong.prefix(200).joined(separator: "\n"))")
    }

    /// What is not as it should be.
    private static func faults(of entry: Entry, burnsAgain: Bool) throws -> [String] {
        let run: FaultRun
        do {
            run = try FaultRun(entry.scenario, (entry.step, entry.kind), burnsAgain: burnsAgain)
        } catch {
            return ["\(entry): afterwards \(error)"]
        }
        let expected = FaultRules(scenario: entry.scenario, step: entry.step, kind: entry.kind).expectation
        var faults = expected.faults(run.outcome, completed: entry.scenario.outcome)
        if !entry.defeatsCleaning { faults += run.aftermath }
        if run.acted == 0 { faults.append("nothing went wrong") }
        // Nobody unlocks a drive that is gone, or that refuses just that.
        if run.isLocked, !entry.kind.effect.isGone, entry.step.phase != .after { faults.append("the tray is locked") }
        let changing: Set<UInt8> = entry.scenario == .test ? [] : [0x2A, 0xA1, 0x5B]
        if run.outcome.disc == .untouched, !run.changes.isDisjoint(with: changing) {
            faults.append("called untouched, and \(run.changes) were carried out")
        }
        if run.events.last != .outcome(run.outcome) { faults.append("the journal does not end with the outcome") }
        if let problem = run.outcome.problem, problem.detail.isEmpty || problem.hint.isEmpty {
            faults.append("the problem says nothing")
        }
        return faults.map { "\(entry): \($0)" }
    }
}

extension FaultRules.Expectation {
    fileprivate func faults(_ outcome: BurnOutcome, completed disc: BurnOutcome.Disc) -> [String] {
        let found =
            "\(outcome.result.rawValue), \(outcome.disc.rawValue)"
            + (outcome.problem.map { ", \($0.type.rawValue) (\($0.detail))" } ?? "")
        let hasCompleted = outcome.result == .completed && outcome.problem == nil && outcome.disc == disc
        func hasFailed(_ kinds: Set<BurnProblem.Kind>, _ discs: Set<BurnOutcome.Disc>) -> Bool {
            outcome.result == .failed && discs.contains(outcome.disc) && outcome.proven.isEmpty
                && outcome.problem.map { kinds.contains($0.type) } == true
        }
        func words(_ kinds: Set<BurnProblem.Kind>, _ discs: Set<BurnOutcome.Disc>) -> String {
            "\(kinds.map(\.rawValue).sorted()) \(discs.map(\.rawValue).sorted())"
        }
        return switch self {
        case .survives: hasCompleted ? [] : ["survives, not \(found)"]
        case .fails(let kinds, let discs): hasFailed(kinds, discs) ? [] : ["fails \(words(kinds, discs)), not \(found)"]
        case .either(let kinds, let discs):
            hasCompleted || hasFailed(kinds, discs) ? [] : ["survives or fails \(words(kinds, discs)), not \(found)"]
        }
    }
}
