import BurnPlan
import DiscLayout

/// Consecutive blocks of one size that go to the drive, and where their bytes come from.
struct Stretch: Sendable {
    /// Where they go, as WRITE has it.
    let addresses: Range<Int>
    /// Bytes of each.
    let blockBytes: Int
    /// Their bytes.
    let source: any BlockSource
    /// Whether a WRITE may hold the end of the stretch in front of it and the beginning of this one. Only within a session
    /// that is sent as one, and only where the blocks are of the same size.
    let continues: Bool

    init(_ addresses: Range<Int>, blockBytes: Int, _ source: any BlockSource, continues: Bool = true) {
        (self.addresses, self.blockBytes, self.source, self.continues) = (addresses, blockBytes, source, continues)
    }
}

/// The bytes of a stretch. Asked by one thread, from the first block to the last, each block once.
protocol BlockSource: AnyObject, Sendable {
    /// Fills in the next blocks.
    ///
    /// - Parameters:
    ///   - blocks: addresses, those that follow the ones of the call before.
    ///   - target: as many times the size of a block.
    func read(_ blocks: Range<Int>, into target: UnsafeMutableRawBufferPointer) throws(ReadAheadBuffer.Failure)
}

/// What a session is sent as, in order.
struct BlockSequence: Sendable {
    /// Without empty ones; those of one size that continue each other lie side by side.
    let stretches: [Stretch]

    init(_ stretches: [Stretch]) {
        self.stretches = stretches.filter { !$0.addresses.isEmpty }
        precondition(
            zip(self.stretches, self.stretches.dropFirst()).allSatisfy {
                !$1.continues || $0.addresses.upperBound == $1.addresses.lowerBound
            }, "a stretch that continues another begins where that ends")
    }

    /// Blocks in all.
    var blocks: Int { stretches.reduce(0) { $0 + $1.addresses.count } }

    /// Most bytes of one WRITE: 26 blocks of 2448 bytes. Under the 64 KiB that every USB bridge takes, and wodim's number.
    static let longestWrite = 63_648

    /// Blocks of one WRITE: 27 of 2352 bytes, 31 of 2048, 26 of 2368 and 2448, 663 of the 96 of a lead-in with text.
    static func blocksOfWrite(_ blockBytes: Int) -> Int { longestWrite / blockBytes }

    /// The same where the way to the drive takes `limit` bytes at once: 13 of 2352 bytes through a bridge that takes 32 KiB.
    static func blocksOfWrite(_ blockBytes: Int, within limit: Int) -> Int {
        max(min(longestWrite, limit) / blockBytes, 1)
    }
}

/// A session's main channel as the plan has it: of each track what index 0 and what the rest holds.
struct TrackSource: Sendable {
    /// What index 0 holds, from its first sector on; may be shorter than index 0 is, which begins with silence then.
    let pregap: TrackContent?
    /// What index 1 and those behind it hold.
    let content: TrackContent
    /// 96 symbols a sector from index 0 on; nil without sub-code.
    let symbols: TrackContent?
}
