import BurnPlan
import SCSI

/// What follows from a fault at a place: rules of the standard's codes and of what may be claimed of a disc, written without
/// a look at the engine.
struct FaultRules {
    enum Expectation: Equatable {
        /// The burn goes on as if nothing had been.
        case survives
        /// It ends, with one of these problems, and with one of these things said of the disc.
        case fails(Set<BurnProblem.Kind>, Set<BurnOutcome.Disc>)
        /// Either of both: the drive may be asked in another way.
        case either(Set<BurnProblem.Kind>, Set<BurnOutcome.Disc>)
    }

    let scenario: FaultScenario
    let step: FaultStep
    let kind: FaultKind
    /// No WRITE was accepted before this call.
    var isFirstWrite: Bool { step.command.code == 0x2A && step.phase == .writing && step.number == 0 }

    private var meaning: FaultKind.Meaning { kind.meaning }
    private var code: UInt8 { step.command.code }
    private var sense: (key: UInt8, code: UInt8, qualifier: UInt8)? {
        if case .sense(let key, let code, let qualifier) = meaning { (key, code, qualifier) } else { nil }
    }

    var expectation: Expectation {
        if meaning == .success { return .survives }
        return switch step.phase {
        case .before: before
        case .writing: writing
        case .between: scenario == .test ? .survives : between
        case .flushing: flushing
        case .blanking: blanking
        case .closing: closing
        case .readingBack: readingBack
        // All is over: the tray's lock is all that can be wrong.
        case .after: .survives
        }
    }

    // MARK: What can be said of the disc

    private typealias Discs = Set<BurnOutcome.Disc>

    /// Of a burn that had begun: what the drive refused is known to be spoiled, what it did not answer is not known.
    private func begun(_ discs: Discs) -> Discs { scenario == .test ? [.untouched] : discs }

    /// The problem when the drive cannot be reached.
    private func lost(_ isTimeout: Bool) -> Set<BurnProblem.Kind> { [isTimeout ? .driveTimeout : .driveOffline] }

    // MARK: Before the laser

    /// Questions whose answer a burn can do without.
    private var isOptionalBefore: Bool {
        switch code {
        case 0x5A: step.command.detail == 0x2A
        case 0x52: scenario == .sao || scenario == .test
        default: false
        }
    }

    private var before: Expectation {
        if isOptionalBefore { return kind.effect.isGone ? .fails([.driveOffline], [.untouched]) : .survives }
        switch meaning {
        case .unsent: return .survives
        case .busy: return kind.isLasting ? .fails([.driveTimeout], [.untouched]) : .survives
        case .unknown(let isTimeout): return .fails(lost(isTimeout), [.untouched])
        case .incomplete:
            let kinds: Set<BurnProblem.Kind> = [.driveRefused, .modeNotSupported, .mediaIncompatible]
            return code == 0x55 || code == 0x5D ? .fails(kinds, [.untouched]) : .either(kinds, [.untouched])
        case .sense, .status, .deferred, .success: break
        }
        if isSwallowedBefore { return kind.isLasting ? .fails(refusedBefore, [.untouched]) : .survives }
        return hasOtherWayBefore ? .survives : .fails(refusedBefore, [.untouched])
    }

    /// Unit attentions, and what passes when the command is sent again.
    private var isSwallowedBefore: Bool {
        guard let sense else { return false }
        return switch (sense.key, sense.code, sense.qualifier) {
        case (6, _, _), (0xB, _, _), (_, 0x08, _): true
        // The drive is told to start the disc.
        case (2, 0x04, 0x02): code == 0 || code == 0x51
        default: false
        }
    }

    /// Refusals that have an answer.
    private var hasOtherWayBefore: Bool {
        guard let sense else { return false }
        return switch (code, sense.key, sense.code, sense.qualifier) {
        // Write parameters and cue sheets come in several forms.
        case (0x55, 5, _, _): !kind.isLasting
        case (0x5D, 5, _, _): !kind.isLasting && scenario == .sao
        // The drive writes at its own speed, calibrates by itself, or has few places for it left.
        case (0xBB, 5, _, _), (0x54, 5, 0x20, _), (0x54, 3, 0x73, 0x01): true
        default: false
        }
    }

    private var refusedBefore: Set<BurnProblem.Kind> {
        var key = sense?.key
        if case .deferred = meaning { key = 3 }
        return switch (code, key) {
        case (0x00, 2), (0x51, 2): [.mediaIncompatible]
        case (0x54, 3), (0x54, 4): [.powerCalibrationFailed]
        case (0x55, 5): [.modeNotSupported]
        case (0x5D, 5): [.layoutRefused]
        default: [.driveRefused]
        }
    }

    // MARK: Writing

    private var writing: Expectation {
        // The rest is for the progress: how full is the drive's buffer?
        guard code == 0x2A else {
            switch meaning {
            case .deferred: return .fails([.writeError, .bufferUnderrun], begun([.spoiled]))
            case .unknown(let isTimeout): return .fails(lost(isTimeout), begun([.unsure]))
            default: return .either([.driveOffline], begun([.unsure]))
            }
        }
        switch meaning {
        case .busy: return kind.isLasting ? .fails([.driveTimeout], begun([.spoiled])) : .survives
        // Whether a WRITE may be sent again is not left to a host adapter.
        case .unsent: return .fails([.driveOffline], begun([.unsure]))
        case .unknown(let isTimeout): return .fails(lost(isTimeout), begun([.unsure]))
        case .sense(6, 0x2A, _), .sense(6, 0x5A, _): return kind.isLasting ? failedWrite : .survives
        default: return failedWrite
        }
    }

    private var failedWrite: Expectation {
        var discs: Discs = [.spoiled]
        // Only a first WRITE that is illegal has written nothing for certain.
        if isFirstWrite, sense?.key == 5, !kind.effect.isCarriedOut { discs = [.untouched] }
        var kinds = writeProblem
        // CD-TEXT that a drive does not want has no address.
        if isFirstWrite, scenario == .sao, kinds == [.mediaTooSmall] { kinds = [.layoutRefused] }
        return .fails(kinds, begun(discs))
    }

    private var writeProblem: Set<BurnProblem.Kind> {
        switch meaning {
        case .sense(3, 0x0C, 0x09), .deferred(0x0C, 0x09): [.bufferUnderrun]
        case .sense(5, 0x21, 0x00), .sense(5, 0x63, _): [.mediaTooSmall]
        case .sense(7, _, _), .sense(2, 0x30, _): [.mediaIncompatible]
        default: [.writeError]
        }
    }

    private var between: Expectation {
        switch meaning {
        case .busy: return kind.isLasting ? .fails([.driveTimeout], [.spoiled]) : .survives
        case .unsent: return .survives
        case .unknown(let isTimeout): return .fails(lost(isTimeout), [.spoiled, .unsure])
        case .incomplete:
            let kinds: Set<BurnProblem.Kind> = [.driveRefused, .modeNotSupported, .mediaTooSmall]
            return code == 0x55 ? .fails(kinds, [.spoiled]) : .either(kinds, [.spoiled])
        // A disc that may be another one, a drive that was reset.
        case .sense(6, 0x28, _), .sense(6, 0x29, _): return .fails([.driveRefused], [.spoiled])
        case .sense(6, _, _), .sense(0xB, _, _):
            return kind.isLasting ? .fails([.driveRefused], [.spoiled]) : .survives
        case .sense(5, _, _) where code == 0x55:
            return kind.isLasting ? .fails([.modeNotSupported], [.spoiled]) : .survives
        default: return .fails([.driveRefused], [.spoiled])
        }
    }

    private var flushing: Expectation {
        let isFlush = code == 0x35
        switch meaning {
        case .busy: return kind.isLasting ? .fails([.driveTimeout], begun([.unsure, .spoiled])) : .survives
        case .unsent where !isFlush: return .survives
        case .unsent: return .either([.driveOffline], begun([.unsure]))
        case .unknown(let isTimeout): return .fails(lost(isTimeout), begun([.unsure]))
        case .sense(5, 0x24, _) where isFlush:
            return kind.isLasting ? .fails([.writeError], begun([.spoiled])) : .survives
        case .sense(6, 0x28, _), .sense(6, 0x29, _): return .fails([.writeError], begun([.spoiled]))
        case .sense(6, _, _) where !isFlush, .sense(0xB, _, _) where !isFlush:
            return kind.isLasting ? .fails([.writeError], begun([.spoiled])) : .survives
        case .sense(6, _, _) where isFlush: return .either([.writeError], begun([.spoiled]))
        case .incomplete: return .either([.writeError, .closeFailed], begun([.spoiled]))
        default: return .fails(isFlush ? writeProblem : [.writeError], begun([.spoiled]))
        }
    }

    // MARK: Blanking and closing

    private var blanking: Expectation {
        let isCommand = code == 0xA1
        switch meaning {
        case .busy: return kind.isLasting ? .fails([.driveTimeout], [.unsure, .spoiled, .untouched]) : .survives
        case .unsent: return .survives
        case .unknown(let isTimeout):
            // How far it is may stay unknown.
            return code == 0x03 ? .survives : .fails(lost(isTimeout), [.unsure])
        case .sense(_, 0x30, _) where isCommand: return .fails([.mediaIncompatible], [.untouched])
        // What one way of blanking does not do another may.
        default: break
        }
        if !kind.isLasting { return .survives }
        let isIllegal = isCommand && sense?.key == 5
        return .fails([.eraseFailed], isIllegal ? [.untouched, .spoiled] : [.spoiled])
    }

    private var closing: Expectation {
        // What the drive would say of the next track is asked for the counters.
        if code == 0x52 { return .survives }
        let isCommand = code == 0x5B
        switch meaning {
        case .busy: return kind.isLasting ? .fails([.driveTimeout, .closeFailed], [.unsure, .spoiled]) : .survives
        case .unsent where !isCommand: return .survives
        case .unsent: return .either([.driveOffline], [.unsure])
        case .unknown(let isTimeout): return .fails(lost(isTimeout), [.unsure])
        case .sense(6, 0x2E, _) where isCommand: return .survives
        case .sense(5, 0x24, _) where isCommand: return kind.isLasting ? .fails([.closeFailed], [.spoiled]) : .survives
        case .sense(5, 0xB5, _) where isCommand: return .survives
        case .sense(6, 0x28, _), .sense(6, 0x29, _): return .fails([.closeFailed], [.spoiled])
        case .sense(6, _, _) where !isCommand, .sense(0xB, _, _) where !isCommand:
            return kind.isLasting ? .fails([.closeFailed], [.spoiled]) : .survives
        case .incomplete: return .either([.closeFailed], [.spoiled])
        default: return .fails([.closeFailed], [.spoiled])
        }
    }

    // MARK: Reading back

    private var readingBack: Expectation {
        // The disc is only started anew for whoever comes next.
        if scenario == .image { return .survives }
        let failing: Set<BurnProblem.Kind> = [.readBackFailed, .driveTimeout, .driveOffline]
        switch (code, meaning) {
        case (0x1B, _): return kind.effect.isGone ? .fails([.driveOffline], [.unsure]) : .survives
        case (0x00, .unknown(let isTimeout)), (0x51, .unknown(let isTimeout)):
            return .fails(lost(isTimeout), [.unsure])
        case (0x00, .unsent), (0x51, .unsent): return .survives
        case (0x00, .busy), (0x51, .busy): return kind.isLasting ? .fails([.driveTimeout], [.unsure]) : .survives
        case (0x00, .sense(6, _, _)), (0x51, .sense(6, _, _)), (0x00, .sense(0xB, _, _)), (0x51, .sense(0xB, _, _)),
            (0x00, .sense(_, 0x08, _)), (0x51, .sense(_, 0x08, _)), (0x00, .sense(2, 4, 2)), (0x51, .sense(2, 4, 2)):
            return kind.isLasting ? .fails([.readBackFailed], [.unsure]) : .survives
        case (0x00, .sense), (0x00, .status), (0x00, .deferred), (0x51, .sense), (0x51, .status), (0x51, .deferred):
            return .fails([.readBackFailed], [.unsure])
        // A place may read at the next try, and what a drive does not read at all is not proven.
        default: return .either(failing, [.unsure])
        }
    }
}

extension FaultKind.Effect {
    var isGone: Bool { if case .gone = self { true } else { false } }

    /// The drive did what it was told, whatever it answered.
    var isCarriedOut: Bool {
        switch self {
        case .answer, .hang, .gone: false
        case .goodAnswer, .answerBehind, .missing, .cut: true
        }
    }
}
