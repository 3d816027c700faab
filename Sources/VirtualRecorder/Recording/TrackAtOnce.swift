import BinaryCoding
import DiscLayout
import POSIX

/// Recording track by track (Orange Book part II; MMC-6, 4.3.4.2): the drive makes pauses, run-outs and sub-channel.
extension Drive {
    /// Takes the blocks of a WRITE in track-at-once.
    func writeTrack(_ command: Command, on folder: DiscFolder) throws(CheckCondition) {
        let (lba, count) = (command.address(at: 2), command.uint16(at: 7))
        let format = try BlockFormat(parameters)
        guard let place = Self.place(for: lba, on: folder.disc) else { throw .invalidAddressForWrite }
        if let track = place.track {
            guard track.form == format.form else { throw .illegalModeForThisTrack }
        }
        guard lba + count <= place.end else {
            throw place.isReserved ? .endOfUserArea : .addressOutOfRange
        }
        guard command.dataOut.count == count * format.hostBytes else { throw .invalidFieldInCDB(byte: 7) }
        if count == 0 { return }
        try requireStreaming(at: lba, on: folder)
        try waitForRoom(for: command.dataOut.count)
        if parameters.isTestWrite { folder.beginTest() }
        let number = try open(place, format, on: folder)
        try record(command.dataOut, count: count, at: lba, format, track: number, on: folder)
        take(sectors: count, bytes: command.dataOut.count, at: lba)
    }

    /// Where a block may go.
    private struct Place {
        /// The track that is there already; nil for one behind all others.
        let track: Disc.Track?
        /// Address behind the last block that fits.
        let end: Int
        var isReserved: Bool { track?.reservation != nil }
    }

    private static func place(for lba: Int, on disc: Disc) -> Place? {
        func end(_ track: Disc.Track?) -> Int {
            track?.reservation.map { (track?.start ?? 0) + $0 } ?? disc.medium.limit
        }
        if let open = disc.openTrack {
            return open.state == .open && open.end == lba ? Place(track: open, end: end(open)) : nil
        }
        if let reserved = disc.openSession?.tracks.first(where: { $0.state == .reserved && $0.end == lba }),
            disc.unfinishedSession == nil
        {
            return Place(track: reserved, end: end(reserved))
        }
        return disc.nextWritableAddress == lba ? Place(track: nil, end: end(nil)) : nil
    }

    /// Opens the track if it is not open yet. Returns its number.
    private func open(_ place: Place, _ format: BlockFormat, on folder: DiscFolder) throws(CheckCondition) -> Int {
        if let track = place.track, track.state == .open { return track.number }
        var disc = folder.disc
        let number = place.track?.number ?? disc.nextTrackNumber
        guard number <= RedBook.maximumTracks else { throw .noMoreTrackReservations }
        if place.isReserved {
            disc.changeTrack(number) { $0.state = .open }
        } else {
            disc.openTrack(
                control: parameters.control, form: format.form, isrc: parameters.isrc,
                catalogNumber: parameters.catalogNumber, discType: parameters.discType,
                isFirstCopy: parameters.isFirstCopy)
        }
        guard let track = disc.openTrack else { throw .internalTargetFailure }
        try storing(.writeError) { () throws(SystemError) in
            try folder.commit(
                disc,
                "track \(number) opened at \(track.start), control \(track.control.rawValue), \(track.form.rawValue)")
            if track.blocks == 0 { try format.recordPause(of: track, on: folder) }
        }
        take(sectors: RedBook.pauseSectors, at: track.pauseStart)
        return number
    }

    private func record(
        _ bytes: UnsafeRawBufferPointer, count: Int, at lba: Int, _ format: BlockFormat, track number: Int,
        on folder: DiscFolder
    ) throws(CheckCondition) {
        guard let track = folder.disc.openTrack else { throw .internalTargetFailure }
        do throws(SystemError) {
            try format.record(bytes, count: count, at: lba, folder.subChannel(of: track), on: folder)
            folder.extendTrack(number, by: count)
        } catch {
            report("track \(number), block \(lba): \(error)")
            folder.abandonRecording(at: lba, "\(error)")
            throw .writeError
        }
    }

    /// Ends the writing of the track that is open. A reserved track that is not full stays open for more.
    ///
    /// - Returns: how many blocks the drive adds.
    func endTrack(on folder: DiscFolder) throws(CheckCondition) -> Int {
        guard let track = folder.disc.openTrack, track.state == .open else { return 0 }
        if let reservation = track.reservation, track.blocks < reservation {
            var disc = folder.disc
            disc.changeTrack(track.number) { $0.state = .reserved }
            try storing(.writeError) { () throws(SystemError) in
                try folder.synchronize()
                try folder.commit(
                    disc, "track \(track.number): \(track.blocks) of \(reservation) reserved blocks written")
            }
            return 0
        }
        return try closeTrack(track, on: folder)
    }

    /// Closes a track that is not closed. Returns how many blocks the drive adds.
    func closeTrack(_ track: Disc.Track, on folder: DiscFolder) throws(CheckCondition) -> Int {
        var disc = folder.disc
        disc.closeTrack(track.number)
        guard let closed = disc.tracks.first(where: { $0.number == track.number }) else { throw .internalTargetFailure }
        let padding = closed.blocks - track.blocks
        try storing(.writeError) { () throws(SystemError) in
            if track.state == .cutOff { try folder.restoreSubChannel(of: track) }
            let format = BlockFormat(filling: closed)
            if track.state == .reserved, track.blocks == 0 { try format.recordPause(of: closed, on: folder) }
            let subChannel = folder.subChannel(of: closed)
            try format.recordZeros(padding, at: track.end, subChannel, on: folder)
            try format.recordZeros(closed.runOut, at: closed.end, subChannel, on: folder)
            try folder.synchronize()
            try folder.commit(disc, "track \(closed.number) closed, \(closed.blocks) blocks")
        }
        return padding + closed.runOut
    }

    /// RESERVE TRACK (MMC-6, 6.31): keeps room for a track.
    func reserveTrack(_ command: Command) throws(CheckCondition) -> [UInt8] {
        let folder = try medium()
        try requireNoRecording()
        let blocks = command.uint16(at: 5) << 16 | command.uint16(at: 7)
        guard folder.disc.status != .finalized else { throw .cannotWriteIncompatibleMedium }
        guard parameters.writeType == .trackAtOnce, folder.disc.openTrack == nil, recording == nil,
            let start = folder.disc.nextWritableAddress
        else { throw .commandSequenceError }
        guard blocks >= RedBook.minimumTrackSectors, start + blocks + Disc.runOutBlocks <= folder.disc.medium.limit
        else {
            throw .invalidFieldInCDB(byte: 5)
        }
        guard folder.disc.nextTrackNumber <= RedBook.maximumTracks else { throw .noMoreTrackReservations }
        let format = try BlockFormat(parameters)
        if parameters.isTestWrite { folder.beginTest() }
        var disc = folder.disc
        disc.openTrack(
            control: parameters.control, form: format.form, isrc: parameters.isrc,
            catalogNumber: parameters.catalogNumber, discType: parameters.discType,
            isFirstCopy: parameters.isFirstCopy, reservation: blocks)
        try storing(.writeError) { () throws(SystemError) in
            try folder.commit(disc, "track \(disc.nextTrackNumber - 1) reserved at \(start), \(blocks) blocks")
        }
        return []
    }
}
