/// What a station keeps of a drive over its absence: who it is, and what people decided about it.
public struct RememberedDrive: Equatable, Sendable {
    /// Stable id.
    public var id: String
    /// Who it is.
    public var identity: DriveIdentity
    /// What it is called.
    public var label: String
    /// The label was given by hand.
    public var isLabelGiven: Bool
    /// It takes new jobs.
    public var isEnabled: Bool
    /// Groups that it is in.
    public var pools: [String]
    /// Where it was: `unix:PATH` or a device node.
    public var address: String
    /// Where it was plugged in; nil when that was never known.
    public var port: String?
    /// Serial number that the system had for it; nil when that was never known.
    public var systemSerial: String?

    /// A drive.
    public init(
        id: String, identity: DriveIdentity, label: String, isLabelGiven: Bool = false, isEnabled: Bool = true,
        pools: [String] = [], address: String, port: String? = nil, systemSerial: String? = nil
    ) {
        (self.id, self.identity, self.label, self.isLabelGiven) = (id, identity, label, isLabelGiven)
        (self.isEnabled, self.pools, self.address) = (isEnabled, pools, address)
        (self.port, self.systemSerial) = (port, systemSerial)
    }

    /// The drive as it is while it is not there.
    var status: DriveStatus {
        var status = DriveStatus(
            id: id, label: label, isLabelGiven: isLabelGiven, address: address, identity: identity, state: .offline,
            obstacle: nil, isEnabled: isEnabled, tray: .closed, media: nil, mediaGeneration: 0, job: nil, lockedBy: nil)
        (status.pools, status.isAttached) = (pools, false)
        return status
    }

    /// What is to be kept of a drive; nil for one that never said who it is.
    public init?(_ status: DriveStatus) {
        guard let identity = status.identity else { return nil }
        self.init(
            id: status.id, identity: identity, label: status.label, isLabelGiven: status.isLabelGiven,
            isEnabled: status.isEnabled, pools: status.pools, address: status.address, port: status.place?.port,
            systemSerial: status.place?.serial)
    }
}
