import Glibc
import POSIX
import ServerSupport
import TestSupport

/// A machine made of files: what sysfs says of its drives is a folder, which umockdev's library shows to a program as `/sys` and
/// `/dev`. The drives themselves are recorders on sockets, by the preload shim.
final class PretendMachine {
    static let isPossible = ["umockdev-run", "gcc", "make"].allSatisfy { access("/usr/bin/\($0)", X_OK) == 0 }

    private let folder = TemporaryFolder()
    private var hosts = 2

    init() throws {
        for name in ["sys/class/block", "sys/dev/block", "sys/dev/char", "dev/.node"] {
            try DurableFile.makeFolder("\(folder.path)/\(name)")
        }
    }

    /// What a program has to have in its environment to live on this machine; `sr0` is the recorder on `socket`.
    func environment(_ socket: String) throws -> [String] {
        // The shim first: to it belongs /dev/sr0.
        [
            "LD_PRELOAD=\(try PreloadShim.library()):libumockdev-preload.so.0", "UMOCKDEV_DIR=\(folder.path)",
            "SGSHIM_MAP=/dev/sr0=unix:\(socket)", "LC_ALL=C",
        ]
    }

    private func path(_ port: String) -> String { "devices/pci0000:00/0000:00:14.0/usb1/\(port)/\(port):1.0" }

    /// Plugs the drive in; it is `/dev/sr0`.
    func plug(_ port: String) throws {
        hosts += 1
        let unit = "\(path(port))/host\(hosts)/target\(hosts):0:0/\(hosts):0:0:0"
        let block = unit + "/block/sr0"
        try DurableFile.makeFolder("\(folder.path)/sys/\(block)")
        let facts = ["vendor": "TESTS   \n", "model": "PRETENDED DRIVE \n", "rev": "1.00\n", "type": "5\n"]
        for (name, text) in facts { try write("sys/\(unit)/\(name)", text) }
        try write("sys/\(block)/dev", "11:0\n")
        try link("sys/\(block)/device", "../../../\(hosts):0:0:0")
        try write("dev/sr0", "")
        chmod("\(folder.path)/dev/sr0", 0o1660)
        try link("dev/.node/sr0", "11:0")
        try link("sys/dev/block/11:0", "../../\(block)")
        // Last, so that all is there when it is listed.
        try link("sys/class/block/sr0", "../../\(block)")
    }

    /// Unplugs it.
    func unplug() {
        for name in ["sys/class/block/sr0", "sys/dev/block/11:0", "dev/.node/sr0", "dev/sr0"] {
            unlink("\(folder.path)/\(name)")
        }
    }

    private func write(_ name: String, _ text: String) throws {
        let file = try FileDescriptor(opening: "\(folder.path)/\(name)", O_WRONLY | O_CREAT | O_TRUNC, mode: 0o644)
        try file.writeAll(Array(text.utf8))
    }

    private func link(_ name: String, _ target: String) throws {
        guard symlink(target, "\(folder.path)/\(name)") == 0 else { throw SystemError.last("symlink", name) }
    }
}
