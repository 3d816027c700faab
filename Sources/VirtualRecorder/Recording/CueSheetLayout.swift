import DiscLayout

/// What a cue sheet says: a whole session, block for block, before anything of it is recorded.
struct SessionLayout: Equatable, Sendable {
    /// Consecutive blocks of one row of the sheet.
    struct Segment: Equatable, Sendable {
        /// Their addresses; at least one.
        let blocks: Range<Int>
        /// 1…99, as it goes on the disc.
        let track: Int
        /// 0…99.
        let index: Int
        /// Control bits.
        let control: TrackControl
        /// The copy bit alternates (SCMS).
        let isFirstCopy: Bool
        /// Main channel.
        let main: MainDataForm
        /// Sub-channel.
        let sub: SubChannelForm

        /// Bytes that the host sends for each block; 0 when the drive makes them alone.
        var hostBytes: Int { main.hostBytes == 0 ? 0 : main.hostBytes + sub.hostBytes }
    }

    /// One track, which is recorded as soon as all of its segments are.
    struct Track: Equatable, Sendable {
        /// 1…99.
        let number: Int
        /// Control bits of index 1 and all behind it.
        let control: TrackControl
        /// The copy bit alternates.
        let isFirstCopy: Bool
        /// What its blocks are from index 1 on.
        let form: SectorForm
        /// Address of its first block: index 0, or index 1 when it has no pause.
        let pauseStart: Int
        /// Addresses of index 1, 2 …; at least the first.
        var indexes: [Int]
        /// Twelve characters.
        let isrc: String?
    }

    /// Address of the first block of the program area.
    let start: Int
    /// In order, without holes, from `start` to `leadOut`.
    let segments: [Segment]
    /// In order; at least one.
    let tracks: [Track]
    /// Address of the lead-out's first block.
    let leadOut: Int
    /// Media catalogue number, thirteen digits.
    let catalogNumber: String?
    /// CD-TEXT comes from the host, 96 bytes for each block of the lead-in.
    let hasText: Bool

    /// The tracks as the disc keeps them once everything is recorded.
    var discTracks: [Disc.Track] {
        tracks.enumerated().map { place, track in
            let end = place + 1 < tracks.count ? tracks[place + 1].pauseStart : leadOut
            return Disc.Track(
                number: track.number, control: track.control, form: track.form, pauseStart: track.pauseStart,
                indexes: track.indexes, blocks: end - track.indexes[0], state: .complete, isrc: track.isrc,
                isFirstCopy: track.isFirstCopy)
        }
    }

    /// P and Q of the program area.
    ///
    /// - Parameter catalogNumber: what the session has, by this sheet or by page 05h.
    func subChannel(catalogNumber: String?) -> ProgramSubChannel {
        let digits = catalogNumber.map { $0.utf8.map { $0 & 0x0F } }
        let byNumber = Dictionary(uniqueKeysWithValues: tracks.map { ($0.number, $0) })
        let areas = segments.compactMap { segment -> ProgramArea? in
            guard let track = byNumber[segment.track] else { return nil }
            return ProgramArea(
                track: segment.track, index: segment.index, blocks: segment.blocks, control: segment.control,
                isFirstCopy: segment.isFirstCopy, origin: track.indexes[0], catalogNumber: digits,
                isrc: track.isrc.map { Array($0.utf8) })
        }
        return ProgramSubChannel(areas: areas)
    }
}
