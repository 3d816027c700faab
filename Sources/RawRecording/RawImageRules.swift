public import DiscLayout

/// What an image of a raw disc may hold, by the rules of `IRawCDImageCreator` and `IRawCDImageTrackInfo`.
public enum RawImageRules {
    /// A rule that a description breaks. Tracks and indexes are told by their numbers on the disc.
    public enum Fault: Error, Equatable, Hashable, Sendable {
        /// There is no track.
        case noTracks
        /// There are more than 99.
        case tooManyTracks(Int)
        /// The first track's number is not 1…99.
        case firstTrackNumber(Int)
        /// The last track's number would be above 99.
        case lastTrackNumber(Int)
        /// The track is data, where only audio may be: behind audio, behind a special pre-gap, or in a disc whose first
        /// track is not 1; or the other way round.
        case trackForm(track: Int)
        /// The track has fewer than 300 sectors.
        case trackTooShort(track: Int, sectors: Int)
        /// The first track's pre-gap has fewer than 150 sectors.
        case pregapTooShort(sectors: Int)
        /// The special pre-gap's last sector is above 397 799, or a later track's pre-gap is no length at all.
        case pregapTooLong(track: Int, lastSector: Int)
        /// The track's last sector is above 398 099, or above the limit that was set.
        case tooLong(track: Int, lastSector: Int, limit: Int)
        /// The limit is not 0…398 099.
        case leadOutLimit(Int)
        /// The track has more than 99 indexes.
        case tooManyIndexes(track: Int, count: Int)
        /// The index begins fewer than ten sectors behind the one before.
        case indexTooClose(track: Int, index: Int, offset: Int)
        /// The index begins fewer than ten sectors before the track's end.
        case indexTooLate(track: Int, index: Int, offset: Int)
        /// Blocks with P and Q only have no room for R to W.
        case noRoomForSubCode
        /// R to W of the image are not 96 bytes for each of its sectors.
        case subCodeLength(bytes: Int, expected: Int)
        /// A byte of R to W has bit 7 or 6 set, which are P and Q's; its offset.
        case subCodeBits(offset: Int)
    }

    /// Sectors that an index lasts at least.
    public static let indexSectors = 10
    /// The last address that a special pre-gap may end at, 88:25:74: the shortest track still fits behind it.
    public static let lastPregapSector = 397_799
    /// The last address that a track may end at, 88:29:74, and the greatest limit: the lead-out ends by 89:59:74.
    public static let lastTrackSector = 398_099

    /// Everything that a description breaks, in the order of its tracks.
    ///
    /// - Parameters:
    ///   - layout: the program area.
    ///   - type: what the blocks hold.
    ///   - hasSubCode: R to W are given, for the image or for tracks.
    ///   - leadOutLimit: the last address that a track may end at (`StartOfLeadoutLimit`: the disc must have this one).
    ///   - hasSoundInPregaps: the ends of tracks are the pre-gaps of those that follow: they count as the track's sectors.
    public static func faults(
        in layout: SessionLayout, type: RawBlockType, hasSubCode: Bool = false,
        leadOutLimit: Int = lastTrackSector, hasSoundInPregaps: Bool = false
    ) -> [Fault] {
        guard let first = layout.tracks.first else { return [.noTracks] }
        var faults: [Fault] = []
        if type == .pq, hasSubCode || layout.hasSubCode { faults.append(.noRoomForSubCode) }
        if !(0...lastTrackSector).contains(leadOutLimit) { faults.append(.leadOutLimit(leadOutLimit)) }
        let count = layout.tracks.count
        if count > RedBook.maximumTracks { faults.append(.tooManyTracks(count)) }
        if !(1...RedBook.maximumTracks).contains(first.number) {
            faults.append(.firstTrackNumber(first.number))
        } else if count <= RedBook.maximumTracks, first.number + count - 1 > RedBook.maximumTracks {
            faults.append(.lastTrackNumber(first.number + count - 1))
        }
        if first.pregap < RedBook.pauseSectors { faults.append(.pregapTooShort(sectors: first.pregap)) }
        let isAudioOnly = first.form == .audio || first.pregap > RedBook.pauseSectors || first.number != 1
        var end = layout.start
        for (place, track) in layout.tracks.enumerated() {
            if (track.form == .audio) != isAudioOnly { faults.append(.trackForm(track: track.number)) }
            let isLast = place == count - 1
            let sound = hasSoundInPregaps && !isLast ? layout.tracks[place + 1].pregap : 0
            faults += lengthFaults(of: track, isFirst: place == 0, sound: sound, after: &end, limit: leadOutLimit)
            faults += indexFaults(of: track)
        }
        return faults
    }

    /// What of a track's lengths is wrong; `end` is moved behind it.
    private static func lengthFaults(
        of track: SessionLayout.Track, isFirst: Bool, sound: Int, after end: inout Int, limit: Int
    ) -> [Fault] {
        var faults: [Fault] = []
        // No length above the disc's is added up, so that no sum overflows.
        let most = RawSession.endOfTimes
        let (pregap, sectors) = (min(max(track.pregap, 0), most), min(max(track.sectors, 0), most))
        let length = sectors + min(max(sound, 0), most)
        if length < RedBook.minimumTrackSectors {
            faults.append(.trackTooShort(track: track.number, sectors: length))
        }
        end += pregap
        let isSpecial = isFirst && track.pregap > RedBook.pauseSectors
        if isSpecial && end - 1 > lastPregapSector || track.pregap < 0 {
            faults.append(.pregapTooLong(track: track.number, lastSector: end - 1))
        }
        end += sectors
        let last = min(limit, lastTrackSector)
        if end - 1 > last { faults.append(.tooLong(track: track.number, lastSector: end - 1, limit: last)) }
        return faults
    }

    private static func indexFaults(of track: SessionLayout.Track) -> [Fault] {
        // Index 1 is not among them.
        guard track.indexes.count < RedBook.maximumTracks else {
            return [.tooManyIndexes(track: track.number, count: track.indexes.count + 1)]
        }
        var faults: [Fault] = []
        var previous = 0
        for (place, offset) in track.indexes.enumerated() {
            let index = place + 2
            if offset < previous.addingClamped(indexSectors) {
                faults.append(.indexTooClose(track: track.number, index: index, offset: offset))
            }
            if offset.addingClamped(indexSectors) > track.sectors {
                faults.append(.indexTooLate(track: track.number, index: index, offset: offset))
            }
            previous = offset
        }
        return faults
    }

    /// Sectors of the image of a disc whose lead-out begins at an address, from 95:00:00 to the lead-out's end.
    public static func imageSectors(leadOut: Int) -> Int {
        leadOut - RawSession.imageStart + RawSession.leadOutSectors
    }

    /// What is wrong with the length of R to W that are given for a whole image, lead-in included.
    public static func subCodeFault(bytes: Int, leadOut: Int) -> Fault? {
        let expected = imageSectors(leadOut: leadOut) * RedBook.subChannelBytes
        return bytes == expected ? nil : .subCodeLength(bytes: bytes, expected: expected)
    }

    /// The first byte of R to W with bit 7 or 6 set, which a piece of them that begins at `offset` holds.
    public static func subCodeFault(in piece: UnsafeRawBufferPointer, at offset: Int) -> Fault? {
        piece.firstIndex { $0 & 0xC0 != 0 }.map { .subCodeBits(offset: offset + $0) }
    }
}

extension Int {
    /// A sum that stays at the greatest value instead of overflowing.
    fileprivate func addingClamped(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
