import DiscLayout
import SectorCoding

extension RawSession {
    /// Whether a layout's numbers are possible, before anything is computed from them.
    static func check(_ layout: SessionLayout) throws(Fault) {
        let numbers = layout.tracks.map(\.number)
        guard let first = numbers.first, (1...RedBook.maximumTracks).contains(first),
            numbers.count <= RedBook.maximumTracks + 1 - first, numbers == Array(first..<first + numbers.count)
        else { throw .trackNumbers }
        guard layout.start == -RedBook.pauseSectors else { throw .start(layout.start) }
        for track in layout.tracks {
            let shortest = track.number == first ? RedBook.pauseSectors : 0
            let indexes = [0] + track.indexes + [track.sectors]
            let areRising = zip(indexes, indexes.dropFirst()).allSatisfy { $0 < $1 }
            // Lengths above the disc's could overflow when they are added up.
            guard (shortest...endOfTimes).contains(track.pregap), track.sectors <= endOfTimes, areRising,
                track.indexes.count < RedBook.maximumTracks
            else { throw .track(track.number) }
        }
        guard layout.leadOut <= endOfTimes - leadOutSectors else { throw .tooLong(leadOut: layout.leadOut) }
    }

    /// The areas of a layout that was checked.
    static func areas(of layout: SessionLayout, leadInStart: Int) -> [RawArea] {
        let (first, last) = (layout.tracks[0], layout.tracks[layout.tracks.count - 1])
        let leadOut = layout.leadOut
        var areas = [
            RawArea(
                sectors: leadInStart..<layout.start, part: .leadIn, form: first.form, subCode: .none, control: [],
                alternates: false, origin: leadInStart, flagStart: layout.start, recordingCode: nil)
        ]
        var start = layout.start
        for (place, track) in layout.tracks.enumerated() {
            let end = start + track.pregap + track.sectors
            let isLast = place == layout.tracks.count - 1
            let next = isLast ? leadOut : end + layout.tracks[place + 1].pregap
            areas += indexes(of: track, from: start, next: next, isFirst: place == 0)
            start = end
        }
        // Of the last track's control bits the lead-out has the data bit alone, as cdrdao leaves it.
        areas.append(
            RawArea(
                sectors: leadOut..<leadOut + leadOutSectors, part: .leadOut, form: last.form, subCode: .none,
                control: last.control.intersection(.data), alternates: false, origin: leadOut, flagStart: leadOut,
                recordingCode: nil))
        return areas
    }

    /// A track's areas; `next` is where the next track's index 1 is, or the lead-out.
    private static func indexes(
        of track: SessionLayout.Track, from start: Int, next: Int, isFirst: Bool
    ) -> [RawArea] {
        let origin = start + track.pregap
        let starts = [start, origin] + track.indexes.map { origin + $0 } + [origin + track.sectors]
        return starts.indices.dropLast().compactMap { index in
            guard starts[index] < starts[index + 1] else { return nil }
            // Index 0 of the first track is the disc's pause: it belongs to no recording.
            let code = isFirst && index == 0 ? nil : track.recordingCode
            return RawArea(
                sectors: starts[index]..<starts[index + 1], part: .track(track.number, index: index), form: track.form,
                subCode: track.subCode, control: track.control,
                alternates: track.form == .audio && track.copy == .scms, origin: origin,
                flagStart: next - RedBook.pauseSectors, recordingCode: code)
        }
    }

    /// The table of contents in the order of pressed discs and of wodim: A0, A1, A2, then the tracks.
    static func entries(of layout: SessionLayout) -> [(entry: LeadInEntry, control: TrackControl)] {
        let contents = layout.tableOfContents
        let (first, last) = (contents.tracks[0], contents.tracks[contents.tracks.count - 1])
        let tracks = contents.tracks.map { track in
            (LeadInEntry.track(track.number, start: MSF(lba: track.start)), track.control)
        }
        return [
            (.firstTrack(first.number, discType: 0), first.control), (.lastTrack(last.number), last.control),
            (.leadOut(MSF(lba: contents.leadOut)), last.control),
        ] + tracks
    }

    /// Sectors in a row that have the same entry of the lead-in (IEC 60908, 17.5.1).
    private static let entryRepetitions = 3

    /// The Q frame of a sector of the lead-in. The list begins with it.
    func leadInFrame(at lba: Int) -> QFrame {
        let (entry, control) = entries[(lba - sectors.lowerBound) / Self.entryRepetitions % entries.count]
        return .tableOfContents(entry, control: control, running: MSF(lba: lba))
    }
}
