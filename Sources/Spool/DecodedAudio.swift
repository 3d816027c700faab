import DecodeContract

/// Audio as it goes on a disc, in a file of its own: 44.1 kHz, 16-bit signed little-endian, stereo, interleaved.
public struct DecodedAudio: Equatable, Sendable {
    /// The file it was decoded from.
    public let digest: FileDigest
    /// Where the PCM lies. It is only ever read.
    public let path: String
    /// Its length in sample frames, 4 bytes each, 588 to a sector.
    public let sampleFrames: Int
    /// SHA-256 of the PCM.
    public let pcmDigest: FileDigest
    /// What it was before, for people to read.
    public let source: Source

    /// An audio format as FFmpeg names it.
    public struct Source: Codable, Equatable, Sendable {
        /// Such as `flac`, `mp3`, `pcm_s16le`.
        public let codec: String
        /// Such as `ogg`, `mov`, `wav`.
        public let container: String
        /// Samples a second.
        public let rate: Int
        /// Channels.
        public let channels: Int
        /// Bits of a sample; 0 where the codec has no such thing.
        public let bitDepth: Int

        init(_ report: DecodeReport) {
            (codec, container) = (report.codec, report.container)
            (rate, channels, bitDepth) = (report.sourceRate, report.channels, report.bitDepth)
        }
    }

    /// Length in seconds.
    public var duration: Double { Double(sampleFrames) / Double(DecodeContract.sampleRate) }
}

/// Why a stored file gave no audio. The text says what exactly, for a person.
public enum DecodeError: Error, Equatable, Sendable {
    /// No file is stored under the digest.
    case notFound
    /// No audio file of any sort.
    case notAudio(String)
    /// Audio of a sort that is not taken.
    case unsupported(String)
    /// One of our formats, and broken or cut short.
    case damaged(String)
    /// Longer than any disc: more than 100 minutes.
    case tooLong(String)
    /// Sound of no length.
    case empty(String)
    /// The decoder ran into its limit of memory, processor time or wall-clock time.
    case resources(String)
    /// The disk is full.
    case full
    /// The caller was cancelled.
    case cancelled
    /// The decoder could not be started, or failed in a way that is a fault of ours.
    case `internal`(String)

    init(_ failure: DecodeFailure) {
        switch failure.kind {
        case .notAudio: self = .notAudio(failure.detail)
        case .unsupported: self = .unsupported(failure.detail)
        case .damaged: self = .damaged(failure.detail)
        case .tooLong: self = .tooLong(failure.detail)
        case .empty: self = .empty(failure.detail)
        case .resources: self = .resources(failure.detail)
        case .full: self = .full
        case .internal: self = .internal(failure.detail)
        }
    }

    init(_ error: SpoolError) {
        switch error {
        case .full: self = .full
        case .notFound: self = .notFound
        case .system(let error): self = .internal("\(error)")
        case .tooLarge, .lengthMismatch, .ambiguous, .malformedDigest, .closed: self = .internal("\(error)")
        }
    }
}
