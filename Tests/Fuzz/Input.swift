/// Fields read off an input one after the other; behind its end everything is zero, so that every input means something.
struct Input {
    private var rest: ArraySlice<UInt8>

    init(_ data: UnsafePointer<UInt8>?, _ count: Int) {
        rest = Array(UnsafeBufferPointer(start: data, count: count))[...]
    }

    /// Nothing is left.
    var isEmpty: Bool { rest.isEmpty }

    /// The next byte.
    mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

    /// The next bytes; fewer when there are not so many.
    mutating func bytes(_ count: Int) -> [UInt8] {
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    /// The next four bytes as a signed number.
    mutating func int32() -> Int32 { (0..<4).reduce(0) { sum, _ in sum << 8 | Int32(byte()) } }
}
