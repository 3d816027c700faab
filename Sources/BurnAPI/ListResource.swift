/// A list, with where its next page begins.
struct ListResource<Item: Encodable & Sendable>: Encodable, Sendable {
    let items: [Item]
    let nextCursor: OrNull<String>

    init(_ items: [Item], nextCursor: String? = nil) {
        (self.items, self.nextCursor) = (items, OrNull(nextCursor))
    }

    enum CodingKeys: String, CodingKey {
        case items
        case nextCursor = "next_cursor"
    }
}
