public import DiscLayout

/// What the scheduler knows of a drive.
public struct DriveSituation: Equatable, Sendable {
    /// A disc, as far as a decision needs it.
    public struct Media: Codable, Equatable, Sendable {
        /// `CD-R`, `CD-RW`, `CD-ROM` or `unknown`.
        public var kind: String
        /// What it is.
        public var status: DiscStatus
        /// Sectors that can still be written.
        public var freeSectors: Int

        /// A disc.
        public init(kind: String, status: DiscStatus, freeSectors: Int) {
            (self.kind, self.status, self.freeSectors) = (kind, status, freeSectors)
        }
    }

    /// The drive's id.
    public var id: String
    /// Its label.
    public var label: String
    /// It is attached and answers.
    public var isPresent: Bool
    /// It takes new jobs.
    public var isEnabled: Bool
    /// Something else has it: another program, or an eject in progress.
    public var isBusy: Bool
    /// The tray is out.
    public var isTrayOpen: Bool
    /// The disc in it.
    public var media: Media?
    /// Rises with every change of disc, so that a refused disc is not tried again.
    public var mediaGeneration: Int
    /// The job that has it.
    public var job: Int?

    /// A drive's situation.
    public init(
        id: String, label: String, isPresent: Bool, isEnabled: Bool, isBusy: Bool, isTrayOpen: Bool, media: Media?,
        mediaGeneration: Int, job: Int?
    ) {
        (self.id, self.label, self.isPresent, self.isEnabled) = (id, label, isPresent, isEnabled)
        (self.isBusy, self.isTrayOpen, self.media) = (isBusy, isTrayOpen, media)
        (self.mediaGeneration, self.job) = (mediaGeneration, job)
    }

    /// Whether an order that names `requested` may use it.
    func isMeant(by requested: String) -> Bool {
        requested == "any" || requested == id || requested == label
    }
}
