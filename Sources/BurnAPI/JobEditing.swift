import BurnJobs
import BurnPlan
import DiscComposition
import HTTPCore
import JobQueue
import Spool

/// PATCH of a job and its burns.
extension JobHandlers {
    /// PATCH: a merge patch (RFC 7396) of what was ordered, until a drive begins with it.
    func edit(_ request: HTTPRequest, _ id: String) async throws -> HTTPResponse {
        let patch = try await Self.patch(request)
        let view = try await APIErrors.translate {
            let job = try await station.view(Self.number(id)).job
            if let wanted = request.headers["If-Match"], !Self.matches(wanted, Self.tag(job)) {
                throw Problem.changed("/api/v1/jobs/\(job.id)")
            }
            guard job.state == .queued || job.state == .waiting else {
                throw Self.notEditable(job)
            }
            guard job.order.task == .burn else { throw Self.nothingToEdit }
            return try await RequestFiles.collect(for: uploads) { files in
                let body = try JSONCoding.decode(OrderBody.self, from: try Self.merged(job.order, patch))
                let taken = try await intake.take(body, files)
                _ = try taken.compose()
                try await uploads.keep(Array(taken.files.values))
                return try await station.edit(job.id, from: job.order, to: taken.order, files: taken.facts)
            }
        }
        return Self.response(view)
    }

    /// The job with the tag of its present order and state.
    static func response(_ view: JobView) -> HTTPResponse {
        .wire(JobResource(view), headers: ["ETag": tag(view.job)])
    }

    /// The patch, which is an object; its type may be that of any JSON.
    private static func patch(_ request: HTTPRequest) async throws -> JSONValue {
        let types = ["application/merge-patch+json", "application/json"]
        guard let type = request.mediaType, types.contains(type) else {
            throw Problem(
                .unsupportedMediaType, type: "unsupported-media-type",
                title: "The body has a type that is not taken here",
                detail: "A change of a job is application/merge-patch+json.",
                hint: "curl -X PATCH --json '{\"speed\":8}' …", headers: ["Accept-Patch": types[0]])
        }
        let bytes = try await request.body.collect(limit: HTTPRequest.jsonBodyLimit)
        let value = try JSONCoding.decode(JSONValue.self, from: bytes)
        guard case .object = value else {
            throw Problem(
                .badRequest, type: "invalid-field", title: "A field has a value that it cannot have",
                detail: "A change is an object with the fields to be changed.",
                errors: [.init(pointer: "#", detail: "an object")])
        }
        return value
    }

    private static func notEditable(_ job: Job) -> Problem {
        var problem = Problem(Station.Refusal.notEditable(job.id, job.state))
        problem.add(.notEditable(job.order.mode, job.state))
        return problem
    }

    private static let nothingToEdit = Problem(
        .conflict, type: "job-not-editable", title: "The job cannot be changed any more",
        detail: "A job that burns nothing has nothing to be changed.", hint: "Cancel it, and order anew.")

    /// The order as JSON with the patch in it.
    private static func merged(_ order: BurnOrder, _ patch: JSONValue) throws -> [UInt8] {
        let before = try WireFormat.decode(JSONValue.self, from: try WireFormat.encode(OrderBody(order)))
        return try JSONCoding.encode(before.merging(patch))
    }

    /// Changes whenever the order or the state of the job does, not with its progress.
    private static func tag(_ job: Job) -> String {
        let digest = FileDigest.of((try? WireFormat.encode(job)) ?? [])
        return "\"\(digest.hex.prefix(16))\""
    }

    /// RFC 9110, 13.1.1: a list of strong tags, or `*`.
    private static func matches(_ list: String, _ tag: String) -> Bool {
        list.split(separator: ",").contains { entry in
            let entry = entry.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
            return String(entry) == "*" || String(entry) == tag
        }
    }

    // MARK: Burns

    /// GET burns: every attempt, in order.
    func burns(_ request: HTTPRequest, _ id: String) async throws -> HTTPResponse {
        let job = try await APIErrors.translate { try await station.view(Self.number(id)).job }
        return .wire(ListResource(job.burns.map { BurnResource($0, of: job) }))
    }

    /// GET one burn, whosever it is.
    func burn(_ request: HTTPRequest, _ id: String) async throws -> HTTPResponse {
        guard id.utf8.first.map({ (0x31...0x39).contains($0) }) == true, let number = Int(id),
            let job = try await station.job(ofBurn: number), let burn = job.burns.first(where: { $0.id == number })
        else {
            throw Problem(
                .notFound, type: "burn-not-found", title: "There is no such burn", detail: "There is no burn \(id).")
        }
        return .wire(BurnResource(burn, of: job))
    }
}

extension JSONValue {
    /// RFC 7396: objects are merged, `null` takes away, everything else replaces.
    fileprivate func merging(_ patch: JSONValue) -> JSONValue {
        guard case .object(let changes) = patch else { return patch }
        var members: [String: JSONValue] = [:]
        if case .object(let mine) = self { members = mine }
        for (name, change) in changes {
            members[name] = change == .null ? nil : (members[name] ?? .object([:])).merging(change)
        }
        return .object(members)
    }
}
