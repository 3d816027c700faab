public import DiscLayout

/// Consecutive sectors of a raw session with the same numbers in Q: the lead-in, one index of a track, or the lead-out.
public struct RawArea: Equatable, Sendable {
    /// What part of the disc it is.
    public enum Part: Equatable, Sendable {
        /// The table of contents is in Q; there is no user data.
        case leadIn
        /// An index of a track, both by their numbers: 1…99 and 0…99.
        case track(Int, index: Int)
        /// The end; there is no user data.
        case leadOut
    }

    /// Addresses of its sectors; never empty.
    public let sectors: Range<Int>
    /// What part of the disc it is.
    public let part: Part
    /// What its sectors hold. Lead-in and lead-out are as the first and the last track, with zeros.
    public let form: SessionLayout.TrackForm
    /// What the caller has to give for R to W.
    public let subCode: SessionLayout.SubCode
    /// Control bits; where they alternate, with the copy bit clear.
    let control: TrackControl
    /// The copy bit alternates.
    let alternates: Bool
    /// Address that relative times count from: index 1 of the track, or the lead-out's beginning.
    let origin: Int
    /// From this address on P is set for the track that follows, or for the lead-out.
    let flagStart: Int
    /// The code that frames of mode 3 hold.
    let recordingCode: RecordingCode?

    /// Bytes of user data that the caller gives for each sector: 2352, 2048, or 0 in lead-in and lead-out.
    public var userBytes: Int {
        if case .track = part { form.userBytes } else { 0 }
    }

    /// Where in a block user data begins: behind sync and header of a data sector.
    public var userOffset: Int { form == .audio ? 0 : 16 }

    /// Frames of modes 2 and 3 stand neither in the first sector of an index nor in the last.
    var inner: Range<Int> {
        sectors.count > 2 ? sectors.lowerBound + 1..<sectors.upperBound - 1 : sectors.lowerBound..<sectors.lowerBound
    }

    /// The control bits of one sector. The alternating copy bit is clear for four sectors and set for four, from address 0
    /// on: 9.375 Hz (IEC 60908, 17.5).
    func control(at lba: Int) -> TrackControl {
        alternates && lba >= 0 && lba & 4 != 0 ? control.union(.copyPermitted) : control
    }

    /// Sectors of the lead-out before its P channel begins to alternate, and of half a period: 2 Hz (IEC 60908, 17.4).
    private static let steadySectors = 150
    private static let halfPeriod = 19

    /// The P channel of one sector.
    ///
    /// It is set in index 0, in the first sector of index 1, and in the last two seconds before the next index 1 or the
    /// lead-out even where index 0 is shorter, since the flag lasts two seconds at least (17.4). In the lead-out it is set in
    /// the first sector, clear for two seconds, then alternates. cdrdao does the same.
    func flag(at lba: Int) -> Bool {
        switch part {
        case .leadIn: return false
        case .track(_, let index): return index == 0 || lba == origin || lba >= flagStart
        case .leadOut:
            let behind = lba - origin - Self.steadySectors
            return lba == origin || behind >= 0 && behind % (2 * Self.halfPeriod) < Self.halfPeriod
        }
    }
}
