/// A drive as the system describes it, before a command was sent to it.
public struct FoundDrive: Equatable, Sendable {
    /// Path of the block device in sysfs, which stands for this drive as long as it is plugged in: `/sys/devices/…/block/sr0`.
    public var device: String
    /// Tells this device of the kernel from an earlier one at the same path.
    public var instance: UInt64
    /// Its node, such as `/dev/sr0`. Numbers are given out in no certain order: it says nothing about which drive it is.
    public var node: String
    /// The node of the same drive in the generic driver, such as `/dev/sg1`; nil where that driver is not loaded.
    public var sgNode: String?
    /// How it is connected, in udev's words: `usb`, `ata`, `scsi`; nil when that cannot be told.
    public var bus: String?
    /// Where it is plugged in, the same after every start: udev's `ID_PATH`, or else the part of the path in sysfs that does
    /// not count anything up.
    public var port: String
    /// INQUIRY, as the kernel read it.
    public var vendor: String
    /// INQUIRY, as the kernel read it.
    public var product: String
    /// INQUIRY, as the kernel read it.
    public var firmware: String
    /// Serial number by udev (`ID_SERIAL_SHORT`): the drive's own, or that of the bridge that it is behind. Empty when it has
    /// none, or one that says nothing.
    public var serial: String

    /// A drive.
    public init(
        device: String, instance: UInt64, node: String, sgNode: String? = nil, bus: String? = nil, port: String,
        vendor: String, product: String, firmware: String = "", serial: String = ""
    ) {
        (self.device, self.instance, self.node, self.sgNode) = (device, instance, node, sgNode)
        (self.bus, self.port, self.vendor, self.product) = (bus, port, vendor, product)
        (self.firmware, self.serial) = (firmware, Self.meaningful(serial))
    }

    /// Bridges whose maker did not bother have zeros, blanks or the letter of a blank throughout.
    private static func meaningful(_ serial: String) -> String {
        let text = serial.trimmingBlanks
        return Set(text).count > 1 ? text : ""
    }

    /// Who it is by this description alone.
    var identity: DriveIdentity {
        DriveIdentity(vendor: vendor, product: product, firmware: firmware, serial: serial)
    }

    /// Where it is.
    var place: DriveStatus.Place { .init(node: node, sgNode: sgNode, port: port, bus: bus, serial: serial) }
}

extension String {
    /// Without the blanks that fill up fields of INQUIRY.
    var trimmingBlanks: String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\n" || $0 == "\0" }
        guard let start = firstIndex(where: { !isBlank($0) }), let end = lastIndex(where: { !isBlank($0) }) else {
            return ""
        }
        return String(self[start...end])
    }
}
