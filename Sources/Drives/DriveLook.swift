import Glibc
import POSIX
public import SCSITransports

/// A look at drives for somebody who runs no station: once, and only at those that nobody uses.
public struct DriveLook: Sendable, Equatable {
    /// What was found. A drive that is in use, or may not be opened, is known by what the system says of it.
    public var status: DriveStatus
    /// This user may open it.
    public var isPermitted: Bool

    /// The drives of this machine, as udev describes them, or else the kernel: no node is opened. Sorted by their nodes.
    public static func attached() -> [FoundDrive] {
        let drives =
            UdevDiscovery.isAvailable
            ? try? UdevMonitor().drives() : SysfsDrive.all().compactMap { SysfsDrive.describe($0) }
        return (drives ?? []).sorted { ($0.node.count, $0.node) < ($1.node.count, $1.node) }
    }

    /// Times that a drive in use is tried. Helpers of udev hold one for a moment after every change.
    private static let attempts = 4
    /// Microseconds between two of them.
    private static let pause: UInt32 = 700_000

    /// Looks at the drive at an address. Blocks, for as long as a disc takes to be recognised.
    ///
    /// A plain open of a drive on which somebody burns makes the kernel send commands of its own, and of a generic node nobody
    /// else is told. So a drive that anybody is seen to have open is left alone, and every other is opened exclusively, which
    /// fails where somebody is not seen.
    ///
    /// - Parameter found: what the system says of it; nil when that is to be found out.
    public init(at address: DriveAddress, _ found: FoundDrive? = nil) {
        let found = found ?? Self.describe(address)
        isPermitted = Self.mayOpen(address)
        var holder: DriveHolder?
        for attempt in 0..<Self.attempts {
            if attempt > 0 { usleep(Self.pause) }
            holder = DriveHolder.find(address).flatMap { $0.program == nil && $0.mountPoint == nil ? nil : $0 }
            if holder == nil { break }
        }
        let observation: DriveDevice.Observation
        if let holder {
            observation = .failed(.inUseElsewhere, holder: holder)
        } else {
            let device = DriveDevice(address: address, isHeld: false, systemSerial: found?.serial ?? "")
            observation = device.observe()
        }
        status = Self.status(address, found, observation)
    }

    private static func describe(_ address: DriveAddress) -> FoundDrive? {
        guard case .deviceNode(let node) = address, let device = SysfsDrive.device(ofNode: node) else { return nil }
        return attached().first { $0.device == device } ?? SysfsDrive.describe(device, node: node)
    }

    /// As access(2) says: nothing is opened. What is not there is not forbidden.
    private static func mayOpen(_ address: DriveAddress) -> Bool {
        let path =
            switch address {
            case .deviceNode(let node): node
            case .unixSocket(let socket): socket.path
            }
        return access(path, R_OK | W_OK) == 0 || errno != EACCES
    }

    private static func status(
        _ address: DriveAddress, _ found: FoundDrive?, _ observation: DriveDevice.Observation
    ) -> DriveStatus {
        var status = DriveStatus(
            id: "", label: "", address: address.description, identity: found?.identity, state: .offline,
            obstacle: nil, isEnabled: true, tray: .closed, media: nil, mediaGeneration: 0, job: nil, lockedBy: nil)
        status.place = found?.place
        switch observation {
        case .seen(let sighting):
            (status.identity, status.capabilities) = (sighting.identity, sighting.capabilities)
            (status.state, status.tray, status.media) = (.idle, sighting.tray, sighting.media)
        case .failed(let obstacle, let holder):
            status.state = obstacle == .inUseElsewhere ? .stopped : .offline
            (status.obstacle, status.holder, status.lockedBy) = (obstacle, holder, holder?.name)
        }
        let place = found?.port ?? address.description
        let nobody = DriveIdentity(vendor: "drive", product: "", firmware: "", serial: "")
        status.id = (status.identity ?? nobody).slug(address: place)
        status.label = status.identity?.product ?? address.description
        return status
    }
}
