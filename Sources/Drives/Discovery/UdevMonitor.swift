import CUdev
import Glibc

/// A call of libudev that failed.
struct UdevError: Error, Equatable, CustomStringConvertible {
    /// The function.
    let call: String
    /// What it left in `errno`, or returned, made positive.
    let number: Int32

    /// Function and meaning.
    var description: String { "\(call): \(String(cString: strerror(number)))" }

    /// libudev returns negative error numbers.
    static func check(_ result: Int32, _ call: String) throws(UdevError) {
        guard result >= 0 else { throw UdevError(call: call, number: -result) }
    }
}

/// Owns one reference to a libudev object and gives it back once.
struct UdevReference: ~Copyable {
    let pointer: OpaquePointer
    private let release: (OpaquePointer?) -> OpaquePointer?

    init(
        _ pointer: OpaquePointer?, from call: String, release: @escaping (OpaquePointer?) -> OpaquePointer?
    ) throws(UdevError) {
        guard let pointer else { throw UdevError(call: call, number: errno) }
        (self.pointer, self.release) = (pointer, release)
    }

    deinit { _ = release(pointer) }
}

/// Events of optical drives as udev sends them, when its rules are through with the device. libudev objects are not
/// thread-safe, so this is neither copyable nor `Sendable`.
struct UdevMonitor: ~Copyable {
    /// What was received.
    enum Received: Equatable {
        case event(DiscoveryEvent)
        /// An event of something else.
        case nothing
        /// Events were lost: the kernel's buffer overflowed (netlink(7), ENOBUFS).
        case lost
    }

    /// Room for events that wait: a storm of `udevadm trigger` on a large machine has some thousand events of a few kilobytes.
    /// Where the kernel grants less, what is lost is made up for by looking at everything anew.
    private static let bufferBytes: Int32 = 8 << 20

    private let context: UdevReference
    private let monitor: UdevReference

    /// Receives from here on.
    init() throws(UdevError) {
        let context = try UdevReference(udev_new(), from: "udev_new", release: udev_unref)
        let monitor = try UdevReference(
            udev_monitor_new_from_netlink(context.pointer, "udev"), from: "udev_monitor_new_from_netlink",
            release: udev_monitor_unref)
        for (subsystem, type) in [("block", "disk"), ("scsi_generic", nil)] {
            try UdevError.check(
                udev_monitor_filter_add_match_subsystem_devtype(monitor.pointer, subsystem, type),
                "udev_monitor_filter_add_match_subsystem_devtype")
        }
        // Refused without privileges beyond a limit of the system's; the default serves then.
        _ = udev_monitor_set_receive_buffer_size(monitor.pointer, Self.bufferBytes)
        try UdevError.check(udev_monitor_enable_receiving(monitor.pointer), "udev_monitor_enable_receiving")
        self.context = context
        self.monitor = monitor
    }

    /// Readable when something waits.
    var descriptor: Int32 { udev_monitor_get_fd(monitor.pointer) }

    /// The next event; nil when none waits. Nothing of C outlives the call: strings are copied.
    func receive() -> Received? {
        errno = 0
        guard let device = udev_monitor_receive_device(monitor.pointer) else {
            switch errno {
            case ENOBUFS: return .lost
            // 0: a message that was not for us, or not udev's.
            case EAGAIN: return nil
            default: return errno == 0 ? .nothing : .lost
            }
        }
        defer { udev_device_unref(device) }
        return UdevDevice.event(device).map(Received.event) ?? .nothing
    }

    /// All optical drives that udev is through with.
    func drives() throws(UdevError) -> [FoundDrive] {
        let list = try UdevReference(
            udev_enumerate_new(context.pointer), from: "udev_enumerate_new", release: udev_enumerate_unref)
        try UdevError.check(
            udev_enumerate_add_match_subsystem(list.pointer, "block"), "udev_enumerate_add_match_subsystem")
        try UdevError.check(udev_enumerate_add_match_sysname(list.pointer, "sr*"), "udev_enumerate_add_match_sysname")
        try UdevError.check(
            udev_enumerate_add_match_is_initialized(list.pointer), "udev_enumerate_add_match_is_initialized")
        try UdevError.check(udev_enumerate_scan_devices(list.pointer), "udev_enumerate_scan_devices")
        var drives: [FoundDrive] = []
        var entry = udev_enumerate_get_list_entry(list.pointer)
        while let current = entry {
            // Gone between the list and here: an event tells.
            if let device = udev_device_new_from_syspath(context.pointer, udev_list_entry_get_name(current)) {
                UdevDevice.drive(device).map { drives.append($0) }
                udev_device_unref(device)
            }
            entry = udev_list_entry_get_next(current)
        }
        return drives
    }
}

/// What udev says of one device.
enum UdevDevice {
    /// What an event says; nil when it is about nothing that matters here.
    static func event(_ device: OpaquePointer) -> DiscoveryEvent? {
        guard let action = string(udev_device_get_action(device)), let path = string(udev_device_get_syspath(device)),
            let name = string(udev_device_get_sysname(device))
        else { return nil }
        guard SysfsDrive.isOptical(name) else { return genericNode(device, path) }
        if action == "remove" { return .gone(path) }
        if property(device, "DISK_EJECT_REQUEST") != nil { return .ejectRequested(path) }
        if property(device, "DISK_MEDIA_CHANGE") != nil { return .mediaChanged(path) }
        return drive(device).map(DiscoveryEvent.found)
    }

    /// A drive's node in the generic driver came or went: what is known of the drive changed.
    private static func genericNode(_ device: OpaquePointer, _ path: String) -> DiscoveryEvent? {
        guard let end = path.firstRange(of: "/scsi_generic/")?.lowerBound,
            let block = SysfsDrive.all().first(where: { $0.hasPrefix(path[..<end] + "/") }),
            let owner = udev_device_new_from_syspath(udev_device_get_udev(device), block)
        else { return nil }
        defer { udev_device_unref(owner) }
        // A drive that udev is not through with will be told of.
        guard udev_device_get_is_initialized(owner) > 0 else { return nil }
        return drive(owner).map(DiscoveryEvent.found)
    }

    /// Describes a drive: udev's words, and sysfs where udev has none; nil when it has gone meanwhile.
    static func drive(_ device: OpaquePointer) -> FoundDrive? {
        guard let path = string(udev_device_get_syspath(device)), let node = string(udev_device_get_devnode(device)),
            let found = SysfsDrive.describe(path, node: node)
        else { return nil }
        return FoundDrive(
            device: path, instance: found.instance, node: node, sgNode: found.sgNode,
            bus: property(device, "ID_BUS") ?? found.bus, port: property(device, "ID_PATH") ?? found.port,
            vendor: found.vendor, product: found.product, firmware: found.firmware,
            serial: property(device, "ID_SERIAL_SHORT") ?? found.serial)
    }

    private static func property(_ device: OpaquePointer, _ name: String) -> String? {
        string(udev_device_get_property_value(device, name)).flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func string(_ text: UnsafePointer<CChar>?) -> String? { text.map { String(cString: $0) } }
}
