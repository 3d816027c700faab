/// What the program area of a session is to be, track by track, by addresses alone: the one description that cue sheets, the
/// Q channel, tables of contents and read-back are made from.
public struct SessionLayout: Equatable, Sendable {
    /// What the sectors of a track hold.
    public enum TrackForm: String, Codable, Sendable {
        /// 2352 bytes of samples.
        case audio
        /// 2048 bytes of user data in a Mode 1 sector (ECMA-130, 14).
        case mode1

        /// Bytes of user data in a sector.
        public var userBytes: Int { self == .audio ? RedBook.sectorBytes : 2048 }
    }

    /// What the copy bit of an audio track says (IEC 60908, 17.5; IEC 60958-3).
    public enum CopyPermission: String, Codable, Sendable, CaseIterable {
        /// Digital copies are permitted: the bit is set.
        case permitted
        /// They are not: the bit is clear.
        case prohibited
        /// The track is itself a copy of a protected one: the bit alternates, four sectors clear and four set.
        case scms
    }

    /// What the R to W channels of a track hold.
    public enum SubCode: String, Codable, Sendable {
        /// Nothing.
        case none
        /// Packs that are still to get their parity and to be interleaved, 24 symbols each, four a sector.
        case packs
        /// Symbols as they go onto the disc.
        case raw
    }

    /// One track.
    public struct Track: Equatable, Sendable {
        /// 1…99.
        public var number: Int
        /// What its sectors hold.
        public var form: TrackForm
        /// What the copy bit says; only audio has one.
        public var copy: CopyPermission
        /// The samples are pre-emphasised (50/15 µs); only audio can be.
        public var hasPreEmphasis: Bool
        /// The recording's code.
        public var recordingCode: RecordingCode?
        /// Sectors of index 0. Of the session's first track at least 150; of others 0 when there is none.
        public var pregap: Int
        /// Sectors from index 1 to the next track's index 0 or to the lead-out.
        public var sectors: Int
        /// Where index 2, 3 and so on begin, in sectors from index 1, rising.
        public var indexes: [Int]
        /// What channels R to W hold, from index 0 to the end.
        public var subCode: SubCode

        /// A track.
        public init(
            number: Int, form: TrackForm = .audio, copy: CopyPermission = .prohibited, hasPreEmphasis: Bool = false,
            recordingCode: RecordingCode? = nil, pregap: Int = 0, sectors: Int, indexes: [Int] = [],
            subCode: SubCode = .none
        ) {
            (self.number, self.form, self.copy, self.hasPreEmphasis) = (number, form, copy, hasPreEmphasis)
            (self.recordingCode, self.pregap, self.sectors) = (recordingCode, pregap, sectors)
            (self.indexes, self.subCode) = (indexes, subCode)
        }

        /// The control bits as a table of contents has them: the alternating copy bit counts as clear.
        public var control: TrackControl {
            switch form {
            case .mode1: return .data
            case .audio:
                var control: TrackControl = hasPreEmphasis ? .preEmphasis : []
                if copy == .permitted { control.insert(.copyPermitted) }
                return control
            }
        }
    }

    /// Address of the first track's index 0: −150 in a first session.
    public var start: Int
    /// The disc's catalogue number.
    public var catalogNumber: CatalogNumber?
    /// In rising order without gaps, at least one.
    public var tracks: [Track]

    /// A session.
    public init(start: Int = -RedBook.pauseSectors, catalogNumber: CatalogNumber? = nil, tracks: [Track]) {
        (self.start, self.catalogNumber, self.tracks) = (start, catalogNumber, tracks)
    }

    /// Address of a track's index 0, by its place in `tracks`. Where it has no pre-gap, that of its index 1.
    public func pregapStart(_ place: Int) -> Int {
        tracks[..<place].reduce(start) { $0 + $1.pregap + $1.sectors }
    }

    /// Address of a track's index 1, by its place in `tracks`.
    public func trackStart(_ place: Int) -> Int { pregapStart(place) + tracks[place].pregap }

    /// Address of the lead-out.
    public var leadOut: Int { pregapStart(tracks.count) }

    /// Sectors from index 0 of the first track to the lead-out.
    public var sectors: Int { leadOut - start }

    /// Some sector holds more in its sub-channel than P and Q.
    public var hasSubCode: Bool { tracks.contains { $0.subCode != .none } }

    /// The table of contents that the session's lead-in is to hold.
    public var tableOfContents: TableOfContents {
        var address = start
        let entries = tracks.map { track in
            defer { address += track.pregap + track.sectors }
            return TableOfContents.Track(
                number: track.number, control: track.control, start: address + track.pregap)
        }
        return TableOfContents(tracks: entries, leadOut: address)
    }
}
