public import FoundationEssentials
public import RecorderQuirks

/// A drive as it is now.
///
/// The target knows the drives that are attached: who they are, what they can do, what is in them, who has them. It sends only
/// commands that look, open or close, and MODE SELECT where nothing else tells what a drive can do or has room for; whatever
/// writes is the burn worker's. While a worker has a drive, nothing here touches it.
public struct DriveStatus: Equatable, Sendable {
    /// What a drive is doing.
    public enum State: String, Codable, Sendable {
        /// Ready for a job.
        case idle
        /// The tray moves, or the drive looks at a disc.
        case loading
        /// A job has it.
        case busy
        /// It is there and cannot be used; the obstacle says why.
        case stopped
        /// It does not answer.
        case offline
    }

    /// Where the tray is.
    public enum Tray: String, Codable, Sendable {
        /// Out.
        case open
        /// In.
        case closed
        /// In, and held there for a job.
        case locked
    }

    /// Why a drive is stopped or offline.
    public enum Obstacle: Equatable, Sendable {
        /// Another program holds it; `lockedBy` says which, where that can be told.
        case inUseElsewhere
        /// It does not answer, or answers with errors; what it said.
        case unreachable(String)
    }

    /// What the system says of where a drive is. Information only: who it is does not depend on it, except where drives can be
    /// told apart by nothing else.
    public struct Place: Equatable, Sendable {
        /// Its node, such as `/dev/sr0`.
        public var node: String
        /// The node of the same drive in the generic driver, such as `/dev/sg1`.
        public var sgNode: String?
        /// Where it is plugged in, in udev's words (`ID_PATH`) or sysfs's.
        public var port: String
        /// `usb`, `ata` or `scsi`.
        public var bus: String?
        /// Serial number that the system has for it, which may be that of a bridge; empty when it has none.
        public var serial: String

        /// A place.
        public init(node: String, sgNode: String?, port: String, bus: String?, serial: String) {
            (self.node, self.sgNode, self.port, self.bus, self.serial) = (node, sgNode, port, bus, serial)
        }
    }

    /// Stable over restarts and re-plugging: made of vendor, product and serial number.
    public var id: String
    /// What people call it.
    public var label: String
    /// The label was given to it by hand, so that it stays over restarts.
    public var isLabelGiven = false
    /// Where it is: `unix:PATH` or a device node. Information only.
    public var address: String
    /// Where the system has it; nil for a recorder behind a socket.
    public var place: Place?
    /// Groups that people put it into, by name, sorted: an order may name one in place of a drive.
    public var pools: [String] = []
    /// False in the last word of a drive that was unplugged: the station does not list it any more.
    public var isAttached = true
    /// Who it is; nil when it was never seen.
    public var identity: DriveIdentity?
    /// What it is doing.
    public var state: State
    /// Why it is stopped or offline.
    public var obstacle: Obstacle?
    /// It takes new jobs.
    public var isEnabled: Bool
    /// Where the tray is.
    public var tray: Tray
    /// The disc in it.
    public var media: DriveMedia?
    /// Rises whenever the disc may have been changed.
    public var mediaGeneration: Int
    /// The job that has it.
    public var job: Int?
    /// Who holds it: the client name of the job that has it, or another program as far as that can be told; nil when nobody
    /// does, or nobody knows who.
    public var lockedBy: String?
    /// The other program that holds it, in detail; nil when none does, or nothing of it can be told.
    public var holder: DriveHolder?
    /// What it can do, as last seen; nothing is known of a drive that never answered.
    public var capabilities = DriveCapabilities()

    /// How its burns have gone so far.
    public var service = Service()

    /// What is remembered of a drive's burns, as a whole.
    public struct Service: Equatable, Sendable {
        /// Burns, test writes not among them.
        public var burns = 0
        /// Those of them that failed for what drive or disc may be to blame for.
        public var failures = 0
        /// Failures since the last good burn.
        public var failuresInARow = 0
        /// When one was good last.
        public var lastGoodAt: Date?
        /// When one failed last.
        public var lastFailureAt: Date?
        /// What went wrong then.
        public var lastFailure: String?
        /// Since when the drive is out of service because its burns kept failing; nil while it is in service.
        public var outSince: Date?
        /// Why it is out of service and what to do, in words.
        public var sentence: String?

        /// Nothing is known.
        public init() {}
    }

    /// It may be given new jobs, once it is there.
    public var takesJobs: Bool { isEnabled && service.outSince == nil }

    /// What it is known to do otherwise than others, and burnd therefore too.
    public var quirks: [RecorderQuirk] { identity?.quirks ?? [] }

    /// It answers.
    public var isPresent: Bool { state != .offline }

    /// Nothing is spoiled by opening it now.
    public var isSafeToOpen: Bool { isPresent && job == nil && state != .loading }
}

/// Who a drive is, as INQUIRY and the unit serial number page say (SPC-4, 6.6 and 7.8).
public struct DriveIdentity: Equatable, Sendable {
    /// T10 vendor identification.
    public var vendor: String
    /// Product identification.
    public var product: String
    /// Product revision level.
    public var firmware: String
    /// Unit serial number; empty when the drive has none.
    public var serial: String

    /// An identity.
    public init(vendor: String, product: String, firmware: String, serial: String) {
        (self.vendor, self.product, self.firmware, self.serial) = (vendor, product, firmware, serial)
    }

    /// The quirks of such drives.
    public var quirks: [RecorderQuirk] {
        RecorderQuirk.inForce(vendor: vendor, product: product, firmware: firmware)
    }

    /// The id made of it. A drive without a serial number is told from its twins by where it is.
    public func slug(address: String) -> String {
        Self.words([vendor, product, serial.isEmpty ? address : serial].joined(separator: "-"))
    }

    /// Lower-case letters, digits and hyphens: words that survive in a path.
    static func words(_ text: String) -> String {
        let letters = text.lowercased().map { letter -> Character in
            letter.isASCII && (letter.isLetter || letter.isNumber) ? letter : "-"
        }
        return String(letters).split(separator: "-").joined(separator: "-")
    }
}
