import POSIX
import SCSITransports

/// What becomes of drives that come and go.
///
/// A drive is listed from when it is known who it is until it is unplugged; then it is remembered, with all that people decided
/// about it, and is the same drive when it comes back, wherever that is.
extension DriveRegistry {
    /// A drive that is plugged in.
    struct Plugged {
        var found: FoundDrive
        /// Tells this plugging in from another one at the same place.
        let visit: Int
        /// Its id, once it is known who it is.
        var id: String?
    }

    /// What is worth a line in a log.
    public enum Notice: Equatable, Sendable {
        /// A drive was plugged in.
        case appeared(DriveStatus)
        /// A drive was unplugged.
        case vanished(DriveStatus)
        /// Somebody pressed the eject button of a drive that a job has: nothing happens.
        case buttonIgnored(DriveStatus, job: Int)
        /// No more is heard of drives that come and go; why.
        case discoveryEnded(String)
    }

    /// Time that the drives which are there at the start get for saying who they are. One that hangs is waited for no longer.
    private static let startLimit = Duration.seconds(3)

    /// Follows the drives of this machine from now on. Returns when those that are there have said who they are.
    ///
    /// - Parameters:
    ///   - remembered: all drives that were ever here.
    ///   - held: drives that living workers of an earlier server have: id → job. They are not touched.
    public func follow(
        _ discovery: any DriveDiscovering, remembered: [RememberedDrive], heldBy held: [String: Int] = [:]
    ) async {
        for drive in remembered where memory[drive.id] == nil { memory[drive.id] = drive }
        (self.discovery, self.held) = (discovery, held)
        let (firsts, first) = AsyncStream.makeStream(of: Void.self)
        let events = discovery.events()
        following = Task {
            for await event in events {
                let attaching = await self.hear(event)
                // The first word is about all that there are.
                Task {
                    for task in attaching { await task.value }
                    first.finish()
                }
            }
        }
        let limit = Task {
            try? await Task.sleep(for: Self.startLimit)
            first.finish()
        }
        for await _ in firsts {}
        limit.cancel()
    }

    /// - Returns: the drives that are being asked who they are.
    private func hear(_ event: DiscoveryEvent) async -> [Task<Void, Never>] {
        switch event {
        case .all(let drives):
            for device in plugged.keys where !drives.contains(where: { $0.device == device }) { await vanish(device) }
            var tasks: [Task<Void, Never>] = []
            for drive in drives { if let task = await find(drive) { tasks.append(task) } }
            return tasks
        case .found(let drive): return await find(drive).map { [$0] } ?? []
        case .gone(let device): await vanish(device)
        case .mediaChanged(let device):
            if let drive = drive(at: device) { Task { await drive.look(.mediaChange) } }
        case .ejectRequested(let device): if let drive = drive(at: device) { Task { await press(drive) } }
        case .ended(let why): notice(.discoveryEnded(why))
        }
        return []
    }

    private func drive(at device: String) -> Drive? { plugged[device]?.id.flatMap { drives[$0] } }

    private func press(_ drive: Drive) async {
        if let job = await drive.buttonPressed() { notice(.buttonIgnored(await drive.status, job: job)) }
    }

    /// A drive is there, or more is known of it.
    private func find(_ found: FoundDrive) async -> Task<Void, Never>? {
        if let old = plugged[found.device] {
            guard old.found.instance != found.instance || old.found.node != found.node else {
                plugged[found.device]?.found = found
                await drive(at: found.device)?.place(found.place)
                return nil
            }
            await vanish(found.device)
        }
        visits += 1
        let visit = visits
        plugged[found.device] = Plugged(found: found, visit: visit)
        return Task { await self.attach(found, visit) }
    }

    /// Finds out who a drive is, and lists it.
    private func attach(_ found: FoundDrive, _ visit: Int) async {
        let address = discovery?.address(of: found) ?? .deviceNode(found.node)
        let device = DriveDevice(address: address, isHeld: false, systemSerial: found.serial)
        if let (old, job) = worker(of: found) {
            return await list(old.id, found, old.identity, device, heldBy: job)
        }
        let asked = await BlockingThread.run { device.identity() }
        guard plugged[found.device]?.visit == visit else { return }
        let identity = try? asked.get()
        let naming = DriveNaming(remembered: memory, attached: Set(drives.keys))
        await list(naming.id(of: found, identity), found, identity ?? found.identity, device, heldBy: nil)
    }

    /// The drive that this one is when a worker of an earlier server has it.
    private func worker(of found: FoundDrive) -> (RememberedDrive, job: Int)? {
        let likely = held.keys.sorted().compactMap { memory[$0] }.filter { old in
            drives[old.id] == nil && DriveNaming.isLikely(old, found)
        }
        guard let old = likely.first(where: { $0.port == found.port }) ?? likely.first, let job = held[old.id] else {
            return nil
        }
        return (old, job)
    }

    private func list(
        _ id: String, _ found: FoundDrive, _ identity: DriveIdentity, _ device: DriveDevice, heldBy job: Int?
    ) async {
        let old = memory[id]
        let others = memory.values.filter { $0.id != id }.map(\.label)
        var status = DriveStatus(
            id: id, label: old?.label ?? DriveNaming.label(identity.product, taken: Set(others)),
            isLabelGiven: old?.isLabelGiven ?? false, address: device.address.description, identity: identity,
            state: job == nil ? .loading : .busy, obstacle: nil, isEnabled: old?.isEnabled ?? true,
            tray: job == nil ? .closed : .locked, media: nil, mediaGeneration: (generations[id] ?? -1) + 1, job: job,
            lockedBy: job == nil ? nil : Self.ownName)
        (status.place, status.pools) = (found.place, old?.pools ?? [])
        let isTold = discovery?.means == .udev && SysfsDrive.isPolled(found.device)
        let watching: Drive.Watching = isTold ? .told : .opened
        let drive = Drive(status, device: device, watching: watching) { [changed] in changed.yield($0) }
        plugged[found.device]?.id = id
        insert(drive, id)
        remember(status)
        changed.yield(status)
        notice(.appeared(status))
        // Apart: a disc that is being spun up keeps nobody waiting who only wants to know what drives there are.
        let closings = closings
        Task {
            if job == nil { await drive.look() }
            await drive.watch(closings)
        }
    }

    /// A drive is gone.
    private func vanish(_ device: String) async {
        guard let id = plugged.removeValue(forKey: device)?.id, let drive = drives[id] else { return }
        remove(id)
        held[id] = nil
        let status = await drive.retire()
        generations[id] = status.mediaGeneration
        // It may have said since who it is.
        remember(status)
        changed.yield(status)
        notice(.vanished(status))
    }
}
