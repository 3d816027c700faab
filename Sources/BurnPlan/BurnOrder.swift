/// What was asked for: the fields of `POST /api/v1/jobs`, checked for form but not yet against any drive or disc.
public struct BurnOrder: Codable, Equatable, Sendable {
    /// What people call the disc; empty when nobody named it.
    public var title: String
    /// Whose it is; empty when nobody said.
    public var owner: String
    /// How it is to be written.
    public var mode: WriteMode
    /// `any`, a drive's id, or a drive's label.
    public var drive: String
    /// How fast.
    public var speed: WriteSpeed
    /// What happens to the session at the end.
    public var close: CloseMode
    /// Whether the tray opens when the disc is proven.
    public var eject: Bool
    /// In the order of the disc, 1…99 of them.
    public var tracks: [Track]

    /// One track of an order.
    public struct Track: Codable, Equatable, Sendable {
        /// Digest of the uploaded file, as `sha256:` and 64 hexadecimal digits.
        public var file: String
        /// Name of the file as it was uploaded, for people.
        public var name: String
        /// What the track is called, when somebody said.
        public var title: String?
        /// Who plays it, when somebody said.
        public var performer: String?

        /// A track made of an uploaded file.
        public init(file: String, name: String, title: String? = nil, performer: String? = nil) {
            (self.file, self.name, self.title, self.performer) = (file, name, title, performer)
        }
    }

    /// An order; what is left out has the default of the API.
    public init(
        title: String = "", owner: String = "", mode: WriteMode = .tao, drive: String = BurnOrder.anyDrive,
        speed: WriteSpeed = .max, close: CloseMode = .disc, eject: Bool = false, tracks: [Track]
    ) {
        (self.title, self.owner, self.mode, self.drive) = (title, owner, mode, drive)
        (self.speed, self.close, self.eject, self.tracks) = (speed, close, eject, tracks)
    }

    /// The drive of an order that may go to whichever drive is ready first.
    public static let anyDrive = "any"
}

/// How a disc is written (MMC write types, in words).
public enum WriteMode: String, Codable, Sendable, CaseIterable {
    /// Track-At-Once: the drive puts a pause of two seconds before every track.
    case tao
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

/// How fast a disc is to be written.
public enum WriteSpeed: Codable, Equatable, Sendable {
    /// As fast as drive and disc agree on.
    case max
    /// At most so many times the speed of playing, 1 or more; the drive takes its nearest one below.
    case times(Int)

    /// The highest number that makes sense: above it no CD recorder was ever built.
    public static let highestTimes = 72

    /// Reads `"max"` or a number.
    public init(from decoder: any Decoder) throws {
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

    /// Writes `"max"` or the number.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .max: try container.encode("max")
        case .times(let times): try container.encode(times)
        }
    }
}
