import BinaryCoding
import DiscLayout
import POSIX

/// BLANK (MMC-6, 6.2).
extension Drive {
    /// What is to become blank.
    private enum BlankingType: UInt8 {
        case disc = 0
        /// Program memory, lead-in and the pause before the first track: the rest cannot be found any more.
        case minimal = 1
        case track = 2
        case unreserveTrack = 3
        case trackTail = 4
        case uncloseLastSession = 5
        case eraseLastSession = 6
    }

    /// Blocks of program memory area, lead-in and pause that a minimal blanking goes over.
    private static let minimalSectors = 13_000

    func blank(_ command: Command) throws(CheckCondition) -> [UInt8] {
        let folder = try medium()
        guard folder.disc.medium.isErasable else { throw .cannotWriteIncompatibleMedium }
        guard let type = BlankingType(rawValue: command.cdb[1].bits(0...2)) else { throw .invalidFieldInCDB(byte: 1) }
        try requireNoRecording()
        // A test write that has ended leaves nothing to keep, and about blanking there is nothing to try out.
        recording = nil
        folder.endTest()
        let sectors = try blank(type, command.address(at: 2), on: folder)
        finish(sectors: sectors, isImmediate: command.cdb[1].bit(4))
        return []
    }

    /// Returns how many blocks the laser goes over.
    private func blank(_ type: BlankingType, _ address: Int, on folder: DiscFolder) throws(CheckCondition) -> Int {
        let disc = folder.disc
        switch type {
        case .disc, .minimal:
            try erase(from: DiscFolder.baseLBA, leaving: Disc(medium: disc.medium), "blanked", on: folder)
            return type == .disc ? disc.medium.capacity : Self.minimalSectors
        case .uncloseLastSession:
            return try erase(try disc.withLastSessionUnclosed(), "last session unclosed", on: folder)
        case .eraseLastSession:
            guard !disc.sessions.isEmpty else { throw .commandSequenceError }
            var changed = disc
            changed.sessions.removeLast()
            return try erase(changed, "last session erased", on: folder)
        case .track, .unreserveTrack, .trackTail:
            guard let session = disc.openSession, session.writeType == .trackAtOnce else { throw .commandSequenceError }
            let changed =
                switch type {
                case .track: try disc.withTrackBlanked(address)
                case .unreserveTrack: try disc.withTrackUnreserved(address)
                default: try disc.withTailBlanked(from: address)
                }
            return try erase(changed, "blanking of type \(type.rawValue) at \(address)", on: folder)
        }
    }

    private func erase(_ changed: Disc, _ event: String, on folder: DiscFolder) throws(CheckCondition) -> Int {
        let before = folder.disc.readableEnd
        let end = changed.readableEnd
        try erase(from: end, leaving: changed, event, on: folder)
        return max(before - end, Self.minimalSectors)
    }

    private func erase(
        from lba: Int, leaving changed: Disc, _ event: String, on folder: DiscFolder
    ) throws(CheckCondition) {
        try storing(.writeError) { () throws(SystemError) in try folder.erase(from: lba, leaving: changed, event) }
    }
}

extension Disc {
    /// Lead-in and lead-out of the last session taken away, so that tracks can be added to it again.
    fileprivate func withLastSessionUnclosed() throws(CheckCondition) -> Disc {
        guard let last = sessions.last, last.closing != nil else { throw .commandSequenceError }
        var changed = self
        changed.sessions[sessions.count - 1] = Session(
            number: last.number, start: last.start, tracks: last.tracks, discType: last.discType,
            catalogNumber: last.catalogNumber)
        return changed
    }

    /// A track of the open session emptied: the last goes, another keeps its room.
    fileprivate func withTrackBlanked(_ number: Int) throws(CheckCondition) -> Disc {
        guard let track = openSession?.tracks.first(where: { $0.number == number }) else {
            throw .invalidFieldInCDB(byte: 2)
        }
        var changed = self
        if track == openSession?.tracks.last {
            changed.removeLastTrack()
        } else {
            changed.changeTrack(number) { track in
                track.reservation = track.reservation ?? track.blocks
                (track.blocks, track.state, track.isDamaged) = (0, .reserved, false)
            }
        }
        return changed
    }

    /// The last track of the open session, reserved and empty, given up.
    fileprivate func withTrackUnreserved(_ number: Int) throws(CheckCondition) -> Disc {
        guard let track = openSession?.tracks.last, track.number == number, track.state == .reserved, track.blocks == 0
        else { throw .invalidFieldInCDB(byte: 2) }
        var changed = self
        changed.removeLastTrack()
        return changed
    }

    /// The last track of the open session emptied from an address on; its room stays its own.
    fileprivate func withTailBlanked(from lba: Int) throws(CheckCondition) -> Disc {
        guard let track = openSession?.tracks.last, lba > track.start, lba < track.end else {
            throw .invalidFieldInCDB(byte: 2)
        }
        var changed = self
        changed.changeTrack(track.number) { track in
            track.reservation = track.reservation ?? track.blocks
            (track.blocks, track.state) = (lba - track.start, .reserved)
        }
        return changed
    }

    private mutating func removeLastTrack() {
        let last = sessions.count - 1
        sessions[last].tracks.removeLast()
        if sessions[last].tracks.isEmpty { sessions.removeLast() }
    }
}
