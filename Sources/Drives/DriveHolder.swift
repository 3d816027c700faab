import FoundationEssentials
import Glibc
import POSIX
import SCSITransports

/// Which program holds a drive, as far as this user may see: the one that has the device node open, or the file whose lock
/// stands for holding a recorder behind a socket. Linux tells nobody who has opened a block device with `O_EXCL`.
enum DriveHolder {
    /// The program's name (`comm`, proc(5)); nil when none can be seen, or more than one.
    static func name(of address: DriveAddress) -> String? {
        let path =
            switch address {
            case .unixSocket(let socket): socket.path + ".excl"
            case .deviceNode(let node): node
            }
        var file = stat()
        guard stat(path, &file) == 0 else { return nil }
        let own = "\(getpid())"
        let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        let names = processes.filter { $0 != own && $0.allSatisfy(\.isNumber) && hasOpen(file, $0) }.compactMap(command)
        return Set(names).count == 1 ? names.first : nil
    }

    private static func hasOpen(_ file: stat, _ process: String) -> Bool {
        let folder = "/proc/\(process)/fd"
        let descriptors = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return descriptors.contains { descriptor in
            var other = stat()
            // Through the link: the file that is open, whatever its name is by now.
            guard stat("\(folder)/\(descriptor)", &other) == 0 else { return false }
            return other.st_dev == file.st_dev && other.st_ino == file.st_ino
        }
    }

    private static func command(_ process: String) -> String? {
        guard let text = FileManager.default.contents(atPath: "/proc/\(process)/comm") else { return nil }
        // Whatever a program calls itself, it goes to terminals and pages.
        let printable = text.filter { (0x20...0x7E).contains($0) }
        return printable.isEmpty ? nil : String(decoding: printable, as: UTF8.self)
    }
}
