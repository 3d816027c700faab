import BurnEngine
import BurnPlan
import MMC
import SCSI
import TestSupport
import VirtualRecorder

/// A burn with something going wrong, and what it left behind. Blocks.
struct FaultRun {
    let outcome: BurnOutcome
    let events: [JournalLine.Event]
    let taken: [FaultyDrive.Taken]
    /// How often the fault acted.
    let acted: Int
    /// Operation codes of commands that change a disc and were carried out.
    let changes: Set<UInt8>
    let log: [String]
    /// What is wrong with the recorder afterwards.
    var aftermath: [String] = []
    let isLocked: Bool

    init(_ scenario: FaultScenario, _ fault: (step: FaultStep, kind: FaultKind)? = nil, burnsAgain: Bool = false) throws
    {
        let folder = TemporaryFolder(inMemory: true)
        let recorder = try scenario.recorder(in: folder)
        let clock = ManualClock()
        let drive = FaultyDrive(recorder, clock, fault: fault)
        let journal = EventList()
        var lines: [String] = []
        let engine = BurnEngine(
            plan: try scenario.plan(), transport: drive, journal: journal, clock: clock, log: { lines.append($0) })
        outcome = engine.run()
        (events, log) = (journal.events, lines)
        (taken, acted, changes) = (drive.taken, drive.acted, drive.changes)
        isLocked = recorder.status.isLocked
        if fault?.kind.effect.isGone == true {
            // It comes back with another disc.
            try recorder.removeDisc()
            try recorder.loadDisc()
        } else {
            aftermath = try Self.faults(of: recorder, scenario, outcome)
        }
        if burnsAgain, try !Self.burnsAgain(recorder) { aftermath.append("no further disc can be burned") }
    }

    /// What is wrong with the drive and its disc; the tray has another disc in it then.
    private static func faults(
        of recorder: VirtualRecorder, _ scenario: FaultScenario, _ outcome: BurnOutcome
    ) throws -> [String] {
        let drive = FaultyDrive(recorder, ManualClock())
        var faults: [String] = []
        // What it still has to tell.
        _ = try? drive.perform(TestUnitReady())
        let disc = try drive.perform(ReadDiscInformation())
        let isAsClaimed =
            switch outcome.disc {
            case .blank: disc.status == .empty
            case .good, .written: disc.status == .finalized
            case .open: disc.status == .incomplete
            case .untouched: disc.status == (scenario.beginsWritten ? .incomplete : .empty)
            case .spoiled, .unsure: true
            }
        if !isAsClaimed { faults.append("the disc is called \(outcome.disc) and has status \(disc.status)") }
        let page = WriteParametersPage(from: try drive.modePage(WriteParametersPage.code))
        if page?.isTestWrite != false { faults.append("the drive is left set to test writes") }
        _ = try drive.perform(PreventAllowMediumRemoval(prevent: false))
        _ = try drive.perform(StartStopUnit(.eject))
        _ = try drive.perform(StartStopUnit(.load))
        return faults
    }

    /// Whether the disc that is in the tray now can be burned, unless it is one that was written on.
    private static func burnsAgain(_ recorder: VirtualRecorder) throws -> Bool {
        let clock = ManualClock()
        let drive = FaultyDrive(recorder, clock)
        // The new disc is told of.
        _ = try? drive.perform(TestUnitReady())
        guard try drive.perform(ReadDiscInformation()).status == .empty else { return true }
        let engine = BurnEngine(
            plan: try FaultScenario.tao.plan(), transport: drive, journal: EventList(), clock: clock)
        let outcome = engine.run()
        return outcome.result == .completed && outcome.disc == .good
    }

    /// The calls at which something is made to go wrong: of each command in each phase the first, and of WRITE and READ CD
    /// the second, the middle and the last as well.
    var places: [FaultyDrive.Taken] {
        var calls: [FaultStep: [FaultyDrive.Taken]] = [:]
        var order: [FaultStep] = []
        for call in taken {
            let kind = FaultStep(phase: call.step.phase, command: call.step.command, number: 0)
            if calls[kind] == nil { order.append(kind) }
            calls[kind, default: []].append(call)
        }
        return order.flatMap { kind -> [FaultyDrive.Taken] in
            let all = calls[kind] ?? []
            guard [0x2A, 0xBE].contains(kind.command.code) else { return Array(all.prefix(1)) }
            let numbers = Set([0, 1, all.count / 2, all.count - 1]).sorted()
            return numbers.filter(all.indices.contains).map { all[$0] }
        }
    }
}
