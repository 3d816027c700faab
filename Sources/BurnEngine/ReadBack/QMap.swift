import DiscLayout
import SectorCoding

/// What the Q channel of the program area is to say, sector by sector.
struct QMap {
    /// Sectors of one index.
    struct Section: Equatable {
        /// Where they are.
        let addresses: Range<Int>
        /// The track's number on the disc.
        let track: Int
        /// 0 in a pre-gap.
        let index: Int
        /// Address of index 1.
        let trackStart: Int
        /// The track's control bits.
        let control: TrackControl
        /// The copy bit alternates, so that it says nothing in one sector.
        let copyAlternates: Bool
        /// The drive has made it by itself, and may count in it as it likes.
        let isDriveMade: Bool
    }

    /// By rising address; what lies between them is not judged.
    let sections: [Section]
    /// Digits of the catalogue number that the disc is to have.
    let catalogNumber: [UInt8]?
    /// Characters of the codes by track number.
    let recordingCodes: [Int: [UInt8]]

    /// Sectors at the end of a pause of track at once that belong to the next track for certain: it has 150, and drives end
    /// the track in front of it with up to two of run-out, and begin at a link block.
    private static let surePause = 140

    /// - Parameters:
    ///   - layout: where tracks, gaps and indexes are.
    ///   - readable: what any drive reads of it.
    ///   - pausesAreDriveMade: true of track at once.
    init(_ layout: SessionLayout, readable: Range<Int>, pausesAreDriveMade: Bool) {
        var sections: [Section] = []
        for (place, track) in layout.tracks.enumerated() {
            let (gap, start) = (layout.pregapStart(place), layout.trackStart(place))
            func add(_ range: Range<Int>, index: Int) {
                let addresses = range.clamped(to: readable)
                guard !addresses.isEmpty else { return }
                sections.append(
                    Section(
                        addresses: addresses, track: track.number, index: index, trackStart: start,
                        control: track.control, copyAlternates: track.form == .audio && track.copy == .scms,
                        isDriveMade: pausesAreDriveMade && index == 0))
            }
            add((pausesAreDriveMade ? max(gap, start - Self.surePause) : gap)..<start, index: 0)
            let starts = [0] + track.indexes + [track.sectors]
            for (index, (from, to)) in zip(starts, starts.dropFirst()).enumerated() where from < to {
                add(start + from..<start + to, index: index + 1)
            }
        }
        self.sections = sections
        catalogNumber = layout.catalogNumber?.digits
        recordingCodes = Dictionary(
            layout.tracks.compactMap { track in track.recordingCode.map { (track.number, $0.characters) } },
            uniquingKeysWith: { first, _ in first })
    }

    /// The section of an address.
    func section(at lba: Int) -> Section? {
        var (low, high) = (0, sections.count)
        while low < high {
            let middle = (low + high) / 2
            if sections[middle].addresses.upperBound <= lba { low = middle + 1 } else { high = middle }
        }
        return low < sections.count && sections[low].addresses.contains(lba) ? sections[low] : nil
    }

    /// What is wrong with the frame of a sector, in words; nil when nothing is, and where nothing is judged.
    func fault(of frame: QFrame, at lba: Int) -> String? {
        guard let section = section(at: lba) else { return nil }
        guard let content = frame.content else { return "Q holds no numbers" }
        switch content {
        case .position(let track, let index, let relative, let absolute):
            let place = track.map { "track \($0)" } ?? "the lead-out"
            if track != section.track || index != section.index {
                return "Q says \(place), index \(index), not track \(section.track), index \(section.index)"
            }
            if absolute.frameCount - RedBook.pauseSectors != lba { return "Q says that it is at \(absolute)" }
            if !section.allows(relative: relative.frameCount, at: lba) {
                return "Q says \(relative) in index \(index) of track \(section.track)"
            }
            return section.controlFault(frame.control)
        case .catalogNumber(let digits, _): return codeFault(digits, catalogNumber, "the catalogue number")
        case .recordingCode(let code, _):
            // What Q has before index 1 may still be of the track in front.
            guard section.index > 0 else { return nil }
            return codeFault(code, recordingCodes[section.track], "the recording code")
        case .tableOfContents, .multiSession: return "Q is that of a lead-in"
        case .other: return nil
        }
    }

    /// Zeros are no code, as discs have them that have none.
    private func codeFault(_ found: [UInt8], _ wanted: [UInt8]?, _ name: String) -> String? {
        if found == wanted || found.allSatisfy({ $0 == 0 || $0 == 0x30 }) { return nil }
        let text = String(decoding: found.map { $0 <= 9 ? $0 + 0x30 : $0 }, as: UTF8.self)
        return "Q says \(text) for \(name)"
    }
}

extension QMap.Section {
    /// Time in a track: rising from index 1 on; before it falling to 00:00:00 or to 00:00:01, as drives and programs differ.
    fileprivate func allows(relative: Int, at lba: Int) -> Bool {
        if index > 0 { return relative == lba - trackStart }
        return isDriveMade || relative == trackStart - lba || relative == trackStart - lba - 1
    }

    fileprivate func controlFault(_ found: TrackControl) -> String? {
        let ignored: TrackControl = copyAlternates ? .copyPermitted : []
        guard found.subtracting(ignored) != control.subtracting(ignored) else { return nil }
        return "Q has control bits \(found.rawValue), not \(control.rawValue)"
    }
}

extension QMap {
    /// Sectors that are looked at on each side of a border.
    private static let reach = 13

    /// Stretches around all borders, each short enough to be read at once.
    var windows: [Range<Int>] {
        var windows: [Range<Int>] = []
        func add(_ range: Range<Int>) {
            if let last = windows.last, last.upperBound >= range.lowerBound,
                range.upperBound - last.lowerBound <= QReader.chunkSectors
            {
                windows[windows.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else if let last = windows.last, last.upperBound > range.lowerBound {
                let rest = last.upperBound..<max(range.upperBound, last.upperBound)
                if !rest.isEmpty { windows.append(rest) }
            } else {
                windows.append(range)
            }
        }
        for section in sections {
            let (lower, upper) = (section.addresses.lowerBound, section.addresses.upperBound)
            add(lower..<min(lower + Self.reach, upper))
            add(max(upper - Self.reach, lower)..<upper)
        }
        return windows
    }
}
