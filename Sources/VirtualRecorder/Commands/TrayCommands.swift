import BinaryCoding

/// What keeps the disc in: PREVENT ALLOW MEDIUM REMOVAL, the plain kind and the persistent one (MMC-6, 6.14). Each is ended
/// by its own ALLOW.
struct RemovalPrevention: Equatable {
    var isPrevented = false
    var isPersistent = false
    var isLocked: Bool { isPrevented || isPersistent }
}

/// Power states as power management events tell them (MMC-6, table 311).
enum PowerState: UInt8 {
    case active = 1
    case idle = 2
    case standby = 3
    case sleep = 4

    /// By the power condition of START STOP UNIT (MMC-6, table 598). Whoever sleeps wakes at the next command that needs the
    /// disc, since there is no bus here that could be reset.
    init?(condition: UInt8) {
        switch condition {
        case 1: self = .active
        case 2: self = .idle
        case 3: self = .standby
        case 5: self = .sleep
        default: return nil
        }
    }
}

extension Drive {
    /// START STOP UNIT, PREVENT ALLOW MEDIUM REMOVAL, LOAD/UNLOAD MEDIUM and MECHANISM STATUS (MMC-6, 6.42, 6.14, 6.10, 6.11).
    static let trayCommands: [UInt8: Entry] = [
        0x1B: Entry(.idle) { (drive, command) throws(CheckCondition) in try drive.startStop(command) },
        0x1E: Entry(.attended) { (drive, command) in drive.preventAllow(command) },
        0xA6: Entry(.idle) { (drive, command) throws(CheckCondition) in try drive.loadUnload(command) },
        0xBD: Entry(.attended) { (drive, command) in drive.mechanismStatus(command) },
    ]

    /// Removal is prevented.
    var isLocked: Bool { removal.isLocked }

    private func preventAllow(_ command: Command) -> [UInt8] {
        let isPrevented = command.cdb[4].bit(0)
        if command.cdb[4].bit(1) { removal.isPersistent = isPrevented } else { removal.isPrevented = isPrevented }
        return []
    }

    private func startStop(_ command: Command) throws(CheckCondition) -> [UInt8] {
        let isImmediate = command.cdb[1].bit(0)
        let condition = command.cdb[4].bits(4...7)
        if condition != 0 {
            guard let state = PowerState(condition: condition) else { throw .invalidFieldInCDB(byte: 4) }
            change(to: state)
        } else if command.cdb[4].bit(1) {
            try move(isLoading: command.cdb[4].bit(0), isImmediate)
        } else if command.cdb[4].bit(0) {
            _ = try medium()
            start(isImmediate)
        } else if !isRecording {
            // The disc turns again by itself when it is needed.
            mechanism.stop()
        }
        return []
    }

    /// A drive without a changer has one slot.
    private func loadUnload(_ command: Command) throws(CheckCondition) -> [UInt8] {
        guard command.cdb[8] == 0 else { throw .invalidFieldInCDB(byte: 8) }
        let isImmediate = command.cdb[1].bit(0)
        // LoUnlo; without it the disc only starts or stops.
        if command.cdb[4].bit(1) {
            try move(isLoading: command.cdb[4].bit(0), isImmediate)
        } else if command.cdb[4].bit(0) {
            _ = try medium()
            start(isImmediate)
        }
        return []
    }

    private func start(_ isImmediate: Bool) {
        // A start makes the drive look at the lead-in again.
        isTableOfContentsStale = false
        mechanism.start(at: clock.now())
        change(to: .active)
        if !isImmediate { clock.wait(mechanism.readyAt - clock.now()) }
    }

    private func move(isLoading: Bool, _ isImmediate: Bool) throws(CheckCondition) {
        if isImmediate, profile.quirks.contains(.immediateTrayRefused) { throw .invalidFieldInCDB(byte: 1) }
        let wasOpen = tray.isOpen
        if isLoading { try load() } else { try eject() }
        if wasOpen != tray.isOpen, !isImmediate { clock.wait(mechanism.trayTime) }
    }

    private func eject() throws(CheckCondition) {
        if tray.isOpen { return }
        guard !isLocked else { throw .mediumRemovalPrevented }
        try flush()
        try moving { () throws(DiscFolderError) in try tray.eject() }
        discRemoved()
    }

    private func load() throws(CheckCondition) {
        guard tray.isOpen else { return }
        guard profile.loading.canLoad else { throw .invalidFieldInCDB(byte: 4) }
        try moving { () throws(DiscFolderError) in try insertDisc() }
    }

    private func moving(_ body: () throws(DiscFolderError) -> Void) throws(CheckCondition) {
        do throws(DiscFolderError) {
            try body()
        } catch {
            report("\(error)")
            throw .internalTargetFailure
        }
    }

    private func mechanismStatus(_ command: Command) -> [UInt8] {
        // No changer. Idle or at work for an initiator (3), the door open or not, and where the laser is.
        let isWorking = isRecording || speed.progress(at: clock.now()) != nil
        let state: UInt8 = (isWorking ? 3 << 5 : 0) | (tray.isOpen ? 0x10 : 0)
        let address = tray.isOpen ? 0 : UInt32(clamping: isWorking ? speed.head : mechanism.position)
        let reply: [UInt8] = [0, state] + address.bigEndianBytes.dropFirst() + [0, 0, 0]
        return Array(reply.prefix(command.uint16(at: 8)))
    }
}

/// Discs that come and go, by command or by hand.
extension Drive {
    /// What follows when the disc is out.
    private func discRemoved() {
        parameters.trayOpened()
        isTableOfContentsStale = false
        (recording, mediumChangeDue) = (nil, nil)
        speed.discard(at: clock.now())
        removal.isPrevented = false
        events.media(.removal)
        events.featuresChanged()
    }

    /// What follows when a disc is in: it is told of when it turns.
    private func discInserted() {
        mechanism.discInserted(at: clock.now())
        speed.mediumChanged(to: tray.folder?.disc.medium)
        let due = mechanism.readyAt
        mediumChangeDue = due
        events.media(.newMedium, due: due)
        events.featuresChanged(due: due)
    }

    /// What came of pressing the button.
    enum ButtonEffect: Equatable, Sendable {
        case opened
        case closed
        /// The tray is locked, or the drive is writing: initiators are told.
        case requested
    }

    /// The button at the front: opens and closes the tray; while it is locked or the drive is writing, only says that
    /// somebody wants the disc (MMC-6, 6.14 and table 317). No command of a recording is refused for the button's sake, so
    /// that only GET EVENT STATUS NOTIFICATION tells then.
    func pressButton() throws(CheckCondition) -> ButtonEffect {
        let isWriting = isRecording || speed.progress(at: clock.now()) != nil
        if tray.isOpen {
            try moving { () throws(DiscFolderError) in try insertDisc() }
            return .closed
        }
        guard isLocked || isWriting else {
            try eject()
            return .opened
        }
        events.media(.ejectRequest)
        events.buttonPressed()
        if !isWriting { attentions.append(.operatorMediumRemovalRequest) }
        return .requested
    }

    /// Takes the disc out whatever the drive is doing and whoever has locked it. What was being written is cut off.
    func removeDisc() throws(DiscFolderError) {
        guard let folder = tray.folder else { return }
        breakOff("the disc was taken out", on: folder)
        try tray.eject()
        discRemoved()
    }

    /// Closes the tray with the disc at `path` in it, or with the next one.
    func insertDisc(_ path: String? = nil) throws(DiscFolderError) {
        try tray.load(path)
        discInserted()
    }

    /// Another power state, told as an event when it is one.
    func change(to state: PowerState) {
        if [.standby, .sleep].contains(state), !isRecording { mechanism.stop() }
        guard power != state else { return }
        power = state
        events.powerChanged()
    }
}
