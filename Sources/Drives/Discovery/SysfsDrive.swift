import FoundationEssentials
import Glibc
import POSIX

/// What sysfs says of an optical drive (Documentation/ABI/stable/sysfs-devices, drivers/scsi/scsi_sysfs.c). Nothing is sent to
/// the drive: the kernel asked it when it appeared.
enum SysfsDrive {
    /// Where the kernel lists block devices, as links.
    private static let blockDevices = "/sys/class/block"
    /// Where the kernel's numbers of devices lead to them.
    private static let blockNumbers = "/sys/dev/block"
    private static let characterNumbers = "/sys/dev/char"
    /// How often the kernel asks drives for which nobody said otherwise, in milliseconds; 0 for never.
    private static let defaultPollInterval = "/sys/module/block/parameters/events_dfl_poll_msecs"
    /// Largest attribute that is read: sysfs gives at most a page.
    private static let attributeLimit = 4096

    /// Whether a name is that of an optical drive: `sr` and a number.
    static func isOptical(_ name: some StringProtocol) -> Bool {
        name.hasPrefix("sr") && name.count > 2 && name.dropFirst(2).allSatisfy { $0.isASCII && $0.isNumber }
    }

    /// Paths in sysfs of all optical drives, sorted.
    static func all() -> [String] {
        names(in: blockDevices).filter { isOptical($0) }.compactMap { resolved(blockDevices + "/" + $0) }.sorted()
    }

    /// Path in sysfs of the optical drive that a node stands for: its own, or that of the generic driver; nil for anything else.
    static func device(ofNode node: String) -> String? {
        var file = stat()
        guard stat(node, &file) == 0 else { return nil }
        // major(3) and minor(3), which are macros.
        let (major, minor) = (file.st_rdev >> 8 & 0xFFF, file.st_rdev & 0xFF | file.st_rdev >> 12 & 0xFFF00)
        switch file.st_mode & S_IFMT {
        case S_IFBLK:
            return resolved("\(blockNumbers)/\(major):\(minor)").flatMap { isOptical(name($0)) ? $0 : nil }
        case S_IFCHR:
            let folder = "\(characterNumbers)/\(major):\(minor)/device/block"
            return names(in: folder).first { isOptical($0) }.flatMap { resolved("\(folder)/\($0)") }
        default: return nil
        }
    }

    /// Whether nothing is at a path now that an optical drive would be given.
    static func isAbsent(_ node: String) -> Bool { access(node, F_OK) != 0 && isOptical(name(node)) }

    /// Describes a drive; nil when it has gone meanwhile.
    ///
    /// - Parameters:
    ///   - device: its path in sysfs.
    ///   - node: its node where somebody knows better than by its name.
    static func describe(_ device: String, node: String? = nil) -> FoundDrive? {
        var folder = stat()
        guard stat(device, &folder) == 0 else { return nil }
        return FoundDrive(
            device: device, instance: UInt64(folder.st_ino), node: node ?? "/dev/" + name(device),
            sgNode: names(in: device + "/device/scsi_generic").sorted().first.map { "/dev/" + $0 },
            bus: bus(device), port: port(device), vendor: attribute(device + "/device/vendor"),
            product: attribute(device + "/device/model"), firmware: attribute(device + "/device/rev"),
            serial: serial(device))
    }

    /// Whether the kernel asks a drive for its events, which udev then tells of: somebody may have turned that off for this drive,
    /// or for all by never having turned it on (block/disk-events.c; 60-block.rules of udev).
    static func isPolled(_ device: String) -> Bool {
        guard let interval = Int(attribute(device + "/events_poll_msecs")) else { return true }
        return interval < 0 ? Int(attribute(defaultPollInterval)) != 0 : interval > 0
    }

    /// Whether a node is there and is this drive's: in a container it may be missing.
    static func isAccessible(_ drive: FoundDrive) -> Bool { self.device(ofNode: drive.node) == drive.device }

    private static func name(_ device: String) -> String {
        device.lastIndex(of: "/").map { String(device[device.index(after: $0)...]) } ?? device
    }

    /// The path without what counts up: `…/usb1/1-2/1-2:1.0/host3/target3:0:0/3:0:0:0/block/sr0` is the port `usb1/1-2/1-2:1.0`
    /// with unit `0:0:0`.
    static func port(_ device: String) -> String {
        var parts = device.split(separator: "/").map(String.init)
        if parts.starts(with: ["sys", "devices"]) { parts.removeFirst(2) }
        guard let host = parts.firstIndex(where: { $0.hasPrefix("host") }) else { return parts.joined(separator: "/") }
        let unit = parts[host...].first { $0.split(separator: ":").count == 4 }
        let address = unit.map { $0.split(separator: ":").dropFirst().joined(separator: ":") }
        return (parts[..<host] + (address.map { [$0] } ?? [])).joined(separator: "/")
    }

    private static func bus(_ device: String) -> String? {
        let parts = device.split(separator: "/")
        if parts.contains(where: { $0.hasPrefix("usb") }) { return "usb" }
        if parts.contains(where: { $0.hasPrefix("ata") }) { return "ata" }
        return parts.contains { $0.hasPrefix("host") } ? "scsi" : nil
    }

    /// Page 80h as the kernel read it (SPC-4, 7.8.13), or that of the USB device that it is in.
    private static func serial(_ device: String) -> String {
        let page = (try? bytes(of: device + "/device/vpd_pg80")) ?? []
        if page.count > 4, page[1] == 0x80 {
            let text = String(decoding: page[4...].prefix(Int(page[2]) << 8 | Int(page[3])), as: UTF8.self)
            if !text.trimmingBlanks.isEmpty { return text }
        }
        var parts = device.split(separator: "/").map(String.init)
        guard let host = parts.firstIndex(where: { $0.hasPrefix("host") }), bus(device) == "usb", host >= 2 else {
            return ""
        }
        // The interface of the USB device is the host's parent, and the device is its parent.
        parts.removeSubrange((host - 1)...)
        return attribute("/" + parts.joined(separator: "/") + "/serial")
    }

    private static func attribute(_ path: String) -> String {
        String(decoding: (try? bytes(of: path)) ?? [], as: UTF8.self).trimmingBlanks
    }

    /// Sysfs tells no true size, so that it is read until it ends.
    private static func bytes(of path: String) throws(SystemError) -> [UInt8] {
        let file = try FileDescriptor(opening: path, O_RDONLY)
        var buffer = [UInt8](repeating: 0, count: attributeLimit)
        let result = buffer.withUnsafeMutableBytes { bytes in
            Result { () throws(SystemError) in try file.read(into: bytes) }
        }
        return Array(buffer.prefix(try result.get()))
    }

    private static func names(in folder: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    }

    private static func resolved(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }
}
