public import DiscLayout

extension CueSheet {
    /// One of the ways to put a session down that drives are known to insist on.
    public struct Variant: Equatable, Sendable, CustomStringConvertible {
        /// The rows of recording codes have the control bits of their track, else none.
        public var codesHaveControl: Bool
        /// What the lead-in's row says as its time: where the lead-in starts, or nil for 00:00:00.
        public var leadIn: MSF?
        /// Catalogue number and recording codes are in the sheet. Where they are not, the catalogue number can go into page
        /// 05h, and the recording codes are lost.
        public var hasCodes: Bool
        /// Every track has a row for index 0. A track without gap takes the last frame of the one before for it, where that
        /// is of the same form; else both rows have the same time.
        public var hasEveryIndex0: Bool
        /// The host sends CD-TEXT in the lead-in.
        public var hasText: Bool

        /// A way; by default the plain one.
        public init(
            codesHaveControl: Bool = true, leadIn: MSF? = nil, hasCodes: Bool = true, hasEveryIndex0: Bool = false,
            hasText: Bool = false
        ) {
            (self.codesHaveControl, self.leadIn, self.hasCodes) = (codesHaveControl, leadIn, hasCodes)
            (self.hasEveryIndex0, self.hasText) = (hasEveryIndex0, hasText)
        }

        /// What is particular about it, for a log.
        public var description: String {
            let codes =
                !hasCodes
                ? "no MCN and ISRC rows"
                : "ISRC rows \(codesHaveControl ? "with" : "without") their tracks' control bits"
            let text = hasText ? ", CD-TEXT" : ""
            let gaps = hasEveryIndex0 ? "in every track" : "where there is a gap"
            return "cue sheet with \(codes), index 0 \(gaps), lead-in at \(leadIn ?? MSF(frameCount: 0))\(text)"
        }

        /// The layout with what the variant demands.
        func adapted(_ layout: SessionLayout) -> SessionLayout {
            guard hasEveryIndex0 else { return layout }
            var layout = layout
            for place in layout.tracks.indices.dropFirst() where layout.tracks[place].pregap == 0 {
                let before = layout.tracks[place - 1]
                // Indexes have to rise: the frame that is taken must lie behind the last one.
                let isFree = before.sectors > (before.indexes.last ?? 0) + 1
                guard isFree, DataForm(of: before) == DataForm(of: layout.tracks[place]) else { continue }
                layout.tracks[place - 1].sectors -= 1
                layout.tracks[place].pregap = 1
            }
            return layout
        }
    }

    /// The ways to try one after the other until the drive takes the sheet, those that would make the same bytes once.
    ///
    /// First cdrdao's order: recording codes with and without control bits, with the lead-in's time and then with zero
    /// (the standard wants the time with CD-TEXT alone). Then without the codes, which loses the recording codes; then with
    /// an index 0 for every track, as wodim asks drives that refuse a track without.
    ///
    /// - Parameters:
    ///   - leadIn: Start of the lead-in, from READ DISC INFORMATION; nil in a later session.
    ///   - hasText: The host will send CD-TEXT in the lead-in.
    public static func variants(for layout: SessionLayout, leadIn: MSF?, hasText: Bool) -> [Variant] {
        let times: [MSF?] = hasText && leadIn != nil ? [leadIn, nil] : [nil]
        var candidates: [Variant] = []
        for time in times {
            for control in [true, false] {
                candidates.append(Variant(codesHaveControl: control, leadIn: time, hasText: hasText))
            }
        }
        candidates += [
            Variant(hasCodes: false, hasText: hasText),
            Variant(hasEveryIndex0: true, hasText: hasText),
            Variant(hasCodes: false, hasEveryIndex0: true, hasText: hasText),
        ]
        var seen: Set<[UInt8]> = []
        return candidates.filter { seen.insert(CueSheet(layout, $0).bytes).inserted }
    }
}
