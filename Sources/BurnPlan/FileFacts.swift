/// What is known of an uploaded file that an order names, as far as the disc depends on it.
///
/// What a file is follows from the field that names it: nothing but audio is ever decoded.
public struct FileFacts: Codable, Equatable, Sendable {
    /// Its length.
    public var bytes: Int
    /// Stereo samples at 44.1 kHz that it decodes to; nil for what is used otherwise.
    public var sampleFrames: Int?
    /// It is an ISO 9660 file system of 2048-byte sectors.
    public var isISO: Bool
    /// What a raw image says of its disc; nil for all other files.
    public var image: ImageFacts?
    /// Offset of the first byte with bit 7 or 6 set, of a file of R to W for a whole image; nil when there is none.
    public var firstByteWithPQ: Int?

    /// What is known of a file.
    public init(
        bytes: Int, sampleFrames: Int? = nil, isISO: Bool = false, image: ImageFacts? = nil,
        firstByteWithPQ: Int? = nil
    ) {
        (self.bytes, self.sampleFrames, self.isISO) = (bytes, sampleFrames, isISO)
        (self.image, self.firstByteWithPQ) = (image, firstByteWithPQ)
    }

    enum CodingKeys: String, CodingKey {
        case bytes, image
        case sampleFrames = "sample_frames"
        case isISO = "iso"
        case firstByteWithPQ = "first_byte_with_pq"
    }
}

/// What a raw image says of the disc that it makes, looked at as one kind of block and lead-in.
public struct ImageFacts: Codable, Equatable, Sendable {
    /// A track of its table of contents.
    public struct Track: Codable, Equatable, Sendable {
        /// 1…99.
        public var number: Int
        /// The control bits.
        public var control: Int
        /// Address of index 1.
        public var start: Int

        /// A track.
        public init(number: Int, control: Int, start: Int) {
            (self.number, self.control, self.start) = (number, control, start)
        }
    }

    /// What its blocks were taken for.
    public var sectorType: RawSectorType
    /// Sectors ahead of address 0.
    public var leadInSectors: Int
    /// Address of its lead-out; nil when it has none.
    public var leadOut: Int?
    /// Its tracks; empty when it has no table of contents.
    public var tracks: [Track]
    /// Why no disc, or another than it claims, would come of it, in words; empty when it can be burned.
    public var faults: [String]

    /// What an image says.
    public init(
        sectorType: RawSectorType, leadInSectors: Int, leadOut: Int?, tracks: [Track] = [], faults: [String] = []
    ) {
        (self.sectorType, self.leadInSectors, self.leadOut) = (sectorType, leadInSectors, leadOut)
        (self.tracks, self.faults) = (tracks, faults)
    }

    enum CodingKeys: String, CodingKey {
        case tracks, faults
        case sectorType = "sector_type"
        case leadInSectors = "lead_in_sectors"
        case leadOut = "lead_out"
    }
}
