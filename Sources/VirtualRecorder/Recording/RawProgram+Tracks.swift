import DiscLayout

/// The tracks that the table of contents and Q make up together.
extension RawProgram {
    /// Tracks and what of them does not agree, each as a phrase.
    ///
    /// Starts and control bits are those of the table of contents; pauses and further indexes those of Q.
    func tracks() -> (tracks: [Disc.Track], remarks: [String]) {
        guard let contents else { return ([], []) }
        var tracks: [Disc.Track] = []
        var remarks: [String] = []
        let pauses = contents.tracks.indices.map { pauseStart(ofTrackAt: $0, in: contents) } + [contents.leadOut]
        for (place, entry) in contents.tracks.enumerated() {
            let facts = facts(of: entry.number)
            var isDamaged = facts.isDamaged
            func damage(_ remark: String) {
                remarks.append("track \(entry.number) \(remark)")
                isDamaged = true
            }
            let indexes = furtherIndexes(of: facts, from: entry.start, to: pauses[place + 1])
            if indexes.isIncomplete { damage("has indexes that do not follow one another") }
            if facts.indexes.dropFirst().first.flatMap({ $0 }) == nil { damage("is not in Q") }
            if facts.contradicts(entry.control) { damage("has another copy bit in Q than by the table of contents") }
            tracks.append(
                Disc.Track(
                    number: entry.number, control: entry.control,
                    form: entry.control.contains(.data) ? facts.form(isXADisc: contents.discType == 0x20) : .audio,
                    pauseStart: pauses[place], indexes: [entry.start] + indexes.addresses,
                    blocks: pauses[place + 1] - entry.start, state: .complete, isDamaged: isDamaged,
                    isrc: facts.isrc.map { String(decoding: $0, as: UTF8.self) }, isFirstCopy: facts.isFirstCopy))
        }
        if let leadOut, leadOut != contents.leadOut {
            remarks.append("the lead-out begins at \(leadOut) by Q, at \(contents.leadOut) by the table of contents")
            tracks[tracks.count - 1].isDamaged = true
        }
        return (tracks, remarks)
    }

    /// Where index 0 of a track begins, or its index 1 if it has none. What lies before the first track is its pause.
    private func pauseStart(ofTrackAt place: Int, in contents: RawTableOfContents) -> Int {
        guard place > 0 else { return DiscFolder.baseLBA }
        let (entry, before) = (contents.tracks[place], contents.tracks[place - 1])
        let pause = facts(of: entry.number).indexes.first.flatMap { $0 }
        // A pause that begins in front of the track before it, or behind its own track, is none.
        guard let pause, pause > before.start, pause < entry.start else { return entry.start }
        return pause
    }

    /// Addresses of index 2, 3 … as far as they follow one another, in blocks of the track.
    private func furtherIndexes(
        of facts: RawTrackFacts, from start: Int, to end: Int
    ) -> (addresses: [Int], isIncomplete: Bool) {
        let all = facts.indexes.dropFirst(2)
        var addresses: [Int] = []
        for address in all {
            guard let address, address > addresses.last ?? start, address < end else { return (addresses, true) }
            addresses.append(address)
        }
        return (addresses, false)
    }
}
