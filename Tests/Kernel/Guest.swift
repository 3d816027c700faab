import Glibc
import POSIX
import ServerSupport
import TestSupport
import Testing

/// The guest that `script/test-kernel` boots: a real kernel, udev, and the host's files.
///
/// The target is what only a kernel can show: `/dev/srN` and `/dev/sgN`, udev's events, and what other programs make of a
/// drive. Recorders are `USBRecorder`s; burnd is the compiled program, mostly as `ServerProcess`. The tests run as root.
enum Guest {
    /// These tests run there and nowhere else: on another machine they would find its owner's recorders.
    static let isHere = getenv("BURND_KERNEL_GUEST").map { String(cString: $0) } == "1"
    /// Why they do not run elsewhere.
    static let why: Comment = "script/test-kernel runs this in a guest"

    /// A user without any rights but those of the group `cdrom`, in front of a command.
    static let unprivileged = [
        "/usr/bin/setpriv", "--reuid=\(nobody)", "--regid=\(nobody)", "--groups=\(cdromGroup)", "--inh-caps=-all",
    ]
    private static let nobody: UInt32 = 65534
    /// What udev gives the nodes of recorders to, as Debian numbers it (base-passwd).
    static let cdromGroup: UInt32 = 24

    /// Makes a folder for that user.
    static func giveToUnprivileged(_ path: String) throws {
        guard chown(path, nobody, nobody) == 0 else { throw SystemError.last("chown", path) }
    }

    /// Returns when udev has dealt with everything that has happened until now.
    static func settle() throws {
        _ = try TestProgram("/usr/bin/udevadm", ["settle", "--timeout=30"])
    }

    /// What udev knows of a node.
    static func properties(of node: String) throws -> [String: String] {
        let run = try TestProgram("/usr/bin/udevadm", ["info", "--query=property", "--name", node])
        let lines = String(decoding: run.output, as: UTF8.self).split(separator: "\n")
        return lines.reduce(into: [:]) { properties, line in
            guard let equals = line.firstIndex(of: "=") else { return }
            properties[String(line[..<equals])] = String(line[line.index(after: equals)...])
        }
    }
}
