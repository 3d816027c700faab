/// What one of the programs puts into its cue sheets that burnd, like another of them, does not. Everything else in a sheet
/// has to be the same.
enum CueSheetDifference: String, Sendable {
    /// The lead-out's row has all control bits of the last track, not the data bit alone: wodim and cdrskin.
    case leadOutHasAllControlBits
    /// The lead-in's row has the first track's pre-emphasis: wodim.
    case leadInHasPreEmphasis
    /// The rows of recording codes have no control bits: wodim.
    case recordingCodesHaveNoControlBits
    /// The rows of the catalogue number have no control bits where the first track is data: cdrskin and wodim.
    case catalogNumberHasNoControlBits
    /// With CD-TEXT the lead-in's row says 00:00:00 for its beginning: wodim and cdrskin.
    case leadInIsAtZero

    /// The control bits stand in the high half of a row's first byte, ADR in the low half.
    private static func row(_ row: [UInt8], control: UInt8) -> [UInt8] {
        [control & 0xF0 | row[0] & 0x0F] + row.dropFirst()
    }

    /// burnd's rows as the program would have sent them.
    func applied(to rows: [[UInt8]]) -> [[UInt8]] {
        let positions = rows.filter { $0[0] & 0x0F == 1 && $0[1] != 0 && $0[1] != 0xAA }
        guard let first = positions.first?[0], let last = positions.last?[0] else { return rows }
        return rows.map { row in
            let (kind, number) = (row[0] & 0x0F, row[1])
            switch self {
            case .leadOutHasAllControlBits where kind == 1 && number == 0xAA: return Self.row(row, control: last)
            case .leadInHasPreEmphasis where kind == 1 && number == 0: return Self.row(row, control: first & 0x50)
            case .recordingCodesHaveNoControlBits where kind == 3: return Self.row(row, control: 0)
            case .catalogNumberHasNoControlBits where kind == 2: return Self.row(row, control: 0)
            case .leadInIsAtZero where kind == 1 && number == 0: return row.prefix(5) + [0, 0, 0]
            default: return row
            }
        }
    }

    /// A sheet as rows of eight bytes.
    static func rows(_ sheet: [UInt8]) -> [[UInt8]] {
        stride(from: 0, to: sheet.count, by: 8).map { Array(sheet[$0..<min($0 + 8, sheet.count)]) }
    }
}
