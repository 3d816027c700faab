import BinaryCoding
import DiscLayout

/// The parameter list of SEND CUE SHEET: rows of eight bytes that describe a session (MMC-6, 6.33).
///
/// # What is taken
///
/// - An optional pair of MCN rows, the lead-in row, then for each track an optional pair of ISRC rows and its positions, and
///   the lead-out row at the end.
/// - Times that never go back. A pause of index 0 may have no length, since programs send index 0 and index 1 with the same
///   time when they mean no pause; everything else has. Track 1 begins with index 0 where the program area does, and its
///   index 1 is at least two seconds behind that.
/// - A pause of two rows of index 0 with different forms, as the standard asks for between kinds of tracks.
/// - A lead-in row with the time 00:00:00 or that of the lead-in, and with R-W from the host (41h, 54h … or C1h …) when
///   CD-TEXT will be sent.
/// - For a later session two kinds of sheet, told apart by the first position: track numbers that go on from those on the
///   disc and times of the disc (cdrdao), or track 1 at 00:00:00, everything counted from where the session begins (wodim).
///
/// Anything else is INVALID FIELD IN PARAMETER LIST, pointing at the byte.
struct CueSheet {
    /// Bytes of a row.
    static let rowBytes = 8

    /// What a sheet has to fit.
    struct Context {
        /// Address where the program area of the session begins: that of the pause before its first track.
        let start: Int
        /// Number of the session's first track; nil on a blank, where it may be any.
        let firstTrack: Int?
        /// Where the session's lead-in begins.
        let leadInStart: MSF
        /// Last address at which a lead-out may begin.
        let limit: Int
        /// R-W may come from the host.
        var takesSubChannel = true
        /// What the drive is odd in.
        var quirks: Set<Quirk> = []
    }

    /// One row.
    private struct Row {
        /// Where it begins in the list.
        let offset: Int
        let bytes: ArraySlice<UInt8>

        subscript(index: Int) -> UInt8 { bytes[offset + index] }
        var address: UInt8 { self[0] & 0x0F }
        var control: TrackControl { TrackControl(rawValue: self[0] >> 4) }
        var number: UInt8 { self[1] }
        var index: Int { Int(self[2]) }
        /// Text in a row of a code, from byte `first` on.
        func text(from first: Int, count: Int) -> String {
            String(decoding: bytes[offset + first..<offset + first + count], as: UTF8.self)
        }
        func refused(_ byte: Int) -> CheckCondition { .invalidFieldInParameterList(byte: offset + byte) }
    }

    /// A position row, read.
    private struct Position {
        let row: Row
        let track: Int
        let lba: Int
        let main: MainDataForm
        let sub: SubChannelForm
        var index: Int { row.index }
        var isFirstCopy: Bool { row[4] != 0 }
    }

    private enum Address {
        static let position: UInt8 = 1
        static let catalogNumber: UInt8 = 2
        static let recordingCode: UInt8 = 3
    }
    private static let leadOutNumber: UInt8 = 0xAA
    private static let alternateCopyBit: UInt8 = 0x80

    private let context: Context
    private let rows: [Row]
    /// The row that is read next.
    private var next = 0
    /// What is added to a track number of the sheet and to its times.
    private var shift = (tracks: 0, blocks: 0)
    private var positions: [Position] = []
    private var tracks: [SessionLayout.Track] = []

    /// Reads a whole sheet.
    ///
    /// - Parameter bytes: whole rows.
    static func parse(_ bytes: [UInt8], _ context: Context) throws(CheckCondition) -> SessionLayout {
        guard bytes.count % rowBytes == 0 else { throw .parameterListLengthError }
        var sheet = CueSheet(context, bytes)
        return try sheet.layout()
    }

    private init(_ context: Context, _ bytes: [UInt8]) {
        self.context = context
        rows = stride(from: 0, to: bytes.count, by: Self.rowBytes).map {
            Row(offset: $0, bytes: bytes[$0..<$0 + Self.rowBytes])
        }
    }

    /// The row to be read; a list that ends too early is refused at its end.
    private func row() throws(CheckCondition) -> Row {
        guard next < rows.count else { throw .invalidFieldInParameterList(byte: rows.count * Self.rowBytes) }
        return rows[next]
    }

    private mutating func layout() throws(CheckCondition) -> SessionLayout {
        let catalogNumber = try takeCatalogNumber()
        let hasText = try takeLeadIn()
        repeat { try takeTrack() } while try row().number != Self.leadOutNumber
        let leadOut = try takeLeadOut()
        if next < rows.count { throw rows[next].refused(0) }
        return SessionLayout(
            start: context.start, segments: segments(leadOut), tracks: tracks, leadOut: leadOut,
            catalogNumber: catalogNumber, hasText: hasText)
    }

    // MARK: Codes

    /// Seven digits, then six and a zero.
    private mutating func takeCatalogNumber() throws(CheckCondition) -> String? {
        let first = try row()
        guard first.address == Address.catalogNumber else { return nil }
        next += 1
        let second = try row()
        guard second.address == Address.catalogNumber else { throw second.refused(0) }
        guard second[7] == 0 else { throw second.refused(7) }
        next += 1
        let number = first.text(from: 1, count: 7) + second.text(from: 1, count: 6)
        guard CodeFormat.isCatalogNumber(number) else { throw first.refused(1) }
        return number
    }

    /// Six characters twice, both with the number of the track that follows.
    private mutating func takeRecordingCode() throws(CheckCondition) -> (track: UInt8, code: String)? {
        let first = try row()
        guard first.address == Address.recordingCode else { return nil }
        next += 1
        let second = try row()
        guard second.address == Address.recordingCode else { throw second.refused(0) }
        guard second.number == first.number else { throw second.refused(1) }
        next += 1
        if context.quirks.contains(.cueSheetISRCControlRefused) {
            for row in [first, second] where !row.control.isEmpty { throw row.refused(0) }
        }
        let code = first.text(from: 2, count: 6) + second.text(from: 2, count: 6)
        guard CodeFormat.isRecordingCode(code) else { throw first.refused(2) }
        guard try row().number == first.number else { throw first.refused(1) }
        return (first.number, code)
    }

    // MARK: Lead-in and lead-out

    /// Returns whether CD-TEXT is announced.
    private mutating func takeLeadIn() throws(CheckCondition) -> Bool {
        let row = try row()
        guard row.address == Address.position else { throw row.refused(0) }
        guard row.number == 0 else { throw row.refused(1) }
        guard row.index == 0 else { throw row.refused(2) }
        let sub = try subChannelForm(row)
        guard MainDataForm.generated.contains(row[3] & 0x3F) else { throw row.refused(3) }
        guard row[4] == 0 else { throw row.refused(4) }
        let time = try time(row)
        let isOddTime = context.quirks.contains(.cueSheetLeadInTimeRefused) || time != context.leadInStart
        guard time.frameCount == 0 || !isOddTime else { throw row.refused(5) }
        next += 1
        return sub != .none
    }

    /// Returns the address of the lead-out.
    private mutating func takeLeadOut() throws(CheckCondition) -> Int {
        let row = try row()
        guard row.address == Address.position else { throw row.refused(0) }
        guard row.index == 1 else { throw row.refused(2) }
        guard MainDataForm.generated.contains(row[3]) else { throw row.refused(3) }
        let lba = try time(row).frameCount - RedBook.pauseSectors + shift.blocks
        guard lba > positions.last?.lba ?? context.start, lba <= context.limit else { throw row.refused(5) }
        next += 1
        return lba
    }

    // MARK: Tracks

    private mutating func takeTrack() throws(CheckCondition) {
        let code = try takeRecordingCode()
        if tracks.isEmpty { try setShift() }
        let first = positions.count
        let number = try row().number
        var following = try row()
        repeat {
            try takePosition(from: first)
            following = try row()
        } while following.number == number && following.address == Address.position
        guard let one = positions[first...].first(where: { $0.index == 1 }) else { throw following.refused(2) }
        tracks.append(
            SessionLayout.Track(
                number: one.track, control: one.row.control, isFirstCopy: one.isFirstCopy, form: one.main.sector,
                pauseStart: positions[first].lba, indexes: positions[first...].filter { $0.index > 0 }.map(\.lba),
                isrc: code?.code))
    }

    /// Decides what the sheet's numbers and times count from.
    private mutating func setShift() throws(CheckCondition) {
        let row = try row()
        guard let firstTrack = context.firstTrack, row.number == 1, try time(row).frameCount == 0 else { return }
        shift = (firstTrack - 1, context.start + RedBook.pauseSectors)
    }

    /// - Parameter first: where the track's positions begin.
    private mutating func takePosition(from first: Int) throws(CheckCondition) {
        let row = try row()
        guard row.address == Address.position else { throw row.refused(0) }
        let track = Int(row.number) + shift.tracks
        let expected = tracks.last.map { $0.number + 1 } ?? context.firstTrack ?? track
        guard row.number > 0, track == expected, track <= RedBook.maximumTracks else { throw row.refused(1) }
        guard let main = MainDataForm(code: row[3] & 0x3F) else { throw row.refused(3) }
        let sub = try subChannelForm(row)
        guard main.sector.isData == row.control.contains(.data), main.hostBytes > 0 || sub == .none else {
            throw row.refused(3)
        }
        guard row[4] & ~Self.alternateCopyBit == 0 else { throw row.refused(4) }
        let lba = try time(row).frameCount - RedBook.pauseSectors + shift.blocks
        let position = Position(row: row, track: track, lba: lba, main: main, sub: sub)
        try checkIndex(position, behind: Array(positions[first...]))
        try checkTime(position, isFirstOfTrack: positions.count == first)
        positions.append(position)
        next += 1
    }

    /// Index 0 or 1 comes first, index 0 may come twice, then each is one more. Kind and control bits are those of index 1.
    private func checkIndex(_ position: Position, behind others: [Position]) throws(CheckCondition) {
        let row = position.row
        let allowed: Set<Int> =
            switch others.last {
            case nil:
                positions.isEmpty || context.quirks.contains(.cueSheetPregapRequired) ? [0] : [0, 1]
            case .some(let last) where last.index == 0: others.count == 1 ? [0, 1] : [1]
            case .some(let last): [last.index + 1]
            }
        guard allowed.contains(row.index), row.index <= Self.lastIndex else { throw row.refused(2) }
        if row.index > 1, let one = others.first(where: { $0.index == 1 }) {
            guard one.row.control == row.control else { throw row.refused(0) }
            guard one.main.sector == position.main.sector else { throw row.refused(3) }
        }
    }

    private static let lastIndex = 99

    private func checkTime(_ position: Position, isFirstOfTrack: Bool) throws(CheckCondition) {
        let (row, lba) = (position.row, position.lba)
        guard let last = positions.last else {
            guard lba == context.start else { throw row.refused(5) }
            return
        }
        // Only a pause may have no length.
        let isEmptyPause = last.index == 0 && !context.quirks.contains(.cueSheetPregapRequired)
        guard isEmptyPause ? lba >= last.lba : lba > last.lba else { throw row.refused(5) }
        if tracks.isEmpty, position.index == 1, lba < context.start + RedBook.pauseSectors { throw row.refused(5) }
    }

    // MARK: Fields

    private func subChannelForm(_ row: Row) throws(CheckCondition) -> SubChannelForm {
        guard let form = SubChannelForm(rawValue: row[3] >> 6), form == .none || context.takesSubChannel else {
            throw row.refused(3)
        }
        return form
    }

    /// Binary, with no wrap at 90 minutes.
    private func time(_ row: Row) throws(CheckCondition) -> MSF {
        let time = MSF(minutes: row[5], seconds: row[6], frames: row[7])
        guard time.minutes < 100 else { throw row.refused(5) }
        guard time.seconds < 60 else { throw row.refused(6) }
        guard time.frames < RedBook.framesPerSecond else { throw row.refused(7) }
        return time
    }

    private func segments(_ leadOut: Int) -> [SessionLayout.Segment] {
        positions.enumerated().compactMap { place, position in
            let end = place + 1 < positions.count ? positions[place + 1].lba : leadOut
            guard position.lba < end else { return nil }
            return SessionLayout.Segment(
                blocks: position.lba..<end, track: position.track, index: position.index,
                control: position.row.control, isFirstCopy: position.isFirstCopy, main: position.main,
                sub: position.sub)
        }
    }
}
