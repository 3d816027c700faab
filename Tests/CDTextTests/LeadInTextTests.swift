import CDText
import SectorCoding
import Testing

@Suite struct LeadInTextTests {
    /// Eight packs, none of which is like another.
    private let packs = (0..<7).map {
        TextPack(type: 0x80, track: 0, sequence: $0, characterPosition: 0, payload: Array(repeating: $0, count: 12))
    }

    /// ATIP 97:26:65, as most discs have it.
    @Test func `packs recur from the start of the lead-in to its last sector`() {
        let text = LeadInText(packs, from: -11_635)
        #expect(text.blockCount == 11_485)
        var bytes = [UInt8](repeating: 0xFF, count: text.blockCount * LeadInText.blockBytes)
        bytes.withUnsafeMutableBytes { text.write(from: -11_635, count: 11_485, into: $0) }
        let symbols = packs.flatMap(\.symbols)
        let isCycle = bytes.enumerated().allSatisfy { $1 == symbols[$0 % symbols.count] }
        #expect(isCycle)
    }

    @Test(arguments: [1, 7, 341, 682]) func `parts put together are the whole`(part: Int) {
        let text = LeadInText(packs, from: -1650)
        var whole = [UInt8](repeating: 0, count: 1500 * LeadInText.blockBytes)
        whole.withUnsafeMutableBytes { text.write(from: -1650, count: 1500, into: $0) }
        var parts: [UInt8] = []
        var address = -1650
        while address < -150 {
            let count = min(part, -150 - address)
            var bytes = [UInt8](repeating: 0, count: count * LeadInText.blockBytes)
            bytes.withUnsafeMutableBytes { text.write(from: address, count: count, into: $0) }
            parts += bytes
            address += count
        }
        let isSame = parts == whole
        #expect(isSame)
    }

    @Test func `the packs of a sector are those that are written there`() {
        let text = LeadInText(packs, from: -1650)
        for address in [-1650, -1649, -1000, -151] {
            var bytes = [UInt8](repeating: 0, count: LeadInText.blockBytes)
            bytes.withUnsafeMutableBytes { text.write(from: address, count: 1, into: $0) }
            #expect(text.packs(at: address).flatMap(\.symbols) == bytes)
        }
    }
}
