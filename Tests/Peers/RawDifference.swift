import DiscLayout

/// What one of the programs puts into the sub-channel of a raw session otherwise than burnd does. Everything else has to be
/// the same, bit by bit, and the main channel always.
enum RawDifference: String, Sendable {
    /// In the lead-in the tracks come first, then A0, A1, A2: cdrdao.
    case pointersFollowTracks
    /// The lead-in's running time begins at 00:00:00: cdrdao.
    case runningTimeFromZero
    /// The entry of the lead-out has the data bit of the last track alone: cdrdao.
    case leadOutPointerHasDataBitAlone
    /// Index 0 counts down to 1 in its last sector, not to 0: cdrdao.
    case countdownEndsAtOne
    /// Codes stand at addresses that are 0 and 50 modulo 90, or behind where an index begins: cdrdao. The catalogue number
    /// is in the lead-out too, and the first pause has recording codes.
    case codesModulo90
    /// Codes stand at addresses that are 99 and 49 modulo 100, or behind where an index begins, with no control bits, from
    /// the last hundred sectors of the first pause to the lead-out; a gap has the code of the track before it: wodim.
    case codesModulo100
    /// P is set in index 0 and in the lead-out alone, there for 75 sectors of 150 from the third second on: wodim.
    case pausesAloneAreFlagged
    /// Index 0 has the control bits of the track before it: wodim.
    case gapHasControlOfTrackBefore
    /// The byte of zeros of a position holds what an earlier frame with a code left there: wodim.
    case zeroIsLeftOver

    /// burnd's frames as the program would have sent them.
    ///
    /// - Parameter theirs: what the program did send, for what follows no rule.
    func applied(to ours: RawFrames, of layout: SessionLayout, theirs: RawFrames) -> RawFrames {
        var frames = ours
        switch self {
        case .pointersFollowTracks: Self.reorder(&frames, layout)
        case .runningTimeFromZero:
            for lba in ours.start..<layout.start {
                frames[lba].q.replaceSubrange(3..<6, with: Self.bcd(MSF(frameCount: lba - ours.start)))
            }
        case .leadOutPointerHasDataBitAlone:
            for lba in ours.start..<layout.start where ours[lba].q[2] == 0xA2 { frames[lba].q[0] &= 0x4F }
        case .countdownEndsAtOne:
            for lba in layout.start..<layout.leadOut where ours[lba].kind == 1 && ours[lba].q[2] == 0 {
                Self.lengthen(&frames[lba].q)
            }
        case .codesModulo90: Self.placeCodes(&frames, layout, period: 90, catalog: 0, recording: 50, isWodim: false)
        case .codesModulo100: Self.placeCodes(&frames, layout, period: 100, catalog: 99, recording: 49, isWodim: true)
        case .pausesAloneAreFlagged: Self.flagPauses(&frames, layout)
        case .gapHasControlOfTrackBefore:
            for place in layout.tracks.indices.dropFirst() {
                let control = layout.tracks[place - 1].control.rawValue << 4
                for lba in layout.pregapStart(place)..<layout.trackStart(place) where ours[lba].kind == 1 {
                    frames[lba].q[0] = control | 1
                }
            }
        case .zeroIsLeftOver: Self.leaveOver(&frames, layout, theirs)
        }
        return frames
    }

    private static func bcd(_ time: MSF) -> [UInt8] {
        [time.minutes, time.seconds, time.frames].map { ($0 / 10) << 4 | $0 % 10 }
    }

    private static func frameCount(_ bytes: ArraySlice<UInt8>) -> Int {
        let values = bytes.map { Int($0 >> 4) * 10 + Int($0 & 15) }
        return (values[0] * 60 + values[1]) * 75 + values[2]
    }

    /// A frame more of relative time.
    private static func lengthen(_ q: inout [UInt8]) {
        q.replaceSubrange(3..<6, with: bcd(MSF(frameCount: frameCount(q[3..<6]) + 1)))
    }

    /// Three sectors an entry: A0, A1, A2 and the tracks become the tracks and A0, A1, A2.
    private static func reorder(_ frames: inout RawFrames, _ layout: SessionLayout) {
        let (tracks, entries) = (layout.tracks.count, layout.tracks.count + 3)
        let list = (0..<entries).map { frames[frames.start + $0 * 3].q }
        for lba in frames.start..<layout.start {
            let place = (lba - frames.start) / 3 % entries
            let entry = list[place < tracks ? place + 3 : place - tracks]
            let time = frames[lba].q[3..<6]
            frames[lba].q = Array(entry[..<3] + time + entry[6...])
        }
    }

    /// The position that a sector would have if it had no code: from where the layout has its indexes.
    private static func position(_ lba: Int, _ layout: SessionLayout) -> [UInt8] {
        let absolute = bcd(MSF(lba: lba))
        guard let place = layout.tracks.indices.last(where: { layout.pregapStart($0) <= lba }), lba < layout.leadOut
        else {
            let control = (layout.tracks.last?.control.rawValue ?? 0) & 4
            return [control << 4 | 1, 0xAA, 1] + bcd(MSF(frameCount: lba - layout.leadOut)) + [0] + absolute
        }
        let (track, start) = (layout.tracks[place], layout.trackStart(place))
        let index = lba < start ? 0 : 1 + track.indexes.count { start + $0 <= lba }
        let relative = lba < start ? start - 1 - lba : lba - start
        let number = UInt8(track.number)
        let head = [track.control.rawValue << 4 | 1, (number / 10) << 4 | number % 10, UInt8(index)]
        return head + bcd(MSF(frameCount: relative)) + [0] + absolute
    }

    /// Takes burnd's codes away and puts them where the program has its own. An index's first sector has none: there the
    /// next has it.
    private static func placeCodes(
        _ frames: inout RawFrames, _ layout: SessionLayout, period: Int, catalog: Int, recording: Int, isWodim: Bool
    ) {
        let program = layout.start..<frames.end
        let catalogFrame = frames.frames.first { $0.kind == 2 }?.q
        for lba in program where frames[lba].kind != 1 { frames[lba].q = position(lba, layout) }
        var starts: Set<Int> = [layout.leadOut]
        for (place, track) in layout.tracks.enumerated() {
            starts.formUnion([layout.pregapStart(place), layout.trackStart(place)])
            starts.formUnion(track.indexes.map { layout.trackStart(place) + $0 })
        }
        func isTurn(_ lba: Int, _ remainder: Int) -> Bool {
            let turn = starts.contains(lba - 1) ? [lba - 1, lba] : [lba]
            return !starts.contains(lba) && turn.contains { (($0 % period) + period) % period == remainder }
        }
        for lba in isWodim ? -100..<layout.leadOut : program {
            let control = isWodim ? 0 : frames[lba].q[0] & 0xF0
            let frame = bcd(MSF(lba: lba))[2]
            if let code = catalogFrame, isTurn(lba, catalog) {
                frames[lba].q = [control | 2] + code[1..<9] + [frame]
            } else if let code = recordingCode(lba, layout, isWodim), isTurn(lba, recording) {
                frames[lba].q = [control | 3] + code + [frame]
            }
        }
    }

    /// The code of the track that an address lies in, eight bytes (ECMA-130, 22.3.5).
    private static func recordingCode(_ lba: Int, _ layout: SessionLayout, _ isGapBefore: Bool) -> [UInt8]? {
        func start(_ place: Int) -> Int {
            isGapBefore && place > 0 ? layout.trackStart(place) : layout.pregapStart(place)
        }
        guard lba < layout.leadOut, let place = layout.tracks.indices.last(where: { start($0) <= lba }),
            let code = layout.tracks[place].recordingCode
        else { return nil }
        // Five characters of six bits and two of nothing, seven digits of four and four of nothing.
        let letters = code.characters.prefix(5).reduce(UInt64(0)) { bits, letter in
            bits << 6 | UInt64(letter < 0x41 ? letter - 0x30 : letter - 0x41 + 17)
        }
        let digits = code.characters.dropFirst(5).reduce(UInt64(0)) { $0 << 4 | UInt64($1 - 0x30) }
        let bits = letters << 34 | digits << 4
        return (0..<8).map { UInt8(truncatingIfNeeded: bits >> (56 - 8 * UInt64($0))) }
    }

    private static func flagPauses(_ frames: inout RawFrames, _ layout: SessionLayout) {
        for lba in layout.start..<frames.end {
            let isPause = layout.tracks.indices.contains { place in
                (layout.pregapStart(place)..<layout.trackStart(place)).contains(lba)
            }
            let inLeadOut = lba - layout.leadOut
            frames[lba].p = isPause || inLeadOut >= 150 && inLeadOut % 150 < 75
        }
    }

    /// Byte 6 of a position may be what the same byte of any code is.
    private static func leaveOver(_ frames: inout RawFrames, _ layout: SessionLayout, _ theirs: RawFrames) {
        var left: Set<UInt8> = []
        for lba in layout.start..<min(frames.end, theirs.end) {
            let byte = theirs[lba].q[6]
            if theirs[lba].kind != 1 {
                left.insert(byte)
            } else if left.contains(byte) {
                frames[lba].q[6] = byte
            }
        }
    }
}
