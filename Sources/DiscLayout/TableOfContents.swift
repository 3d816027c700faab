/// What a disc's lead-in says: where its tracks begin and where its lead-out does.
public struct TableOfContents: Equatable, Sendable {
    /// One track.
    public struct Track: Equatable, Sendable {
        /// 1…99.
        public let number: Int
        /// The control bits of the track.
        public let control: TrackControl
        /// Logical block address of index 1.
        public let start: Int

        /// A track of a table of contents.
        public init(number: Int, control: TrackControl, start: Int) {
            self.number = number
            self.control = control
            self.start = start
        }
    }

    /// In rising order of numbers.
    public let tracks: [Track]
    /// Logical block address of the lead-out.
    public let leadOut: Int

    /// A table of contents as it was read or as it is expected.
    public init(tracks: [Track], leadOut: Int) {
        self.tracks = tracks
        self.leadOut = leadOut
    }
}
