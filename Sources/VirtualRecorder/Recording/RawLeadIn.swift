import BinaryCoding
import DiscLayout
import SectorCoding

/// What the lead-in of a raw session says: the table of contents in Q, over and over, and CD-TEXT in R to W (IEC 60908,
/// 17.5.1; ECMA-130, 22.3.4).
///
/// Entries may come in any order, and their running time may count from anywhere. What an entry says is what most of its
/// repetitions say, since single sectors may be unreadable.
struct RawLeadIn {
    /// What a frame says beside its own time.
    enum Said: Hashable {
        case entry(LeadInEntry)
        case multiSession(MultiSessionEntry)
    }
    /// What a frame says, with its control bits.
    struct Statement: Hashable {
        let said: Said
        let control: TrackControl
    }

    /// Statements about one POINT.
    private struct Votes {
        /// Most different ones that are told apart; a lead-in that says more than this says nothing.
        static let limit = 8
        var statements: [(statement: Statement, count: Int)] = []

        mutating func add(_ statement: Statement) {
            if let index = statements.firstIndex(where: { $0.statement == statement }) {
                statements[index].count += 1
            } else if statements.count < Self.limit {
                statements.append((statement, 1))
            }
        }

        /// What was said most often; of equals, what was said first.
        var winner: Statement? {
            var best: (statement: Statement, count: Int)?
            for candidate in statements where candidate.count > best?.count ?? 0 { best = candidate }
            return best?.statement
        }
    }

    private var points: [UInt8: Votes] = [:]
    private(set) var text = RawText()
    /// Blocks without a Q frame of a lead-in.
    private var strangers = 0

    /// Looks at the sub-channel of a block of the lead-in.
    mutating func take(_ frame: QFrame, _ sub: UnsafeRawBufferPointer) {
        text.take(sub)
        guard let statement = Self.statement(of: frame) else {
            strangers += 1
            return
        }
        points[frame[2], default: Votes()].add(statement)
    }

    /// What a frame of a lead-in says; nil when it is none, or cannot be read.
    static func statement(of frame: QFrame) -> Statement? {
        guard frame.isIntact, frame[1] == 0 else { return nil }
        switch frame.content {
        case .tableOfContents(let entry, _): return Statement(said: .entry(entry), control: frame.control)
        case .multiSession(let entry): return Statement(said: .multiSession(entry), control: frame.control)
        default: return nil
        }
    }

    /// What a POINT says; nil when nothing was said about it.
    func statement(about point: UInt8) -> Statement? { points[point]?.winner }

    /// For the journal.
    var remarks: [String] {
        var remarks = points.filter { $0.value.statements.count > 1 }.keys.sorted()
            .map { "POINT \([$0].hex()) says different things" }
        if strangers > 0 { remarks.append("\(strangers) blocks of the lead-in have no entry of a table of contents") }
        return remarks + [text.remark].compactMap { $0 }
    }
}
