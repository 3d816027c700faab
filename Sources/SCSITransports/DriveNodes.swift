import FoundationEssentials
public import Glibc
import POSIX

/// The device nodes of one drive: that of the block device, `/dev/srN`, and that of the sg driver, `/dev/sgM`.
///
/// Their numbers have nothing to do with each other, nor with the order in which drives were plugged in, so that the one is
/// found from the other through sysfs.
public struct DriveNodes: Equatable, Sendable {
    /// `/dev/srN`; nil where the kernel has none for it.
    public var block: String?
    /// `/dev/sgM`; nil without the sg driver.
    public var generic: String?

    /// A drive's nodes.
    public init(block: String?, generic: String?) { (self.block, self.generic) = (block, generic) }

    /// The nodes of the drive that `path` names, itself a node of either kind or a link to one.
    ///
    /// Both are nil when it names no device; the other one is nil when sysfs does not tell of it, or no node of the same
    /// number stands in `/dev`.
    public init(of path: String) {
        self.init(block: nil, generic: nil)
        guard let (kind, device) = Self.device(path) else { return }
        let number = "\(Self.major(device)):\(Self.minor(device))"
        if kind == S_IFBLK {
            block = path
            generic = Self.sibling("/sys/dev/block/\(number)/device/scsi_generic", S_IFCHR)
        } else {
            generic = path
            block = Self.sibling("/sys/dev/char/\(number)/device/block", S_IFBLK)
        }
    }

    /// More than any page: sysfs says of an attribute that it has a page, whatever is in it.
    private static let attributeLimit = 1 << 20

    /// The node of the one device in a folder of sysfs.
    private static func sibling(_ folder: String, _ kind: mode_t) -> String? {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        guard names.count == 1, let name = names.first else { return nil }
        let told = (try? DurableFile.contents(of: "\(folder)/\(name)/dev", limit: attributeLimit)) ?? []
        let number = String(decoding: told, as: UTF8.self).filter { !$0.isWhitespace }
        guard let node = device("/dev/\(name)"), node.kind == kind,
            number == "\(major(node.device)):\(minor(node.device))"
        else { return nil }
        return "/dev/\(name)"
    }

    /// What a path names, when it is a device.
    public static func device(_ path: String) -> (kind: mode_t, device: dev_t)? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        let kind = status.st_mode & S_IFMT
        return kind == S_IFBLK || kind == S_IFCHR ? (kind, status.st_rdev) : nil
    }

    /// `major(3)`, a macro.
    public static func major(_ device: dev_t) -> UInt64 {
        let device = UInt64(device)
        return (device >> 8) & 0xFFF | (device >> 32) & 0xFFFF_F000
    }

    /// `minor(3)`, a macro.
    public static func minor(_ device: dev_t) -> UInt64 {
        let device = UInt64(device)
        return device & 0xFF | (device >> 12) & 0xFFFF_FF00
    }
}
