import CPOSIX
import Glibc

/// A program started by `posix_spawn(3)`, with exactly the descriptors it is given.
///
/// Every descriptor that burnd opens is `O_CLOEXEC`, so a child has those that are listed and no other.
public struct ChildProcess: Sendable {
    /// Its process id; valid until `wait` has returned.
    public let pid: Int32

    /// How a child ended.
    public enum Ending: Equatable, Sendable {
        /// It returned so.
        case exited(Int32)
        /// A signal ended it.
        case signalled(Int32)
    }

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - path: the executable, as a path: no search.
    ///   - arguments: without the program's name.
    ///   - environment: `NAME=value`; nil for that of this process, without what a service manager said to it alone.
    ///   - descriptors: number in the child → descriptor here. What is not named is closed, but 0, 1 and 2, which are
    ///     `/dev/null` when not named.
    ///   - newSession: true to start it in a session of its own, so that neither a terminal nor the death of this process
    ///     reaches it.
    public static func start(
        _ path: String, arguments: [String], environment: [String]? = nil, descriptors: [Int32: FileDescriptor],
        newSession: Bool = false
    ) throws(SystemError) -> ChildProcess {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // Sources are first copied above every target, so that one dup2 cannot overwrite the source of another.
        let base = max(Self.firstFreeTarget, (descriptors.keys.max() ?? 0) + 1)
        var copies: [FileDescriptor] = []
        for (target, source) in descriptors.sorted(by: { $0.key < $1.key }) {
            let copy = fcntl(source.number, F_DUPFD_CLOEXEC, base)
            guard copy >= 0 else { throw .last("fcntl F_DUPFD_CLOEXEC") }
            copies.append(FileDescriptor(owning: copy))
            posix_spawn_file_actions_adddup2(&actions, copy, target)
        }
        for standard: Int32 in 0...2 where descriptors[standard] == nil {
            posix_spawn_file_actions_addopen(&actions, standard, "/dev/null", standard == 0 ? O_RDONLY : O_WRONLY, 0)
        }
        return try withExtendedLifetime(copies) { () throws(SystemError) in
            try spawn(path, arguments, environment, &actions, newSession: newSession)
        }
    }

    private static let firstFreeTarget: Int32 = 10

    private static func spawn(
        _ path: String, _ arguments: [String], _ environment: [String]?, _ actions: inout posix_spawn_file_actions_t,
        newSession: Bool
    ) throws(SystemError) -> ChildProcess {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var flags = Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF)
        if newSession { flags |= cposix_spawn_new_session }
        posix_spawnattr_setflags(&attributes, Int16(flags))
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigdefault(&attributes, &all)

        var argv: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
        defer { for pointer in argv { free(pointer) } }
        var envp: [UnsafeMutablePointer<CChar>?] = (environment?.map { strdup($0) } ?? inheritable()) + [nil]
        defer { for pointer in envp { free(pointer) } }
        var pid = pid_t()
        let result = posix_spawn(&pid, path, &actions, &attributes, &argv, &envp)
        guard result == 0 else { throw SystemError(call: "posix_spawn", number: result, subject: path) }
        return ChildProcess(pid: pid)
    }

    /// Variables that concern the process that a service manager started and no other (sd_notify(3),
    /// sd_watchdog_enabled(3), sd_listen_fds(3)): a child that knew them could speak for the service.
    private static let own: Set<String> = [
        "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES",
    ]

    /// Copies of this process's environment that is for children too, byte by byte: values need not be text.
    private static func inheritable() -> [UnsafeMutablePointer<CChar>?] {
        var entries: [UnsafeMutablePointer<CChar>?] = []
        var next = environ
        while let entry = next.pointee {
            let name = String(cString: entry).prefix { $0 != "=" }
            if !own.contains(String(name)) { entries.append(strdup(entry)) }
            next += 1
        }
        return entries
    }

    /// Blocks until the child has ended.
    public func wait() -> Ending {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 {
            // ECHILD: it is no child of ours any more, so how it ended cannot be known.
            guard errno == EINTR else { return .exited(-1) }
        }
        return status & 0x7F == 0 ? .exited(status >> 8 & 0xFF) : .signalled(status & 0x7F)
    }
}

/// Two ends of a pipe, both `O_CLOEXEC`.
public struct Pipe: Sendable {
    /// Where bytes come out.
    public let reading: FileDescriptor
    /// Where bytes go in.
    public let writing: FileDescriptor

    /// `pipe2(2)`.
    public init() throws(SystemError) {
        var ends: [Int32] = [-1, -1]
        guard cposix_pipe(&ends) == 0 else { throw .last("pipe2") }
        (reading, writing) = (FileDescriptor(owning: ends[0]), FileDescriptor(owning: ends[1]))
    }
}
