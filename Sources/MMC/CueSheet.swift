public import DiscLayout

/// What SEND CUE SHEET tells a drive of a session that is written at once: a row for every index, and the codes (MMC-6, SEND CUE SHEET).
///
/// The control bits of the rows around the tracks are those that cdrdao sends: the data bit alone, for the lead-in and the
/// catalogue number that of the first track, for the lead-out that of the last.
public struct CueSheet: Equatable, Sendable {
    /// One row.
    public struct Row: Equatable, Sendable {
        /// Eight bytes: CTL and ADR, TNO, INDEX, DATA FORM, SCMS, MIN, SEC, FRAME; or, of a code, CTL and ADR and seven more.
        public let bytes: [UInt8]
    }

    /// A stretch of the program area in which all blocks are alike.
    public struct Area: Equatable, Sendable {
        /// Logical block addresses, the first track's index 0 on.
        public let addresses: Range<Int>
        /// What the host sends of each sector.
        public let form: DataForm

        /// A stretch of one form.
        public init(addresses: Range<Int>, form: DataForm) { (self.addresses, self.form) = (addresses, form) }
    }

    /// The session as this sheet describes it: as it was asked for, save for what the variant moved.
    public let layout: SessionLayout
    /// How it is put down.
    public let variant: Variant
    /// In the order that they are sent.
    public let rows: [Row]

    /// The rows as they go to the drive.
    public var bytes: [UInt8] { rows.flatMap(\.bytes) }

    /// Bytes that the host sends of a block in the lead-in where there is text: the R to W channels alone.
    public static let leadInBlockBytes = RedBook.subChannelBytes

    /// The sheet of a session.
    ///
    /// - Precondition: the session has a track.
    public init(_ layout: SessionLayout, _ variant: Variant = Variant()) {
        precondition(!layout.tracks.isEmpty, "a session has a track")
        let layout = variant.adapted(layout)
        (self.layout, self.variant) = (layout, variant)
        var rows: [Row] = []
        if variant.hasCodes, let number = layout.catalogNumber {
            rows += Row.code(.catalogNumber, Self.border(layout.tracks[0]), first: nil, number.characters)
        }
        rows.append(Self.leadIn(before: layout.tracks[0], variant))
        for place in layout.tracks.indices { rows += Self.track(at: place, of: layout, variant) }
        rows.append(Self.leadOut(of: layout))
        self.rows = rows
    }

    /// The program area from the first track's index 0 to the lead-out, cut where the form of the blocks changes: one WRITE
    /// never holds two forms. A gap has the form of the track that it belongs to.
    public var areas: [Area] {
        var areas: [Area] = []
        for (place, track) in layout.tracks.enumerated() {
            let (start, end) = (layout.pregapStart(place), layout.pregapStart(place + 1))
            let form = DataForm(of: track)
            if let last = areas.last, last.form == form {
                areas[areas.count - 1] = Area(addresses: last.addresses.lowerBound..<end, form: form)
            } else {
                areas.append(Area(addresses: start..<end, form: form))
            }
        }
        return areas
    }

    /// What the host sends of the sector at an address; nil outside of the program area.
    public func form(at address: Int) -> DataForm? { areas.first { $0.addresses.contains(address) }?.form }

    private static func leadIn(before track: SessionLayout.Track, _ variant: Variant) -> Row {
        Row(
            control: border(track), track: 0, index: 0,
            form: variant.hasText ? .silenceWithText : .border(beside: track), alternates: false,
            variant.leadIn ?? MSF(frameCount: 0))
    }

    private static func leadOut(of layout: SessionLayout) -> Row {
        let last = layout.tracks[layout.tracks.count - 1]
        return Row(
            control: border(last), track: Row.leadOutNumber, index: 1, form: .border(beside: last), alternates: false,
            MSF(lba: layout.leadOut))
    }

    /// Recording code, index 0 where there is one, index 1, further indexes.
    private static func track(at place: Int, of layout: SessionLayout, _ variant: Variant) -> [Row] {
        let track = layout.tracks[place]
        let number = UInt8(clamping: track.number)
        var rows: [Row] = []
        if variant.hasCodes, let code = track.recordingCode {
            let control = variant.codesHaveControl ? track.control : []
            rows += Row.code(.recordingCode, control, first: number, code.characters)
        }
        func position(_ index: Int, _ address: Int) -> Row {
            Row(
                control: track.control, track: number, index: UInt8(clamping: index), form: DataForm(of: track),
                alternates: track.form == .audio && track.copy == .scms, MSF(lba: address))
        }
        let start = layout.trackStart(place)
        if place == 0 || track.pregap > 0 || variant.hasEveryIndex0 { rows.append(position(0, start - track.pregap)) }
        rows.append(position(1, start))
        for (offset, distance) in track.indexes.enumerated() { rows.append(position(offset + 2, start + distance)) }
        return rows
    }

    private static func border(_ track: SessionLayout.Track) -> TrackControl { track.control.intersection(.data) }
}

extension CueSheet.Row {
    /// TNO of a lead-out.
    static let leadOutNumber: UInt8 = 0xAA
    private static let alternatingCopyBit: UInt8 = 0x80

    /// ADR of the rows that hold a code.
    enum Code: UInt8 {
        case catalogNumber = 2
        case recordingCode = 3
    }

    /// A position (ADR 1). Control bits stand in the high half, unlike in the replies of READ TOC.
    init(control: TrackControl, track: UInt8, index: UInt8, form: DataForm, alternates: Bool, _ time: MSF) {
        bytes = [
            control.rawValue << 4 | 1, track, index, form.rawValue, alternates ? Self.alternatingCopyBit : 0,
            time.minutes, time.seconds, time.frames,
        ]
    }

    /// A code over two rows, zeros behind it. A recording code has its track's number in front of each half.
    static func code(_ kind: Code, _ control: TrackControl, first: UInt8?, _ characters: [UInt8]) -> [CueSheet.Row] {
        var head = [control.rawValue << 4 | kind.rawValue]
        if let first { head.append(first) }
        let room = 8 - head.count
        let halves = [characters.prefix(room), characters.dropFirst(room).prefix(room)]
        return halves.map { half in
            let fill = [UInt8](repeating: 0, count: room - half.count)
            return CueSheet.Row(bytes: head + Array(half) + fill)
        }
    }
}
