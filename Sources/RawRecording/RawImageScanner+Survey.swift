import DiscLayout
import SectorCoding

extension RawImageScanner {
    /// What the blocks so far say.
    public var survey: RawImage.Survey {
        let fromLeadIn = contentsOfLeadIn
        let contents = fromLeadIn.contents ?? contentsOfProgram
        let layout = contents.flatMap(layout)
        var faults = fromLeadIn.faults + readabilityFaults
        if changes > Self.mostChanges { faults.append(.jumbled(at: lastChange)) }
        if let shift = displacement.winner, shift != 0 {
            faults.append(.misplaced(by: shift))
        } else if let contents {
            faults += placeFaults(contents)
        }
        if contents != nil, layout == nil { faults.append(.impossibleLayout) }
        if !hasLeadOut(contents) { faults.append(.noLeadOut) }
        faults += dataFaults
        return RawImage.Survey(
            contents: contents, discType: discType, layout: layout,
            textPacks: text.sorted { $0.key < $1.key }.map(\.value),
            faults: faults, remarks: remarks(contents))
    }

    // MARK: Table of contents

    /// Times here lie behind the lead-in also from 90 minutes on.
    private static func address(_ time: MSF) -> Int { time.frameCount - RedBook.pauseSectors }

    private var discType: UInt8 {
        if case .firstTrack(_, let type) = statements[0xA0]?.winner?.entry { type } else { 0 }
    }

    private var contentsOfLeadIn: (contents: TableOfContents?, faults: [RawImage.Survey.Fault]) {
        let all = statements.values.compactMap(\.winner)
        let entries = all.compactMap { statement -> TableOfContents.Track? in
            guard case .track(let number, let start) = statement.entry else { return nil }
            return TableOfContents.Track(number: number, control: statement.control, start: Self.address(start))
        }.sorted { $0.number < $1.number }
        guard case .leadOut(let end) = statements[0xA2]?.winner?.entry, let lowest = entries.first,
            let highest = entries.last
        else { return (nil, [.noTableOfContents]) }
        var (first, last) = (lowest.number, highest.number)
        if case .firstTrack(let number, _) = statements[0xA0]?.winner?.entry { first = number }
        if case .lastTrack(let number) = statements[0xA1]?.winner?.entry { last = number }
        guard first >= 1, first <= last else { return (nil, [.noTableOfContents]) }
        let missing = (first...last).filter { number in !entries.contains { $0.number == number } }
        let tracks = entries.filter { (first...last).contains($0.number) }
        guard !tracks.isEmpty else { return (nil, [.noTableOfContents]) }
        return (TableOfContents(tracks: tracks, leadOut: Self.address(end)), missing.map { .trackMissing($0) })
    }

    /// The table of contents that Q of the program area amounts to.
    private var contentsOfProgram: TableOfContents? {
        guard let leadOut = tracks[0].start.winner else { return nil }
        let entries = tracks.indices.dropFirst().compactMap { number -> TableOfContents.Track? in
            guard let start = tracks[number].start.winner, var control = tracks[number].control else { return nil }
            if tracks[number].copy == .scms { control.remove(.copyPermitted) }
            return TableOfContents.Track(number: number, control: control, start: start)
        }
        return entries.isEmpty ? nil : TableOfContents(tracks: entries, leadOut: leadOut)
    }

    // MARK: Layout

    /// The program area by the table of contents, with what Q adds to it; nil when it is impossible.
    private func layout(_ contents: TableOfContents) -> SessionLayout? {
        let starts = contents.tracks.map(\.start) + [contents.leadOut]
        var session = SessionLayout(tracks: [])
        if let digits = catalogNumber.winner { session.catalogNumber = try? CatalogNumber(Self.text(digits)) }
        var begin = session.start
        for (place, entry) in contents.tracks.enumerated() {
            let isLast = place == contents.tracks.count - 1
            let end = isLast ? contents.leadOut : pregapStart(contents.tracks[place + 1], after: entry.start)
            session.tracks.append(track(entry, from: begin, to: end))
            begin = end
        }
        guard zip(starts, starts.dropFirst()).allSatisfy({ $0 < $1 }) else { return nil }
        do {
            try RawSession.check(session)
            return session
        } catch {
            return nil
        }
    }

    /// Where a track's index 0 begins, or index 1 where it has none.
    private func pregapStart(_ entry: TableOfContents.Track, after previous: Int) -> Int {
        let found = tracks[entry.number].indexes[0] ?? entry.start
        return found > previous && found < entry.start ? found : entry.start
    }

    private func track(_ entry: TableOfContents.Track, from begin: Int, to end: Int) -> SessionLayout.Track {
        let facts = tracks[entry.number]
        var indexes: [Int] = []
        while let start = facts.indexes[indexes.count + 2] { indexes.append(start - entry.start) }
        let isData = entry.control.contains(.data)
        let kind: SessionLayout.SubCode = image.type == .raw ? .raw : .packs
        let code = facts.recordingCode.winner.flatMap { RecordingCode(String(decoding: $0, as: UTF8.self)) }
        return SessionLayout.Track(
            number: entry.number, form: isData ? .mode1 : .audio, copy: isData ? .prohibited : facts.copy,
            hasPreEmphasis: !isData && entry.control.contains(.preEmphasis), recordingCode: code,
            pregap: entry.start - begin, sectors: end - entry.start, indexes: indexes,
            // Of packs in the track before, symbols spread over the first sectors of the next.
            subCode: facts.subCodeSectors > RWDeinterleaver.delay ? kind : .none)
    }

    private static func text(_ digits: [UInt8]) -> String { digits.map(String.init).joined() }

    // MARK: Faults

    private var readabilityFaults: [RawImage.Survey.Fault] {
        [leadIn, program].compactMap { part in
            guard let first = part.firstBroken, part.broken * 2 > part.frames else { return nil }
            return .unreadable(broken: part.broken, of: part.frames, first: first)
        }
    }

    private func placeFaults(_ contents: TableOfContents) -> [RawImage.Survey.Fault] {
        var faults: [RawImage.Survey.Fault] = contents.tracks.compactMap { entry in
            let found = tracks[entry.number].start.winner
            return found == entry.start ? nil : .trackStart(track: entry.number, entry: entry.start, found: found)
        }
        if let found = tracks[0].start.winner, found != contents.leadOut {
            faults.append(.leadOutStart(entry: contents.leadOut, found: found))
        }
        return faults
    }

    private func hasLeadOut(_ contents: TableOfContents?) -> Bool {
        guard let contents else { return false }
        return tracks[0].start.winner != nil && contents.leadOut < image.sectors.upperBound
    }

    private var dataFaults: [RawImage.Survey.Fault] {
        tracks.indices.filter { $0 > 0 && tracks[$0].data == .notScrambled }.map { .notScrambled(track: $0) }
    }

    private func remarks(_ contents: TableOfContents?) -> [RawImage.Survey.Remark] {
        var remarks: [RawImage.Survey.Remark] = []
        for part in [leadIn, program] {
            guard let first = part.firstBroken, part.broken * 2 <= part.frames else { continue }
            remarks.append(.brokenFrames(part.broken, first: first))
        }
        if let contents, hasLeadOut(contents) {
            let sectors = image.sectors.upperBound - contents.leadOut
            if sectors < RawSession.leadOutSectors { remarks.append(.shortLeadOut(sectors: sectors)) }
        }
        if let digits = catalogNumber.winner, (try? CatalogNumber(Self.text(digits))) == nil {
            remarks.append(.catalogNumber(digits))
        }
        for number in tracks.indices.dropFirst() {
            switch tracks[number].data {
            case .mode(1), .notScrambled, nil: break
            case .mode(let mode): remarks.append(.trackMode(track: number, mode: mode))
            case .unsynchronized: remarks.append(.trackMode(track: number, mode: nil))
            }
        }
        return remarks
    }
}
