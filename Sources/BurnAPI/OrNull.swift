/// A member that is always there and may be `null`, so that clients see every member that exists.
struct OrNull<Value: Encodable & Sendable>: Encodable, Sendable {
    let value: Value?
    init(_ value: Value?) { self.value = value }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let value { try container.encode(value) } else { try container.encodeNil() }
    }
}
