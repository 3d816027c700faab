import Testing

@testable import Drives

/// Which drive a found one is.
@Suite struct DriveNamingTests {
    private static let left = "pci-0000:00:14.0-usb-0:1:1.0-scsi-0:0:0:0"
    private static let right = "pci-0000:00:14.0-usb-0:2:1.0-scsi-0:0:0:0"
    private static let back = "pci-0000:00:14.0-usb-0:3:1.0-scsi-0:0:0:0"

    private static func found(_ port: String, serial: String = "S1", node: String = "/dev/sr0") -> FoundDrive {
        FoundDrive(
            device: "/sys/devices/\(port)/block/sr0", instance: 1, node: node, port: port, vendor: "ASUS",
            product: "DRW-24B1ST", firmware: "1.04", serial: serial)
    }

    private static func identity(_ serial: String) -> DriveIdentity {
        DriveIdentity(vendor: "ASUS", product: "DRW-24B1ST", firmware: "1.04", serial: serial)
    }

    private static func remembered(_ id: String, _ serial: String, port: String, system: String = "S1")
        -> RememberedDrive
    {
        RememberedDrive(
            id: id, identity: identity(serial), label: id, address: "/dev/sr0", port: port, systemSerial: system)
    }

    private func id(
        _ found: FoundDrive, _ identity: DriveIdentity?, remembered: [RememberedDrive] = [], attached: Set<String> = []
    ) -> String {
        let memory = Dictionary(uniqueKeysWithValues: remembered.map { ($0.id, $0) })
        return DriveNaming(remembered: memory, attached: attached).id(of: found, identity)
    }

    @Test func `a drive's own serial number counts before the system's`() {
        #expect(id(Self.found(Self.left, serial: "BRIDGE"), Self.identity("K1D0")) == "asus-drw-24b1st-k1d0")
    }

    @Test func `a drive that cannot be asked goes by the system's serial number`() {
        #expect(id(Self.found(Self.left, serial: "K1D0"), nil) == "asus-drw-24b1st-k1d0")
    }

    @Test func `without a serial number the port tells`() {
        let name = "asus-drw-24b1st-pci-0000-00-14-0-usb-0-1-1-0-scsi-0-0-0-0"
        #expect(id(Self.found(Self.left, serial: ""), Self.identity("")) == name)
        let known = Self.remembered(name, "", port: Self.left, system: "")
        #expect(id(Self.found(Self.left, serial: "", node: "/dev/sr4"), Self.identity(""), remembered: [known]) == name)
        #expect(id(Self.found(Self.right, serial: ""), Self.identity(""), remembered: [known]) != name)
    }

    @Test(arguments: ["000000000000", "   ", "FFFF"]) func `a serial number of one letter is none`(_ serial: String) {
        #expect(Self.found(Self.left, serial: serial).serial.isEmpty)
    }

    @Test func `a drive plugged in elsewhere is the same drive`() {
        let known = Self.remembered("old", "K1", port: Self.left)
        #expect(id(Self.found(Self.right, node: "/dev/sr3"), Self.identity("K1"), remembered: [known]) == "old")
    }

    @Test func `a drive in another enclosure is the same drive when it can be asked`() {
        let known = Self.remembered("old", "K1", port: Self.left, system: "BRIDGE-1")
        let found = Self.found(Self.right, serial: "BRIDGE-2")
        #expect(id(found, Self.identity("K1"), remembered: [known]) == "old")
    }

    @Test func `another drive in the same enclosure is another drive`() {
        let known = Self.remembered("old", "K1", port: Self.left, system: "BRIDGE-1")
        let found = Self.found(Self.left, serial: "BRIDGE-1")
        #expect(id(found, Self.identity("K2"), remembered: [known]) == "asus-drw-24b1st-k2")
    }

    @Test func `a drive that somebody else holds is known by the system's words`() {
        let known = Self.remembered("old", "K1", port: Self.left, system: "BRIDGE-1")
        #expect(id(Self.found(Self.right, serial: "BRIDGE-1"), nil, remembered: [known]) == "old")
        #expect(id(Self.found(Self.left, serial: "BRIDGE-9"), nil, remembered: [known]) != "old")
    }

    @Test func `a drive that an earlier burnd kept is known by its node`() {
        let old = RememberedDrive(id: "old", identity: Self.identity("K1"), label: "Left", address: "/dev/sr0")
        #expect(DriveNaming.isLikely(old, Self.found(Self.left)))
        #expect(!DriveNaming.isLikely(old, Self.found(Self.left, node: "/dev/sr1")))
    }

    @Test func `twins are told by their ports, in whatever order they are found`() {
        let first = id(Self.found(Self.left), Self.identity("K1"))
        let known = Self.remembered(first, "K1", port: Self.left)
        let second = id(Self.found(Self.right), Self.identity("K1"), remembered: [known], attached: [first])
        #expect(first == "asus-drw-24b1st-k1")
        #expect(second == "asus-drw-24b1st-k1-pci-0000-00-14-0-usb-0-2-1-0-scsi-0-0-0-0")
        let both = [known, Self.remembered(second, "K1", port: Self.right)]
        #expect(id(Self.found(Self.right), Self.identity("K1"), remembered: both) == second)
        #expect(id(Self.found(Self.left), Self.identity("K1"), remembered: both, attached: [second]) == first)
        // Elsewhere it may be either, so that it is taken for neither.
        let elsewhere = id(Self.found(Self.back), Self.identity("K1"), remembered: both)
        #expect(elsewhere != first && elsewhere != second)
    }

    @Test func `no two drives ever have one id`() {
        let known = [
            Self.remembered("asus-drw-24b1st-k1", "K1", port: Self.left),
            Self.remembered(
                "asus-drw-24b1st-k1-pci-0000-00-14-0-usb-0-1-1-0-scsi-0-0-0-0", "K1", port: Self.right),
        ]
        let third = id(
            Self.found(Self.left), Self.identity("K1"), remembered: known, attached: Set(known.map(\.id)))
        #expect(!known.map(\.id).contains(third))
    }

    @Test func `names that are taken are counted`() {
        #expect(DriveNaming.label("DVD-RW", taken: []) == "DVD-RW")
        #expect(DriveNaming.label("DVD-RW", taken: ["DVD-RW", "DVD-RW 2"]) == "DVD-RW 3")
    }

    @Test(arguments: [
        (
            "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0/host3/target3:0:0/3:0:0:0/block/sr0",
            "pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0/0:0:0"
        ),
        (
            "/sys/devices/pci0000:00/0000:00:1f.2/ata2/host1/target1:0:0/1:0:0:0/block/sr1",
            "pci0000:00/0000:00:1f.2/ata2/0:0:0"
        ), ("/sys/devices/virtual/block/sr0", "virtual/block/sr0"),
    ]) func `a port in sysfs is what does not count up`(_ device: String, _ port: String) {
        #expect(SysfsDrive.port(device) == port)
    }

    @Test(arguments: [("sr0", true), ("sr12", true), ("sr", false), ("sda", false), ("srx", false), ("sr0p1", false)])
    func `optical drives are called sr and a number`(_ name: String, _ isOptical: Bool) {
        #expect(SysfsDrive.isOptical(name) == isOptical)
    }
}
