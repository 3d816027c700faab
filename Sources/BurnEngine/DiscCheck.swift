import BurnPlan
import DiscLayout
import MMC

extension BurnPlan {
    /// Why the plan cannot be burned, whatever the drive; nil when it can.
    var fault: String? {
        if version != Self.formatVersion { return "It has version \(version), not \(Self.formatVersion)." }
        if tracks.isEmpty || tracks.count > RedBook.maximumTracks {
            return "It has \(tracks.count) tracks; a disc has 1 to \(RedBook.maximumTracks)."
        }
        for (index, track) in tracks.enumerated() {
            if track.number != index + 1 { return "Track \(index + 1) calls itself \(track.number)." }
            let bytes = track.content.reduce(0) { $0 + $1.count }
            guard (1...RedBook.framesInMSF).contains(track.sectors), track.content.allSatisfy(\.isSound),
                bytes == track.sectors * track.form.userBytes
            else { return "Track \(track.number) has \(bytes) bytes for \(track.sectors) sectors." }
        }
        return nil
    }
}

extension BurnPlan.Piece {
    /// Its numbers can be added up.
    var isSound: Bool { offset >= 0 && offset < 1 << 40 && count > 0 && count < 1 << 40 }
}

extension BurnPlan.Track {
    /// The control bits of the track.
    var control: TrackControl {
        SessionLayout.Track(number: number, form: form, copy: copy, hasPreEmphasis: hasPreEmphasis, sectors: sectors)
            .control
    }
}

/// Whether a disc is fit for a plan, as the drive describes it.
enum DiscCheck {
    /// The reason against it, or nil.
    static func problem(_ configuration: Configuration, _ disc: DiscInformation) -> BurnProblem? {
        guard configuration.hasRecordableCD else {
            return BurnProblem(
                .mediaIncompatible,
                "The disc in the drive is no CD-R or CD-RW (profile \(configuration.currentProfile)).")
        }
        switch disc.status {
        case .empty: break
        case .incomplete, .finalized:
            return BurnProblem(
                .mediaNotBlank,
                "The disc in the drive is written on: \(disc.status == .finalized ? "finalised" : "appendable"), "
                    + "tracks up to number \(disc.lastTrackInLastSession).")
        case .other: return BurnProblem(.mediaIncompatible, "The drive calls the state of the disc \"other\".")
        }
        guard let tao = configuration.trackAtOnce else {
            return BurnProblem(.modeNotSupported, "The drive does not write Track-At-Once (feature 002Dh is missing).")
        }
        guard tao.isCurrent else {
            return BurnProblem(
                .modeNotSupported, "The drive does not write Track-At-Once on this disc (feature 002Dh is not current)."
            )
        }
        return nil
    }
}
