public import Drives
public import JobQueue

extension KnownDrive {
    /// What is kept of a drive; nil for one that never said who it is.
    public init?(_ status: DriveStatus) {
        guard let identity = status.identity else { return nil }
        self.init(
            id: status.id, label: status.label, address: status.address, vendor: identity.vendor,
            product: identity.product, firmware: identity.firmware, serial: identity.serial,
            isLabelGiven: status.isLabelGiven, isEnabled: status.isEnabled, pools: status.pools,
            port: status.place?.port, systemSerial: status.place?.serial)
    }

    /// The same for the drives' registry.
    public var remembered: RememberedDrive {
        RememberedDrive(
            id: id, identity: .init(vendor: vendor, product: product, firmware: firmware, serial: serial), label: label,
            isLabelGiven: isLabelGiven ?? false, isEnabled: isEnabled ?? true, pools: pools ?? [], address: address,
            port: port, systemSerial: systemSerial)
    }

    /// The label that was given by hand, if one was.
    public var givenLabel: String? { isLabelGiven == true ? label : nil }
}
