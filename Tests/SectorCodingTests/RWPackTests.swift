import SectorCoding
import TestSupport
import Testing

@Suite struct RWPackTests {
    @Test(arguments: [
        // Memory preset to colours 0 and 3, a tile.
        "09 01 3C 34 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 0D 07 2A 20",
        "09 01 3C 34 03 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 24 11 15 23",
        "09 06 35 3A 02 05 03 0A 3F 21 21 21 3F 00 12 2D 1E 0C 33 2A 03 25 15 28",
    ])
    func `parity of packs`(golden: String) {
        var pack = hex(golden)
        pack.withUnsafeBytes { #expect(RWParity.isIntact($0)) }
        for index in [2, 3, 20, 21, 22, 23] { pack[index] = 0xFF }
        pack.withUnsafeMutableBytes { RWParity.write(into: $0) }
        #expect(pack.map { $0 & 0x3F } == hex(golden))
        // P and Q of the sub-channel stay.
        #expect(pack[2] & 0xC0 == 0xC0 && pack[1] & 0xC0 == 0)
        for index in 0..<24 {
            var damaged = hex(golden)
            damaged[index] ^= 0x20
            damaged.withUnsafeBytes { #expect(!RWParity.isIntact($0)) }
        }
    }

    @Test(arguments: [
        (1 as UInt8, "3C 34"), (2, "39 32"), (6, "35 3A"), (20, "03 1E"), (24, "17 06"), (28, "1B 0E"), (30, "1D 0A"),
        (31, "1E 08"), (38, "16 39"),
    ])
    func `parity of instructions`(instruction: UInt8, golden: String) {
        var pack = [9, instruction] + [UInt8](repeating: 0, count: 22)
        pack.withUnsafeMutableBytes { RWParity.write(into: $0) }
        #expect(Array(pack[2..<4]) == hex(golden))
    }

    /// Where the 24 symbols of a pack stand, counted in symbols from its beginning, as players have it in a table.
    @Test func `where a pack's symbols go`() {
        let offsets = [
            0, 66, 125, 191, 100, 50, 150, 175, 8, 33, 58, 83, 108, 133, 158, 183, 16, 41, 25, 91, 116, 141, 166, 75,
        ]
        var bytes = [UInt8](repeating: 0, count: 4 * 96)
        for symbol in 0..<24 { bytes[24 + symbol] = UInt8(symbol + 1) }
        var interleaver = RWInterleaver()
        let disc = filled(4 * 96) { target in
            bytes.withUnsafeBytes { interleaver.process(4, from: $0, into: target) }
        }
        for (symbol, offset) in offsets.enumerated() { #expect(disc[24 + offset] & 0x3F == UInt8(symbol + 1)) }
        #expect(disc.count { $0 & 0x3F != 0 } == 24)
        #expect(disc.allSatisfy { $0 & 0xC0 == 0x80 })  // bits 7 and 6 of what was there
    }

    @Test func `packs fed in pieces come back two sectors later`() {
        let bytes = random(40 * 96).map { $0 & 0x3F }
        var stream = bytes
        var (interleaver, deinterleaver) = (RWInterleaver(), RWDeinterleaver())
        var whole = RWInterleaver()
        let disc = filled(40 * 96) { target in
            bytes.withUnsafeBytes { whole.process(40, from: $0, into: target) }
        }.map { $0 & 0x3F }
        var start = 0
        for count in [1, 2, 0, 7, 3, 20, 1, 6] {
            stream[start * 96..<(start + count) * 96].withUnsafeMutableBytes { piece in
                interleaver.process(count, from: UnsafeRawBufferPointer(piece), into: piece)
                #expect(Array(piece) == Array(disc[start * 96..<(start + count) * 96]))
                deinterleaver.process(count, from: UnsafeRawBufferPointer(piece), into: piece)
            }
            start += count
        }
        #expect(start == 40)
        #expect(Array(stream[(RWDeinterleaver.delay * 96)...]) == Array(bytes[..<(38 * 96)]))
    }
}
