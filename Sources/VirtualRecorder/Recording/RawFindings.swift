/// What in the blocks of a raw session is not as a disc must have it. A drive records it all the same; the journal tells.
struct RawFindings {
    /// Kinds of findings in the program area and lead-out.
    enum Kind: Int, CaseIterable {
        case unreadable
        case leadInFrame
        case time
        case place
        case control
        case code
        case sync
        case header

        /// What the blocks have that it was found in.
        var text: String {
            switch self {
            case .unreadable: "a Q frame that cannot be read"
            case .leadInFrame: "a Q frame of a lead-in"
            case .time: "another time in Q than their own"
            case .place: "another track, index or relative time in Q than by the table of contents"
            case .control: "other control bits in Q than the table of contents"
            case .code: "another MCN or ISRC than before them"
            case .sync: "data by their control bits, and no sync pattern"
            case .header: "another address in their header than their own, or no mode that there is"
            }
        }
    }

    /// How many blocks, and the first of them.
    private var found = [(count: Int, first: Int)](repeating: (0, 0), count: Kind.allCases.count)

    /// Notes a block.
    mutating func note(_ kind: Kind, at lba: Int) {
        if found[kind.rawValue].count == 0 { found[kind.rawValue].first = lba }
        found[kind.rawValue].count += 1
    }

    /// A phrase for each kind that was found.
    var phrases: [String] {
        Kind.allCases.compactMap { kind in
            let (count, first) = found[kind.rawValue]
            return count == 0 ? nil : "\(count) blocks from \(first) on have \(kind.text)"
        }
    }
}
