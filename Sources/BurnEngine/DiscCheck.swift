import BurnPlan
import DiscLayout
import MMC

extension BurnPlan {
    /// Why the plan cannot be carried out, whatever the drive; nil when it can.
    var fault: String? {
        if version != Self.formatVersion { return "It has version \(version), not \(Self.formatVersion)." }
        switch task {
        case .burn: return image == nil ? tracksFault : imageFault
        case .erase: return erase == nil ? "It does not say how the disc is to be blanked." : nil
        case .close: return close == .none ? "It wants a session closed and left open." : nil
        }
    }

    private var imageFault: String? {
        if mode != .raw || sectorType == nil || !tracks.isEmpty { return "An image is of raw sectors and of one type." }
        return close == .disc ? nil : "A raw image is a whole disc: nothing can follow it."
    }

    private var tracksFault: String? {
        if tracks.isEmpty || tracks.count > RedBook.maximumTracks {
            return "It has \(tracks.count) tracks; a disc has 1 to \(RedBook.maximumTracks)."
        }
        let first = tracks[0].number
        guard first == 1 || mode != .tao, first >= 1, first + tracks.count - 1 <= RedBook.maximumTracks else {
            return "Its tracks begin with number \(first)."
        }
        for (index, track) in tracks.enumerated() {
            if track.number != first + index { return "Track \(first + index) calls itself \(track.number)." }
            if let fault = track.fault ?? pregapFault(index) { return fault }
        }
        switch (mode, close) {
        case (.sao, .none): return "A session that is written at once is closed by that."
        case (.raw, .session), (.raw, .none): return "A raw session is a whole disc: nothing can follow it."
        case (.tao, _) where !text.isEmpty: return "Track at once has no CD-TEXT."
        default: return nil
        }
    }

    private func pregapFault(_ index: Int) -> String? {
        let track = tracks[index]
        switch mode {
        case .tao:
            let isPlain = track.pregap == 0 && track.indexes.isEmpty && track.subCode == .none
            return isPlain
                ? nil : "Track \(index + 1) has a gap, indexes or sub-code, which the drive makes track at once."
        case .sao, .raw:
            let shortest = index == 0 ? RedBook.pauseSectors : 0
            return track.pregap >= shortest ? nil : "The pre-gap of track \(index + 1) has \(track.pregap) sectors."
        }
    }
}

extension BurnPlan.Track {
    /// What of the track's numbers cannot be.
    fileprivate var fault: String? {
        let possible = 1...RedBook.framesInMSF
        guard possible.contains(sectors), (0...RedBook.framesInMSF).contains(pregap),
            (content + pregapContent + symbols).allSatisfy(\.isSound)
        else { return "Track \(number) has \(sectors) sectors, or a piece that cannot be." }
        let bytes = content.reduce(0) { $0 + $1.count }
        guard bytes == sectors * form.userBytes else {
            return "Track \(number) has \(bytes) bytes for \(sectors) sectors."
        }
        let gap = pregapContent.reduce(0) { $0 + $1.count }
        guard pregapContent.isEmpty || gap == pregap * form.userBytes else {
            return "The pre-gap of track \(number) has \(gap) bytes for \(pregap) sectors."
        }
        let wanted = subCode == .none ? 0 : (pregap + sectors) * RedBook.subChannelBytes
        let given = symbols.reduce(0) { $0 + $1.count }
        guard given == wanted else { return "The sub-code of track \(number) has \(given) symbols, not \(wanted)." }
        let steps = zip([0] + indexes, indexes + [sectors])
        guard indexes.count < RedBook.maximumTracks, steps.allSatisfy({ $0 < $1 }) else {
            return "The indexes of track \(number) do not rise within it."
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
    /// The reason against it, or nil. What the mode of recording demands besides is up to the `Recording`.
    static func problem(_ recorder: RecorderFacts, _ plan: BurnPlan) -> BurnProblem? {
        let (configuration, disc) = (recorder.configuration, recorder.disc)
        guard configuration.hasRecordableCD else {
            return BurnProblem(
                .mediaIncompatible,
                "The disc in the drive is no CD-R or CD-RW (profile \(configuration.currentProfile)).")
        }
        switch disc.status {
        case .empty: return nil
        case .incomplete where plan.mayAppend && plan.mode != .raw: return nil
        case .incomplete, .finalized:
            let state = disc.status == .finalized ? "finalised" : "appendable"
            let rewritable = disc.isErasable ? ", rewritable" : ""
            return BurnProblem(
                .mediaNotBlank,
                "The disc in the drive is written on: \(state)\(rewritable), tracks up to number "
                    + "\(disc.lastTrackInLastSession).")
        case .other: return BurnProblem(.mediaIncompatible, "The drive calls the state of the disc \"other\".")
        }
    }
}
