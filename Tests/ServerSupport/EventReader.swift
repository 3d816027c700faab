import Glibc
import POSIX

/// One server-sent event.
public struct Event: Sendable {
    /// `event:`.
    public var name = ""
    /// `id:`; nil when it has none.
    public var id: String?
    /// `data:`.
    public var data = JSON.null

    /// The jobs that it tells of.
    public var jobs: [JSON] { name == "snapshot" ? data.jobs.list : name == "job-state-changed" ? [data.job] : [] }
    /// The drives that it tells of.
    public var drives: [JSON] { name == "snapshot" ? data.drives.list : data.drive == .null ? [] : [data.drive] }
}

/// `curl -N …/events`, event by event.
public final class EventReader: @unchecked Sendable {
    // Unchecked is right: a test uses it from one thread at a time.
    private var lines: LineReader
    private let child: ChildProcess
    private var isRunning = true
    /// Lines that were no event: `retry:` and comments.
    public private(set) var others: [String] = []
    private let words: () -> String

    /// Opens a stream. Events that are missed before the first `next` wait in the pipe.
    public init(_ server: ServerProcess, _ arguments: [String] = [], query: String = "") throws {
        let pipe = try Pipe()
        child = try ChildProcess.start(
            "/usr/bin/curl", arguments: ["-sN"] + arguments + [server.api + "/events" + query],
            descriptors: [1: pipe.writing])
        lines = LineReader(pipe.reading)
        words = { server.words }
    }

    deinit { close() }

    /// Ends curl: the browser is closed.
    public func close() {
        guard isRunning else { return }
        isRunning = false
        kill(child.pid, SIGKILL)
        _ = child.wait()
    }

    /// The next event; fails at the end of the stream and at the deadline.
    public func next(within patience: Duration = ServerProcess.patience) throws -> Event {
        guard let event = try nextOrEnd(within: patience) else {
            throw ServerProcess.Failure(description: "the stream ended. \(words())")
        }
        return event
    }

    /// The next event; nil at the end of the stream.
    public func nextOrEnd(within patience: Duration = ServerProcess.patience) throws -> Event? {
        var event = Event()
        var data = ""
        do {
            while let line = try lines.next(within: patience) {
                if line.isEmpty, !event.name.isEmpty {
                    event.data = try JSON(parsing: Array(data.utf8))
                    return event
                } else if line.hasPrefix("event: ") {
                    event.name = String(line.dropFirst(7))
                } else if line.hasPrefix("id: ") {
                    event.id = String(line.dropFirst(4))
                } else if line.hasPrefix("data: ") {
                    data += line.dropFirst(6)
                } else if !line.isEmpty {
                    others.append(line)
                }
            }
            return nil
        } catch is LineReader.Silence {
            throw ServerProcess.Failure(description: "no event came. \(words())")
        }
    }

    /// Longest wait for one event among others: a stream has heartbeats, so that it is never silent for long.
    private static let longest = ServerProcess.patience * 5

    /// Events up to the first that is so; that one is the last.
    public func until(_ isSo: (Event) -> Bool) throws -> [Event] {
        let end = ContinuousClock.now + Self.longest
        var events: [Event] = []
        repeat {
            guard ContinuousClock.now < end else {
                throw ServerProcess.Failure(description: "the event did not come. \(words())")
            }
            events.append(try next())
        } while !(events.last.map(isSo) ?? true)
        return events
    }

    /// Events up to a job's being in one of the states.
    public func until(job id: Int, _ states: Set<String>) throws -> [Event] {
        try until { $0.jobs.contains { $0.id.int == id && states.contains($0.state.string ?? "") } }
    }
}
