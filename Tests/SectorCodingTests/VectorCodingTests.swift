import CSectorCoding
import Testing

@testable import SectorCoding

/// What C does with each set of instructions against the standard's way, byte by byte.
@Suite struct VectorCodingTests {
    /// Levels that this processor lacks are those below once more.
    private static let levels = [
        CSECTORCODING_BASELINE, CSECTORCODING_CARRYLESS, CSECTORCODING_WIDE, CSECTORCODING_WIDE_CARRYLESS,
    ].map { VectorCoding(limit: $0) }

    @Test func `no level is above its limit, and the best is the last`() {
        #expect(Self.levels[0].level == CSECTORCODING_BASELINE)
        #expect(Self.levels[1].level.rawValue <= CSECTORCODING_CARRYLESS.rawValue)
        #expect(Self.levels[2].level.rawValue <= CSECTORCODING_WIDE.rawValue)
        #expect(VectorCoding.best.level == Self.levels[3].level)
    }

    @Test(arguments: levels.indices) func `EDC of any length and place`(level: Int) {
        let bytes = random(2400)
        bytes.withUnsafeBytes { bytes in
            for count in Array(0...200) + [2048, 2056, 2064, 2332, 2352] {
                let part = bytes.part(at: Int.random(in: 0...2400 - count), count: count)
                #expect(Self.levels[level].edc(of: part) == TableCoding.edc(of: part), "\(count) bytes")
            }
        }
        #expect(Self.levels[level].edc(of: UnsafeRawBufferPointer(start: nil, count: 0)) == 0)
    }

    @Test(arguments: levels.indices, [false, true]) func `parity of random sectors`(level: Int, isForm1: Bool) {
        for _ in 0..<50 {
            let sector = random(2352)
            let expected = Self.made(sector) {
                TableCoding.writeP(into: $0, isForm1: isForm1)
                TableCoding.writeQ(into: $0, isForm1: isForm1)
            }
            #expect(Self.made(sector) { Self.levels[level].writeParity(into: $0, isForm1: isForm1) } == expected)
            expected.withUnsafeBytes {
                #expect(Self.levels[level].parityDefects(of: $0, isForm1: isForm1) == [])
                #expect(Self.levels[level].parityDefects(of: $0, isForm1: !isForm1) == [.pParity, .qParity])
            }
        }
    }

    @Test(arguments: levels.indices) func `scrambled sectors`(level: Int) {
        let sectors = random(3 * 2352)
        let expected = sectors.enumerated().map { index, byte in
            index % 2352 < 12 ? byte : byte ^ TableCoding.scramble[index % 2352 - 12]
        }
        #expect(Self.made(sectors) { Self.levels[level].scramble($0) } == expected)
    }

    private static func made(_ bytes: [UInt8], _ body: (UnsafeMutableRawBufferPointer) -> Void) -> [UInt8] {
        var bytes = bytes
        bytes.withUnsafeMutableBytes { body($0) }
        return bytes
    }
}
