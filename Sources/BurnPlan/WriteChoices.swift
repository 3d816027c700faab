/// How a disc is asked to be written.
public enum WriteMode: String, Codable, Sendable, CaseIterable {
    /// Track at once: the drive puts a pause of two seconds before every track.
    case tao
    /// Disc at once, in whichever way the content needs and the drive can: session at once or raw.
    case dao
    /// Session at once: the drive makes lead-in, sub-channel and lead-out by a cue sheet.
    case sao
    /// Raw: burnd makes every byte from the lead-in to the lead-out.
    case raw
}

/// How a disc is written (MMC write types, in words).
public enum RecordingMode: String, Codable, Sendable, CaseIterable {
    /// Track at once.
    case tao
    /// Session at once.
    case sao
    /// Raw.
    case raw
}

/// What a sector of a raw recording holds (`IMAPI_FORMAT2_RAW_CD_DATA_SECTOR_TYPE`; MMC data block types 1, 2 and 3).
public enum RawSectorType: String, Codable, Sendable, CaseIterable {
    /// 2368 bytes: the main channel and 16 bytes with P and Q.
    case pq
    /// 2448 bytes: the main channel and 96 with P, Q and packs that the drive interleaves.
    case cooked
    /// 2448 bytes: the main channel and 96 as they go onto the disc.
    case raw

    /// Bytes of a sector.
    public var blockBytes: Int { self == .pq ? 2368 : 2448 }
}

/// What stands between two tracks.
public enum GapMode: String, Codable, Sendable, CaseIterable {
    /// Nothing: the next track begins with the next sample.
    case none
    /// Two seconds of silence, added.
    case silence
    /// The last two seconds of a track are the next one's index 0: the sound goes on.
    case index0
}

/// What happens to the session when its tracks are written.
public enum CloseMode: String, Codable, Sendable, CaseIterable {
    /// Closed, and the disc finalised: nothing can follow.
    case disc
    /// Closed so that a further session can follow (`DoNotFinalizeMedia`).
    case session
    /// Left open for more tracks; no player reads it yet.
    case none
}

/// How much of a disc is proven by reading it back.
public enum VerifyLevel: String, Codable, Sendable, CaseIterable {
    /// Nothing.
    case none
    /// What the drive says of disc and tracks, and the table of contents.
    case quick
    /// All of that, and every sector, code, index and text.
    case full
}

/// How a rewritable disc is blanked (MMC-6, BLANK).
public enum EraseMode: String, Codable, Sendable, CaseIterable {
    /// Its table of contents and what the drive notes of tracks.
    case quick
    /// Every sector.
    case full
}

/// What disc an order may be written on.
public enum BlankPolicy: String, Codable, Sendable, CaseIterable {
    /// A blank one.
    case required
    /// A blank one, or a rewritable one, which is blanked first.
    case eraseIfRewritable = "erase-if-rewritable"
    /// A blank one, or one that was left open.
    case appendIfOpen = "append-if-open"
}

/// How fast a disc is to be written.
public enum WriteSpeed: Codable, Equatable, Sendable {
    /// As fast as drive and disc agree on.
    case max
    /// At most so many times the speed of playing, 1 or more; the drive takes its nearest one below.
    case times(Int)
    /// The supported speed that is nearest to so many sectors a second, with constant angular velocity or without.
    case sectors(perSecond: Int, isPureCAV: Bool)

    /// The highest number that makes sense: above it no CD recorder was ever built.
    public static let highestTimes = 72
    /// The same in sectors.
    public static let highestSectorsPerSecond = highestTimes * 75

    private enum CodingKeys: String, CodingKey {
        case sectorsPerSecond = "sectors_per_second"
        case isPureCAV = "pure_cav"
    }

    /// Reads `"max"`, a number, or `{"sectors_per_second": …, "pure_cav": …}`.
    public init(from decoder: any Decoder) throws {
        if let fields = try? decoder.container(keyedBy: CodingKeys.self) {
            let sectors = try fields.decode(Int.self, forKey: .sectorsPerSecond)
            guard (1...Self.highestSectorsPerSecond).contains(sectors) else {
                throw DecodingError.dataCorruptedError(
                    forKey: .sectorsPerSecond, in: fields,
                    debugDescription: "a number from 1 to \(Self.highestSectorsPerSecond)")
            }
            self = .sectors(
                perSecond: sectors, isPureCAV: try fields.decodeIfPresent(Bool.self, forKey: .isPureCAV) ?? false)
            return
        }
        let container = try decoder.singleValueContainer()
        if let times = try? container.decode(Int.self), (1...Self.highestTimes).contains(times) {
            self = .times(times)
        } else if (try? container.decode(String.self)) == "max" {
            self = .max
        } else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "speed is \"max\" or a number from 1 to \(Self.highestTimes)")
        }
    }

    /// Writes what `init` reads.
    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .max:
            var container = encoder.singleValueContainer()
            try container.encode("max")
        case .times(let times):
            var container = encoder.singleValueContainer()
            try container.encode(times)
        case .sectors(let perSecond, let isPureCAV):
            var fields = encoder.container(keyedBy: CodingKeys.self)
            try fields.encode(perSecond, forKey: .sectorsPerSecond)
            try fields.encode(isPureCAV, forKey: .isPureCAV)
        }
    }
}
