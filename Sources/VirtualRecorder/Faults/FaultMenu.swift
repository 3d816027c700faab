import BinaryCoding

/// A command as far as faults look at it.
struct FaultCall {
    /// Filled up to sixteen bytes.
    let cdb: [UInt8]
    let dataOut: UnsafeRawBufferPointer
}

/// What is to be done with one command.
struct FaultPlan: Equatable, Sendable {
    /// What comes before it, with the faults that want it.
    struct Hold: Equatable, Sendable {
        let fault: Int
        /// Nil until the fault is cleared.
        let duration: Duration?
    }
    /// A change of the reply, for the blocks that the fault is about.
    struct Edit: Equatable, Sendable {
        let edit: ReplyEdit
        let blocks: ClosedRange<Int>?
    }
    var holds: [Hold] = []
    var removesDisc = false
    var losesData = false
    var answer: FaultAction.Answer?
    /// Blocks that the fault of `answer` is about.
    var answerBlocks: ClosedRange<Int>?
    /// The command is carried out before `answer` is given.
    var isCarriedOut = true
    var missingBytes = 0
    var edits: [Edit] = []
}

/// The faults that are set: it counts commands and decides, and does nothing by itself.
struct FaultMenu: Sendable {
    /// A fault that is set.
    struct Entry: Equatable, Sendable {
        /// 1 or more, never used again.
        let id: Int
        let fault: Fault
        /// Commands that it was about since it was set.
        var calls = 0
        /// How often it has acted.
        var acted = 0
    }

    /// Most faults at a time: a bound for a stranger at the control socket.
    static let maximumFaults = 256

    private(set) var entries: [Entry] = []
    private var lastID = 0
    private var isLaserOn = false

    /// Sets a fault; nil when there are too many.
    mutating func add(_ fault: Fault) -> Int? {
        guard entries.count < Self.maximumFaults else { return nil }
        lastID += 1
        entries.append(Entry(id: lastID, fault: fault))
        return lastID
    }

    /// Clears one fault, or all. Returns how many.
    mutating func clear(_ id: Int?) -> Int {
        let before = entries.count
        entries.removeAll { id == nil || $0.id == id }
        return before - entries.count
    }

    /// A fault that is set.
    func entry(_ id: Int) -> Entry? { entries.first { $0.id == id } }

    /// Counts a command. Nil when nothing is wrong with it.
    mutating func plan(for call: FaultCall) -> FaultPlan? {
        var plan: FaultPlan?
        for index in entries.indices where matches(entries[index].fault.condition, call) {
            entries[index].calls += 1
            let (entry, condition) = (entries[index], entries[index].fault.condition)
            guard condition.calls.contains(entry.calls), entry.acted < condition.times else { continue }
            var changed = plan ?? FaultPlan()
            guard changed.add(entry.fault, id: entry.id) else { continue }
            plan = changed
            entries[index].acted += 1
        }
        return plan
    }

    private func matches(_ condition: FaultCondition, _ call: FaultCall) -> Bool {
        guard condition.commands.contains(call.cdb[0]), isLaserOn || !condition.needsLaser else { return false }
        guard condition.cdb.allSatisfy({ $0.offset < call.cdb.count && $0.matches(call.cdb[$0.offset]) }),
            condition.data.allSatisfy({ $0.offset < call.dataOut.count && $0.matches(call.dataOut[$0.offset]) })
        else { return false }
        guard let wanted = condition.blocks else { return true }
        guard let blocks = CommandNames.blocks(of: call.cdb) else { return false }
        return blocks.overlaps(wanted)
    }

    /// Learns how a command went.
    mutating func observe(_ cdb: [UInt8], isGood: Bool) {
        guard isGood else { return }
        if CommandNames.writes.contains(cdb[0]) { isLaserOn = true }
        // START STOP UNIT and LOAD/UNLOAD MEDIUM that move the tray.
        if [0x1B, 0xA6].contains(cdb[0]), cdb[4].bit(1) { isLaserOn = false }
    }

    /// Learns that the disc has been changed by hand.
    mutating func discChanged() { isLaserOn = false }
}

extension FaultPlan {
    /// Takes in what a fault does. False when it can do nothing, because another answers already.
    fileprivate mutating func add(_ fault: Fault, id: Int) -> Bool {
        let blocks = fault.condition.blocks
        switch fault.action {
        case .answer(let answer, let isCarriedOut):
            guard self.answer == nil else { return false }
            (self.answer, self.isCarriedOut, answerBlocks) = (answer, isCarriedOut, blocks)
        case .slow(let duration): holds.append(Hold(fault: id, duration: duration))
        case .stuck: holds.append(Hold(fault: id, duration: nil))
        case .removeDisc: removesDisc = true
        case .loseData: losesData = true
        case .short(let count): missingBytes += count
        case .edit(let edit): edits.append(Edit(edit: edit, blocks: blocks))
        }
        return true
    }
}
