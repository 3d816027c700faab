import Testing

@testable import BurnEngine

/// How what is sent is cut into WRITEs.
@Suite struct SequenceTests {
    private final class Nothing: BlockSource {
        func read(_ blocks: Range<Int>, into target: UnsafeMutableRawBufferPointer) {}
    }

    private func writes(_ stretches: [(Range<Int>, Int, Bool)]) -> [Range<Int>] {
        var chunks = ChunkSequence(
            BlockSequence(stretches.map { Stretch($0.0, blockBytes: $0.1, Nothing(), continues: $0.2) }))
        var all: [Range<Int>] = []
        while let pieces = chunks.next() {
            let addresses = pieces[0].addresses.lowerBound..<pieces[pieces.count - 1].addresses.upperBound
            all.append(addresses)
        }
        return all
    }

    @Test func `a WRITE holds as many blocks as stay under 64 KiB`() {
        let counts = [96, 2048, 2352, 2368, 2448].map(BlockSequence.blocksOfWrite)
        #expect(counts == [663, 31, 27, 26, 26])
    }

    @Test func `a WRITE goes across the border of stretches of one size`() {
        #expect(writes([(-150 ..< -140, 2352, true), (-140..<0, 2352, true)]).first == -150 ..< -123)
    }

    @Test func `a WRITE never holds blocks of two sizes`() {
        let all = writes([(0..<30, 2048, true), (30..<60, 2352, true)])
        #expect(all == [0..<30, 30..<57, 57..<60])
    }

    @Test func `a WRITE never holds two tracks that are ended one by one`() {
        let all = writes([(0..<30, 2352, false), (0..<10, 2352, false)])
        #expect(all == [0..<27, 27..<30, 0..<10])
    }

    @Test func `stretches without blocks are left out`() {
        #expect(writes([(0..<0, 2352, true), (0..<5, 2352, true), (5..<5, 96, true)]) == [0..<5])
        #expect(writes([]).isEmpty)
    }
}
