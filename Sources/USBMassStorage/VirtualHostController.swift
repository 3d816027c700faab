import Glibc
public import POSIX

/// The kernel's virtual USB host controller, module `vhci_hcd`: sockets are plugged into its ports as devices (Linux,
/// drivers/usb/usbip/vhci_sysfs.c).
public struct VirtualHostController: Sendable {
    /// Where the kernel shows it.
    public static let systemFolder = "/sys/devices/platform/vhci_hcd.0"

    private let folder: String

    /// The controller at a folder.
    public init(folder: String = VirtualHostController.systemFolder) { self.folder = folder }

    /// Why nothing can be plugged in.
    public enum Fault: Error, Equatable, Sendable, CustomStringConvertible {
        /// The module is not there.
        case missing
        /// This process may not.
        case forbidden(path: String)
        /// All ports for high speed are taken.
        case full
        /// Something else.
        case system(SystemError)

        /// What is wrong, and what helps.
        public var description: String {
            switch self {
            case .missing:
                "the kernel has no virtual USB host controller yet: `sudo modprobe vhci_hcd` loads it"
            case .forbidden(let path): "a recorder behind USB needs the right to write to \(path), which root has"
            case .full: "all ports of the virtual USB host controller are taken"
            case .system(let error): "\(error)"
            }
        }
    }

    /// A device's end of the cable, and where the other end is.
    public struct Plugged: Sendable {
        /// The connection to the kernel. Closing it is the unplug.
        public let connection: FileDescriptor
        /// Number of the port.
        public let port: Int
    }

    /// Plugs a high-speed device into a free port.
    public func plug() throws(Fault) -> Plugged {
        let ports = Self.freePorts(in: try status())
        let pair: SocketPair
        do throws(SystemError) { pair = try SocketPair() } catch { throw .system(error) }
        for port in ports where try attach(pair.second, to: port) {
            return Plugged(connection: pair.first, port: port)
        }
        throw .full
    }

    /// Numbers of the ports for high speed that nothing is plugged into, of the kernel's table: a line for each port, with
    /// hub (`hs`, `ss`), number and state; 4 is free (VDEV_ST_NULL).
    static func freePorts(in table: String) -> [Int] {
        table.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count >= 3, fields[0] == "hs", Int(fields[2]) == 4 else { return nil }
            return Int(fields[1])
        }
    }

    /// The tables of all controllers of the module: `status`, `status.1` and so on.
    private func status() throws(Fault) -> String {
        var table = ""
        for number in 0..<Self.maximumControllers {
            guard let part = Self.contents("\(folder)/status" + (number == 0 ? "" : ".\(number)")) else { break }
            table += part
        }
        guard !table.isEmpty else { throw .missing }
        return table
    }

    /// The kernel can be built with up to so many (CONFIG_USBIP_VHCI_NR_HCS).
    private static let maximumControllers = 128

    /// A file of the kernel's, which is as long as a page at most.
    private static func contents(_ path: String) -> String? {
        guard let file = try? FileDescriptor(opening: path, O_RDONLY) else { return nil }
        var bytes = [UInt8](repeating: 0, count: 4096)
        guard let count = try? bytes.withUnsafeMutableBytes({ try file.read(into: $0) }) else { return nil }
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }

    /// USB_SPEED_HIGH of the kernel's usb/ch9.h.
    private static let highSpeed = 3

    /// Gives the kernel its end. False when somebody else was faster with this port.
    private func attach(_ host: FileDescriptor, to port: Int) throws(Fault) -> Bool {
        let path = folder + "/attach"
        // The device number is for people: bus 1, and a device on it.
        let words = "\(port) \(host.number) \(1 << 16 | (port + 1)) \(Self.highSpeed)"
        do throws(SystemError) {
            try FileDescriptor(opening: path, O_WRONLY).writeAll(Array(words.utf8))
            return true
        } catch {
            switch error.number {
            case EBUSY: return false
            case EACCES, EPERM, EROFS: throw .forbidden(path: path)
            case ENOENT: throw .missing
            default: throw .system(error)
            }
        }
    }
}
