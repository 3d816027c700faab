import POSIX
public import SCSI

/// The fault menu.
extension VirtualRecorder {
    /// A fault that is set, and what it has done so far.
    public struct FaultRecord: Equatable, Sendable {
        /// What `clearFault` and `waitForFault` call it.
        public let id: Int
        /// What it is.
        public let fault: Fault
        /// Commands that it was about, since it was set.
        public let calls: Int
        /// How often it has acted.
        public let acted: Int
    }

    /// Sets a fault, from the next command on.
    ///
    /// - Returns: its number; nil when 256 are set already.
    @discardableResult
    public func setFault(_ fault: Fault) -> Int? { faults.change { $0.add(fault) } }

    /// The faults that are set, in the order in which they were.
    public var faultRecords: [FaultRecord] {
        faults.read { menu in
            menu.entries.map { FaultRecord(id: $0.id, fault: $0.fault, calls: $0.calls, acted: $0.acted) }
        }
    }

    /// Clears one fault, or all; a drive that it has made stuck goes on.
    ///
    /// - Returns: how many were cleared.
    @discardableResult
    public func clearFaults(_ id: Int? = nil) -> Int { faults.change { $0.clear(id) } }

    /// Blocks until a fault has acted, or is cleared.
    ///
    /// - Parameter initiator: who waits; the wait ends when its connection does.
    /// - Returns: whether it has acted.
    public func waitForFault(_ id: Int, for initiator: SCSIInitiator = SCSIInitiator()) -> Bool {
        _ = faults.wait(orUntilGone: initiator) { menu in menu.entry(id).map { $0.acted > 0 } ?? true }
        return faults.read { menu in menu.entry(id).map { $0.acted > 0 } ?? false }
    }
}

/// What can be seen from outside.
extension VirtualRecorder {
    /// What the recorder is doing.
    public struct Status: Equatable, Sendable {
        /// Folder of the disc that is in, after the last command; nil when the tray is open.
        public let discInTray: String?
        /// PREVENT ALLOW MEDIUM REMOVAL is in force, after the last command.
        public let isLocked: Bool
        /// Commands that have come since the recorder was switched on.
        public let commands: Int
        /// Name of the command that is being executed.
        public let executing: String?
        /// The fault that keeps it waiting.
        public let heldBy: Int?
        /// How many faults are set.
        public let faults: Int
    }

    /// What the recorder is doing. It never waits for the drive.
    public var status: Status {
        let (view, activity) = (lastSeen.withLock { $0 }, faults.activity)
        return Status(
            discInTray: view.disc, isLocked: view.isLocked, commands: activity.commands,
            executing: activity.executing.map(CommandNames.name(of:)), heldBy: activity.heldBy,
            faults: faults.read { $0.entries.count })
    }
}

/// What happens by hand.
extension VirtualRecorder {
    /// What came of pressing the button.
    public enum ButtonEffect: String, Equatable, Sendable {
        /// The tray has opened with the disc on it.
        case opened
        /// The tray has closed with the next disc in it.
        case closed
        /// The tray is locked; initiators are told that somebody wants the disc.
        case requested
    }

    /// Why the tray does not move.
    public enum TrayError: Error, Equatable, Sendable, CustomStringConvertible {
        /// There is a disc in it.
        case closed
        /// Such a path cannot be.
        case path
        /// The drive refuses, and has reported why.
        case refused
        /// The disc cannot be used.
        case disc(DiscFolderError)

        /// What is wrong, as a sentence without its full stop.
        public var description: String {
            switch self {
            case .closed: "the tray is closed"
            case .path: "a path is not empty and has neither NUL nor an end of line in it"
            case .refused: "the drive cannot move its tray"
            case .disc(let error): "\(error)"
            }
        }
    }

    /// Presses the button at the front: the tray opens or closes. While it is locked GET EVENT STATUS NOTIFICATION tells of
    /// an eject request, and so does a unit attention (6/5A/01) unless a recording is
    /// going on.
    public func pressButton() throws(TrayError) -> ButtonEffect {
        let result = drive.withLock { drive in
            defer { see(drive) }
            return Result { () throws(CheckCondition) in try drive.pressButton() }
        }
        guard case .success(let effect) = result else { throw .refused }
        if effect != .requested { faults.change { $0.discChanged() } }
        return switch effect {
        case .opened: .opened
        case .closed: .closed
        case .requested: .requested
        }
    }

    /// Takes the disc out by force, as with a paper clip: locked or not, in the middle of a recording or not.
    public func removeDisc() throws(TrayError) {
        try byHand { (drive) throws(DiscFolderError) in try drive.removeDisc() }
    }

    /// Closes the open tray with a disc in it: the one of the folder `path`, which becomes a blank if it does not exist, or
    /// the next one.
    public func loadDisc(_ path: String? = nil) throws(TrayError) {
        if let path, path.isEmpty || path.utf8.contains(where: { $0 == 0 || $0 == 0x0A }) { throw .path }
        guard discInTray == nil else { throw .closed }
        try byHand { (drive) throws(DiscFolderError) in try drive.insertDisc(path) }
    }

    private func byHand(_ body: @Sendable (Drive) throws(DiscFolderError) -> Void) throws(TrayError) {
        let result = drive.withLock { drive in
            defer { see(drive) }
            return Result { () throws(DiscFolderError) in try body(drive) }
        }
        faults.change { $0.discChanged() }
        if case .failure(let error) = result { throw .disc(error) }
    }
}
