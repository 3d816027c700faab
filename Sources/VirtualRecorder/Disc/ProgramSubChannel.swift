import BinaryCoding
import DiscLayout
import SectorCoding

/// P and Q of a track's blocks, as a drive makes them when the host sends the main channel only.
struct ProgramSubChannel {
    let track: Disc.Track
    /// Thirteen digits, when the session has a catalogue number.
    let catalogNumber: [UInt8]?
    /// Twelve characters, when the track has a recording code.
    let isrc: [UInt8]?

    init(track: Disc.Track, catalogNumber: String?) {
        self.track = track
        self.catalogNumber = catalogNumber.map { $0.utf8.map { $0 & 0x0F } }
        isrc = track.isrc.map { Array($0.utf8) }
    }

    /// Both codes come once in every hundred sectors (ECMA-130, 22.3.4, 22.3.5).
    private static let period = 100
    private static let catalogNumberPhase = 98
    private static let isrcPhase = 48

    /// The sub-channel of consecutive blocks.
    ///
    /// - Precondition: `target` has 96 bytes for each.
    func write(from first: Int, count: Int, into target: UnsafeMutableRawBufferPointer) {
        precondition(target.count == count * RedBook.subChannelBytes, "96 bytes a block")
        for index in 0..<count {
            let start = index * RedBook.subChannelBytes
            let block = UnsafeMutableRawBufferPointer(rebasing: target[start..<start + RedBook.subChannelBytes])
            let lba = first + index
            // The flag of the pause lasts through the first sector of index 1 (ECMA-130, 22.2).
            SubChannel.pack(p: lba <= track.start, q: q(at: lba), into: block)
        }
    }

    private func q(at lba: Int) -> QFrame {
        let absolute = MSF(lba: lba)
        let isInPause = lba < track.start
        // Never in the first or last sector of an index; the last of index 1 is the run-out's, which comes when it is known.
        let isBorder = lba == track.start || lba == track.start - 1 || lba == track.pauseStart || lba >= end
        if !isBorder {
            let phase = (lba + RedBook.pauseSectors) % Self.period
            if phase == Self.catalogNumberPhase, let catalogNumber {
                return .catalogNumber(catalogNumber, control: track.control, absolute: absolute)
            }
            if phase == Self.isrcPhase, let isrc {
                return .recordingCode(isrc, control: track.control, absolute: absolute)
            }
        }
        return .position(
            control: track.control, track: track.number, index: isInPause ? 0 : 1,
            relative: MSF(frameCount: isInPause ? track.start - 1 - lba : lba - track.start), absolute: absolute)
    }

    /// Where blocks stop carrying codes: the run-out of a complete track.
    private var end: Int { track.state == .complete ? track.end : .max }
}
