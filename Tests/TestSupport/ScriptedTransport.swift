public import SCSI

/// A device that expects exact commands in exact order and answers from the script.
public final class ScriptedTransport: SCSITransport {
    /// One command and its answer.
    public struct Step {
        let cdb: [UInt8]
        let dataOut: [UInt8]?
        let reply: [UInt8]
        let outcome: SCSIOutcome

        /// A command answered with GOOD and `reply`. `dataOut` nil means that what is sent along is not looked at.
        public init(cdb: [UInt8], dataOut: [UInt8]? = nil, reply: [UInt8] = [], outcome: SCSIOutcome = SCSIOutcome()) {
            (self.cdb, self.dataOut, self.reply, self.outcome) = (cdb, dataOut, reply, outcome)
        }

        /// A command refused with CHECK CONDITION.
        public init(cdb: [UInt8], sense: SenseData) {
            self.init(cdb: cdb, outcome: SCSIOutcome(status: 2, driverStatus: 8, sense: sense.fixedFormat))
        }
    }

    private var steps: [Step]
    /// What came that the script does not have at that place.
    public private(set) var surprises: [String] = []

    /// A device with a script.
    public init(_ steps: [Step]) { self.steps = steps.reversed() }

    /// Every step was taken and nothing else came.
    public var isExhausted: Bool { steps.isEmpty && surprises.isEmpty }

    /// Answers from the script; anything unexpected is a transport fault and stays in `surprises`.
    public func execute(_ cdb: CDB, _ data: DataTransfer, timeout: Int) throws(TransportFault) -> SCSIOutcome {
        guard let step = steps.last, step.cdb == cdb.bytes, sent(data, matches: step.dataOut) else {
            surprises.append(cdb.description)
            throw TransportFault(call: "script", errno: 0, description: "\(cdb) is not expected here")
        }
        steps.removeLast()
        var outcome = step.outcome
        if case .fromDevice(let buffer) = data {
            let moved = min(buffer.count, step.reply.count)
            buffer.copyBytes(from: step.reply.prefix(moved))
            outcome.residual = buffer.count - moved
        }
        return outcome
    }

    private func sent(_ data: DataTransfer, matches expected: [UInt8]?) -> Bool {
        guard let expected else { return true }
        guard case .toDevice(let buffer) = data else { return expected.isEmpty }
        return Array(buffer) == expected
    }
}
