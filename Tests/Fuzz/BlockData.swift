import BinaryCoding
import DiscLayout
import SectorCoding

/// Blocks of a WRITE: all of one byte, and where they have sub-channel and the input says so, a Q frame in each.
///
/// The frame is given by ten bytes: its first three as they are, then the time (BCD) that the track's own time counts from,
/// a zero and three bytes. In the program area the times are made to fit the block's address; in the lead-in the last three
/// bytes are as they are, and the time runs. The CRC fits.
struct BlockData {
    /// Most blocks that one command brings.
    private static let mostBlocks = 40
    private static let frameBytes = 10

    let count: Int
    private let blockBytes: Int
    private let filler: UInt8
    private let frame: [UInt8]

    init(count: UInt8, bytes: Int, hasFrame: Bool, _ input: inout Input) {
        (self.count, blockBytes) = (min(Int(count), Self.mostBlocks), bytes)
        filler = input.byte()
        let frame = hasFrame ? input.bytes(Self.frameBytes) : []
        self.frame = frame + [UInt8](repeating: 0, count: hasFrame ? Self.frameBytes - frame.count : 0)
    }

    /// All of them, from an address on.
    func bytes(at lba: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: filler, count: count * blockBytes)
        let subBytes = blockBytes - RedBook.sectorBytes
        guard !frame.isEmpty, subBytes > 0, abs(lba) < RedBook.framesInMSF else { return bytes }
        for block in 0..<count {
            let start = block * blockBytes + RedBook.sectorBytes
            bytes.replaceSubrange(start..<start + subBytes, with: sub(at: lba + block, subBytes))
        }
        return bytes
    }

    private func sub(at lba: Int, _ count: Int) -> [UInt8] {
        let frame = QFrame(times(at: lba) + [0, 0]).repairingCRC
        if count == SubChannel.pqBytes { return frame.bytes + [0, 0, 0, 0] }
        var sub = [UInt8](repeating: 0, count: count)
        sub.withUnsafeMutableBytes { SubChannel.pack(p: false, q: frame, into: $0) }
        return sub
    }

    /// The ten bytes with their times.
    private func times(at lba: Int) -> [UInt8] {
        var bytes = frame
        if lba < -RedBook.pauseSectors {
            bytes.replaceSubrange(3...5, with: Self.bcd(RedBook.framesInMSF + lba + RedBook.pauseSectors))
            return bytes
        }
        let origin = (Int(frame[3] >> 4) * 10 + Int(frame[3] & 15)) * RedBook.framesPerMinute
        let seconds = (Int(frame[4] >> 4) * 10 + Int(frame[4] & 15)) * RedBook.framesPerSecond
        let own = lba + RedBook.pauseSectors - origin - seconds - Int(frame[5] >> 4) * 10 - Int(frame[5] & 15)
        bytes.replaceSubrange(3...5, with: Self.bcd(own < 0 ? -1 - own : own))
        bytes.replaceSubrange(7...9, with: Self.bcd(lba + RedBook.pauseSectors))
        return bytes
    }

    private static func bcd(_ frames: Int) -> [UInt8] {
        let parts = [
            frames / RedBook.framesPerMinute, frames / RedBook.framesPerSecond % 60, frames % RedBook.framesPerSecond,
        ]
        return parts.map { UInt8(truncatingIfNeeded: $0 / 10 % 10 << 4 | $0 % 10) }
    }
}
