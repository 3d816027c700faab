import DiscLayout

/// The parity of R to W packs, as graphics have it: of 24 symbols of six bits, 2 and 3 guard 0 and 1 (Q), 20 to 23 guard all
/// (P). Both are Reed-Solomon codes over GF(2⁶) of x⁶+x+1 with roots α⁰, α¹ … (IEC 60908, 17.5 and annex on R to W).
public enum RWParity {
    /// Symbols of a pack.
    public static let symbolCount = 24

    /// Writes the parity symbols of packs whose other symbols stand. Bits 7 and 6 of every byte stay as they are.
    ///
    /// - Precondition: whole packs.
    public static func write(into packs: UnsafeMutableRawBufferPointer) {
        precondition(packs.count % symbolCount == 0, "a pack has 24 symbols")
        for start in stride(from: 0, to: packs.count, by: symbolCount) {
            let pack = packs.part(at: start, count: symbolCount)
            // P covers Q, so Q comes first.
            store(qParity(UnsafeRawBufferPointer(pack)), count: 2, in: pack, at: 2)
            store(pParity(UnsafeRawBufferPointer(pack)), count: 4, in: pack, at: 20)
        }
    }

    /// Q and P of one pack fit its other symbols.
    ///
    /// - Precondition: there are 24 symbols.
    public static func isIntact(_ pack: UnsafeRawBufferPointer) -> Bool {
        precondition(pack.count == symbolCount, "a pack has 24 symbols")
        return qParity(pack) == symbols(2, of: pack, at: 2) && pParity(pack) == symbols(4, of: pack, at: 20)
    }

    /// Multiples of the lower coefficients of (x+1)(x+α), a symbol in each byte, the highest power in the highest byte.
    private static let qMultiples = multiples(of: generator(roots: 2))
    /// The same of (x+1)(x+α)(x+α²)(x+α³).
    private static let pMultiples = multiples(of: generator(roots: 4))

    private static func qParity(_ pack: UnsafeRawBufferPointer) -> UInt32 {
        remainder(pack, count: 2, qMultiples, parity: 2)
    }

    private static func pParity(_ pack: UnsafeRawBufferPointer) -> UInt32 {
        remainder(pack, count: 20, pMultiples, parity: 4)
    }

    /// What is left of the first symbols divided by the generator.
    private static func remainder(
        _ pack: UnsafeRawBufferPointer, count: Int, _ table: [UInt32], parity: UInt32
    ) -> UInt32 {
        let (top, mask) = (8 * (parity - 1), UInt32(truncatingIfNeeded: (1 as UInt64) << (8 * UInt64(parity)) - 1))
        var rest: UInt32 = 0
        for index in 0..<count {
            let quotient = UInt8(truncatingIfNeeded: rest >> top) ^ pack[index] & 0x3F
            rest = rest << 8 & mask ^ table[Int(quotient)]
        }
        return rest
    }

    private static func symbols(_ count: Int, of pack: UnsafeRawBufferPointer, at start: Int) -> UInt32 {
        var value: UInt32 = 0
        for index in start..<start + count { value = value << 8 | UInt32(pack[index] & 0x3F) }
        return value
    }

    private static func store(
        _ value: UInt32, count: Int, in pack: UnsafeMutableRawBufferPointer, at start: Int
    ) {
        for index in 0..<count {
            let symbol = UInt8(truncatingIfNeeded: value >> UInt32(8 * (count - 1 - index)))
            pack[start + index] = pack[start + index] & 0xC0 | symbol
        }
    }

    private static func generator(roots: Int) -> [UInt8] {
        var (generator, root): ([UInt8], UInt8) = ([1], 1)
        for _ in 0..<roots {
            // Times (x + root), highest power first.
            let shifted = generator + [0]
            let scaled = [0] + generator.map { product($0, root) }
            generator = zip(shifted, scaled).map { $0 ^ $1 }
            root = product(root, 2)
        }
        return generator
    }

    private static func multiples(of generator: [UInt8]) -> [UInt32] {
        (0..<64).map { factor in
            generator.dropFirst().reduce(0 as UInt32) { $0 << 8 | UInt32(product($1, UInt8(factor))) }
        }
    }

    /// A product in GF(2⁶) of x⁶+x+1.
    private static func product(_ left: UInt8, _ right: UInt8) -> UInt8 {
        var (result, shifted): (UInt8, UInt8) = (0, left)
        for bit in 0..<6 {
            if right >> UInt8(bit) & 1 != 0 { result ^= shifted }
            shifted = shifted & 0x20 != 0 ? shifted << 1 & 0x3F ^ 0x03 : shifted << 1
        }
        return result
    }
}
