import Glibc
public import POSIX
import TestSupport

/// What the server answered to curl.
public struct Answer: Sendable, CustomStringConvertible {
    /// HTTP status; 0 when there was no answer.
    public let status: Int
    /// Header lines as they came, names in lower case.
    public let headers: [String: String]
    /// The body.
    public let body: [UInt8]
    /// What curl itself ended with, and what it said.
    public let exit: ChildProcess.Ending
    /// See `exit`.
    public let errors: String

    /// The body as JSON; `null` when it is none.
    public var json: JSON { (try? JSON(parsing: body)) ?? .null }
    /// The body as text.
    public var text: String { String(decoding: body, as: UTF8.self) }
    /// Last part of a problem's type.
    public var problem: String? {
        guard headers["content-type"] == "application/problem+json" else { return nil }
        return json.type.string.map { String($0.split(separator: "/").last ?? "") }
    }
    /// For messages of tests.
    public var description: String { "\(status) \(text.prefix(2000)) \(errors)" }
}

extension ServerProcess {
    /// The API's beginning.
    public var api: String { url + "/api/v1" }

    /// Runs `curl` with arguments; `PATH` is put behind the API's URL when it begins with a slash.
    ///
    /// - Parameter input: file on descriptor 0.
    public func curl(_ path: String, _ arguments: [String] = [], input: String = "/dev/null") throws -> Answer {
        let folder = TemporaryFolder()
        let (headers, body) = ("\(folder.path)/headers", "\(folder.path)/body")
        let address = path.hasPrefix("/") ? api + path : path
        let run = try TestProgram(
            "/usr/bin/curl", ["-sS", "-m", "120", "-D", headers, "-o", body] + arguments + [address], input: input)
        let head = String(decoding: (try? DurableFile.contents(of: headers, limit: 1 << 20)) ?? [], as: UTF8.self)
        let blocks = head.split(separator: "\r\n\r\n").map { $0.split(separator: "\r\n") }
        let last = blocks.last ?? []
        var fields: [String: String] = [:]
        for line in last.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            fields[line[..<colon].lowercased()] = String(line[line.index(after: colon)...].drop { $0 == " " })
        }
        let status = last.first.flatMap { Int($0.split(separator: " ").dropFirst().first ?? "") } ?? 0
        return Answer(
            status: status, headers: fields, body: (try? DurableFile.contents(of: body, limit: .max)) ?? [],
            exit: run.ending, errors: run.errors)
    }

    /// A POST without a body.
    public func post(_ path: String) throws -> Answer { try curl(path, ["-X", "POST"]) }

    /// An order as a form, with further fields before the tracks.
    public func order(_ tracks: [String], _ fields: [String] = []) throws -> Answer {
        try curl(
            "/jobs", (["mode=tao"] + fields + tracks.map { "track=@\($0)" }).flatMap { ["-F", $0] })
    }

    /// An order that must be accepted; its number.
    public func job(_ tracks: [String], _ fields: [String] = []) throws -> Int {
        let answer = try order(tracks, fields)
        guard answer.status == 201, let id = answer.json.id.int else {
            throw Failure(description: "the order was refused: \(answer)")
        }
        return id
    }

    /// A job as it is.
    public func job(_ id: Int) throws -> JSON { try curl("/jobs/\(id)").json }

    /// The drive of a recorder as it is.
    public func drive(_ name: String = "left") throws -> JSON { try curl("/drives/\(name)").json }

    /// Waits until a drive has nothing to do, and gives it. A job is over before its drive has looked at the disc again.
    public func idleDrive(_ name: String = "left") throws -> JSON {
        try Deadline.waiting("an idle drive", self.words) { try drive(name).state.string == "idle" }
        return try drive(name)
    }

    /// Waits until a job is in one of the states, and gives it.
    @discardableResult
    public func wait(_ id: Int, _ states: Set<String> = ["completed", "failed", "cancelled"]) throws -> JSON {
        let events = try EventReader(self)
        while true {
            let event = try events.next()
            for job in event.jobs where job.id.int == id && states.contains(job.state.string ?? "") { return job }
            for job in event.jobs where job.id.int == id && job.finished_at != .null {
                throw Failure(description: "job \(id) is \(job.state), none of \(states): \(job.problem)")
            }
        }
    }

    /// Puts a fresh blank into a recorder.
    public func loadBlank(_ name: String = "left") throws {
        for movement in ["eject", "load"] {
            let answer = try post("/drives/\(name)/\(movement)")
            guard answer.status == 200 else { throw Failure(description: "\(movement): \(answer)") }
        }
    }
}
