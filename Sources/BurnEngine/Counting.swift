import BurnPlan
import DiscLayout
import MMC
import SCSI

extension BurnEngine {
    /// Looks at what the disc holds before anything is written: sectors, tracks, where the session would begin.
    func countDisc(_ disc: DiscInformation) throws(BurnStop) {
        record.startOfNextSession = disc.leadInStart
        record.lastPossibleLeadOut = disc.capacity
        guard disc.status != .empty else {
            record.sectors = disc.capacity.map { BurnRecord.Sectors(total: $0, free: $0, used: 0) }
            return tellRecord()
        }
        earlierTracks = try existingTracks(upTo: disc.lastTrackInLastSession)
        record.tracks = earlierTracks
    }

    /// The tracks that a disc has. The last number that READ DISC INFORMATION gives counts the invisible track, where the
    /// next one would go.
    func existingTracks(upTo last: Int) throws(BurnStop) -> [BurnRecord.Track] {
        var tracks: [BurnRecord.Track] = []
        for number in 1...min(max(last, 1), RedBook.maximumTracks) {
            let track = try must(.driveRefused, "The drive does not tell of track \(number)") { () throws(SCSIError) in
                try ask(ReadTrackInformation(.track(UInt8(number))))
            }
            if track.isBlank { continue }
            tracks.append(
                BurnRecord.Track(
                    number: number, start: track.start, sectors: track.size, control: Int(track.control.rawValue)))
        }
        return tracks
    }

    /// Counts anew by where the drive would put the next track; before a track and behind it, never while it is written.
    func count(_ next: TrackInformation) {
        let place = max(next.nextWritableAddress ?? next.start, 0)
        let total = recorder?.disc.capacity ?? place + next.freeBlocks
        record.sectors = BurnRecord.Sectors(total: total, free: next.freeBlocks, used: min(place, total))
        tellRecord()
    }

    /// The tracks that this burn has written, behind those that were there.
    func countTracks(_ layout: SessionLayout) {
        record.tracks =
            earlierTracks
            + layout.tracks.enumerated().map { place, track in
                BurnRecord.Track(
                    number: track.number, start: layout.trackStart(place), sectors: track.sectors,
                    control: Int(track.control.rawValue))
            }
        record.leadOut = layout.leadOut
    }

    /// Everything of a session that was written at once is on the disc.
    func sessionIsWritten(_ layout: SessionLayout) {
        for (place, track) in layout.tracks.enumerated() {
            let written = WrittenTrack(
                number: track.number, start: layout.trackStart(place), sectors: track.sectors)
            tracks.append(written)
            tell(.trackWritten(written))
        }
        countTracks(layout)
        if let total = record.sectors?.total {
            record.sectors = BurnRecord.Sectors(total: total, free: 0, used: min(layout.leadOut, total))
        }
        tellRecord()
    }
}
