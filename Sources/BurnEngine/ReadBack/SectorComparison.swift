import Glibc

/// Comparing what was read with what was written.
enum SectorComparison {
    /// Offset of the first byte that differs, or nil. Both have the same length.
    static func firstDifference(_ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) -> Int? {
        precondition(one.count == other.count, "equal lengths are compared")
        guard one.count > 0, let first = one.baseAddress, let second = other.baseAddress else { return nil }
        if memcmp(first, second, one.count) == 0 { return nil }
        return (0..<one.count).first { one[$0] != other[$0] }
    }

    /// Number of bytes that differ.
    static func differences(_ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) -> Int {
        zip(one, other).reduce(0) { $0 + ($1.0 != $1.1 ? 1 : 0) }
    }
}
