public import Drives
public import JobQueue

extension KnownDrive {
    /// What is kept of a drive; nil for one that never said who it is.
    public init?(_ status: DriveStatus) {
        guard let identity = status.identity else { return nil }
        self.init(
            id: status.id, label: status.label, address: status.address, vendor: identity.vendor,
            product: identity.product, firmware: identity.firmware, serial: identity.serial,
            isLabelGiven: status.isLabelGiven, isEnabled: status.isEnabled)
    }

    /// The label that was given by hand, if one was.
    public var givenLabel: String? { isLabelGiven == true ? label : nil }
}
