public import BurnPlan

/// A rule that an order breaks, and where.
public struct OrderFault: Error, Equatable, Hashable, Sendable {
    /// The rules. Addresses and lengths are sectors.
    public enum Rule: Equatable, Hashable, Sendable {
        /// There is nothing to be written.
        case nothingToWrite
        /// The task has no place for it.
        case notForTask(BurnPlan.Task)
        /// More than 99 tracks.
        case tooManyTracks(Int)
        /// Not 1…99.
        case firstTrackNumber(Int)
        /// The last track's number would be above 99.
        case lastTrackNumber(Int)
        /// A disc with data begins with track 1.
        case numberedData
        /// Track at once cannot; `dao` can.
        case needsDiscAtOnce
        /// Only raw recording can; `raw` or `dao`.
        case needsRaw
        /// Only track at once can.
        case needsTrackAtOnce
        /// Raw recording cannot: a session that is to be followed by another, or an open disc.
        case notRaw
        /// Two fields say different things about the same; the other one.
        case conflict(with: String)
        /// The file is unknown.
        case unknownFile
        /// The file was never recognised as audio.
        case notAudio
        /// The file is empty.
        case empty
        /// The file is no raw image of this kind of sector and this lead-in, and no ISO image.
        case notAnImage
        /// Sectors ahead of address 0 that an image cannot have.
        case leadInSectors(Int)
        /// The image's length is not that of whole sectors.
        case imageLength(bytes: Int, sectorBytes: Int)
        /// What the image says of its disc cannot be, in words.
        case image(String)
        /// Only audio tracks have it.
        case audioOnly
        /// Thirteen digits, with leading zeros where they are missing.
        case catalogNumberForm
        /// The last digit is wrong.
        case catalogNumberCheckDigit(expected: Int)
        /// No recording code.
        case recordingCode
        /// The track is shorter than a raw image may have it.
        case trackTooShort(sectors: Int, minimum: Int)
        /// The pre-gap is shorter than it must be here.
        case pregapTooShort(sectors: Int, minimum: Int)
        /// The pre-gap is longer than a disc.
        case pregapTooLong(sectors: Int)
        /// Between a data track and its neighbours there is a gap always.
        case gapNeeded
        /// More than 99 indexes.
        case tooManyIndexes(Int)
        /// Fewer than ten sectors behind the index before, or negative.
        case indexTooClose(offset: Int)
        /// Fewer than ten sectors before the track's end.
        case indexTooLate(offset: Int, sectors: Int)
        /// A raw image is audio as a whole or data as a whole.
        case mixedImage
        /// The lead-out would begin behind the last address at which it may.
        case discTooLong(needed: Int, available: Int)
        /// Not 0…398 099.
        case leadOutLimit(Int)
        /// Sectors with P and Q only have no room for R to W.
        case noRoomForSubCode
        /// Not 96 bytes for every sector of the image.
        case subCodeLength(bytes: Int, expected: Int)
        /// A byte has bit 7 or 6 set, which are P and Q's.
        case subCodeBits(offset: Int)
        /// The texts cannot be written, in words.
        case text(String)
        /// A name for other programs: 1 to 62 letters, digits, blanks and `.,:;-_`.
        case clientName
    }

    /// The rule.
    public let rule: Rule
    /// Where it is broken.
    public let place: OrderPlace

    /// A fault.
    public init(_ rule: Rule, at place: OrderPlace) { (self.rule, self.place) = (rule, place) }
}

/// Everything that is wrong with an order, in its own sequence; at least one.
public struct OrderFaults: Error, Equatable, Sendable {
    /// The faults.
    public let faults: [OrderFault]

    /// Some faults.
    public init(_ faults: [OrderFault]) { self.faults = faults }
}
