public import FoundationEssentials

/// Universally unique, lexicographically sortable identifiers: 48 bits of milliseconds and 80 random ones, as 26
/// characters of Crockford's base 32.
public enum ULID {
    private static let digits = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")

    /// An identifier made at `date`.
    public static func make(at date: Date, using random: inout some RandomNumberGenerator) -> String {
        let milliseconds = UInt64(max(date.timeIntervalSince1970 * 1000, 0)) & 0xFFFF_FFFF_FFFF
        return encode(milliseconds, digits: 10) + encode(random.next() >> 24, digits: 8)
            + encode(random.next() >> 24, digits: 8)
    }

    private static func encode(_ value: UInt64, digits count: Int) -> String {
        String((0..<count).reversed().map { digits[Int(value >> (5 * UInt64($0)) & 31)] })
    }
}
