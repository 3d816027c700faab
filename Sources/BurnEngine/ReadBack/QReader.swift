import BinaryCoding
import BurnPlan
import DiscLayout
import MMC
import SectorCoding

/// Reads the Q channel in the way in which a drive gives it: found out once per disc.
///
/// Drives differ: some give sub-channel only with the main channel, some numbers in binary instead of BCD, some that of a
/// sector nearby, some a CRC that they do not check or none.
final class QReader {
    /// How a drive gives Q.
    struct Manner: Equatable {
        /// P to W as they are, or Q in sixteen bytes.
        let channel: ReadCD.SubChannel
        /// Whether the main channel has to come too.
        let main: ReadCD.MainChannel
        /// Numbers are binary.
        let isBinary: Bool
        /// By how many sectors it is that of a later one.
        let shift: Int
        /// The CRC can be trusted.
        let hasCRC: Bool

        var form: DiscReader.Form { .subChannel(channel, main) }
    }

    /// Sectors of one reading: 2448 bytes each stay below 64 KiB, which every USB bridge takes.
    static let chunkSectors = 26
    /// Sub-channel that is farther away than this is not that of the sector.
    private static let farthestShift = 2
    /// Frames that must agree before a manner is believed.
    private static let leastVotes = 13

    let engine: BurnEngine
    private let reader: DiscReader
    private let readable: Range<Int>
    private let buffer: UnsafeMutableRawBufferPointer
    /// Nil when no way was found in which the drive gives Q.
    private(set) var manner: Manner?

    init(_ reader: DiscReader, readable: Range<Int>) {
        (engine, self.reader, self.readable) = (reader.engine, reader, readable)
        buffer = .allocate(
            byteCount: Self.chunkSectors * (RedBook.sectorBytes + RedBook.subChannelBytes), alignment: 4096)
    }

    deinit { buffer.deallocate() }

    // MARK: Reading

    /// The frames of sectors, by the address that they are of, as they stand on a disc. Damaged ones are left out.
    ///
    /// - Returns: nil when the drive could not read them.
    func frames(_ range: Range<Int>) throws(BurnStop) -> [Int: QFrame]? {
        guard let manner else { return nil }
        let wanted = (range.lowerBound - manner.shift..<range.upperBound - manner.shift).clamped(to: readable)
        var frames: [Int: QFrame] = [:]
        for lower in stride(from: wanted.lowerBound, to: wanted.upperBound, by: Self.chunkSectors) {
            try engine.stopIfCancelledWhileVerifying()
            let part = lower..<min(lower + Self.chunkSectors, wanted.upperBound)
            guard let read = try read(part, manner.form) else { return nil }
            for (index, raw) in read.enumerated() {
                let frame = manner.isBinary ? raw.readingBinary : raw
                if manner.hasCRC, !frame.isIntact { continue }
                frames[Self.address(of: frame, near: part.lowerBound + index + manner.shift)] = frame
            }
        }
        return frames
    }

    /// A frame is that of the sector it names, if that is near.
    private static func address(of frame: QFrame, near nominal: Int) -> Int {
        guard let own = frame.absolute, abs(own - nominal) <= farthestShift else { return nominal }
        return own
    }

    private func read(_ range: Range<Int>, _ form: DiscReader.Form) throws(BurnStop) -> [QFrame]? {
        let size = form.sectorBytes
        let bytes = UnsafeMutableRawBufferPointer(rebasing: buffer[..<(range.count * size)])
        let times = manner == nil ? 1 : engine.limits.readAttempts
        guard try reader.attempt(form, range.lowerBound, into: bytes, times: times) == nil else { return nil }
        guard case .subChannel(let channel, _) = form else { return nil }
        return (0..<range.count).map { index in
            let end = (index + 1) * size
            let sub = UnsafeRawBufferPointer(rebasing: buffer[end - channel.byteCount..<end])
            if channel == .raw { return SubChannel.q(of: sub) }
            return QFrame(UnsafeRawBufferPointer(rebasing: sub[..<QFrame.byteCount])).acceptingPlainCRC
        }
    }

    /// Bytes 5…0 of P to W, of sectors whose sub-channel comes raw: the symbols of R to W.
    ///
    /// - Returns: 96 bytes a sector, bits 7 and 6 clear; nil when the drive could not read them.
    func symbols(_ range: Range<Int>) throws(BurnStop) -> [UInt8]? {
        guard let manner, manner.channel == .raw else { return nil }
        let shifted = range.lowerBound - manner.shift..<range.upperBound - manner.shift
        guard readable.lowerBound <= shifted.lowerBound, shifted.upperBound <= readable.upperBound else { return nil }
        guard try read(shifted, manner.form) != nil else { return nil }
        let size = manner.form.sectorBytes
        var symbols: [UInt8] = []
        symbols.reserveCapacity(range.count * RedBook.subChannelBytes)
        for index in 0..<range.count {
            let end = (index + 1) * size
            for place in end - RedBook.subChannelBytes..<end { symbols.append(buffer[place] & 0x3F) }
        }
        return symbols
    }

    // MARK: Finding out

    private static let ways: [(ReadCD.SubChannel, ReadCD.MainChannel)] = [
        (.raw, .none), (.q, .none), (.raw, .whole), (.q, .whole),
    ]

    /// Finds out how the drive gives Q, by some places of the disc.
    func findManner(_ places: [Int]) throws(BurnStop) {
        for (channel, main) in Self.ways {
            var read: [(address: Int, frame: QFrame)] = []
            for place in places {
                try engine.stopIfCancelledWhileVerifying()
                let range = (place..<place + Self.chunkSectors).clamped(to: readable)
                guard !range.isEmpty, let frames = try self.read(range, .subChannel(channel, main)) else { continue }
                read += zip(range, frames).map { ($0, $1) }
            }
            if let manner = Self.manner(of: read, channel, main) {
                self.manner = manner
                engine.log("sub-channel is read: \(manner)")
                return
            }
        }
        engine.log("the drive gives no Q channel that names the sectors it is of")
    }

    /// What most frames agree on.
    static func manner(
        of read: [(address: Int, frame: QFrame)], _ channel: ReadCD.SubChannel, _ main: ReadCD.MainChannel
    ) -> Manner? {
        var best: (manner: Manner, votes: Int)?
        for isBinary in channel == .raw ? [false] : [false, true] {
            let frames = read.map { ($0.address, isBinary ? $0.frame.readingBinary : $0.frame) }
            let intact = frames.filter { $0.1.isIntact }
            let hasCRC = intact.count * 2 >= frames.count && !intact.isEmpty
            var votes: [Int: Int] = [:]
            for (address, frame) in hasCRC ? intact : frames {
                guard let own = frame.absolute, abs(own - address) <= farthestShift else { continue }
                votes[own - address, default: 0] += 1
            }
            guard let (shift, count) = votes.max(by: { $0.value < $1.value }), count >= leastVotes,
                count * 2 >= read.count, count > best?.votes ?? 0
            else { continue }
            best = (Manner(channel: channel, main: main, isBinary: isBinary, shift: shift, hasCRC: hasCRC), count)
        }
        return best?.manner
    }
}

extension QReader.Manner: CustomStringConvertible {
    var description: String {
        [
            channel == .raw ? "P to W" : "Q", main == .none ? "alone" : "behind the main channel",
            isBinary ? "numbers in binary" : "numbers in BCD", "\(shift) sectors late",
            hasCRC ? "CRC checked" : "without a CRC",
        ].joined(separator: ", ")
    }
}

extension QFrame {
    /// The address that the frame names; nil unless it is one of positions.
    fileprivate var absolute: Int? {
        guard case .position(_, _, _, let absolute)? = content else { return nil }
        return absolute.frameCount - RedBook.pauseSectors
    }

    /// The frame as it stands on the disc, of one whose numbers a drive has made binary: those of positions, and the frame
    /// number that codes have.
    var readingBinary: QFrame {
        var bytes = bytes
        for offset in mode == 1 ? [1, 2, 3, 4, 5, 7, 8, 9] : [9] where bytes[offset] < 100 {
            bytes[offset] = bytes[offset].bcd
        }
        return QFrame(bytes)
    }
}
