/// EDC, ECC and scrambling made byte by byte from tables, as the standard writes them down. `VectorCoding` does the work;
/// this is what tests hold it against.
enum TableCoding {
    // MARK: EDC

    /// The code of every byte value; D8018001h is the polynomial with its bits mirrored.
    private static let edcTable: [UInt32] = (0..<256).map { value in
        (0..<8).reduce(UInt32(value)) { code, _ in code & 1 != 0 ? code >> 1 ^ 0xD801_8001 : code >> 1 }
    }

    /// The EDC of some bytes.
    static func edc(of bytes: UnsafeRawBufferPointer) -> UInt32 {
        edcTable.withUnsafeBufferPointer { table in
            var code: UInt32 = 0
            for byte in bytes { code = code >> 8 ^ table[Int(UInt8(truncatingIfNeeded: code) ^ byte)] }
            return code
        }
    }

    // MARK: ECC

    /// Twice a byte in GF(2⁸) of x⁸+x⁴+x³+x²+1, for every byte.
    private static let double: [UInt8] = (0..<256).map { value in
        UInt8(truncatingIfNeeded: value << 1) ^ (value & 0x80 != 0 ? 0x1D : 0)
    }

    /// A third of a byte: the value whose double and itself make it up.
    private static let third: [UInt8] = {
        var table = [UInt8](repeating: 0, count: 256)
        for value in 0..<256 { table[Int(double[value] ^ UInt8(value))] = UInt8(value) }
        return table
    }()

    /// Where word 0 of both codes stands: two bytes that belong to two independent planes.
    private static let firstWord = 12
    private static let headerBytes = 4

    /// P: 43 columns of 24 words, each with two words of parity beneath.
    static func writeP(into sector: UnsafeMutableRawBufferPointer, isForm1: Bool) {
        let columnBytes = 86
        withHeader(of: sector, cleared: isForm1) {
            for column in 0..<columnBytes {
                let (first, second) = parity(24) { sector[firstWord + column + columnBytes * $0] }
                sector[firstWord + column + columnBytes * 24] = first
                sector[firstWord + column + columnBytes * 25] = second
            }
        }
    }

    /// Q: 26 diagonals of 43 words over the data and P, each with two words of parity behind them all.
    static func writeQ(into sector: UnsafeMutableRawBufferPointer, isForm1: Bool) {
        let (diagonals, words, parityStart) = (26, 1118, 2248)
        withHeader(of: sector, cleared: isForm1) {
            for index in 0..<2 * diagonals {
                let (diagonal, plane) = (index / 2, index % 2)
                let (first, second) = parity(43) {
                    sector[firstWord + 2 * ((44 * $0 + 43 * diagonal) % words) + plane]
                }
                sector[parityStart + index] = first
                sector[parityStart + 2 * diagonals + index] = second
            }
        }
    }

    /// The two parity bytes of a code word of `count` bytes: with them Σ v and Σ αⁿ⁻¹⁻ⁱ·vᵢ are zero.
    private static func parity(_ count: Int, _ byte: (Int) -> UInt8) -> (first: UInt8, second: UInt8) {
        var (sum, weighted): (UInt8, UInt8) = (0, 0)
        for index in 0..<count {
            let value = byte(index)
            sum ^= value
            weighted = double[Int(weighted)] ^ value
        }
        // The parity bytes have the two lowest weights.
        weighted = double[Int(double[Int(weighted)])]
        let first = third[Int(sum ^ weighted)]
        return (first, first ^ sum)
    }

    private static func withHeader(
        of sector: UnsafeMutableRawBufferPointer, cleared: Bool, _ body: () -> Void
    ) {
        guard cleared else { return body() }
        let header = sector.loadUnaligned(fromByteOffset: firstWord, as: UInt32.self)
        sector.clear(at: firstWord, count: headerBytes)
        body()
        sector.storeBytes(of: header, toByteOffset: firstWord, as: UInt32.self)
    }

    // MARK: Scrambling

    /// The scrambler's 2340 bytes: a shift register of 15 bits, x¹⁵+x+1, preset to 1, its output least significant bit first
    /// (ECMA-130, annex B).
    static let scramble: [UInt8] = {
        var register: UInt16 = 1
        return (0..<2340).map { _ in
            (0..<8).reduce(0 as UInt8) { byte, bit in
                let output = UInt8(truncatingIfNeeded: register & 1) << UInt8(bit)
                register = register >> 1 | ((register ^ register >> 1) & 1) << 14
                return byte | output
            }
        }
    }()
}
