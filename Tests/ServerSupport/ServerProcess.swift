public import Glibc
public import POSIX
import TestSupport

/// `burnd serve` as a process of its own, with a data folder of its own: the station as users have it.
///
/// The target is what tests of the compiled programs share: the server, `curl` and its event streams, JSON. Everything
/// blocks, on events and never on time, and ends at a deadline. It knows nothing of burnd's own targets but `POSIX`.
public final class ServerProcess: @unchecked Sendable {
    // Unchecked is right: a test uses it from one thread, and what the log's thread shares is behind a lock.

    /// The server ended, or said nothing for long.
    public struct Failure: Error, CustomStringConvertible {
        /// What was waited for, and the server's words.
        public let description: String

        /// A failure of what these tests need, not of what they look at.
        public init(description: String) { self.description = description }
    }

    /// How a server is started.
    public struct Options: Sendable {
        /// Names of its virtual recorders.
        public var recorders = ["left"]
        /// `--recorder-speed`.
        public var speed = "max"
        /// It looks for the drives of this machine.
        public var discovers = false
        /// Further arguments.
        public var arguments: [String] = []
        /// Further `NAME=value`. Without one there is no system bus: nobody's own is asked for anything.
        public var environment: [String] = []
        /// A listening socket that it is handed as systemd does.
        public var handedOver: FileDescriptor?

        /// One recorder, `left`, as fast as the machine is.
        public init() {}
    }

    /// Longest wait for anything: these tests share two cores with a compiler at times.
    public static let patience: Duration = .seconds(60)

    /// `DATA`.
    public let data: String
    private let folder: TemporaryFolder
    private let options: Options
    private var child: ChildProcess?
    private let log = Lock("")
    /// `http://127.0.0.1:PORT`.
    public private(set) var url = ""

    /// Starts a server and waits until it serves.
    ///
    /// - Parameter data: the data folder; nil for a new one.
    public init(_ options: Options = Options(), data: String? = nil) throws {
        folder = TemporaryFolder()
        (self.options, self.data) = (options, data ?? folder.path + "/data")
        try start()
    }

    /// The same with one line of changes.
    public convenience init(data: String? = nil, _ change: (inout Options) -> Void) throws {
        var options = Options()
        change(&options)
        try self.init(options, data: data)
    }

    deinit {
        end(by: SIGKILL)
        for pid in workers() { kill(pid, SIGKILL) }
        for name in options.recorders { endRecorder(name) }
    }

    // MARK: Its life

    /// Starts a server on the data folder, on another port.
    public func start() throws {
        let pipe = try Pipe()
        var arguments = ["serve", "--listen", "127.0.0.1:0", "--data", data, "--recorder-speed", options.speed]
        // Nobody's own drive is touched by a test.
        if !options.discovers { arguments.append("--no-discovery") }
        for name in options.recorders { arguments += ["--virtual-recorder", name] }
        var descriptors: [Int32: FileDescriptor] = [2: pipe.writing]
        descriptors[3] = options.handedOver
        child = try ChildProcess.start(
            "/usr/bin/env",
            arguments: ["DBUS_SYSTEM_BUS_ADDRESS=unix:path=/nonexistent"] + options.environment
                + (options.handedOver == nil ? [] : Self.handingOver)
                + [TestProgram.compiled("burnd")] + arguments + options.arguments, descriptors: descriptors)
        url = ""
        var reader = LineReader(pipe.reading)
        while let line = try reader.next(within: Self.patience) {
            log.withLock { $0 += line + "\n" }
            guard line.contains("] serving") else { continue }
            let word = line.split(separator: " ").first { $0.hasPrefix("url=") }
            url = word.map { String($0.dropFirst(4)) } ?? ""
            break
        }
        guard !url.isEmpty else { throw Failure(description: "the server did not start: \(words)") }
        BlockingThread.start { [log, rest = reader] in
            var reader = rest
            while let line = try? reader.next(within: .seconds(3600)) { log.withLock { $0 += line + "\n" } }
        }
    }

    /// What hands descriptor 3 to the program behind it: only the process itself knows its number.
    public static let handingOver = ["/bin/sh", "-c", "LISTEN_PID=$$ LISTEN_FDS=1 exec \"$0\" \"$@\""]

    /// Process id of the server.
    public var pid: Int32 { child?.pid ?? -1 }

    /// What the server logged.
    public var words: String { log.withLock { $0 } }

    /// Sends a signal.
    public func signal(_ signal: Int32) { if let child { kill(child.pid, signal) } }

    /// Waits until the server has ended.
    public func wait() throws -> ChildProcess.Ending {
        guard let child else { return .exited(-1) }
        let ended = try Deadline.waiting("the end of the server", self.words) {
            // Only looked at, so that it can be waited for once more.
            var info = siginfo_t()
            return waitid(P_PID, id_t(child.pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_signo == SIGCHLD
        }
        precondition(ended)
        let ending = child.wait()
        self.child = nil
        return ending
    }

    /// Ends the server by a signal.
    @discardableResult
    public func end(by signal: Int32) -> ChildProcess.Ending? {
        guard let child else { return nil }
        kill(child.pid, signal)
        let ending = child.wait()
        self.child = nil
        return ending
    }

    /// `kill -9`.
    public func crash() { end(by: SIGKILL) }

    // MARK: Other processes

    /// Path of a recorder's socket.
    public func socket(of recorder: String = "left") -> String { "\(data)/recorders/\(recorder)/socket" }

    /// Folder of a recorder's first disc, or of a later one.
    public func disc(_ number: Int = 1, of recorder: String = "left") -> String {
        "\(data)/recorders/\(recorder)/disc" + (number == 1 ? "" : "-\(number)")
    }

    /// Process id of a virtual recorder; nil when it does not run.
    public func recorder(_ name: String = "left") -> Int32? {
        guard let text = try? DurableFile.contents(of: "\(data)/recorders/\(name)/pid", limit: 64),
            let pid = Int32(String(decoding: text, as: UTF8.self).split(separator: "\n").first ?? ""),
            Self.commandLine(pid).contains("virtual-recorder"), Self.commandLine(pid).contains(socket(of: name))
        else { return nil }
        return pid
    }

    /// Ends a virtual recorder.
    public func endRecorder(_ name: String = "left", by signal: Int32 = SIGKILL) {
        if let pid = recorder(name) { kill(pid, signal) }
    }

    /// Process ids of the burn workers of this data folder.
    public func workers() -> [Int32] {
        Self.processes().filter { pid in
            let words = Self.commandLine(pid)
            return words.contains("burn-worker") && words.contains { $0.hasPrefix(data + "/burns/") }
        }
    }

    /// Kills the burn workers of this data folder and waits until each has let go of all that it held: a process that dies
    /// loses its command line before it loses its locks.
    public func killWorkers() throws {
        let doomed = workers()
        for worker in doomed { kill(worker, SIGKILL) }
        try Deadline.waiting("the workers' end") { doomed.allSatisfy(Self.isOver) }
    }

    /// There is no such process, or a zombie only, which has nothing any more.
    private static func isOver(_ pid: Int32) -> Bool {
        guard let bytes = try? contents("/proc/\(pid)/stat") else { return true }
        // The state stands behind the name, which is in parentheses and may hold some itself.
        let fields = String(decoding: bytes, as: UTF8.self).split(separator: ")").last?.split(separator: " ")
        return fields?.first == "Z"
    }

    /// The environment of a process, `NAME=value`.
    public static func environment(of pid: Int32) -> [String] {
        let bytes = (try? Self.contents("/proc/\(pid)/environ")) ?? []
        return bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }

    private static func processes() -> [Int32] { Folder.names("/proc").compactMap(Int32.init) }

    private static func commandLine(_ pid: Int32) -> [String] {
        let bytes = (try? Self.contents("/proc/\(pid)/cmdline")) ?? []
        return bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The beginning of a file of the kernel's, which has no length to ask for.
    private static func contents(_ path: String) throws -> [UInt8] {
        let file = try FileDescriptor(opening: path, O_RDONLY)
        var bytes = [UInt8](repeating: 0, count: 16 << 10)
        let count = try bytes.withUnsafeMutableBytes { try file.read(into: $0) }
        return Array(bytes.prefix(count))
    }

    /// A number of kB from the server's `/proc/PID/status`.
    public func memory(_ field: String) throws -> Int {
        let text = String(decoding: try Self.contents("/proc/\(pid)/status"), as: UTF8.self)
        let line = text.split(separator: "\n").first { $0.hasPrefix(field + ":") }
        return line.flatMap { Int($0.split(whereSeparator: { !$0.isNumber }).first ?? "") } ?? -1
    }

    // MARK: What is left

    /// Names in `spool/incoming`, `spool/files` and `spool/cdda`, those that begin with a dot too.
    public func spooled() -> [String] {
        ["incoming", "files", "cdda"].flatMap { part in Folder.names("\(data)/spool/\(part)").map { "\(part)/\($0)" } }
    }

    /// The lines of every burn's journal, by number of the burn.
    public func journals() -> [Int: [JSON]] {
        var journals: [Int: [JSON]] = [:]
        for name in Folder.names(data + "/burns") {
            guard let number = Int(name),
                let bytes = try? DurableFile.contents(of: "\(data)/burns/\(name)/journal", limit: 1 << 26)
            else { continue }
            journals[number] = bytes.split(separator: 0x0A).compactMap { try? JSON(parsing: Array($0)) }
        }
        return journals
    }

    /// How often a laser was on for each job.
    public func burnsByJob() -> [Int: Int] {
        var counts: [Int: Int] = [:]
        for (burn, lines) in journals() where lines.contains(where: { $0.event.string == "laser-on" }) {
            let plan = try? JSON(parsing: DurableFile.contents(of: "\(data)/burns/\(burn)/plan.json", limit: 1 << 20))
            counts[plan?.job.int ?? 0, default: 0] += 1
        }
        return counts
    }
}

/// The names in a folder.
public enum Folder {
    /// All but `.` and `..`; none when it cannot be read.
    public static func names(_ path: String) -> [String] {
        guard let stream = opendir(path) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }
}
