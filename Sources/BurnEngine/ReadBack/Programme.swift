import BurnPlan
import DiscLayout
import RawRecording
import SectorCoding

/// What the sectors of the program area are to hold, stretch by stretch.
struct Programme {
    /// Consecutive sectors of one track, of one form and from one source.
    struct Span {
        /// The track's number on the disc.
        let number: Int
        /// Where they are.
        let addresses: Range<Int>
        /// They are audio; else data.
        let isAudio: Bool
        /// Their bytes.
        let content: SectorBytes
        /// Silence that drives need not be able to read: the pause in front of a session, and pre-gaps at a change between
        /// audio and data. What is read there is not held against the disc.
        let isOptional: Bool
    }

    /// By rising address, apart from one another.
    let spans: [Span]
    /// From the first sector that any drive reads to the lead-out.
    let readable: Range<Int>
    /// Tracks of the image whose sectors are data without a sync pattern: no drive can read them.
    let unreadableTracks: [Int]

    /// Stretches of audio without a gap: sound runs through track borders.
    var audioRuns: [AudioRun] {
        var runs: [[Span]] = []
        for span in spans where span.isAudio {
            if let last = runs.last?.last, last.addresses.upperBound == span.addresses.lowerBound {
                runs[runs.count - 1].append(span)
            } else {
                runs.append([span])
            }
        }
        return runs.map { AudioRun(spans: $0) }
    }

    /// Data, of which everything is compared.
    var data: [Span] { spans.filter { !$0.isAudio } }

    /// Sectors whose main channel is compared.
    var sectors: Int { spans.reduce(0) { $0 + ($1.isOptional ? 0 : $1.addresses.count) } }
}

extension Programme {
    /// - Throws: what reading an image throws.
    init(_ disc: WrittenDisc) throws(ReadAheadBuffer.Failure) {
        guard let layout = disc.layout, !layout.tracks.isEmpty else {
            self.init(spans: [], readable: 0..<0, unreadableTracks: [])
            return
        }
        let pauseEnd = min(layout.start + RedBook.pauseSectors, layout.trackStart(0))
        let readable = max(pauseEnd, 0)..<max(layout.leadOut, pauseEnd, 0)
        if let image = disc.image {
            let parts = try Self.parts(of: image, layout)
            let unreadable = image.survey.remarks.compactMap { remark -> Int? in
                if case .trackMode(track: let track, mode: nil) = remark { track } else { nil }
            }
            let spans = Self.spans(parts.filter { !unreadable.contains($0.number) || $0.isAudio }, from: readable)
            self.init(spans: spans, readable: readable, unreadableTracks: unreadable)
            return
        }
        var parts = disc.segments.map { segment in
            Part(
                number: layout.tracks[segment.place].number, addresses: segment.addresses,
                isAudio: segment.form == .audio, content: .track(segment.content, first: segment.addresses.lowerBound),
                isSilence: segment.content.filledBytes == 0
                    && segment.addresses.upperBound <= layout.trackStart(segment.place))
        }
        if disc.mode != .tao { parts = Self.fillingGaps(parts, layout) }
        self.init(spans: Self.spans(parts, from: readable), readable: readable, unreadableTracks: [])
    }

    private struct Part {
        let number: Int
        let addresses: Range<Int>
        let isAudio: Bool
        let content: SectorBytes
        /// It is part of a pre-gap and holds nothing.
        let isSilence: Bool
    }

    /// What the host has not named between pause and lead-out it has sent as zeros.
    private static func fillingGaps(_ parts: [Part], _ layout: SessionLayout) -> [Part] {
        var all: [Part] = []
        var rest = parts[...]
        for (place, track) in layout.tracks.enumerated() {
            var next = layout.pregapStart(place)
            let end = layout.pregapStart(place + 1)
            func fill(to upper: Int) {
                guard upper > next else { return }
                all.append(
                    Part(
                        number: track.number, addresses: next..<upper, isAudio: track.form == .audio,
                        content: .zeros(sectorBytes: track.form.userBytes), isSilence: true))
            }
            while let part = rest.first, part.addresses.lowerBound < end {
                fill(to: part.addresses.lowerBound)
                all.append(part)
                next = max(next, part.addresses.upperBound)
                rest.removeFirst()
            }
            fill(to: end)
        }
        return all
    }

    /// An image's program area by tracks. In pre-gaps between audio and data every sector tells what it is.
    private static func parts(
        of image: WrittenDisc.Image, _ layout: SessionLayout
    ) throws(ReadAheadBuffer.Failure) -> [Part] {
        var parts: [Part] = []
        let there = image.image.sectors
        for (place, track) in layout.tracks.enumerated() {
            let (gap, start) = (layout.pregapStart(place), layout.trackStart(place))
            let isAudio = track.form == .audio
            func part(_ addresses: Range<Int>, isAudio: Bool, isSilence: Bool) -> Part {
                Part(
                    number: track.number, addresses: addresses.clamped(to: there), isAudio: isAudio,
                    content: isAudio ? .image(image) : .imageData(image), isSilence: isSilence)
            }
            let isChange = place > 0 && layout.tracks[place - 1].form != track.form
            if isChange {
                for lba in (gap..<start).clamped(to: there) {
                    let hasSync = try SectorBytes.hasSync(image, lba)
                    parts.append(part(lba..<lba + 1, isAudio: !hasSync, isSilence: true))
                }
            } else if gap < start {
                parts.append(part(gap..<start, isAudio: isAudio, isSilence: false))
            }
            let end = layout.pregapStart(place + 1)
            parts.append(part(start..<end, isAudio: isAudio, isSilence: false))
        }
        return parts.filter { !$0.addresses.isEmpty }
    }

    private static func spans(_ parts: [Part], from readable: Range<Int>) -> [Span] {
        var spans: [Span] = []
        func add(_ part: Part, _ addresses: Range<Int>, isOptional: Bool) {
            guard !addresses.isEmpty else { return }
            spans.append(
                Span(
                    number: part.number, addresses: addresses, isAudio: part.isAudio, content: part.content,
                    isOptional: isOptional))
        }
        for (place, part) in parts.enumerated() {
            let (before, behind) = (
                parts[..<place].last { !$0.isSilence }, parts[place...].first { !$0.isSilence }
            )
            let isChange = part.isSilence && before.map { $0.isAudio != behind?.isAudio } ?? false
            let pause = min(readable.lowerBound, part.addresses.upperBound)
            add(part, part.addresses.lowerBound..<max(pause, part.addresses.lowerBound), isOptional: true)
            add(
                part, max(pause, part.addresses.lowerBound)..<part.addresses.upperBound, isOptional: isChange)
        }
        return spans
    }
}
