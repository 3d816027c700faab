import BurnJobs
import BurnPlan
import Drives
import HTTPCore
import JobQueue

/// `/drives/{id}/erase` and `/close`: jobs that burn nothing.
struct TaskHandlers: Sendable {
    let station: Station
    let drives: DriveRegistry

    /// Both members may be left out; null is refused.
    private struct EraseBody: Decodable, Sendable {
        var full: Bool?
        var clientName: String?

        enum CodingKeys: String, CodingKey {
            case full
            case clientName = "client_name"
        }

        init() {}

        init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            full = fields.contains(.full) ? try fields.decode(Bool.self, forKey: .full) : nil
            clientName = fields.contains(.clientName) ? try fields.decode(String.self, forKey: .clientName) : nil
        }
    }

    /// POST erase: 202 with the job that blanks the disc.
    func erase(_ request: HTTPRequest, _ id: String) async throws -> HTTPResponse {
        var order = BurnOrder(title: "Erase", task: .erase, mode: .tao, tracks: [])
        let body = try await eraseBody(request)
        if body.full == true { order.erase = .full }
        if let name = body.clientName { order.clientName = try FieldRules(syntax: .json).clientName(name) }
        return try await submit(order, id)
    }

    /// POST close: 202 with the job that closes the open session. The disc is finished.
    func close(_ request: HTTPRequest, _ id: String) async throws -> HTTPResponse {
        try await submit(BurnOrder(title: "Close", task: .close, mode: .tao, tracks: []), id)
    }

    /// A body may be missing; the erase is a quick one then.
    private func eraseBody(_ request: HTTPRequest) async throws -> EraseBody {
        guard request.mediaType != nil || request.body.declaredLength ?? 0 > 0 else { return EraseBody() }
        return try await request.decode(EraseBody.self)
    }

    /// The drive must be free: a second task for a busy one is a mistake, not a queue.
    private func submit(_ order: BurnOrder, _ id: String) async throws -> HTTPResponse {
        let view = try await APIErrors.translate {
            let drive = try await drives.status(id)
            guard drive.isPresent else { throw Problem.offline(drive) }
            guard drive.job == nil else { throw DriveError.busy(drive.id, lockedBy: drive.lockedBy) }
            var order = order
            order.drive = drive.id
            return try await station.submit(order, files: [:])
        }
        return .wire(JobResource(view), status: .accepted, headers: ["Location": "/api/v1/jobs/\(view.job.id)"])
    }
}

extension Problem {
    /// A drive that does not answer.
    fileprivate static func offline(_ drive: DriveStatus) -> Problem {
        var problem = Problem(
            .conflict, type: "drive-offline", title: "The drive does not answer",
            detail: "Drive \(drive.label) is not there.", hint: "Attach it, or switch it on.",
            instance: "/api/v1/drives/\(drive.id)")
        problem.add(.deviceGone)
        return problem
    }
}
