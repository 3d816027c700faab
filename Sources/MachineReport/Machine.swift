/// What checks may know of a machine: values, and closures that ask for one thing each and change nothing.
public struct Machine: Sendable {
    /// Who is asking.
    public struct User: Equatable, Sendable {
        /// Name, or the number where nobody has it.
        public var name: String
        /// Effective user id.
        public var id: UInt32
        /// Names of the groups of this process.
        public var groups: [String]
        /// Names of the groups that the system's files give to the user: those of the next log-in.
        public var nextGroups: [String]

        /// A user.
        public init(name: String, id: UInt32, groups: [String], nextGroups: [String]) {
            (self.name, self.id, self.groups, self.nextGroups) = (name, id, groups, nextGroups)
        }
    }

    /// A file, folder, socket or device node, as stat(2) describes it.
    public struct Node: Equatable, Sendable {
        /// What it is.
        public enum Kind: Sendable { case file, folder, socket, device, other }
        /// What it is.
        public var kind: Kind
        /// Permissions, the low nine bits.
        public var mode: UInt32
        /// Name of the owner.
        public var owner: String
        /// Name of the group.
        public var group: String
        /// Seconds since 1970 of the last change of its content.
        public var modified: Int

        /// A node.
        public init(
            _ kind: Kind, mode: UInt32 = 0o644, owner: String = "root", group: String = "root", modified: Int = 0
        ) {
            (self.kind, self.mode, self.owner, self.group, self.modified) = (kind, mode, owner, group, modified)
        }
    }

    /// What is wanted of a node.
    public enum Use: Sendable { case reading, writing, both, running }

    /// A file system (statfs(2)).
    public struct FileSystem: Equatable, Sendable {
        /// Magic number of its type.
        public var type: UInt64
        /// Bytes that this user may still write.
        public var free: Int
        /// Nothing can be written on it.
        public var isReadOnly: Bool

        /// A file system.
        public init(type: UInt64, free: Int, isReadOnly: Bool = false) {
            (self.type, self.free, self.isReadOnly) = (type, free, isReadOnly)
        }
    }

    /// An attached drive.
    public struct Drive: Equatable, Sendable {
        /// Vendor and product.
        public var name: String
        /// `/dev/srN`.
        public var node: String
        /// `/dev/sgN`; nil where the system has none for it.
        public var sgNode: String?

        /// A drive.
        public init(name: String, node: String, sgNode: String?) {
            (self.name, self.node, self.sgNode) = (name, node, sgNode)
        }
    }

    /// Who has a drive.
    public enum Holder: Equatable, Sendable {
        /// burnd itself.
        case burnd(String)
        /// Another program, in words.
        case program(String)
        /// A file system is mounted there.
        case mount(String)
    }

    /// What logind says to the wish to hold off sleep and shutdown.
    public enum Inhibitor: Equatable, Sendable {
        /// Granted, and given back.
        case granted
        /// There is no system bus, or nobody there is logind; in words.
        case absent(String)
        /// Refused; in words.
        case refused(String)
        /// No answer, or another failure; in words.
        case failed(String)
    }

    /// A database of burnd's.
    public enum Database: Equatable, Sendable {
        /// There is none yet.
        case none
        /// It can be read and is sound.
        case sound(version: Int)
        /// A later burnd has made it what it is.
        case later(version: Int)
        /// It can be read and is damaged; what SQLite says.
        case damaged(String)
        /// It cannot be read; why.
        case unreadable(String)
    }

    /// What a program said.
    public struct Run: Equatable, Sendable {
        /// Its exit status.
        public var status: Int32
        /// What it wrote, to both of its outputs.
        public var output: String

        /// A run.
        public init(status: Int32, output: String) { (self.status, self.output) = (status, output) }
    }

    /// Who answers at an address.
    public enum Listener: Equatable, Sendable {
        /// Nobody.
        case nobody
        /// burnd, of this version.
        case burnd(String)
        /// Somebody else; what is known of him.
        case other(String)
        /// It cannot be reached; why.
        case unreachable(String)
    }

    /// Limits of this process, as far as it may raise them (setrlimit(2)).
    public struct Limits: Equatable, Sendable {
        /// Bytes of memory that may be locked; nil for any number.
        public var lockedBytes: Int?
        /// Lowest nice value.
        public var nice: Int

        /// Limits.
        public init(lockedBytes: Int?, nice: Int) { (self.lockedBytes, self.nice) = (lockedBytes, nice) }
    }

    /// Who is asking.
    public var user: User
    /// Attached drives.
    public var drives: [Drive]
    /// Limits of this process.
    public var limits: Limits
    /// Bytes that a burn wants to keep in memory.
    public var burnBytes: Int
    /// Nice value that a burn wants to have.
    public var burnNice: Int
    /// Seconds since 1970.
    public var now: Int
    /// What stands at a path; nil for nothing.
    public var node: @Sendable (String) -> Node?
    /// Whether this user may use a path so (faccessat(2), by effective ids): nothing is opened.
    public var mayUse: @Sendable (String, Use) -> Bool
    /// A short text file; nil when it cannot be read.
    public var text: @Sendable (String) -> String?
    /// Names in a folder.
    public var names: @Sendable (String) -> [String]
    /// The file system of a path that exists.
    public var fileSystem: @Sendable (String) -> FileSystem?
    /// Who has the drive at a node, as far as this user may see; nil for nobody.
    public var holder: @Sendable (String) -> Holder?
    /// Asks logind.
    public var inhibitor: @Sendable () -> Inhibitor
    /// Looks into the database at a path.
    public var database: @Sendable (String) -> Database
    /// Whether a server has the lock of a data folder.
    public var isServed: @Sendable (String) -> Bool
    /// Runs a program that only tells something, for some seconds at most; nil when it cannot be run.
    public var run: @Sendable (String, [String]) -> Run?
    /// Asks who answers at a host's port.
    public var listener: @Sendable (String, UInt16) -> Listener

    /// A machine.
    public init(
        user: User, drives: [Drive], limits: Limits, burnBytes: Int, burnNice: Int, now: Int,
        node: @escaping @Sendable (String) -> Node?, mayUse: @escaping @Sendable (String, Use) -> Bool,
        text: @escaping @Sendable (String) -> String?, names: @escaping @Sendable (String) -> [String],
        fileSystem: @escaping @Sendable (String) -> FileSystem?, holder: @escaping @Sendable (String) -> Holder?,
        inhibitor: @escaping @Sendable () -> Inhibitor, database: @escaping @Sendable (String) -> Database,
        isServed: @escaping @Sendable (String) -> Bool, run: @escaping @Sendable (String, [String]) -> Run?,
        listener: @escaping @Sendable (String, UInt16) -> Listener
    ) {
        (self.user, self.drives, self.limits, self.now) = (user, drives, limits, now)
        (self.burnBytes, self.burnNice) = (burnBytes, burnNice)
        (self.node, self.mayUse, self.text, self.names) = (node, mayUse, text, names)
        (self.fileSystem, self.holder, self.inhibitor) = (fileSystem, holder, inhibitor)
        (self.database, self.isServed, self.run, self.listener) = (database, isServed, run, listener)
    }
}

extension Machine {
    /// Inside a container, whose kernel and devices are somebody else's business.
    var isContainer: Bool { node("/.dockerenv") != nil || node("/run/.containerenv") != nil }

    /// systemd manages this machine (sd_booted(3)).
    var hasSystemd: Bool { node("/run/systemd/system")?.kind == .folder }

    /// Release of the kernel.
    var kernelRelease: String {
        let text = text("/proc/sys/kernel/osrelease") ?? ""
        let line = text.prefix { !$0.isNewline }
        return line.isEmpty ? "unknown" : String(line)
    }
}
