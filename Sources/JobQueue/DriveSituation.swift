public import BurnPlan
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
        /// It can be blanked.
        public var isErasable: Bool
        /// Sectors from address 0 to the last possible lead-out: what is free when it is blank.
        public var capacitySectors: Int
        /// Tracks on it.
        public var trackCount: Int

        /// A disc.
        public init(
            kind: String, status: DiscStatus, freeSectors: Int, isErasable: Bool = false, capacitySectors: Int? = nil,
            trackCount: Int = 0
        ) {
            (self.kind, self.status, self.freeSectors) = (kind, status, freeSectors)
            (self.isErasable, self.trackCount) = (isErasable, trackCount)
            self.capacitySectors = capacitySectors ?? freeSectors
        }

        /// Reads a disc; one that an earlier burnd stored has three fields only.
        public init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            self.init(
                kind: try fields.decode(String.self, forKey: .kind),
                status: try fields.decode(DiscStatus.self, forKey: .status),
                freeSectors: try fields.decode(Int.self, forKey: .freeSectors),
                isErasable: try fields.decodeIfPresent(Bool.self, forKey: .isErasable) ?? false,
                capacitySectors: try fields.decodeIfPresent(Int.self, forKey: .capacitySectors),
                trackCount: try fields.decodeIfPresent(Int.self, forKey: .trackCount) ?? 0)
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
    /// It was taken out of service because its burns kept failing.
    public var isFailing: Bool
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
    /// What it can do; nil when nobody knows, which counts as everything.
    public var abilities: RecorderAbilities?
    /// Groups that it is in.
    public var pools: [String]
    /// It is plugged in. One that is not is only waited for.
    public var isAttached: Bool

    /// A drive's situation.
    public init(
        id: String, label: String, isPresent: Bool, isEnabled: Bool, isBusy: Bool, isTrayOpen: Bool, media: Media?,
        mediaGeneration: Int, job: Int?, abilities: RecorderAbilities? = nil, pools: [String] = [],
        isAttached: Bool = true, isFailing: Bool = false
    ) {
        (self.id, self.label, self.isPresent, self.isEnabled) = (id, label, isPresent, isEnabled)
        (self.isBusy, self.isTrayOpen, self.media) = (isBusy, isTrayOpen, media)
        (self.mediaGeneration, self.job, self.abilities) = (mediaGeneration, job, abilities)
        (self.pools, self.isAttached, self.isFailing) = (pools, isAttached, isFailing)
    }

    /// It is there and may be given new jobs.
    public var takesJobs: Bool { isPresent && isEnabled && !isFailing }

    /// Whether an order that names `requested` may use it. A drive that only reads is meant by nobody who did not name it.
    public func isMeant(by requested: String) -> Bool {
        isNamed(by: requested) || isAttached && isAmong(requested)
    }

    /// Whether an order that names `requested` may use it, or might if it were plugged in.
    public func mayBeMeant(by requested: String) -> Bool { isNamed(by: requested) || isAmong(requested) }

    private func isNamed(by requested: String) -> Bool { requested == id || requested == label }

    private func isAmong(_ requested: String) -> Bool {
        guard abilities?.modes.isEmpty != true else { return false }
        return requested == BurnOrder.anyDrive || BurnOrder.pool(requested).map(pools.contains) == true
    }
}
