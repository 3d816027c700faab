import BurnPlan
import DiscLayout
import RawRecording

/// What one track of an order may say.
struct TrackRules {
    let order: BurnOrder
    let files: [String: FileFacts]
    /// Which track, from 0.
    let index: Int

    private var track: BurnOrder.Track { order.tracks[index] }

    private func fault(_ rule: OrderFault.Rule, _ field: OrderPlace.TrackField) -> OrderFault {
        OrderFault(rule, at: .track(index, field))
    }

    /// Everything that is broken.
    func faults() -> [OrderFault] {
        var faults: [OrderFault] = []
        switch track.form {
        case .audio: faults += audio(track.file, .file)
        case .mode1: faults += bytes(track.file, .file) + audioOnly()
        }
        if let code = track.recordingCode, RecordingCode(code) == nil { faults.append(fault(.recordingCode, .isrc)) }
        if order.mode == .tao { return faults + trackAtOnce() }
        if let graphics = track.graphics { faults += bytes(graphics.file, .cdg) }
        return faults + pregap()
    }

    private func audio(_ digest: String, _ field: OrderPlace.TrackField) -> [OrderFault] {
        guard let facts = files[digest] else { return [fault(.unknownFile, field)] }
        guard let frames = facts.sampleFrames else { return [fault(.notAudio, field)] }
        return frames > 0 ? [] : [fault(.empty, field)]
    }

    private func bytes(_ digest: String, _ field: OrderPlace.TrackField) -> [OrderFault] {
        guard let facts = files[digest] else { return [fault(.unknownFile, field)] }
        return facts.bytes > 0 ? [] : [fault(.empty, field)]
    }

    /// What data has none of.
    private func audioOnly() -> [OrderFault] {
        let given: [(OrderPlace.TrackField, Bool)] = [
            (.isrc, track.recordingCode != nil), (.preemphasis, track.hasPreEmphasis), (.copy, track.copy != nil),
            (.indexes, !track.indexes.isEmpty), (.cdg, track.graphics != nil), (.pregap, track.pregap != nil),
        ]
        return given.filter(\.1).map { fault(.audioOnly, $0.0) }
    }

    /// What a drive that makes the pauses and the sub-channel itself cannot be told.
    private func trackAtOnce() -> [OrderFault] {
        let given: [(OrderPlace.TrackField, Bool)] = [
            (.form, track.form != .audio), (.gap, track.gap != nil && track.gap != .silence),
            (.pregap, track.pregap != nil), (.pregapSectors, track.pregapSectors != nil),
            (.indexes, !track.indexes.isEmpty), (.cdg, track.graphics != nil), (.copy, track.copy == .scms),
        ]
        return given.filter(\.1).map { fault(.needsDiscAtOnce, $0.0) }
    }

    // MARK: Pre-gaps

    private func pregap() -> [OrderFault] {
        var faults: [OrderFault] = []
        if track.gap != nil, track.pregap != nil || track.pregapSectors != nil {
            faults.append(fault(.conflict(with: track.pregap != nil ? "pregap" : "pregap_sectors"), .gap))
        }
        if track.pregap != nil, track.pregapSectors != nil {
            faults.append(fault(.conflict(with: "pregap"), .pregapSectors))
        }
        if let sectors = track.pregapSectors {
            if sectors < shortestPregap {
                faults.append(fault(.pregapTooShort(sectors: sectors, minimum: shortestPregap), .pregapSectors))
            } else if sectors > RawImageRules.lastTrackSector {
                faults.append(fault(.pregapTooLong(sectors: sectors), .pregapSectors))
            }
        }
        if let file = track.pregap { faults += pregapFile(file.file) }
        if let word = track.gap, word != .silence, needsGap(word) { faults.append(fault(.gapNeeded, .gap)) }
        return faults
    }

    private func pregapFile(_ digest: String) -> [OrderFault] {
        let faults = audio(digest, .pregap)
        guard faults.isEmpty, let frames = files[digest]?.sampleFrames else { return faults }
        let shortest = index == 0 ? RedBook.pauseSectors : shortestPregap
        guard frames < shortest * RedBook.samplesPerSector else { return [] }
        let sectors = (frames + RedBook.samplesPerSector - 1) / RedBook.samplesPerSector
        // 149 sectors and a bit are 150 that are not full: what is too short is said to be so.
        return [fault(.pregapTooShort(sectors: min(sectors, shortest - 1), minimum: shortest), .pregap)]
    }

    /// Two seconds before the first track, and where the form changes.
    private var shortestPregap: Int { index == 0 || isNextToData ? RedBook.pauseSectors : 0 }

    private var isNextToData: Bool {
        track.form == .mode1 || index > 0 && order.tracks[index - 1].form == .mode1
    }

    /// A word that cannot be had here: before the first track there is no end of another, and its pause is always there.
    private func needsGap(_ word: GapMode) -> Bool { index == 0 ? word == .index0 : isNextToData }
}
