/// What `burnd-decode` and whoever starts it agree on: exit statuses and the line that it says at the end.
///
/// A target of its own, and of values only, because the two sides must not share anything else: the decoder links FFmpeg, and
/// nothing that starts it may.
///
/// The agreement: a regular file on descriptor 0, PCM (44.1 kHz, 16-bit signed little-endian, stereo, interleaved) on
/// descriptor 1, one line of JSON on descriptor 2 as the last thing said there: a `DecodeReport` with exit status 0, or a
/// `DecodeFailure` with the exit status of its kind. What came out of descriptor 1 counts with status 0 only.
public enum DecodeContract {
    /// Samples a second of a CD, for each of two channels (IEC 60908).
    public static let sampleRate = 44_100
    /// Bytes of one sample frame: two channels of 16 bits.
    public static let bytesPerFrame = 4
    /// The longest audio that is decoded, in sample frames: 100 minutes. No CD has room for more than 99 min 59 s, as its
    /// addresses end there; without a bound a file of a few kilobytes could fill the disk with silence.
    public static let maximumFrames = 100 * 60 * sampleRate
    /// Bytes of the longest last line on descriptor 2.
    public static let maximumReportBytes = 16 * 1024
}

/// What was decoded, from `burnd-decode` with exit status 0.
public struct DecodeReport: Codable, Equatable, Sendable {
    /// Name of the codec as FFmpeg has it, such as `flac`.
    public var codec: String
    /// Name of the container as FFmpeg has it, such as `ogg`.
    public var container: String
    /// Samples a second at the source, as at its beginning.
    public var sourceRate: Int
    /// Channels at the source, as at its beginning.
    public var channels: Int
    /// Bits of a source sample; 0 where the codec has no such thing.
    public var bitDepth: Int
    /// Frames written to descriptor 1, of 4 bytes each.
    public var sampleFrames: Int
    /// The same in seconds.
    public var duration: Double
    /// The walls that stood around the decoder while it read, such as `seccomp` and `landlock-4`. A wall that this kernel
    /// lacks is said as `no-landlock`.
    public var cage: [String]

    enum CodingKeys: String, CodingKey {
        case codec
        case container
        case sourceRate = "source_rate"
        case channels
        case bitDepth = "bit_depth"
        case sampleFrames = "sample_frames"
        case duration
        case cage
    }

    /// A report of all that is known.
    public init(
        codec: String, container: String, sourceRate: Int, channels: Int, bitDepth: Int, sampleFrames: Int,
        cage: [String]
    ) {
        (self.codec, self.container) = (codec, container)
        (self.sourceRate, self.channels, self.bitDepth) = (sourceRate, channels, bitDepth)
        self.sampleFrames = sampleFrames
        duration = Double(sampleFrames) / Double(DecodeContract.sampleRate)
        self.cage = cage
    }
}

/// Why there is no audio, from `burnd-decode` with the exit status of `kind`.
public struct DecodeFailure: Error, Codable, Equatable, Sendable {
    /// Whose fault it is, and of what sort.
    public enum Kind: String, Codable, CaseIterable, Sendable {
        /// No audio file of any sort.
        case notAudio = "not-audio"
        /// Audio, or a container of it, that is not among the formats taken.
        case unsupported
        /// One of our formats, and broken or cut short.
        case damaged
        /// More than `DecodeContract.maximumFrames`.
        case tooLong = "too-long"
        /// One of our formats with no sample in it.
        case empty
        /// The limit on memory or processor time was reached.
        case resources
        /// The disk that the PCM goes to is full.
        case full
        /// A fault of the decoder or of how it was started.
        case `internal`

        /// The exit status that goes with it. 1 and 2 stay free: they are what a shell or a loader makes of its own failures.
        public var exitStatus: Int32 {
            switch self {
            case .notAudio: 10
            case .unsupported: 11
            case .damaged: 12
            case .tooLong: 13
            case .empty: 14
            case .resources: 20
            case .full: 21
            case .internal: 30
            }
        }
    }

    /// The sort of failure.
    public var kind: Kind
    /// What exactly, for a person.
    public var detail: String

    enum CodingKeys: String, CodingKey {
        case kind = "error"
        case detail
    }

    /// A failure of a kind.
    public init(_ kind: Kind, _ detail: String) { (self.kind, self.detail) = (kind, detail) }
}
