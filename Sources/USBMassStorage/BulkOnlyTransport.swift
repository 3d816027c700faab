import BinaryCoding
import SCSI

/// The device's side of the Bulk-Only transport as a value: what comes from the host goes in, what is to be done comes out
/// (Universal Serial Bus Mass Storage Class, Bulk-Only Transport, revision 1.0).
///
/// A command is a wrapper on the bulk-out endpoint, then its data, then a status wrapper on the bulk-in endpoint. Transfers
/// from the device wait here until there is something for them.
struct BulkOnlyTransport {
    /// A command for the logical unit.
    struct Command: Equatable {
        /// Tells it from every other one: its outcome has to name it.
        let number: Int
        let cdb: CDB
        /// The data-out that has come, in bytes.
        let dataOutLength: Int
        /// Room for data-in, in bytes.
        let room: Int
    }

    /// What is to be done, in this order.
    enum Action: Equatable {
        /// Answer a transfer with an error, or without data.
        case answer(sequence: UInt32, USBIPFrame.Status, count: Int)
        /// Answer a transfer to the host with these bytes.
        case send(sequence: UInt32, ArraySlice<UInt8>)
        /// Carry out a command.
        case execute(Command)
        /// Nobody waits for the command in execution any more.
        case abandon
        /// The device is gone.
        case disconnect
    }

    /// Where the bytes of a transfer to the device belong.
    enum Destination: Equatable {
        /// They may be a command wrapper.
        case wrapper
        /// Into the data-out, from here on.
        case dataOut(offset: Int)
        /// Nowhere: the transfer is refused.
        case nowhere
    }

    private enum Stage {
        /// A command wrapper is to come.
        case ready
        case dataOut(CommandBlockWrapper, received: Int)
        /// The logical unit is at it. Nil: it has said that it never will answer.
        case executing(CommandBlockWrapper, number: Int?)
        case dataIn(ArraySlice<UInt8>, missing: Int, then: CommandStatusWrapper)
        case status(CommandStatusWrapper)
        /// A wrapper was not valid: nothing goes until the host has reset the device (6.6.1).
        case invalid
    }

    /// A transfer that waits for the device.
    private struct Waiting {
        let sequence: UInt32
        let length: Int
    }

    /// More transfers than any host lets wait at one endpoint of such a device.
    static let maximumWaiting = 64

    private var stage = Stage.ready
    private var waiting: [Waiting] = []
    private var isInHalted = false
    private var isOutHalted = false
    private var configuration: UInt8 = 0
    /// Sense data of the command that failed last, until the next command.
    private var sense: [UInt8] = []
    private var lastNumber = 0

    /// Room that the data-out of the command at hand needs, in bytes.
    var dataOutLength: Int {
        if case .dataOut(let wrapper, _) = stage { wrapper.transferLength } else { 0 }
    }

    // MARK: Bulk-out

    /// Where a transfer of so many bytes to the device belongs.
    func destination(ofLength length: Int) -> Destination {
        switch stage {
        case _ where isOutHalted: .nowhere
        case .ready: length == CommandBlockWrapper.byteCount ? .wrapper : .nowhere
        case .dataOut(let wrapper, let received) where length <= wrapper.transferLength - received:
            .dataOut(offset: received)
        default: .nowhere
        }
    }

    /// A transfer has come and was put nowhere. One that is out of place is no valid wrapper.
    mutating func refused(_ sequence: UInt32) -> [Action] {
        if !isOutHalted { halt(.invalid) }
        return [.answer(sequence: sequence, .stall, count: 0)] + serve()
    }

    /// A wrapper, or what might be one, has come.
    mutating func received(_ sequence: UInt32, wrapper bytes: [UInt8]) -> [Action] {
        guard case .ready = stage, let wrapper = CommandBlockWrapper(parsing: bytes) else { return refused(sequence) }
        let taken = Action.answer(sequence: sequence, .good, count: bytes.count)
        guard wrapper.isIn || wrapper.transferLength == 0 else {
            guard wrapper.transferLength <= USBIPFrame.maximumTransfer else {
                // More than can be taken: the data is refused, and the host is told to reset (6.6.2).
                stage = .status(status(of: wrapper, .phaseError, residue: wrapper.transferLength))
                isOutHalted = true
                return [taken] + serve()
            }
            stage = .dataOut(wrapper, received: 0)
            return [taken]
        }
        return [taken] + begin(wrapper)
    }

    /// So many bytes of data-out have come, and are where they belong.
    mutating func received(_ sequence: UInt32, dataOut count: Int) -> [Action] {
        guard case .dataOut(let wrapper, let received) = stage, count <= wrapper.transferLength - received else {
            return refused(sequence)
        }
        let taken = Action.answer(sequence: sequence, .good, count: count)
        stage = .dataOut(wrapper, received: received + count)
        return [taken] + (received + count == wrapper.transferLength ? begin(wrapper) : [])
    }

    private mutating func begin(_ wrapper: CommandBlockWrapper) -> [Action] {
        lastNumber += 1
        let command = Command(
            number: lastNumber, cdb: CDB(wrapper.commandBlock),
            dataOutLength: wrapper.isIn ? 0 : wrapper.transferLength,
            room: wrapper.isIn ? min(wrapper.transferLength, USBIPFrame.maximumTransfer) : 0)
        stage = .executing(wrapper, number: lastNumber)
        // What the command that failed had to say is asked for by the very next one; nobody else gets to hear it.
        let kept = sense
        sense = []
        guard wrapper.commandBlock[0] == Self.requestSense, wrapper.isIn, !kept.isEmpty else {
            return [.execute(command)]
        }
        let allocation = wrapper.commandBlock.count > 4 ? Int(wrapper.commandBlock[4]) : 0
        return finished(lastNumber, SCSIOutcome(), Array(kept.prefix(allocation)))
    }

    private static let requestSense: UInt8 = 0x03

    // MARK: Outcomes

    /// The logical unit has carried out a command. One that nobody waits for any more changes nothing.
    mutating func finished(_ number: Int, _ outcome: SCSIOutcome, _ dataIn: [UInt8]) -> [Action] {
        guard case .executing(let wrapper, let awaited) = stage, awaited == number else { return [] }
        switch outcome.hostStatus {
        case 0: break
        case SCSIOutcome.Host.noConnect: return [.disconnect]
        case SCSIOutcome.Host.timedOut:
            // A drive that lets its host wait in vain.
            stage = .executing(wrapper, number: nil)
            return []
        default:
            stage = .status(status(of: wrapper, .phaseError, residue: wrapper.transferLength))
            isInHalted = wrapper.isIn && wrapper.transferLength > 0
            return serve()
        }
        if outcome.status != 0 { sense = outcome.sense }
        let result: CommandStatusWrapper.Status = outcome.status == 0 ? .passed : .failed
        guard wrapper.isIn, wrapper.transferLength > 0 else {
            let residue = max(0, min(outcome.residual, wrapper.transferLength))
            stage = .status(status(of: wrapper, result, residue: residue))
            return serve()
        }
        let data = dataIn.prefix(wrapper.transferLength)
        let missing = wrapper.transferLength - data.count
        let end = status(of: wrapper, result, residue: missing)
        if data.isEmpty {
            // The data that the host waits for is ended by a stall (6.7.2, case 4).
            (stage, isInHalted) = (.status(end), true)
        } else {
            stage = .dataIn(data, missing: missing, then: end)
        }
        return serve()
    }

    private func status(
        of wrapper: CommandBlockWrapper, _ status: CommandStatusWrapper.Status, residue: Int
    ) -> CommandStatusWrapper {
        CommandStatusWrapper(tag: wrapper.tag, residue: residue, status: status)
    }

    // MARK: Bulk-in

    /// The host has room for so many bytes.
    mutating func room(_ sequence: UInt32, length: Int) -> [Action] {
        guard waiting.count < Self.maximumWaiting else { return [.answer(sequence: sequence, .stall, count: 0)] }
        waiting.append(Waiting(sequence: sequence, length: length))
        return serve()
    }

    /// Forgets a transfer. False when it is not waiting any more.
    mutating func unlink(_ victim: UInt32) -> Bool {
        guard let index = waiting.firstIndex(where: { $0.sequence == victim }) else { return false }
        waiting.remove(at: index)
        return true
    }

    /// Answers the transfers that wait, as far as there is something for them.
    private mutating func serve() -> [Action] {
        var actions: [Action] = []
        while let first = waiting.first, let action = answer(first) {
            waiting.removeFirst()
            actions.append(action)
        }
        return actions
    }

    private mutating func answer(_ transfer: Waiting) -> Action? {
        guard !isInHalted else { return .answer(sequence: transfer.sequence, .stall, count: 0) }
        switch stage {
        case .ready, .dataOut, .executing: return nil
        case .invalid: return .answer(sequence: transfer.sequence, .stall, count: 0)
        case .dataIn(let data, let missing, let end):
            let part = data.prefix(transfer.length)
            let rest = data.dropFirst(part.count)
            if rest.isEmpty {
                stage = .status(end)
                // A transfer that is not full ends the data. Where the last one was, a stall has to.
                isInHalted = missing > 0 && part.count == transfer.length
            } else {
                stage = .dataIn(rest, missing: missing, then: end)
            }
            return .send(sequence: transfer.sequence, part)
        case .status(let wrapper):
            guard transfer.length >= wrapper.bytes.count else {
                halt(.invalid)
                return .answer(sequence: transfer.sequence, .stall, count: 0)
            }
            stage = .ready
            return .send(sequence: transfer.sequence, wrapper.bytes[...])
        }
    }

    private mutating func halt(_ stage: Stage) {
        self.stage = stage
        (isInHalted, isOutHalted) = (true, true)
    }
}

// MARK: Endpoint 0

extension BulkOnlyTransport {
    private enum Request {
        static let getStatus: UInt8 = 0
        static let clearFeature: UInt8 = 1
        static let setFeature: UInt8 = 3
        static let setAddress: UInt8 = 5
        static let getDescriptor: UInt8 = 6
        static let getConfiguration: UInt8 = 8
        static let setConfiguration: UInt8 = 9
        static let getInterface: UInt8 = 10
        static let setInterface: UInt8 = 11
        /// Get Max LUN (Bulk-Only Transport, 3.2).
        static let getMaximumUnit: UInt8 = 0xFE
        /// Bulk-Only Mass Storage Reset (3.1).
        static let reset: UInt8 = 0xFF
    }

    /// Carries out a control transfer (USB 2.0, 9.4). What else is to be done comes behind its answer.
    mutating func control(
        _ setup: USBSetup, _ descriptors: USBDescriptors
    ) -> (reply: USBControlReply, actions: [Action]) {
        switch (setup.requestType, setup.request) {
        case (0x00, Request.setAddress): return (.data([]), [])
        case (0x00, Request.setConfiguration) where setup.value <= UInt16(USBDescriptors.configurationValue):
            configuration = UInt8(setup.value)
            return (.data([]), reset(clearingHalts: true))
        case (0x01, Request.setInterface) where setup.value == 0 && setup.index == 0:
            return (.data([]), reset(clearingHalts: true))
        case (0x21, Request.reset): return (.data([]), reset(clearingHalts: false))
        case (0x02, Request.clearFeature), (0x02, Request.setFeature):
            guard setHalt(setup.request == Request.setFeature, setup) else { return (.stall, []) }
            return (.data([]), serve())
        default:
            guard let data = answer(setup, descriptors) else { return (.stall, []) }
            return (.data(Array(data.prefix(Int(setup.length)))), [])
        }
    }

    private func answer(_ setup: USBSetup, _ descriptors: USBDescriptors) -> [UInt8]? {
        switch (setup.requestType, setup.request) {
        case (0x80, Request.getDescriptor):
            descriptors.descriptor(type: UInt8(setup.value >> 8), index: UInt8(setup.value & 0xFF))
        // Self-powered, and wakes nobody.
        case (0x80, Request.getStatus): [1, 0]
        case (0x81, Request.getStatus): [0, 0]
        case (0x82, Request.getStatus): [isHalted(UInt8(truncatingIfNeeded: setup.index)) ? 1 : 0, 0]
        case (0x80, Request.getConfiguration): [configuration]
        case (0x81, Request.getInterface): [0]
        // Unit 0 is the only one.
        case (0xA1, Request.getMaximumUnit): [0]
        default: nil
        }
    }

    private func isHalted(_ address: UInt8) -> Bool {
        switch address {
        case 0x80 | USBDescriptors.bulkIn: isInHalted
        case USBDescriptors.bulkOut: isOutHalted
        default: false
        }
    }

    /// Halts an endpoint, or lets it go on. False when it has no such.
    private mutating func setHalt(_ isHalted: Bool, _ setup: USBSetup) -> Bool {
        // The only feature of an endpoint is ENDPOINT_HALT, 0.
        guard setup.value == 0 else { return false }
        // After a wrapper that was not valid the halts stay until the reset (6.6.1).
        if case .invalid = stage, !isHalted { return true }
        switch UInt8(truncatingIfNeeded: setup.index) {
        case 0x80 | USBDescriptors.bulkIn: isInHalted = isHalted
        case USBDescriptors.bulkOut: isOutHalted = isHalted
        // Endpoint 0 goes on by itself.
        case 0x00, 0x80: break
        default: return false
        }
        return true
    }

    /// Ready for a command. The class's own reset leaves it to the host to clear the halts.
    private mutating func reset(clearingHalts: Bool) -> [Action] {
        var actions: [Action] = []
        if case .executing = stage { actions = [.abandon] }
        stage = .ready
        sense = []
        if clearingHalts { (isInHalted, isOutHalted) = (false, false) }
        return actions + serve()
    }
}
