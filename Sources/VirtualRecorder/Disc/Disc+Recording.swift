import DiscLayout

/// Changes that recording in track-at-once makes (Orange Book part II; MMC-6, 4.3.4). All are pure: the store acts on them.
extension Disc {
    /// Link blocks behind a track that was written by itself.
    static let runOutBlocks = 2

    /// Opens the next track, and a session if none is open.
    ///
    /// - Precondition: no track is open and the disc is not finalized.
    mutating func openTrack(control: TrackControl, isrc: String?, catalogNumber: String?, discType: UInt8) {
        precondition(openTrack == nil && status != .finalized, "a track opens behind a closed one")
        let pauseStart = nextPauseStart
        let track = Track(
            number: nextTrackNumber, control: control, pauseStart: pauseStart, start: pauseStart + RedBook.pauseSectors,
            blocks: 0, runOut: 0, state: .open, isDamaged: false, isrc: isrc)
        if openSession == nil {
            sessions.append(
                Session(
                    number: sessions.count + 1, tracks: [track], closing: nil, discType: discType,
                    catalogNumber: catalogNumber))
        } else {
            sessions[sessions.count - 1].tracks.append(track)
        }
    }

    /// Changes the track that is not closed.
    ///
    /// - Precondition: there is one.
    mutating func changeOpenTrack(_ change: (inout Track) -> Void) {
        precondition(openTrack != nil, "a track is open")
        let session = sessions.count - 1
        change(&sessions[session].tracks[sessions[session].tracks.count - 1])
    }

    /// Blocks of silence that the drive adds to a track shorter than the standard's four seconds.
    var paddingOfOpenTrack: Int {
        guard let track = openTrack else { return 0 }
        return max(0, min(RedBook.minimumTrackSectors - track.blocks, medium.capacity - track.end))
    }

    /// Closes the track that is not closed, padded to the shortest length and with its run-out.
    mutating func closeTrack() {
        let padding = paddingOfOpenTrack
        changeOpenTrack { track in
            track.blocks += padding
            track.runOut = Self.runOutBlocks
            track.state = .complete
        }
    }

    /// Closes the session.
    ///
    /// - Precondition: one is open, and its tracks are all complete.
    mutating func closeSession(_ following: Following) {
        precondition(openSession != nil && openTrack == nil, "an open session of complete tracks")
        sessions[sessions.count - 1].closing = Closing(leadOut: nextPauseStart, following: following)
    }
}
