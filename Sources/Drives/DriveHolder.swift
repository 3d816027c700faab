import FoundationEssentials
import Glibc
import POSIX
public import SCSITransports

/// Who holds a drive, as far as this user may see.
///
/// Linux tells nobody who has opened a block device with `O_EXCL`: what can be seen is who has its nodes open (`/proc/PID/fd`, of
/// one's own processes, or of all for root), who has a lock on one (`/proc/locks`) and where it is mounted. For a recorder
/// behind a socket it is the lock file beside it.
public struct DriveHolder: Equatable, Hashable, Sendable, CustomStringConvertible {
    /// The program's name (`comm`, proc(5)), printable; several joined by "or" when more than one has it open; nil when it
    /// is mounted, or the program is another user's that may not be looked at.
    public var program: String?
    /// Its process; nil when it is not one program.
    public var pid: Int?
    /// The name of the user whose process it is, or the user's number.
    public var user: String?
    /// Where it is mounted, when that is what holds it.
    public var mountPoint: String?
    /// The node that is held, or the lock file.
    public var node: String

    /// A holder.
    public init(
        program: String? = nil, pid: Int? = nil, user: String? = nil, mountPoint: String? = nil, node: String
    ) {
        (self.program, self.pid, self.user, self.mountPoint, self.node) = (program, pid, user, mountPoint, node)
    }

    /// In a word or a few: the program, or what is known instead of it.
    public var name: String {
        if let mountPoint { return "the file system mounted at \(mountPoint)" }
        return program ?? "another user's program"
    }

    /// With process and user: `wodim (process 812 of user eric)`.
    public var description: String {
        guard let pid else { return name }
        return "\(name) (process \(pid)\(user.map { " of user \($0)" } ?? ""))"
    }

    /// Who holds a drive that could not be opened exclusively; nil when nobody can be found, though everybody can be seen: he
    /// has let it go again.
    public static func find(_ address: DriveAddress) -> DriveHolder? {
        switch address {
        case .unixSocket(let socket): return ProcessTable().holder(of: [socket.path + ".excl"])
        case .deviceNode(let path):
            let nodes = DriveNodes(of: path)
            if let block = nodes.block, let mount = mountPoint(of: block) {
                return DriveHolder(mountPoint: mount, node: block)
            }
            return ProcessTable().holder(of: [nodes.block, nodes.generic].compactMap { $0 })
        }
    }

    /// The mount of a block device in this process's mount namespace (`/proc/self/mountinfo`, proc(5)).
    private static func mountPoint(of node: String) -> String? {
        guard let device = DriveNodes.device(node)?.device else { return nil }
        let text = ProcessTable.text("/proc/self/mountinfo")
        let number = "\(DriveNodes.major(device)):\(DriveNodes.minor(device))"
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: " ")
            if fields.count > 4, fields[2] == number { return printable(Array(fields[4].utf8)) }
        }
        return nil
    }

    /// Whatever a program or a folder calls itself, it goes to terminals and pages.
    static func printable(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.filter { (0x20...0x7E).contains($0) }, as: UTF8.self)
    }
}

/// The processes of this machine, as `/proc` shows them to this user.
private struct ProcessTable {
    private let processes: [Int]

    init() {
        let own = Int(getpid())
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        processes = names.compactMap { Int($0) }.filter { $0 != own }.sorted()
    }

    /// Who has one of these files open, or a lock on it.
    func holder(of paths: [String]) -> DriveHolder? {
        var hasHidden = false
        for path in paths {
            var file = stat()
            guard stat(path, &file) == 0 else { continue }
            let locker = lockers(of: file).first { $0 != Int(getpid()) }
            var open: [Int] = []
            for process in processes {
                switch hasOpen(file, process) {
                case true?: open.append(process)
                case false?: break
                case nil: hasHidden = true
                }
            }
            // Of several, the one with the lock is the one that means it.
            if let locker, open.count != 1 { open = [locker] }
            if let holder = Self.holder(open, path) { return holder }
        }
        return hasHidden ? paths.first.map { DriveHolder(node: $0) } : nil
    }

    private static func holder(_ processes: [Int], _ path: String) -> DriveHolder? {
        let named = processes.compactMap { process in command(process).map { (process, $0) } }
        guard let first = named.first else { return nil }
        guard named.count > 1 else {
            return DriveHolder(program: first.1, pid: first.0, user: user(first.0), node: path)
        }
        let names = Array(Set(named.map { $0.1 })).sorted()
        return DriveHolder(program: names.joined(separator: " or "), node: path)
    }

    /// Nil when this user may not see it.
    private func hasOpen(_ file: stat, _ process: Int) -> Bool? {
        let folder = "/proc/\(process)/fd"
        guard let descriptors = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            // Gone by now, or another user's.
            return access("/proc/\(process)", F_OK) == 0 ? nil : false
        }
        return descriptors.contains { descriptor in
            var other = stat()
            // Through the link: the file that is open, whatever its name is by now.
            guard stat("\(folder)/\(descriptor)", &other) == 0 else { return false }
            let kind = file.st_mode & S_IFMT
            if kind == S_IFBLK || kind == S_IFCHR {
                return other.st_mode & S_IFMT == kind && other.st_rdev == file.st_rdev
            }
            return other.st_dev == file.st_dev && other.st_ino == file.st_ino
        }
    }

    /// Processes with a lock on a file. They are named to everybody.
    private func lockers(of file: stat) -> [Int] {
        let text = Self.text("/proc/locks")
        func hex(_ number: UInt64) -> String { (number < 16 ? "0" : "") + String(number, radix: 16) }
        let wanted = "\(hex(DriveNodes.major(file.st_dev))):\(hex(DriveNodes.minor(file.st_dev))):\(file.st_ino)"
        // `1: FLOCK  ADVISORY  WRITE 188 00:05:169 0 EOF`; a waiting one has `->` behind the number.
        var processes: [Int] = []
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: " ")
            if fields.count > 5, fields[1] != "->", fields[5] == wanted, let process = Int(fields[4]) {
                processes.append(process)
            }
        }
        return processes
    }

    /// A file of `/proc`, empty when it may not be read.
    static func text(_ path: String) -> String {
        String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    }

    private static func command(_ process: Int) -> String? {
        let name = DriveHolder.printable(Array(text("/proc/\(process)/comm").utf8))
        return name.isEmpty ? nil : name
    }

    /// The real user of a process (`Uid:` of proc(5)'s status).
    private static func user(_ process: Int) -> String? {
        let text = ProcessTable.text("/proc/\(process)/status")
        let line = text.split(separator: "\n").first { $0.hasPrefix("Uid:") }
        guard let number = line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ UInt32($0) }) else {
            return nil
        }
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var memory = [CChar](repeating: 0, count: 16 << 10)
        guard getpwuid_r(number, &entry, &memory, memory.count, &found) == 0, found != nil, let name = entry.pw_name
        else { return "\(number)" }
        return String(cString: name)
    }
}
