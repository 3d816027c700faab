import BinaryCoding
import DiscLayout
import POSIX

extension Drive {
    /// WRITE (10), SYNCHRONIZE CACHE (10), CLOSE TRACK/SESSION and SEND OPC INFORMATION (MMC-6, 6.47, 6.44, 6.3, 6.37), as
    /// track-at-once recording goes. RESERVE TRACK is not among them: nothing is reserved here.
    static let writingCommands: [UInt8: Entry] = [
        0x2A: Entry(.medium) { (drive, command) throws(CheckCondition) in try drive.write(command) },
        0x35: Entry(.medium) { (drive, command) throws(CheckCondition) in try drive.synchronizeCache(command) },
        0x54: Entry(.medium) { (drive, command) throws(CheckCondition) in try drive.sendOPC(command) },
        0x5B: Entry(.medium) { (drive, command) throws(CheckCondition) in try drive.close(command) },
    ]

    /// Longest that a WRITE waits for room in the buffer before it answers LONG WRITE IN PROGRESS: programs that only know
    /// waiting and programs that only know retrying both get on.
    private static let longestHold: Duration = .seconds(1)

    private func write(_ command: Command) throws(CheckCondition) -> [UInt8] {
        let folder = try medium()
        let (lba, count) = (command.address(at: 2), command.uint16(at: 7))
        guard folder.disc.status != .finalized else { throw .cannotWriteIncompatibleMedium }
        // Blocks of 2352 bytes make an audio track and no other; data blocks are not recorded here.
        guard parameters.dataBlockType == 0, !parameters.control.contains(.data) else { throw .illegalModeForThisTrack }
        guard lba == folder.disc.nextWritableAddress else { throw .invalidAddressForWrite }
        guard lba + count <= folder.disc.medium.capacity else { throw .addressOutOfRange }
        guard command.dataOut.count == count * RedBook.sectorBytes else { throw .invalidFieldInCDB(byte: 7) }
        if count == 0 { return [] }
        try waitForRoom(for: command.dataOut.count)
        if folder.disc.openTrack == nil { try openTrack(on: folder) }
        try record(command.dataOut, count: count, at: lba, on: folder)
        speed.accept(bytes: command.dataOut.count, at: clock.now())
        return []
    }

    private func waitForRoom(for bytes: Int) throws(CheckCondition) {
        let time = speed.timeUntilRoom(for: bytes, at: clock.now())
        guard time > .zero else { return }
        clock.wait(min(time, Self.longestHold))
        guard time <= Self.longestHold else { throw .longWriteInProgress(nil) }
    }

    private func openTrack(on folder: DiscFolder) throws(CheckCondition) {
        var disc = folder.disc
        guard disc.nextTrackNumber <= RedBook.maximumTracks else { throw .noMoreTrackReservations }
        disc.openTrack(
            control: parameters.control, isrc: parameters.isrc, catalogNumber: parameters.catalogNumber,
            discType: parameters.discType)
        guard let track = disc.openTrack else { throw .internalTargetFailure }
        try storing(.writeError) { () throws(SystemError) in
            try folder.commit(disc, "track \(track.number) opened at \(track.start), control \(track.control.rawValue)")
            try folder.recordSilence(RedBook.pauseSectors, at: track.pauseStart, folder.subChannel(of: track))
        }
        speed.accept(bytes: RedBook.pauseSectors * RedBook.sectorBytes, at: clock.now())
    }

    private func record(
        _ bytes: UnsafeRawBufferPointer, count: Int, at lba: Int, on folder: DiscFolder
    ) throws(CheckCondition) {
        guard let track = folder.disc.openTrack else { throw .internalTargetFailure }
        do throws(SystemError) {
            try folder.record(bytes, at: lba, folder.subChannel(of: track))
            folder.extendOpenTrack(by: count)
        } catch {
            report("track \(track.number), block \(lba): \(error)")
            folder.abandonOpenTrack("\(error)")
            throw .writeError
        }
    }

    private func synchronizeCache(_ command: Command) throws(CheckCondition) -> [UInt8] {
        let folder = try medium()
        guard let track = folder.disc.openTrack, track.state == .open else { return [] }
        let sectors = try closeTrack(on: folder)
        finish(sectors: sectors, isImmediate: command.cdb[1].bit(1))
        return []
    }

    /// Closes the track that is not closed. Returns how many blocks the drive adds.
    private func closeTrack(on folder: DiscFolder) throws(CheckCondition) -> Int {
        var disc = folder.disc
        guard let track = disc.openTrack else { return 0 }
        disc.closeTrack()
        guard let closed = disc.tracks.last else { throw .internalTargetFailure }
        let added = closed.end + closed.runOut - track.end
        try storing(.writeError) { () throws(SystemError) in
            if track.state == .cutOff { try folder.restoreSubChannel(of: track) }
            try folder.recordSilence(added, at: track.end, folder.subChannel(of: closed))
            try folder.synchronize()
            try folder.commit(disc, "track \(closed.number) closed, \(closed.blocks) blocks")
        }
        return added
    }

    private func close(_ command: Command) throws(CheckCondition) -> [UInt8] {
        let folder = try medium()
        guard folder.disc.status != .finalized else { throw .cannotWriteIncompatibleMedium }
        let sectors: Int
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
        if let open = folder.disc.openTrack, Self.incompleteTrack.contains(number) || open.number == number {
            return try closeTrack(on: folder)
        }
        // A complete track is closed already.
        guard Self.incompleteTrack.contains(number) || folder.disc.tracks.contains(where: { $0.number == number })
        else {
            throw .invalidFieldInCDB(byte: 4)
        }
        return 0
    }

    /// Returns how many blocks lead-in and lead-out take.
    private func closeSession(_ following: Disc.Following, on folder: DiscFolder) throws(CheckCondition) -> Int {
        var disc = folder.disc
        guard disc.openTrack == nil else { throw .incompleteTrackInSession }
        guard let session = disc.openSession, let leadInStart = disc.nextLeadInStart else {
            throw .commandSequenceError
        }
        disc.closeSession(following)
        try storing(.writeError) { () throws(SystemError) in
            try folder.commit(disc, "session \(session.number) closed, next: \(following.rawValue)")
        }
        let leadIn =
            session.number == 1 ? RedBook.framesInMSF - leadInStart.frameCount : RedBook.laterLeadInSectors
        return leadIn + Disc.leadOutBlocks(ofSession: session.number)
    }

    /// Lets the time pass that the laser needs for what is in the buffer and `sectors` more: at once for who waits, later
    /// for who does not. What was done is durable already, so an end of the recorder in between undoes nothing.
    private func finish(sectors: Int, isImmediate: Bool) {
        let end = speed.begin(sectors: sectors, at: clock.now())
        if !isImmediate { clock.wait(end - clock.now()) }
    }

    private func sendOPC(_ command: Command) throws(CheckCondition) -> [UInt8] {
        guard try medium().disc.status != .finalized else { throw .cannotWriteIncompatibleMedium }
        return []
    }

    /// Closes what is being written, as a drive does before it lets go of the disc.
    func flush() throws(CheckCondition) {
        guard let folder = tray.folder, folder.disc.openTrack?.state == .open else { return }
        finish(sectors: try closeTrack(on: folder), isImmediate: false)
    }

    /// Runs what touches the disc's files; a failure is told and answered with `condition`.
    func storing<Value>(
        _ condition: CheckCondition, _ body: () throws(SystemError) -> Value
    ) throws(CheckCondition) -> Value {
        do throws(SystemError) {
            return try body()
        } catch {
            report("\(error)")
            throw condition
        }
    }
}

extension DiscFolder {
    /// How the blocks of a track are numbered in Q.
    func subChannel(of track: Disc.Track) -> ProgramSubChannel {
        ProgramSubChannel(track: track, catalogNumber: disc.openSession?.catalogNumber)
    }
}
