/// What was said, and how often. Single sectors may be wrong, so what was said most counts.
struct Votes<Value: Equatable & Sendable>: Sendable {
    /// Most different values that are told apart; who says more than this says nothing.
    private static var limit: Int { 8 }

    private var values: [(value: Value, count: Int)] = []

    mutating func add(_ value: Value) {
        if let place = values.firstIndex(where: { $0.value == value }) {
            values[place].count += 1
        } else if values.count < Self.limit {
            values.append((value, 1))
        }
    }

    /// What was said most often; of equals, what was said first.
    var winner: Value? {
        var best: (value: Value, count: Int)?
        for candidate in values where candidate.count > best?.count ?? 0 { best = candidate }
        return best?.value
    }
}
