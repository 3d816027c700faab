import CDText
import SectorCoding
import Testing

@Suite struct TextFileTests {
    private let packs = (0..<3).map {
        TextPack(type: 0x80, track: 0, sequence: $0, characterPosition: 0, payload: [0x41, $0])
    }

    @Test func `packs stand one after the other, with a header or a zero or alone`() throws {
        let bytes = TextFile.bytes(packs)
        #expect(bytes.count == 54)
        #expect(try TextFile.packs(bytes) == packs)
        #expect(try TextFile.packs(bytes + [0]) == packs)
        #expect(try TextFile.packs([0, 56, 0, 0] + bytes) == packs)
    }

    @Test func `another number of bytes is a fault`() {
        let bytes = TextFile.bytes(packs)
        #expect(throws: TextFile.Fault.size(0)) { try TextFile.packs([]) }
        #expect(throws: TextFile.Fault.size(4)) { try TextFile.packs([0, 2, 0, 0]) }
        #expect(throws: TextFile.Fault.size(55)) { try TextFile.packs(bytes + [1]) }
        #expect(throws: TextFile.Fault.size(53)) { try TextFile.packs(bytes.dropLast()) }
        #expect(throws: TextFile.Fault.header(told: 55, found: 56)) { try TextFile.packs([0, 55, 0, 0] + bytes) }
        let most = [UInt8](repeating: 0, count: 2049 * 18)
        #expect(throws: TextFile.Fault.tooManyPacks(2049)) { try TextFile.packs(most) }
    }
}
