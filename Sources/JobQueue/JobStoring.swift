public import BurnPlan
public import FoundationEssentials

/// Where jobs, burns, events and file names are kept. Every call that changes something returns when the change survives
/// a power cut.
///
/// The target decides and describes: jobs, their states, the scheduler as a pure function, and this protocol. SQLite is
/// behind it in `JobStore`; a hub may put another database there.
public protocol JobStoring: Sendable {
    /// Accepts an order: gives it the next number and keeps it, together with the event that tells of it.
    ///
    /// - Parameter announcing: makes the events out of the job, whose id is known only then.
    func insert(
        _ order: BurnOrder, files: [String: FileFacts], demand: ContentDemand, uid: String, at: Date,
        announcing: @escaping @Sendable (Job) throws -> [StoredEvent.Draft]
    ) async throws -> (job: Job, events: [StoredEvent])

    /// Keeps jobs as they are now, the events that tell of the change, and what is remembered of drives, in one step. A burn
    /// that is remembered already is left as it is.
    func save(
        _ jobs: [Job], announcing: [StoredEvent.Draft], remembering: [RememberedBurn], standings: [DriveStanding]
    ) async throws -> [StoredEvent]

    /// What is remembered of a drive, one item a setting, the latest first; no more than a few hundred.
    func memory(of drive: String) async throws -> [DriveMemory]

    /// How all drives have done so far; what cannot be read is left out.
    func standings() async throws -> [DriveStanding]

    /// Takes the next burn number; it is never given again.
    func nextBurn() async throws -> Int

    /// Every job that is not in a terminal state, by rising id.
    func unfinishedJobs() async throws -> [Job]

    /// One job.
    func job(_ id: Int) async throws -> Job?

    /// The job that a burn belongs to.
    func job(ofBurn burn: Int) async throws -> Job?

    /// Jobs, newest first.
    func jobs(_ filter: JobFilter) async throws -> [Job]

    /// The number of jobs in each state.
    func jobCounts() async throws -> [JobState: Int]

    /// Events after the one numbered `sequence`; nil when they are not all kept any more, or were never given.
    func events(after sequence: Int) async throws -> [StoredEvent]?

    /// Number of the latest event; 0 when there was none.
    func latestEvent() async throws -> Int

    /// Identifies this database among all others that clients may have seen.
    func epoch() async throws -> String

    /// Keeps what is known of an uploaded file; a later name for the same content replaces the earlier one.
    func save(_ file: UploadedFile) async throws

    /// Uploaded files whose digest begins with `prefix`, at most `limit`, newest first.
    func files(prefix: String, limit: Int) async throws -> [UploadedFile]

    /// Keeps what is known of a drive, to be known again after a restart while a worker has it.
    func save(_ drive: KnownDrive) async throws

    /// The drives that were ever seen.
    func knownDrives() async throws -> [KnownDrive]
}

extension JobStoring {
    /// Keeps jobs as they are now, and the events that tell of the change, in one step.
    public func save(_ jobs: [Job], announcing: [StoredEvent.Draft]) async throws -> [StoredEvent] {
        try await save(jobs, announcing: announcing, remembering: [], standings: [])
    }
}

/// Which jobs to list.
public struct JobFilter: Equatable, Sendable {
    /// Only these states; nil for all.
    public var states: Set<JobState>?
    /// Only jobs with a smaller id.
    public var before: Int?
    /// At most so many.
    public var limit: Int

    /// A filter.
    public init(states: Set<JobState>? = nil, before: Int? = nil, limit: Int) {
        (self.states, self.before, self.limit) = (states, before, limit)
    }
}

/// A state event as it was sent to everyone, kept to be sent again to those who missed it.
public struct StoredEvent: Equatable, Sendable {
    /// An event that has no number yet.
    public struct Draft: Equatable, Sendable {
        /// Its name, such as `job-state-changed`.
        public var name: String
        /// Its data, a JSON object in UTF-8 without `seq`.
        public var data: [UInt8]

        /// An event.
        public init(name: String, data: [UInt8]) { (self.name, self.data) = (name, data) }
    }

    /// Its number, rising by one.
    public var sequence: Int
    /// Its name.
    public var name: String
    /// Its data.
    public var data: [UInt8]

    /// A numbered event.
    public init(sequence: Int, name: String, data: [UInt8]) {
        (self.sequence, self.name, self.data) = (sequence, name, data)
    }
}

/// An uploaded file as people know it. Its bytes are in the spool, under the same digest.
public struct UploadedFile: Codable, Equatable, Sendable {
    /// `sha256:` and 64 hexadecimal digits.
    public var digest: String
    /// The name under which it came last.
    public var name: String
    /// Its length.
    public var bytes: Int
    /// When it first came.
    public var createdAt: Date
    /// What a decoder found; nil for what is no audio, or was used otherwise.
    public var audio: Audio?

    /// What a decoder found in a file.
    public struct Audio: Codable, Equatable, Sendable {
        /// Stereo samples at 44.1 kHz that it decodes to.
        public var sampleFrames: Int
        /// The decoder's name of the coding, such as `flac`.
        public var codec: String
        /// Samples a second in the file.
        public var sampleRate: Int
        /// Channels in the file.
        public var channels: Int

        /// Findings.
        public init(sampleFrames: Int, codec: String, sampleRate: Int, channels: Int) {
            (self.sampleFrames, self.codec) = (sampleFrames, codec)
            (self.sampleRate, self.channels) = (sampleRate, channels)
        }
    }

    /// A file.
    public init(digest: String, name: String, bytes: Int, createdAt: Date, audio: Audio? = nil) {
        (self.digest, self.name, self.bytes) = (digest, name, bytes)
        (self.createdAt, self.audio) = (createdAt, audio)
    }
}

/// A drive that was seen once.
public struct KnownDrive: Codable, Equatable, Sendable {
    /// Stable id.
    public var id: String
    /// What people call it.
    public var label: String
    /// Where it was.
    public var address: String
    /// INQUIRY vendor, product and revision, and the serial number.
    public var vendor: String
    /// Product identification.
    public var product: String
    /// Product revision level.
    public var firmware: String
    /// Unit serial number; empty when the drive has none.
    public var serial: String
    /// The label was given to it by hand; nil when it was not, as for drives that were kept before labels could be given.
    public var isLabelGiven: Bool?
    /// It takes new jobs; nil when nobody ever decided that.
    public var isEnabled: Bool?
    /// Groups that it is in; nil when nobody ever decided that.
    public var pools: [String]?
    /// Where it was plugged in; nil for a recorder behind a socket, and where that is not known.
    public var port: String?
    /// Serial number that the system had for it, which may be that of a bridge; nil like `port`.
    public var systemSerial: String?

    /// A drive.
    public init(
        id: String, label: String, address: String, vendor: String, product: String, firmware: String, serial: String,
        isLabelGiven: Bool? = nil, isEnabled: Bool? = nil, pools: [String]? = nil, port: String? = nil,
        systemSerial: String? = nil
    ) {
        (self.id, self.label, self.address) = (id, label, address)
        (self.vendor, self.product, self.firmware, self.serial) = (vendor, product, firmware, serial)
        (self.isLabelGiven, self.isEnabled) = (isLabelGiven, isEnabled)
        (self.pools, self.port, self.systemSerial) = (pools, port, systemSerial)
    }
}
