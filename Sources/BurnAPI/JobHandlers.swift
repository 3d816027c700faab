import BurnJobs
import BurnPlan
import DiscComposition
import DiscLayout
import Drives
import HTTPCore
import JobQueue
import Spool

/// `/jobs`, as described in openapi.yaml.
struct JobHandlers: Sendable {
    let station: Station
    let uploads: Uploads
    let drives: DriveRegistry

    /// Jobs that a list has when nobody says.
    static let defaultLimit = 50
    /// Most jobs that a list may have.
    static let highestLimit = 500
    // MARK: Creating

    /// POST: an order with its files, or one that names files by digest.
    func create(_ request: HTTPRequest) async throws -> HTTPResponse {
        let view = try await APIErrors.translate {
            guard await !station.isDraining else { throw Station.Refusal.draining }
            return try await RequestFiles.collect(for: uploads) { files in
                try await submit(try await intake.take(request, files))
            }
        }
        return .wire(JobResource(view), status: .created, headers: ["Location": "/api/v1/jobs/\(view.job.id)"])
    }

    var intake: OrderIntake { OrderIntake(uploads: uploads, drives: drives) }

    /// What can be refused is refused before anything is kept.
    private func submit(_ taken: OrderIntake.Taken) async throws -> JobView {
        let composition = try taken.compose()
        try await requireDrive(for: taken, composition.demand)
        try await uploads.keep(Array(taken.files.values))
        return try await station.submit(taken.order, files: taken.facts)
    }

    /// Some drive that the order may use can write it, as far as anybody knows.
    private func requireDrive(for taken: OrderIntake.Taken, _ demand: ContentDemand) async throws {
        let choices = await station.choices(for: taken.order, demand).sorted { $0.key < $1.key }
        let lacks = choices.compactMap { choice in
            if case .failure(let lack) = choice.value { (drive: choice.key, lack: lack) } else { nil }
        }
        guard let first = lacks.first, lacks.count == choices.count else { return }
        var problem = Problem(
            .unprocessableContent, type: "mode-not-supported", title: "The drive cannot record in this mode",
            detail: lacks.count == 1 ? first.lack.sentence : "None of the drives can: \(first.lack.sentence)",
            hint: "Choose another mode, or another drive.",
            errors: lacks.map { FieldPlace.order("mode").detail("\($0.drive): \($0.lack.sentence)", in: taken.syntax) })
        problem.add(.lack(first.lack, taken.order))
        throw problem
    }

    // MARK: Reading and cancelling

    /// GET: newest first, by state and page.
    func list(_ request: HTTPRequest) async throws -> HTTPResponse {
        var filter = JobFilter(limit: Self.defaultLimit)
        for (name, value) in request.target.query {
            switch name {
            case "state": filter.states = try Self.states(value)
            case "limit":
                guard let limit = Int(value), (1...Self.highestLimit).contains(limit) else {
                    throw Problem.invalid("limit", "a number from 1 to \(Self.highestLimit)")
                }
                filter.limit = limit
            case "cursor":
                guard let before = Int(value), before > 0 else {
                    throw Problem.invalid("cursor", "a next_cursor of a list")
                }
                filter.before = before
            default:
                throw Problem(
                    .badRequest, type: "unknown-field", title: "There is no such field",
                    detail: "The list of jobs knows state, limit and cursor; not \(name.debugDescription).",
                    errors: [.init(field: name, detail: "unknown field")])
            }
        }
        let limit = filter.limit
        let views = try await station.views(filter)
        let next = views.count == limit ? views.last.map { String($0.job.id) } : nil
        return .wire(ListResource(views.map(JobResource.init), nextCursor: next))
    }

    private static func states(_ list: String) throws(Problem) -> Set<JobState> {
        var states: Set<JobState> = []
        for word in list.split(separator: ",", omittingEmptySubsequences: false) {
            guard let state = JobState(rawValue: String(word)) else {
                throw .invalid(
                    "state",
                    "\(String(word).debugDescription) is none of \(JobState.allCases.map(\.rawValue).joined(separator: ", "))"
                )
            }
            states.insert(state)
        }
        return states
    }

    /// GET one.
    func show(_ request: HTTPRequest, _ id: String) async throws -> HTTPResponse {
        Self.response(try await APIErrors.translate { try await station.view(Self.number(id)) })
    }

    /// POST cancel: 200 when it is cancelled, 202 when a worker has to stop first.
    func cancel(_ request: HTTPRequest, _ id: String) async throws -> HTTPResponse {
        let spoil = try request.target.query("spoil").map { value throws(Problem) in
            guard value == "yes" else { throw Problem.invalid("spoil", "yes, or nothing") }
            return true
        }
        let view = try await APIErrors.translate { try await station.cancel(Self.number(id), spoil: spoil ?? false) }
        return .wire(JobResource(view), status: view.job.state == .cancelled ? .ok : .accepted)
    }

    static func number(_ id: String) throws -> Int {
        // Int reads a sign too, and a job has one address only.
        guard id.utf8.first.map({ (0x31...0x39).contains($0) }) == true, let number = Int(id) else {
            throw Problem(
                .notFound, type: "job-not-found", title: "There is no such job", detail: "There is no job \(id).")
        }
        return number
    }
}
