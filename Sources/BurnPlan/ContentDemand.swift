/// What the content of an order needs of a drive and a disc: made once with the order, so that nobody has to compose it
/// again to find it a drive.
public struct ContentDemand: Codable, Equatable, Sendable {
    /// How much somebody wants CD-TEXT.
    public enum Text: String, Codable, Sendable {
        /// There is none.
        case none
        /// Titles that the order has anyway: a drive without CD-TEXT is no reason not to burn.
        case wished
        /// Texts were given for their own sake.
        case demanded
    }

    /// Sectors of an empty disc from address 0 to the lead-out; Track-At-Once with run-outs and pauses.
    public var sectors: Int
    /// Tracks.
    public var tracks: Int
    /// A raw image with a lead-in of its own.
    public var hasImage: Bool
    /// R to W are given for every sector of the disc.
    public var hasSubCodeStream: Bool
    /// Some track has graphics in R to W.
    public var hasGraphics: Bool
    /// Some track is data.
    public var hasData: Bool
    /// CD-TEXT.
    public var text: Text

    /// What some content needs.
    public init(
        sectors: Int = 0, tracks: Int = 0, hasImage: Bool = false, hasSubCodeStream: Bool = false,
        hasGraphics: Bool = false, hasData: Bool = false, text: Text = .none
    ) {
        (self.sectors, self.tracks, self.hasImage) = (sectors, tracks, hasImage)
        (self.hasSubCodeStream, self.hasGraphics, self.hasData) = (hasSubCodeStream, hasGraphics, hasData)
        self.text = text
    }

    enum CodingKeys: String, CodingKey {
        case sectors, tracks, text
        case hasImage = "image"
        case hasSubCodeStream = "sub_code_stream"
        case hasGraphics = "graphics"
        case hasData = "data"
    }
}

/// What a recorder can do with compact discs.
public struct RecorderAbilities: Codable, Equatable, Sendable {
    /// The ways in which it writes.
    public var modes: Set<RecordingMode>
    /// The blocks that it takes in RAW.
    public var sectorTypes: Set<RawSectorType>
    /// It takes R to W in session at once.
    public var writesSubCodeInSAO: Bool
    /// It takes CD-TEXT for the lead-in in session at once.
    public var writesTextInSAO: Bool
    /// The ways in which it writes with the laser at reading power.
    public var testModes: Set<RecordingMode>
    /// It blanks and rewrites CD-RW.
    public var rewrites: Bool
    /// What it writes in session at once is not to be relied on: raw is better where it is possible.
    public var prefersRaw: Bool

    /// What a recorder can do; what is left out it can.
    public init(
        modes: Set<RecordingMode> = Set(RecordingMode.allCases),
        sectorTypes: Set<RawSectorType> = Set(RawSectorType.allCases), writesSubCodeInSAO: Bool = true,
        writesTextInSAO: Bool = true, testModes: Set<RecordingMode> = Set(RecordingMode.allCases),
        rewrites: Bool = true, prefersRaw: Bool = false
    ) {
        (self.modes, self.sectorTypes) = (modes, sectorTypes)
        (self.writesSubCodeInSAO, self.writesTextInSAO) = (writesSubCodeInSAO, writesTextInSAO)
        (self.testModes, self.rewrites, self.prefersRaw) = (testModes, rewrites, prefersRaw)
    }

    enum CodingKeys: String, CodingKey {
        case modes, rewrites
        case sectorTypes = "sector_types"
        case writesSubCodeInSAO = "sao_sub_code"
        case writesTextInSAO = "sao_text"
        case testModes = "test_modes"
        case prefersRaw = "prefers_raw"
    }
}
