import BinaryCoding

/// Media events of GET EVENT STATUS NOTIFICATION (MMC-6, table 317).
enum MediaEvent: UInt8 {
    case none = 0
    case ejectRequest = 1
    case newMedium = 2
    case removal = 3
}

extension Drive {
    /// START STOP UNIT, PREVENT ALLOW MEDIUM REMOVAL, GET EVENT STATUS NOTIFICATION and MECHANISM STATUS (MMC-6, 6.42, 6.14,
    /// 6.6, 6.11).
    static let trayCommands: [UInt8: Entry] = [
        0x1B: Entry(.idle) { (drive, command) throws(CheckCondition) in try drive.startStop(command) },
        0x1E: Entry(.attended) { (drive, command) throws(CheckCondition) in
            drive.isLocked = command.cdb[4].bit(0)
            return []
        },
        0x4A: Entry(.always) { (drive, command) throws(CheckCondition) in try drive.getEventStatus(command) },
        0xBD: Entry(.attended) { (drive, command) in drive.mechanismStatus(command) },
    ]

    private func startStop(_ command: Command) throws(CheckCondition) -> [UInt8] {
        // A power condition is none of the tray's business, and there is no power to save.
        guard command.cdb[4].bits(4...7) == 0, command.cdb[4].bit(1) else {
            // The disc spins again by itself when it is needed.
            if command.cdb[4] & 0xF3 == 0x01 { _ = try medium() }
            return []
        }
        if command.cdb[4].bit(0) { try load() } else { try eject() }
        return []
    }

    private func eject() throws(CheckCondition) {
        if tray.isOpen { return }
        guard !isLocked else { throw .mediumRemovalPrevented }
        try flush()
        try moving { () throws(DiscFolderError) in try tray.eject() }
        parameters.trayOpened()
        mediaEvent = .removal
    }

    private func load() throws(CheckCondition) {
        guard tray.isOpen else { return }
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

    private static let mediaClass: UInt8 = 4
    private static let busyClass: UInt8 = 6
    private static let supportedClasses: UInt8 = 1 << mediaClass | 1 << busyClass

    private func getEventStatus(_ command: Command) throws(CheckCondition) -> [UInt8] {
        // Only polled; nothing waits here until something happens.
        guard command.cdb[1].bit(0) else { throw .invalidFieldInCDB(byte: 1) }
        let wanted = command.cdb[4] & Self.supportedClasses
        let allocation = command.uint16(at: 7)
        let progress = speed.progress(at: clock.now())
        let reply: [UInt8]
        if wanted == 0 {
            reply = [0, 2, 0x80, Self.supportedClasses]
        } else if wanted.bit(Int(Self.mediaClass)),
            mediaEvent != .none || !wanted.bit(Int(Self.busyClass)) || progress == nil
        {
            let status: UInt8 = tray.isOpen ? 0x01 : 0x02
            reply = [0, 6, Self.mediaClass, Self.supportedClasses, mediaEvent.rawValue, status, 0, 0]
            // An event is told once; a header alone tells none. Who is told that the button was pressed needs no attention
            // for it any more.
            if allocation > 4 {
                if mediaEvent == .ejectRequest { attentions.removeAll { $0 == .operatorMediumRemovalRequest } }
                mediaEvent = .none
            }
        } else {
            let tenths = UInt16(clamping: Int(speed.remaining(at: clock.now()) / .milliseconds(100)))
            let event: [UInt8] = progress == nil ? [0, 0, 0, 0] : [1, 1] + tenths.bigEndianBytes
            reply = [0, 6, Self.busyClass, Self.supportedClasses] + event
        }
        return Array(reply.prefix(allocation))
    }

    private func mechanismStatus(_ command: Command) -> [UInt8] {
        // No changer; the state is idle, and the door open or not.
        let reply: [UInt8] = [0, tray.isOpen ? 0x10 : 0, 0, 0, 0, 0, 0, 0]
        return Array(reply.prefix(command.uint16(at: 8)))
    }
}

/// What happens by hand, not by command.
extension Drive {
    /// What came of pressing the button.
    enum ButtonEffect: Equatable, Sendable {
        case opened
        case closed
        /// The tray is locked: initiators are told.
        case requested
    }

    /// The button at the front: opens and closes the tray; while it is locked, only says that somebody wants the disc
    /// (MMC-6, 6.14 and table 317).
    ///
    /// No command of a recording is refused for the button's sake: then only GET EVENT STATUS NOTIFICATION tells.
    func pressButton() throws(CheckCondition) -> ButtonEffect {
        if tray.isOpen {
            try load()
            return .closed
        }
        guard isLocked else {
            try eject()
            return .opened
        }
        mediaEvent = .ejectRequest
        if !isRecording { attentions.append(.operatorMediumRemovalRequest) }
        return .requested
    }

    /// Takes the disc out whatever the drive is doing and whoever has locked it. What was being written is cut off.
    func removeDisc() throws(DiscFolderError) {
        guard let folder = tray.folder else { return }
        recording?.breakOff(on: self, folder)
        recording = nil
        if let track = folder.disc.openTrack, track.state == .open {
            folder.abandonRecording(at: track.end, "the disc was taken out")
        }
        folder.endTest()
        try tray.eject()
        parameters.trayOpened()
        mediaEvent = .removal
    }

    /// Closes the tray with the disc at `path` in it, or with the next one.
    func insertDisc(_ path: String? = nil) throws(DiscFolderError) {
        try tray.load(path)
        mediaEvent = .newMedium
        attentions.append(.mediumMayHaveChanged)
    }
}
