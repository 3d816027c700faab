import Glibc
import POSIX
import TestSupport

/// A system bus of a test's own, and python-dbusmock that plays logind on it, as `logind.py` beside this file says.
public final class MockLogind: Sendable {
    /// What it does when it is asked for an inhibitor.
    public enum Answer: String, Sendable {
        /// Grants it.
        case grant
        /// Refuses it as polkit does.
        case refuse
        /// Grants it when `grantLate` is called.
        case late
        /// Says nothing.
        case never
    }

    private let folder = TemporaryFolder()
    private let bus: ChildProcess
    private let logind: ChildProcess?
    private let lines: Lock<LineReader?>
    /// Everything that it has told so far.
    private let told = Lock<[String]>([])

    /// For the environment of whoever is to use this bus.
    public var environment: String { "DBUS_SYSTEM_BUS_ADDRESS=unix:path=\(folder.path)/bus" }

    /// Starts a bus, and a logind on it unless `answer` is nil; both are ready then.
    public init(_ answer: Answer?) throws {
        let configuration = """
            <!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
             "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
            <busconfig>
              <listen>unix:path=\(folder.path)/bus</listen>
              <policy context="default">
                <allow user="*"/><allow own="*"/><allow send_destination="*"/><allow receive_sender="*"/>
              </policy>
            </busconfig>
            """
        let path = folder.path + "/bus.conf"
        try FileDescriptor(opening: path, O_WRONLY | O_CREAT).writeAll(Array(configuration.utf8))
        let address = try Pipe()
        bus = try ChildProcess.start(
            "/usr/bin/dbus-daemon", arguments: ["--nofork", "--config-file=\(path)", "--print-address=1"],
            descriptors: [1: address.writing])
        var reader = LineReader(address.reading)
        guard try reader.next(within: ServerProcess.patience) != nil else {
            throw ServerProcess.Failure(description: "the bus did not start")
        }
        guard let answer else {
            (logind, lines) = (nil, Lock(nil))
            return
        }
        let words = try Pipe()
        logind = try ChildProcess.start(
            "/usr/bin/env",
            arguments: [
                "DBUS_SYSTEM_BUS_ADDRESS=unix:path=\(folder.path)/bus", "/usr/bin/python3", "-m", "dbusmock",
                "--template", Self.template, "--parameters", "{\"answer\": \"\(answer.rawValue)\"}",
            ], descriptors: [1: words.writing])
        lines = Lock(LineReader(words.reading))
        try line { $0 == "ready" }
    }

    private static var template: String {
        String(#filePath[..<(#filePath.lastIndex(of: "/") ?? #filePath.startIndex)]) + "/logind.py"
    }

    deinit {
        for process in [logind, bus].compactMap({ $0 }) {
            kill(process.pid, SIGKILL)
            _ = process.wait()
        }
    }

    /// Grants what was asked for until now.
    public func grantLate() { if let logind { kill(logind.pid, SIGUSR1) } }

    /// Waits until it has told a line that is wanted, now or before.
    @discardableResult
    public func line(where isWanted: (String) -> Bool) throws -> String {
        if let line = told.withLock({ $0.first(where: isWanted) }) { return line }
        return try lines.withLock { reader in
            while let line = try reader?.next(within: ServerProcess.patience) {
                told.withLock { $0.append(line) }
                if isWanted(line) { return line }
            }
            throw ServerProcess.Failure(description: "logind told only \(told.withLock { $0 })")
        }
    }

    /// Everything that it has told so far, without waiting.
    public func soFar() -> [String] {
        lines.withLock { reader in
            while let line = try? reader?.next(within: .milliseconds(1)) { told.withLock { $0.append(line) } }
        }
        return told.withLock { $0 }
    }
}
