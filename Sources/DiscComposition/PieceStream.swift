import BurnPlan

/// Pieces one after the other, of which stretches are taken.
struct PieceStream {
    private var pieces: [BurnPlan.Piece] = []
    /// Bytes of all pieces.
    private(set) var count = 0

    /// Adds a piece; nothing when it is empty.
    mutating func append(_ piece: BurnPlan.Piece) {
        guard piece.count > 0 else { return }
        count += piece.count
        if piece.file == nil, let last = pieces.last, last.file == nil {
            pieces[pieces.count - 1].count += piece.count
        } else {
            pieces.append(piece)
        }
    }

    /// Adds zeros up to a length.
    mutating func fill(to length: Int) { append(.zeros(length - count)) }

    /// A stretch; what lies outside is left out.
    func slice(_ range: Range<Int>) -> [BurnPlan.Piece] {
        var result: [BurnPlan.Piece] = []
        var start = 0
        for piece in pieces {
            let part = range.clamped(to: start..<start + piece.count)
            if !part.isEmpty {
                let offset = piece.file == nil ? 0 : piece.offset + part.lowerBound - start
                result.append(BurnPlan.Piece(file: piece.file, offset: offset, count: part.count))
            }
            start += piece.count
        }
        return result
    }

    /// All of it.
    var all: [BurnPlan.Piece] { pieces }
}
