import DiscLayout

/// Changes that recording makes (Orange Book parts II and III; MMC-6, 4.3.4). All are pure: the store acts on them.
extension Disc {
    /// Link blocks behind a track that was written by itself.
    static let runOutBlocks = 2

    /// Adds a track that is written by itself, and a session if none is open: an open track, or a reserved one.
    ///
    /// - Precondition: no track is open and the disc is not finalized.
    mutating func openTrack(
        control: TrackControl, form: SectorForm = .audio, isrc: String? = nil, catalogNumber: String? = nil,
        discType: UInt8 = 0, isFirstCopy: Bool = false, reservation: Int? = nil
    ) {
        precondition(openTrack == nil && nextWritableAddress != nil, "a track opens behind a closed one")
        let pauseStart = nextPauseStart
        let track = Track(
            number: nextTrackNumber, control: control, form: form, pauseStart: pauseStart,
            indexes: [pauseStart + RedBook.pauseSectors],
            // Where a reserved track ends has to be known from the start.
            runOut: reservation == nil ? 0 : Self.runOutBlocks, state: reservation == nil ? .open : .reserved,
            isrc: isrc,
            isFirstCopy: isFirstCopy, reservation: reservation)
        if openSession == nil {
            sessions.append(
                Session(
                    number: sessions.count + 1, start: pauseStart, tracks: [track], discType: discType,
                    catalogNumber: catalogNumber))
        } else {
            sessions[sessions.count - 1].tracks.append(track)
        }
    }

    /// Changes the track of a number.
    ///
    /// - Precondition: the open session has it.
    mutating func changeTrack(_ number: Int, _ change: (inout Track) -> Void) {
        let session = sessions.count - 1
        let index = session < 0 ? nil : sessions[session].tracks.firstIndex { $0.number == number }
        guard let index else { preconditionFailure("the open session has the track") }
        change(&sessions[session].tracks[index])
    }

    /// Blocks of silence that the drive adds when a track is closed: up to the standard's four seconds, or what is kept for it.
    func padding(of track: Track) -> Int {
        if let reservation = track.reservation { return reservation - track.blocks }
        return max(0, min(RedBook.minimumTrackSectors - track.blocks, medium.limit - track.end))
    }

    /// Closes a track, padded, with its run-out.
    mutating func closeTrack(_ number: Int) {
        changeTrack(number) { [self] track in
            track.blocks += padding(of: track)
            if track.reservation == nil { track.runOut = Self.runOutBlocks }
            track.state = .complete
        }
    }

    /// Closes the session.
    ///
    /// - Precondition: one is open, and its tracks are all complete.
    mutating func closeSession(_ following: Following) {
        precondition(openSession?.tracks.allSatisfy { $0.state == .complete } ?? false, "a session of complete tracks")
        sessions[sessions.count - 1].stage = .closed(Closing(leadOut: nextPauseStart, following: following))
    }

    /// The session that was being written in one go ends here, with what was recorded up to `end`.
    ///
    /// - Precondition: there is one.
    mutating func spoilSession(recordedUpTo end: Int) {
        precondition(unfinishedSession != nil, "a session is being written in one go")
        let last = sessions.count - 1
        sessions[last].stage = .spoiled
        sessions[last].tracks = sessions[last].tracks.filter { $0.pauseStart < end }.map { track in
            var track = track
            if track.end >= end || track.state != .complete {
                track.blocks = max(0, min(track.blocks, end - track.start))
                (track.state, track.isDamaged) = (.cutOff, true)
            }
            return track
        }
    }
}
