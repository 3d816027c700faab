import BinaryCoding
import DiscLayout
import POSIX

extension Drive {
    /// WRITE (10).
    static let writeOperation: UInt8 = 0x2A

    /// WRITE (10), SYNCHRONIZE CACHE (10), RESERVE TRACK, SEND OPC INFORMATION, CLOSE TRACK/SESSION, SEND CUE SHEET
    /// and BLANK (MMC-6, 6.47, 6.44, 6.31, 6.37, 6.3, 6.33, 6.2). What they do is in `Recording`.
    static let writingCommands: [UInt8: Entry] = [
        writeOperation: Entry(.recordable) { (drive, command) throws(CheckCondition) in try drive.write(command) },
        0x35: Entry(.medium) { (drive, command) throws(CheckCondition) in try drive.synchronizeCache(command) },
        0x53: Entry(.recordable) { (drive, command) throws(CheckCondition) in try drive.reserveTrack(command) },
        0x54: Entry(.recordable) { (drive, command) throws(CheckCondition) in try drive.sendOPC(command) },
        0x5D: Entry(.recordable) { (drive, command) throws(CheckCondition) in try drive.sendCueSheet(command) },
        0x5B: Entry(.medium) { (drive, command) throws(CheckCondition) in try drive.close(command) },
        0xA1: Entry(.recordable) { (drive, command) throws(CheckCondition) in try drive.blank(command) },
    ]

    /// Something is being written that must be ended before anything else can be.
    var isRecording: Bool { recording?.hasBegun ?? false || tray.folder?.disc.openTrack?.state == .open }

    /// For what cannot be done within a recording: refuses it while there is one, and ends one that nobody is left to end.
    ///
    /// The host that wrote has gone when its connection has closed, and a buffer that ran empty without protection has ended
    /// the recording too. Until somebody asks for something else, the drive waits for the rest: the host may come back.
    func requireNoRecording() throws(CheckCondition) {
        guard isRecording, let folder = tray.folder else { return }
        if hasUnderrun {
            breakOff("the buffer ran empty", on: folder)
        } else if writer.hasGone {
            try flush()
        } else {
            throw .commandSequenceError
        }
    }

    /// Cuts off what is being written.
    func breakOff(_ reason: String, on folder: DiscFolder) {
        speed.discard(at: clock.now())
        recording?.breakOff(on: self, folder)
        recording = nil
        if let track = folder.disc.openTrack, track.state == .open {
            folder.abandonRecording(at: track.end, reason)
        }
        folder.endTest()
    }

    /// The write parameters have been changed: a test write is over when they no longer ask for one, and so is a recording
    /// that was prepared for others.
    func writeParametersChanged() {
        (recording, hasToldTrackInformation) = (nil, false)
        if !parameters.isTestWrite { tray.folder?.endTest() }
    }

    private func write(_ command: Command) throws(CheckCondition) -> [UInt8] {
        let folder = try medium()
        guard folder.disc.status != .finalized else { throw .cannotWriteIncompatibleMedium }
        folder.writeOffset = profile.writeOffset
        switch parameters.writeType {
        case .trackAtOnce: try writeTrack(command, on: folder)
        case .sessionAtOnce:
            guard let recording else { throw .commandSequenceError }
            try recording.write(command, on: self, folder)
        case .raw: try rawRecording(on: folder).write(command, on: self, folder)
        }
        return []
    }

    private func synchronizeCache(_ command: Command) throws(CheckCondition) -> [UInt8] {
        let folder = try medium()
        let sectors: Int
        if let recording {
            let rest = try recording.synchronize(on: self, folder)
            if rest == nil, !recording.hasBegun { return [] }
            // A host that has the buffer flushed before everything is there has given up: that is how programs cancel.
            if rest == nil { recording.breakOff(on: self, folder) }
            self.recording = nil
            folder.endTest()
            sectors = rest ?? 0
        } else {
            sectors = try endTrack(on: folder)
            if sectors == 0 { return [] }
        }
        finish(sectors: sectors, isImmediate: command.cdb[1].bit(1))
        return []
    }

    private func close(_ command: Command) throws(CheckCondition) -> [UInt8] {
        let folder = try medium()
        guard folder.disc.status != .finalized else { throw .cannotWriteIncompatibleMedium }
        try requireClosing(function: command.cdb[2].bits(0...2))
        let sectors: Int
        // A session in one go needs no closing; where it only waits for its end, this is it.
        if let recording, recording.hasBegun, [2, 6].contains(command.cdb[2].bits(0...2)) {
            guard let rest = try recording.synchronize(on: self, folder) else { throw .commandSequenceError }
            self.recording = nil
            folder.endTest()
            finish(sectors: rest, isImmediate: command.cdb[1].bit(0))
            return []
        }
        switch command.cdb[2].bits(0...2) {
        case 1: sectors = try closeTrack(numbered: command.uint16(at: 4), on: folder)
        case 2: sectors = try closeSession(parameters.following, on: folder)
        case 6: sectors = try closeSession(.none, on: folder)
        default: throw .invalidFieldInCDB(byte: 2)
        }
        finish(sectors: sectors, isImmediate: command.cdb[1].bit(0))
        return []
    }

    /// Numbers that mean the incomplete track.
    private static let incompleteTrack = [0x00FF, 0xFFFF]

    private func closeTrack(numbered number: Int, on folder: DiscFolder) throws(CheckCondition) -> Int {
        guard folder.disc.unfinishedSession == nil else { throw .commandSequenceError }
        let isIncomplete = Self.incompleteTrack.contains(number)
        if let open = folder.disc.openTrack, isIncomplete || open.number == number {
            return try closeTrack(open, on: folder)
        }
        if isIncomplete { return 0 }
        guard let track = folder.disc.tracks.first(where: { $0.number == number }) else {
            throw .invalidFieldInCDB(byte: 4)
        }
        // A complete track is closed already; a reserved one is filled up.
        return track.state == .reserved ? try closeTrack(track, on: folder) : 0
    }

    /// Returns how many blocks lead-in and lead-out take.
    private func closeSession(_ following: Disc.Following, on folder: DiscFolder) throws(CheckCondition) -> Int {
        var disc = folder.disc
        guard disc.unfinishedSession == nil else { throw .commandSequenceError }
        guard disc.openTrack == nil else { throw .incompleteTrackInSession }
        guard let session = disc.openSession, let leadInStart = disc.nextLeadInStart else {
            throw .commandSequenceError
        }
        guard !session.tracks.contains(where: { $0.state == .reserved }) else {
            throw .emptyOrPartiallyWrittenReservedTrack
        }
        disc.closeSession(following)
        try storing(.writeError) { () throws(SystemError) in
            try folder.commit(disc, "session \(session.number) closed, next: \(following.rawValue)")
        }
        folder.endTest()
        let leadIn =
            session.number == 1 ? RedBook.framesInMSF - leadInStart.frameCount : RedBook.laterLeadInSectors
        return leadIn + Disc.leadOutBlocks(ofSession: session.number)
    }

    private func sendOPC(_ command: Command) throws(CheckCondition) -> [UInt8] {
        if profile.quirks.contains(.opcUnsupported) { throw .invalidOperationCode }
        let disc = try medium().disc
        guard disc.status != .finalized || disc.medium.isErasable else { throw .cannotWriteIncompatibleMedium }
        return []
    }

    /// Ends what is being written, as a drive does before it lets go of the disc.
    func flush() throws(CheckCondition) {
        guard let folder = tray.folder else { return }
        if let recording {
            let sectors = try recording.synchronize(on: self, folder)
            self.recording = nil
            if let sectors {
                finish(sectors: sectors, isImmediate: false)
            } else {
                recording.breakOff(on: self, folder)
                speed.discard(at: clock.now())
            }
        }
        let sectors = try endTrack(on: folder)
        if sectors > 0 { finish(sectors: sectors, isImmediate: false) }
        folder.endTest()
    }
}
