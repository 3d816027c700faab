import BinaryCoding
import DiscLayout
import POSIX
import SectorCoding

/// What of a drive's way of giving sub-channel departs from the standard.
struct SubChannelQuirks: Equatable {
    /// Numbers of formatted Q are binary.
    var isBinary = false
    /// The CRC of formatted Q is zero.
    var hasNoCRC = false
    /// Blocks by which the sub-channel is that of a later block.
    var lateness = 0

    init() {}

    init(_ quirks: Set<Quirk>) {
        isBinary = quirks.contains(.binaryQ)
        hasNoCRC = quirks.contains(.zeroQCRC)
        lateness = quirks.contains(.neighbouringSubChannel) ? 1 : 0
    }
}

extension DiscFolder {
    /// The sub-channel of blocks, 96 bytes each, and of `further` blocks behind them: zeros where nothing is recorded any
    /// more. Nil when the file ends inside `blocks`.
    func subChannel(of blocks: Range<Int>, further: Int = 0) throws(SystemError) -> [UInt8]? {
        let count = blocks.count * RedBook.subChannelBytes
        return try bytes(count + further * RedBook.subChannelBytes) { (buffer) throws(SystemError) in
            UnsafeMutableRawBufferPointer(rebasing: buffer[count...]).initializeMemory(as: UInt8.self, repeating: 0)
            for index in 0..<further {
                let start = count + index * RedBook.subChannelBytes
                let block = UnsafeMutableRawBufferPointer(
                    rebasing: buffer[start..<start + RedBook.subChannelBytes])
                guard try readSub(at: blocks.upperBound + index, into: block) else { break }
            }
            return try readSub(at: blocks.lowerBound, into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]))
        }
    }

    /// The sub-channel of blocks in the form that READ CD asks for, as many bytes for each as that form has. Nil when the
    /// file is shorter than what is recorded.
    ///
    /// Packs of R-W come out where their first symbol is recorded, as they were sent to be recorded there; their parity is
    /// given as it is, for nothing here has errors to correct.
    func subChannel(
        of blocks: Range<Int>, as form: BlockSelection.SubChannelSelection, _ quirks: SubChannelQuirks
    ) throws(SystemError) -> [UInt8]? {
        let further = quirks.lateness + (form == .rw ? RWDeinterleaver.delay : 0)
        guard form != .none else { return [] }
        guard let bytes = try subChannel(of: blocks, further: further) else { return nil }
        let recorded = Array(bytes.dropFirst(quirks.lateness * RedBook.subChannelBytes))
        switch form {
        case .none: return []
        case .raw: return recorded
        case .q: return Self.formattedQ(recorded, quirks)
        case .rw: return Self.packs(recorded)
        }
    }

    /// Q and P in 16 bytes (MMC-6, table 357).
    private static func formattedQ(_ sub: [UInt8], _ quirks: SubChannelQuirks) -> [UInt8] {
        let count = sub.count / RedBook.subChannelBytes
        var bytes = [UInt8](repeating: 0, count: count * SubChannel.pqBytes)
        bytes.withUnsafeMutableBytes { target in
            sub.withUnsafeBytes { SubChannel.compactPQ(count, from: $0, into: target) }
        }
        for start in stride(from: 0, to: bytes.count, by: SubChannel.pqBytes) {
            if quirks.hasNoCRC { bytes[start + 10...start + 11] = [0, 0] }
            if quirks.isBinary { makeBinary(&bytes, at: start) }
        }
        return bytes
    }

    /// Track, index, relative time and absolute time, the last frame number of which is in every mode.
    private static func makeBinary(_ bytes: inout [UInt8], at start: Int) {
        let isPosition = bytes[start].bits(0...3) == 1
        for offset in isPosition ? [1, 2, 3, 4, 5, 7, 8, 9] : [9] {
            if let value = UInt8(bcd: bytes[start + offset]) { bytes[start + offset] = value }
        }
    }

    /// R to W as packs in time order.
    ///
    /// - Parameter sub: two blocks more than packs are wanted for.
    private static func packs(_ sub: [UInt8]) -> [UInt8] {
        let count = sub.count / RedBook.subChannelBytes
        var bytes = [UInt8](repeating: 0, count: sub.count)
        var deinterleaver = RWDeinterleaver()
        bytes.withUnsafeMutableBytes { target in
            sub.withUnsafeBytes { deinterleaver.process(count, from: $0, into: target) }
        }
        return Array(bytes.dropFirst(RWDeinterleaver.delay * RedBook.subChannelBytes))
    }
}
