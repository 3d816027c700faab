import POSIX
import SCSI
import VirtualRecorder

/// Where in a burn a command stands, by the commands that came before it.
enum FaultPhase: String, Sendable {
    /// Nothing is written yet.
    case before
    /// The laser is on, from the first WRITE to the last of a track or session.
    case writing
    /// SYNCHRONIZE CACHE was sent.
    case flushing
    /// Behind a track and in front of the next; of a test write, behind it.
    case between
    case blanking
    case closing
    /// The disc was stopped, to be read anew.
    case readingBack
    /// The tray is unlocked again.
    case after

    /// The phase of a command that follows a command of this phase.
    func next(_ cdb: [UInt8]) -> FaultPhase {
        switch cdb[0] {
        case 0x2A: .writing
        case 0xA1: .blanking
        case 0x5B: .closing
        case 0x35 where self == .writing || self == .between: .flushing
        case 0x1B where self == .flushing || self == .closing: .readingBack
        case 0x1E where cdb[4] & 1 == 0: .after
        case 0x55 where self == .flushing, 0x5A where self == .flushing, 0x52 where self == .flushing: .between
        default: self
        }
    }
}

/// A command as the table tells them apart: by operation code, and by what else makes it another question.
struct FaultCommand: Hashable, Sendable, CustomStringConvertible {
    let code: UInt8
    /// Page, format, action: by the operation code.
    let detail: Int

    init(_ cdb: [UInt8]) {
        code = cdb[0]
        detail =
            switch code {
            case 0x5A: Int(cdb[2] & 0x3F)
            case 0x1E, 0x1B: Int(cdb[4] & 3)
            case 0x43: Int(cdb[2] & 0x0F)
            case 0x42: Int(cdb[3])
            case 0xBE: Int(cdb[9]) << 8 | Int(cdb[10])
            default: 0
            }
    }

    var description: String {
        let words = [code, UInt8(detail >> 8), UInt8(detail & 0xFF)].map {
            ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true)
        }
        return words[0] + (detail > 0xFF ? "/" + words[1] + words[2] : detail > 0 ? "/" + words[2] : "h")
    }
}

/// One call of one command.
struct FaultStep: Hashable, Sendable, CustomStringConvertible {
    let phase: FaultPhase
    let command: FaultCommand
    /// How many of the same command in the same phase came before it.
    let number: Int

    var description: String { "\(command) #\(number), \(phase.rawValue)" }
}

/// The recorder in this process, and between it and the burn somebody who makes one kind of mischief at one place.
final class FaultyDrive: SCSITransport {
    /// A step as it was taken.
    struct Taken: Sendable {
        let step: FaultStep
        let movesOut: Bool
        let movesIn: Bool
    }

    private let recorder: VirtualRecorder
    private let clock: ManualClock
    private let fault: (step: FaultStep, kind: FaultKind)?
    private var phase = FaultPhase.before
    private var counts: [FaultStep: Int] = [:]
    private var isGone = false
    /// All commands, in order.
    private(set) var taken: [Taken] = []
    /// How often the fault has acted.
    private(set) var acted = 0
    /// Operation codes of commands that change a disc and were carried out.
    private(set) var changes: Set<UInt8> = []

    init(_ recorder: VirtualRecorder, _ clock: ManualClock, fault: (step: FaultStep, kind: FaultKind)? = nil) {
        (self.recorder, self.clock, self.fault) = (recorder, clock, fault)
    }

    func execute(_ cdb: CDB, _ data: DataTransfer, timeout: Int) throws(TransportFault) -> SCSIOutcome {
        phase = phase.next(cdb.bytes)
        let kind = FaultStep(phase: phase, command: FaultCommand(cdb.bytes), number: 0)
        let number = counts[kind, default: 0]
        counts[kind] = number + 1
        let step = FaultStep(phase: phase, command: kind.command, number: number)
        taken.append(Taken(step: step, movesOut: data.isOut, movesIn: data.isIn))
        guard isGone || acts(on: step) else { return passOn(cdb, data) }
        acted += 1
        return try fault.map { fault throws(TransportFault) in try commit(fault.kind, cdb, data, timeout) }
            ?? SCSIOutcome()
    }

    private func acts(on step: FaultStep) -> Bool {
        guard let fault, fault.step.phase == step.phase, fault.step.command == step.command else { return false }
        return (fault.step.number..<fault.step.number + fault.kind.times).contains(step.number)
    }

    private func commit(
        _ kind: FaultKind, _ cdb: CDB, _ data: DataTransfer, _ timeout: Int
    ) throws(TransportFault) -> SCSIOutcome {
        switch kind.effect {
        case .answer(var outcome):
            outcome.residual = data.byteCount
            return outcome
        case .goodAnswer(let sense):
            var outcome = passOn(cdb, data)
            outcome.sense = sense
            outcome.driverStatus = 8
            return outcome
        case .answerBehind(let outcome):
            _ = passOn(cdb, data)
            return outcome
        case .missing(let count):
            var outcome = passOn(cdb, data)
            outcome.residual = min(outcome.residual + count, data.byteCount)
            return outcome
        case .cut(let length):
            var outcome = passOn(cdb, data)
            outcome.residual = max(outcome.residual, data.byteCount - length)
            return outcome
        case .hang:
            clock.sleep(.milliseconds(timeout))
            return SCSIOutcome(hostStatus: 3)
        case .gone:
            isGone = true
            throw TransportFault(call: "read", errno: 0, description: "the other side closed")
        }
    }

    private func passOn(_ cdb: CDB, _ data: DataTransfer) -> SCSIOutcome {
        let none = UnsafeRawBufferPointer(start: nil, count: 0)
        let outcome: SCSIOutcome
        switch data {
        case .none: outcome = recorder.execute(cdb, dataOut: none, transfer: 0).outcome
        case .toDevice(let bytes): outcome = recorder.execute(cdb, dataOut: bytes, transfer: 0).outcome
        case .fromDevice(let buffer):
            let (answer, reply) = recorder.execute(cdb, dataOut: none, transfer: buffer.count)
            buffer.copyBytes(from: reply.prefix(buffer.count))
            outcome = answer
        }
        if outcome.status == 0, [0x2A, 0xA1, 0x5B].contains(cdb.operationCode) { changes.insert(cdb.operationCode) }
        return outcome
    }
}

extension DataTransfer {
    fileprivate var isOut: Bool { if case .toDevice = self { true } else { false } }
    fileprivate var isIn: Bool { if case .fromDevice = self { true } else { false } }
}
