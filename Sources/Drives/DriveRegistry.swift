import POSIX
public import SCSITransports

/// All drives of the station.
public actor DriveRegistry {
    /// A drive to attach.
    public struct Attachment: Sendable {
        /// Where it is.
        public var address: DriveAddress
        /// What people call it; nil for the drive's own product name.
        public var label: String?
        /// What they called it by hand when last it was there, which is preferred to `label`; nil when they did not.
        public var givenLabel: String?
        /// It takes new jobs.
        public var isEnabled: Bool
        /// Groups that it is in.
        public var pools: [String]
        /// Who was there when last it was seen, by id and identity; nil when never.
        public var known: (id: String, identity: DriveIdentity)?

        /// An attachment.
        public init(
            address: DriveAddress, label: String?, known: (id: String, identity: DriveIdentity)? = nil,
            givenLabel: String? = nil, isEnabled: Bool = true, pools: [String] = []
        ) {
            (self.address, self.label, self.known) = (address, label, known)
            (self.givenLabel, self.isEnabled, self.pools) = (givenLabel, isEnabled, pools)
        }
    }

    /// Every change of a drive's status, in order.
    public nonisolated let changes: AsyncStream<DriveStatus>
    let changed: AsyncStream<DriveStatus>.Continuation
    /// Hears of what is worth a line in a log.
    let notice: @Sendable (Notice) -> Void
    private(set) var drives: [String: Drive] = [:]
    private var order: [String] = []
    /// Hears of other programs that close nodes; nil where the kernel gives no such thing any more.
    private(set) lazy var closings = try? NodeClosings()

    // What follows is `DriveRegistry+Discovery`'s.

    var discovery: (any DriveDiscovering)?
    var following: Task<Void, Never>?
    /// Drives that are plugged in, by their paths in sysfs.
    var plugged: [String: Plugged] = [:]
    var visits = 0
    /// All drives that were ever here, by id.
    var memory: [String: RememberedDrive] = [:]
    /// How far the counts of discs had come when drives were unplugged.
    var generations: [String: Int] = [:]
    /// Drives that living workers of an earlier server have.
    var held: [String: Int] = [:]

    /// No drives yet.
    ///
    /// - Parameter notice: hears of what is worth a line in a log.
    public init(notice: @escaping @Sendable (Notice) -> Void = { _ in }) {
        (changes, changed) = AsyncStream.makeStream()
        self.notice = notice
    }

    func insert(_ drive: Drive, _ id: String) {
        drives[id] = drive
        order.append(id)
    }

    func remove(_ id: String) {
        drives[id] = nil
        order.removeAll { $0 == id }
    }

    func remember(_ status: DriveStatus) {
        if let drive = RememberedDrive(status) { memory[status.id] = drive }
    }

    /// Whether a drive has that id or label and is there, or will be known when it is plugged in.
    public func isKnown(_ name: String) async -> Bool {
        if (try? await status(name)) != nil { return true }
        return absent().contains { $0.id == name || $0.label == name }
    }

    /// Whether a pool of that name has a drive, plugged in or not.
    public func isPool(_ name: String) async -> Bool {
        await (statuses() + absent()).contains { $0.pools.contains(name) }
    }

    /// How drives are found; nil when only those are there that were named.
    public var means: DiscoveryMeans? { discovery?.means }

    /// Drives that are not here, and that will be known when they are plugged in; sorted by id.
    public func absent() -> [DriveStatus] {
        memory.values.filter { drives[$0.id] == nil }.sorted { $0.id < $1.id }.map(\.status)
    }

    /// Attaches a drive: looks who it is, once, and says what it found.
    ///
    /// - Parameters:
    ///   - job: the job whose worker has the drive open right now; then the drive is not touched, and must be known.
    ///   - clientName: who that job is shown as; nil for burnd itself.
    @discardableResult
    public func attach(
        _ attachment: Attachment, heldBy job: Int? = nil, clientName: String? = nil
    ) async -> DriveStatus {
        let address = attachment.address.description
        let found = fixedPlace(attachment.address)
        let isHeld = if case .unixSocket = attachment.address { true } else { false }
        let device = DriveDevice(address: attachment.address, isHeld: isHeld, systemSerial: found?.serial ?? "")
        var identity = attachment.known?.identity
        if job == nil, case .success(let seen) = await BlockingThread.run({ device.identity() }) { identity = seen }
        let place = found?.port ?? address
        let id = unique(identity?.slug(address: place) ?? attachment.known?.id ?? Self.slug(place))
        var status = DriveStatus(
            id: id, label: attachment.givenLabel ?? attachment.label ?? identity?.product ?? address,
            isLabelGiven: attachment.givenLabel != nil, address: address, identity: identity,
            state: job == nil ? .offline : .busy, obstacle: nil, isEnabled: attachment.isEnabled,
            tray: job == nil ? .closed : .locked,
            media: nil, mediaGeneration: 0, job: job, lockedBy: job == nil ? nil : clientName ?? Self.ownName)
        (status.place, status.pools) = (found?.place, attachment.pools)
        let drive = Drive(status, device: device, watching: isHeld ? .held : .opened) { [changed] in changed.yield($0) }
        insert(drive, id)
        remember(status)
        if job == nil { await drive.look() }
        await drive.watch(found == nil ? nil : closings)
        return await drive.status
    }

    /// What the system says of a node that somebody named.
    private func fixedPlace(_ address: DriveAddress) -> FoundDrive? {
        guard case .deviceNode(let node) = address, let device = SysfsDrive.device(ofNode: node) else { return nil }
        return SysfsDrive.describe(device, node: node)
    }

    /// Whether discovery finds the drive of an address by itself: a node of an optical drive, or one that will be when a drive
    /// is plugged in.
    public static func isDiscovered(_ address: DriveAddress) -> Bool {
        guard case .deviceNode(let node) = address else { return false }
        return SysfsDrive.device(ofNode: node) != nil || SysfsDrive.isAbsent(node)
    }

    private static func slug(_ address: String) -> String {
        DriveIdentity(vendor: "drive", product: "", firmware: "", serial: "").slug(address: address)
    }

    /// Twins without a serial number at one address cannot be, but two drives may claim the same serial number.
    private func unique(_ id: String) -> String {
        var candidate = id
        var number = 2
        while drives[candidate] != nil {
            candidate = "\(id)-\(number)"
            number += 1
        }
        return candidate
    }

    /// All drives as they are now, in the order in which they were attached.
    public func statuses() async -> [DriveStatus] {
        var statuses: [DriveStatus] = []
        for id in order { if let drive = drives[id] { statuses.append(await drive.status) } }
        return statuses
    }

    /// The drive with an id or a label; ids win.
    public func status(_ name: String) async throws(DriveError) -> DriveStatus { try await drive(name).status }

    private func drive(_ name: String) async throws(DriveError) -> Drive {
        if let drive = drives[name] { return drive }
        for id in order { if let drive = drives[id], await drive.status.label == name { return drive } }
        throw .unknown(name)
    }

    /// Who has a drive when a job names nobody.
    public static let ownName = "burnd"

    /// Gives a drive to a job; the device is closed here when this returns.
    ///
    /// - Parameter clientName: who is shown to have it; nil for burnd itself.
    public func claim(_ id: String, for job: Int, clientName: String? = nil) async throws(DriveError) {
        try await drive(id).claim(for: job, clientName: clientName ?? Self.ownName)
    }

    /// Says who is shown to have a drive whose job a worker of an earlier server is at.
    public func name(_ clientName: String, of job: Int, on id: String) async throws(DriveError) {
        try await drive(id).name(clientName, of: job)
    }

    /// Takes back the lock of a tray that a worker has left behind who died.
    public func unlockTray(_ id: String) async throws(DriveError) { try await drive(id).unlockTray() }

    /// Takes a drive back from a job.
    public func release(_ id: String) async throws(DriveError) { try await drive(id).release() }

    /// Changes what people decide about a drive; nil leaves things as they are. A job that has the drive goes on.
    ///
    /// - Throws: `DriveError.labelTaken` when another drive has that label or id.
    public func change(
        _ name: String, label: String? = nil, isEnabled: Bool? = nil, pools: [String]? = nil
    ) async throws(DriveError) -> DriveStatus {
        let drive = try await drive(name)
        let id = await drive.status.id
        if let label, let owner = try? await self.drive(label), await owner.status.id != id {
            throw .labelTaken(label)
        }
        await drive.change(label: label, isEnabled: isEnabled, pools: pools)
        let status = await drive.status
        remember(status)
        return status
    }

    /// Notes how the burns of a drive have gone.
    public func note(_ service: DriveStatus.Service, of id: String) async throws(DriveError) {
        try await drive(id).note(service)
    }

    /// Opens the tray.
    public func eject(_ name: String) async throws(DriveError) -> DriveStatus { try await move(name, .eject) }

    /// Closes the tray. A virtual recorder puts in a fresh blank when the disc that left it was written on.
    public func load(_ name: String) async throws(DriveError) -> DriveStatus { try await move(name, .load) }

    /// Lets a drive show which one it is: an empty tray goes out and comes back, the light of a drive with a disc in it blinks.
    public func identify(_ name: String) async throws(DriveError) -> DriveStatus {
        let drive = try await drive(name)
        try await drive.identify()
        return await drive.status
    }

    private func move(_ name: String, _ movement: DriveDevice.TrayMovement) async throws(DriveError) -> DriveStatus {
        let drive = try await drive(name)
        try await drive.moveTray(movement)
        return await drive.status
    }

    /// Stops watching and closes all devices.
    public func close() async {
        discovery?.stop()
        following?.cancel()
        for id in order { await drives[id]?.close() }
        changed.finish()
    }
}
