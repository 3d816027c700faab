import BinaryCoding
import DiscLayout
import SectorCoding

/// Consecutive blocks of a program area with one track and index number: P and Q of them follow from where they are.
struct ProgramArea: Equatable {
    /// 1…99.
    let track: Int
    /// 0…99.
    let index: Int
    /// Its addresses; up to `Int.max` as long as its end is not known.
    var blocks: Range<Int>
    let control: TrackControl
    /// The copy bit alternates, four blocks off and four on (IEC 60908, SCMS).
    var isFirstCopy = false
    /// Address of the track's index 1, from which its time counts.
    let origin: Int
    /// Thirteen digits as values, when the session has a catalogue number.
    var catalogNumber: [UInt8]?
    /// Twelve characters, when the track has a recording code.
    var isrc: [UInt8]?

    /// Both codes come once in every hundred sectors (ECMA-130, 22.3.4, 22.3.5).
    private static let period = 100
    private static let catalogNumberPhase = 98
    private static let isrcPhase = 48
    private static let alternation = 8

    /// The flag of the pause lasts through the first sector of index 1 (ECMA-130, 22.2).
    func p(at lba: Int) -> Bool { index == 0 || lba == origin }

    /// The Q frame of a block, as a drive makes it when the host sends the main channel only.
    func q(at lba: Int) -> QFrame {
        let absolute = MSF(frameCount: lba + RedBook.pauseSectors)
        var control = control
        if isFirstCopy {
            let phase = (lba % Self.alternation + Self.alternation) % Self.alternation
            control = phase < Self.alternation / 2 ? control.subtracting(.copyPermitted) : control.union(.copyPermitted)
        }
        // Never in the first or last sector of an index, which are looked for by their times.
        if lba != blocks.lowerBound, lba != blocks.upperBound - 1 {
            let phase = (lba + RedBook.pauseSectors) % Self.period
            if phase == Self.catalogNumberPhase, let catalogNumber {
                return .catalogNumber(catalogNumber, control: control, absolute: absolute)
            }
            if phase == Self.isrcPhase, let isrc {
                return .recordingCode(isrc, control: control, absolute: absolute)
            }
        }
        return .position(
            control: control, track: track, index: index,
            relative: MSF(frameCount: index == 0 ? origin - 1 - lba : lba - origin), absolute: absolute)
    }
}

extension Disc.Track {
    /// Its blocks, index by index, the run-out last.
    ///
    /// - Parameter catalogNumber: that of the session.
    func areas(catalogNumber: String?) -> [ProgramArea] {
        let digits = catalogNumber.map { $0.utf8.map { $0 & 0x0F } }
        let code = isrc.map { Array($0.utf8) }
        // An open track goes on for ever, and what lies behind a complete one carries no codes.
        let end = state == .complete ? end : Int.max
        let starts = [pauseStart] + indexes
        var areas: [ProgramArea] = []
        for (index, start) in starts.enumerated() {
            let next = index + 1 < starts.count ? min(starts[index + 1], end) : end
            guard start < next else { continue }
            areas.append(
                ProgramArea(
                    track: number, index: index, blocks: start..<next, control: control, isFirstCopy: isFirstCopy,
                    origin: indexes[0], catalogNumber: digits, isrc: code))
        }
        if state == .complete, runOut > 0 {
            areas.append(
                ProgramArea(
                    track: number, index: indexes.count, blocks: end..<end + runOut, control: control,
                    isFirstCopy: isFirstCopy, origin: indexes[0]))
        }
        return areas
    }
}

/// P and Q of a program area, made for as many blocks at a time as are wanted.
struct ProgramSubChannel {
    /// In order and without holes.
    let areas: [ProgramArea]

    /// The sub-channel of consecutive blocks: P and Q, zeros in R to W. Blocks in none of the areas get zeros.
    ///
    /// - Precondition: `target` has 96 bytes for each.
    func write(from first: Int, count: Int, into target: UnsafeMutableRawBufferPointer) {
        precondition(target.count == count * RedBook.subChannelBytes, "96 bytes a block")
        let end = first + count
        var lba = first
        for area in areas where area.blocks.upperBound > lba && area.blocks.lowerBound < end {
            precondition(area.blocks.lowerBound <= lba, "areas follow one another")
            while lba < end, lba < area.blocks.upperBound {
                let start = (lba - first) * RedBook.subChannelBytes
                let block = UnsafeMutableRawBufferPointer(rebasing: target[start..<start + RedBook.subChannelBytes])
                SubChannel.pack(p: area.p(at: lba), q: area.q(at: lba), into: block)
                lba += 1
            }
        }
        let rest = target[((lba - first) * RedBook.subChannelBytes)...]
        UnsafeMutableRawBufferPointer(rebasing: rest).initializeMemory(as: UInt8.self, repeating: 0)
    }
}
