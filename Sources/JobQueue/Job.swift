public import BurnPlan
public import FoundationEssentials

/// One order and what has become of it.
public struct Job: Codable, Equatable, Sendable, Identifiable {
    /// Small, rising, never used again: people call it across a room.
    public var id: Int
    /// Unique among all stations: a ULID.
    public var uid: String
    /// What was asked for.
    public var order: BurnOrder
    /// What is known of the files that it names, by their digests.
    public var files: [String: FileFacts]
    /// What its content needs of a drive and a disc.
    public var demand: ContentDemand
    /// Where it stands.
    public var state: JobState
    /// Why.
    public var reasons: [StateReason]
    /// What it waits for, while it waits.
    public var needs: Needs?
    /// Id of the drive that has it or had it last.
    public var drive: String?
    /// When it was accepted.
    public var createdAt: Date
    /// When a drive first took it.
    public var startedAt: Date?
    /// When it reached a terminal state.
    public var finishedAt: Date?
    /// The attempts, one a disc, in order.
    public var burns: [Burn]
    /// What went wrong.
    public var problem: BurnProblem?

    /// Length of a decoded track.
    public struct TrackLength: Codable, Equatable, Sendable {
        /// Stereo samples at 44.1 kHz.
        public var sampleFrames: Int

        /// A length.
        public init(sampleFrames: Int) { self.sampleFrames = sampleFrames }

        /// Sectors on the disc of a track that stands alone.
        public var sectors: Int { BurnPlan.Track.sectors(ofSampleFrames: sampleFrames) }
    }

    /// A job as it is accepted.
    public init(
        id: Int, uid: String, order: BurnOrder, files: [String: FileFacts], demand: ContentDemand, createdAt: Date
    ) {
        (self.id, self.uid, self.order, self.files) = (id, uid, order, files)
        (self.demand, self.createdAt) = (demand, createdAt)
        (state, reasons, burns) = (.queued, [], [])
    }

    /// What each track decodes to, in the order's sequence; 0 for one that is not decoded.
    public var lengths: [TrackLength] {
        order.tracks.map { TrackLength(sampleFrames: files[$0.file]?.sampleFrames ?? 0) }
    }

    /// Sectors of an empty disc that it needs.
    public var sectorsNeeded: Int { demand.sectors }

    /// The attempt that is going on.
    public var runningBurn: Burn? { burns.last.flatMap { $0.finishedAt == nil ? $0 : nil } }
}

/// One attempt to write one disc.
public struct Burn: Codable, Equatable, Sendable, Identifiable {
    /// Rising, over all jobs; also the name of its folder.
    public var id: Int
    /// Id of the drive.
    public var drive: String
    /// When the worker was started.
    public var startedAt: Date
    /// When it was over.
    public var finishedAt: Date?
    /// How it ended; nil while it goes on, and when it never came near the disc.
    public var outcome: BurnOutcome?
    /// How it is written, and why in that way; nil of one that an earlier burnd began.
    public var choice: ModeChoice?
    /// What is known of burn and disc, once the worker has said something.
    public var record: BurnRecord?
    /// Drive and disc as they were seen when the drive was taken; nil when they were not, and of one that an earlier burnd
    /// began.
    public var seen: Seen?

    /// What was in the drive, and who it was.
    public struct Seen: Codable, Equatable, Sendable {
        /// The drive's product revision level.
        public var firmware: String
        /// Kind of the disc.
        public var kind: String
        /// Start of the lead-in in its groove, such as `97m26s66f`.
        public var medium: String?
        /// Number of changes of disc before it, since the server began.
        public var mediaGeneration: Int

        /// A drive and its disc.
        public init(firmware: String, kind: String, medium: String?, mediaGeneration: Int) {
            (self.firmware, self.kind, self.medium) = (firmware, kind, medium)
            self.mediaGeneration = mediaGeneration
        }
    }

    /// An attempt that begins.
    public init(id: Int, drive: String, startedAt: Date, choice: ModeChoice? = nil, seen: Seen? = nil) {
        (self.id, self.drive, self.startedAt, self.choice) = (id, drive, startedAt, choice)
        self.seen = seen
    }
}

/// What a waiting job needs, as data.
public struct Needs: Codable, Equatable, Sendable {
    /// What a person is to do.
    public enum Action: String, Codable, Sendable {
        /// Put in a blank disc, taking out what is there.
        case loadBlank = "load-blank"
        /// Put in a disc that can be blanked.
        case loadRewritable = "load-rewritable"
        /// Put in a disc whose last session is open.
        case loadOpenDisc = "load-open-disc"
        /// Attach or switch on the drive.
        case attachDrive = "attach-drive"
        /// See what is wrong with the drive or its discs, and enable it.
        case fixDrive = "fix-drive"
    }

    /// What a person is to do.
    public var action: Action
    /// Where, when it is one certain drive.
    public var drive: String?
    /// That drive's label.
    public var driveLabel: String?
    /// Sectors that the disc must have room for.
    public var minimumSectors: Int
    /// What is in the drive instead.
    public var found: DriveSituation.Media?
    /// Since when.
    public var since: Date

    /// A need.
    public init(
        _ action: Action, drive: String?, driveLabel: String?, minimumSectors: Int, found: DriveSituation.Media?,
        since: Date
    ) {
        (self.action, self.drive, self.driveLabel) = (action, drive, driveLabel)
        (self.minimumSectors, self.found, self.since) = (minimumSectors, found, since)
    }

    /// The same need, whenever it began.
    func isSame(as other: Needs?) -> Bool {
        guard var other else { return false }
        other.since = since
        return other == self
    }
}
