/// The CRC of Q frames and of CD-TEXT packs: x¹⁶+x¹²+x⁵+1, most significant bit first, starting from zero; discs hold it
/// inverted (ECMA-130, 22.3.6).
struct CRC16: Equatable {
    /// Not inverted.
    private(set) var value: UInt16 = 0

    /// Takes in one byte. Three shifted copies of the quotient are the polynomial's three lower terms.
    mutating func update(_ byte: UInt8) {
        var quotient = value >> 8 ^ UInt16(byte)
        quotient ^= quotient >> 4
        value = value << 8 ^ quotient << 12 ^ quotient << 5 ^ quotient
    }

    /// Takes in eight bytes, the most significant first.
    mutating func update(_ bytes: UInt64) {
        for shift in stride(from: UInt64(56), through: 0, by: -8) { update(UInt8(truncatingIfNeeded: bytes >> shift)) }
    }

    /// Takes in two bytes, the most significant first.
    mutating func update(_ bytes: UInt16) {
        update(UInt8(truncatingIfNeeded: bytes >> 8))
        update(UInt8(truncatingIfNeeded: bytes))
    }
}
