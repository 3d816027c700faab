import DiscLayout
import SectorCoding

/// What the blocks of a raw image tell of one track, or of the lead-out.
struct RawImageTrack: Sendable {
    /// First sectors of each index by what Q says.
    private(set) var indexes: [Int: Int] = [:]
    /// Where index 1 begins, by relative times of it and of those that follow.
    private(set) var start = Votes<Int>()
    /// Sectors of index 1 and up with each combination of control bits.
    private var controls = [Int](repeating: 0, count: 16)
    var recordingCode = Votes<[UInt8]>()
    /// Sectors with R to W that are not zero.
    var subCodeSectors = 0
    /// How its data is, by the first sector of it.
    private(set) var data: Data?

    /// What the first data sector shows.
    enum Data: Equatable {
        /// No sync pattern.
        case unsynchronized
        /// Its header can be read as it stands.
        case notScrambled
        /// The mode byte of its header, descrambled.
        case mode(UInt8)
    }

    mutating func note(index: Int, relative: Int, _ control: TrackControl, at lba: Int) {
        if indexes[index] == nil { indexes[index] = lba }
        guard index > 0 else { return }
        start.add(lba - relative)
        controls[Int(control.rawValue)] += 1
    }

    mutating func noteData(_ sector: UnsafeRawBufferPointer, at lba: Int) {
        guard data == nil else { return }
        let time = MSF(lba: lba)
        guard DataSector.hasSync(sector) else {
            data = .unsynchronized
            return
        }
        if SectorIdentity(sector: sector)?.address == time {
            data = .notScrambled
            return
        }
        withUnsafeTemporaryAllocation(byteCount: sector.count, alignment: 8) { copy in
            copy.copyMemory(from: sector)
            Scrambler.apply(1, to: copy)
            data = .mode(copy[15])
        }
    }

    /// The control bits of most sectors.
    var control: TrackControl? {
        let most = controls.max() ?? 0
        guard most > 0, let value = controls.firstIndex(of: most) else { return nil }
        return TrackControl(rawValue: UInt8(value))
    }

    /// Part of a track's sectors that need the other copy bit for it to be one that alternates: half of them have it.
    private static let alternatingPart = 4

    /// What the copy bit says. It alternates from address 0 on only: index 0 does not count.
    var copy: SessionLayout.CopyPermission {
        let permitted = controls.indices.reduce(0) { $0 + ($1 & 2 != 0 ? controls[$1] : 0) }
        let prohibited = controls.reduce(0, +) - permitted
        if min(permitted, prohibited) * Self.alternatingPart >= max(permitted + prohibited, 1) { return .scms }
        return permitted > prohibited ? .permitted : .prohibited
    }
}
