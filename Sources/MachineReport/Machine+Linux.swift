import CPOSIX
import FoundationEssentials
import Glibc
import POSIX

extension Machine {
    /// This machine.
    ///
    /// - Parameters: what other parts of burnd know how to ask for; see the members of the same names.
    public static func current(
        drives: [Drive], burnBytes: Int, burnNice: Int, holder: @escaping @Sendable (String) -> Holder?,
        inhibitor: @escaping @Sendable () -> Inhibitor, database: @escaping @Sendable (String) -> Database
    ) -> Machine {
        Machine(
            user: .current, drives: drives, limits: .current, burnBytes: burnBytes, burnNice: burnNice, now: time(nil),
            node: { Node(path: $0) }, mayUse: mayUse, text: text, names: names, fileSystem: { FileSystem(path: $0) },
            holder: holder, inhibitor: inhibitor, database: database, isServed: isServed,
            run: { path, arguments in ToldByProgram.run(path, arguments) },
            listener: { host, port in ListenerProbe.ask(host, port) })
    }

    private static func mayUse(_ path: String, _ use: Use) -> Bool {
        let mode =
            switch use {
            case .reading: R_OK
            case .writing: W_OK
            case .both: R_OK | W_OK
            case .running: X_OK
            }
        // AT_EACCESS: the ids that an open would go by.
        return faccessat(AT_FDCWD, path, mode, AT_EACCESS) == 0
    }

    /// Most that is read of a file: a list of a kernel's modules has half a megabyte.
    private static let longestText = 4 << 20

    /// Files of `/proc` and `/sys` tell no size, so that they are read to their end.
    private static func text(_ path: String) -> String? {
        guard let file = try? FileDescriptor(opening: path, O_RDONLY | O_NONBLOCK) else { return nil }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count < longestText {
            let count = part.withUnsafeMutableBytes { (try? file.read(into: $0)) ?? 0 }
            if count == 0 { break }
            bytes += part[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func names(_ folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }

    private static func isServed(_ data: String) -> Bool {
        guard let lock = try? FileDescriptor(opening: data + "/lock", O_RDONLY) else { return false }
        return (try? lock.isLockedElsewhere()) ?? false
    }
}

extension Machine.Node {
    init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        let kind: Kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .folder
            case S_IFSOCK: .socket
            case S_IFBLK, S_IFCHR: .device
            default: .other
            }
        self.init(
            kind, mode: status.st_mode & 0o777, owner: UserNames.user(status.st_uid),
            group: UserNames.group(status.st_gid), modified: status.st_mtim.tv_sec)
    }
}

extension Machine.FileSystem {
    init?(path: String) {
        var room = statvfs()
        let type = cposix_file_system_type(path)
        guard type != 0, statvfs(path, &room) == 0 else { return nil }
        let free = Int(clamping: UInt64(room.f_bavail)).multipliedReportingOverflow(by: Int(clamping: room.f_frsize))
        self.init(
            type: type, free: free.overflow ? .max : free.partialValue,
            isReadOnly: room.f_flag & UInt(ST_RDONLY) != 0)
    }
}

extension Machine.Limits {
    /// Bits of `CapEff` (capabilities(7)).
    private enum Capability: Int {
        case ipcLock = 14
        case sysNice = 23
    }

    /// What this process may raise its limits to: the hard limits, and with a capability all there is.
    static var current: Self {
        let status = (try? String(decoding: procStatus(), as: UTF8.self)) ?? ""
        let field = status.split(separator: "\n").first { $0.hasPrefix("CapEff:") }
        let effective = field.flatMap { UInt64($0.dropFirst(7).drop { $0.isWhitespace }, radix: 16) } ?? 0
        func has(_ capability: Capability) -> Bool { effective >> UInt64(capability.rawValue) & 1 == 1 }
        // A burn raises its own limit as far as it goes.
        let locked = limit(__RLIMIT_MEMLOCK.rawValue)?.rlim_max ?? 0
        // It counts down from 20: 30 permits −10 (getrlimit(2)).
        let step = Int(clamping: min(limit(__RLIMIT_NICE.rawValue)?.rlim_cur ?? 0, 40))
        let nice = Int(getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0))
        return Self(
            lockedBytes: has(.ipcLock) || locked == .max ? nil : Int(clamping: locked),
            nice: has(.sysNice) ? -20 : min(20 - step, nice))
    }

    private static func procStatus() throws(SystemError) -> [UInt8] {
        let file = try FileDescriptor(opening: "/proc/self/status", O_RDONLY)
        var bytes = [UInt8](repeating: 0, count: 16 << 10)
        let result = bytes.withUnsafeMutableBytes { buffer in
            Result { () throws(SystemError) in try file.read(into: buffer) }
        }
        return Array(bytes[..<(try result.get())])
    }

    private static func limit(_ resource: some BinaryInteger) -> rlimit? {
        var limit = rlimit()
        let number = __rlimit_resource_t(UInt32(truncatingIfNeeded: resource))
        return getrlimit(number, &limit) == 0 ? limit : nil
    }
}

extension Machine.User {
    static var current: Self {
        let id = geteuid()
        var own = [gid_t](repeating: 0, count: max(Int(getgroups(0, nil)), 0))
        let count = getgroups(Int32(own.count), &own)
        let groups = Set(own.prefix(max(Int(count), 0)) + [getegid()])
        let name = UserNames.user(id)
        return Self(
            name: name, id: id, groups: groups.map(UserNames.group).sorted(),
            nextGroups: UserNames.groups(of: name).sorted())
    }
}

/// Names of users and groups, as the system's databases have them.
enum UserNames {
    /// Room for one entry; a group of some thousand members takes as much.
    private static let roomForEntry = 256 << 10

    static func user(_ id: uid_t) -> String {
        var (entry, memory) = (passwd(), [CChar](repeating: 0, count: roomForEntry))
        var found: UnsafeMutablePointer<passwd>?
        guard getpwuid_r(id, &entry, &memory, memory.count, &found) == 0, found != nil, let name = entry.pw_name else {
            return "\(id)"
        }
        return String(cString: name)
    }

    static func group(_ id: gid_t) -> String {
        var (entry, memory) = (GroupEntry(), [CChar](repeating: 0, count: roomForEntry))
        var found: UnsafeMutablePointer<GroupEntry>?
        guard getgrgid_r(id, &entry, &memory, memory.count, &found) == 0, found != nil, let name = entry.gr_name else {
            return "\(id)"
        }
        return String(cString: name)
    }

    /// `struct group`, whose name this function has too.
    private typealias GroupEntry = Glibc.group

    /// Groups that a user is given at the next log-in.
    static func groups(of name: String) -> [String] {
        var (entry, memory) = (passwd(), [CChar](repeating: 0, count: roomForEntry))
        var found: UnsafeMutablePointer<passwd>?
        guard getpwnam_r(name, &entry, &memory, memory.count, &found) == 0, found != nil else { return [] }
        // Nobody is in more (limits.h, NGROUPS_MAX).
        var count: Int32 = 65_536
        var ids = [gid_t](repeating: 0, count: Int(count))
        guard getgrouplist(name, entry.pw_gid, &ids, &count) >= 0 else { return [] }
        return ids.prefix(Int(count)).map(group)
    }
}
