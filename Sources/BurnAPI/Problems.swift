import BurnJobs
import BurnPlan
import Drives
import HTTPCore
import JobQueue
import Spool

/// What goes wrong below the API, in the API's words.
extension Problem {
    /// A problem with the spool.
    init(_ error: SpoolError) {
        switch error {
        case .full:
            self.init(
                .insufficientStorage, type: "spool-full", title: "The disk is full",
                detail: "There is no room for this upload.",
                hint: "Remove files from the station's disk, then try again.")
        case .tooLarge(let limit):
            self.init(
                .contentTooLarge, type: "body-too-large", title: "The file is too large",
                detail: "A file may have \(limit) bytes.", extensions: ["limit_bytes": .integer(limit)])
        case .lengthMismatch(let expected, let received):
            self.init(
                .badRequest, type: "incomplete-body", title: "The body ended early",
                detail: "\(expected) bytes were announced and \(received) came.")
        case .notFound:
            self.init(
                .notFound, type: "file-not-found", title: "There is no such file",
                detail: "No uploaded file has this digest.", hint: "Upload it first, or see GET /api/v1/files.")
        case .ambiguous:
            self.init(
                .notFound, type: "file-not-found", title: "There is no such file",
                detail: "More than one uploaded file begins with this digest.", hint: "Give more digits.")
        case .malformedDigest:
            self.init(
                .badRequest, type: "invalid-field", title: "A field has a value that it cannot have",
                detail: "A file is named by sha256: and 64 hexadecimal digits, or the first 8 or more of them.")
        case .closed, .system:
            self.init(
                .internalServerError, type: "internal-error", detail: "The spool cannot be used; the log says why.")
        }
    }

    /// A file that gives no audio, with the name that it was sent under.
    init(_ error: DecodeError, name: String, place: Problem.Detail?) {
        let (type, title, text): (String, String, String)
        var status = HTTPStatus.unprocessableContent
        switch error {
        case .notAudio(let detail): (type, title, text) = ("not-audio", "The file is not audio", detail)
        case .unsupported(let detail):
            (type, title, text) = ("unsupported-audio", "This kind of audio is not taken", detail)
        case .damaged(let detail): (type, title, text) = ("damaged-audio", "The file is damaged", detail)
        case .tooLong(let detail): (type, title, text) = ("audio-too-long", "The file is longer than any disc", detail)
        case .empty(let detail): (type, title, text) = ("not-audio", "The file holds no sound", detail)
        case .resources(let detail):
            (type, title, text) = ("unsupported-audio", "The file takes too much to decode", detail)
        case .notFound: (type, title, text) = ("file-not-found", "There is no such file", "it is gone")
        case .full:
            (type, title, text) = ("spool-full", "The disk is full", "there is no room for its decoded audio")
            status = .insufficientStorage
        case .cancelled, .internal:
            (type, title, text) = ("internal-error", "Internal Server Error", "the decoder failed; the log says why")
            status = .internalServerError
        }
        let detail = "\(name): \(text)"
        self.init(status, type: type, title: title, detail: detail, errors: place.map { [$0] } ?? [])
    }

    /// A refusal of the station.
    init(_ refusal: Station.Refusal) {
        switch refusal {
        case .draining:
            self.init(
                .serviceUnavailable, type: "draining", title: "The station is about to stop",
                detail: "No new jobs are taken.", headers: ["Retry-After": "30"])
        case .unknownJob(let id):
            self.init(
                .notFound, type: "job-not-found", title: "There is no such job", detail: "There is no job \(id).")
        case .notCancellable(let id, let state):
            self.init(
                .conflict, type: "job-not-cancellable", title: "The job cannot be cancelled",
                detail: "Job \(id) is \(state.rawValue)\(state.isTerminal ? "" : ": nothing can stop that").",
                instance: "/api/v1/jobs/\(id)")
        case .notEditable(let id, let state):
            self.init(
                .conflict, type: "job-not-editable", title: "The job cannot be changed any more",
                detail: "Job \(id) is \(state.rawValue).", hint: "Cancel it, and order anew.",
                instance: "/api/v1/jobs/\(id)")
        case .changedMeanwhile(let id): self = .changed("/api/v1/jobs/\(id)")
        case .modeNotSupported(let problem):
            self.init(
                .unprocessableContent, type: "mode-not-supported", title: "The drive cannot record in this mode",
                detail: problem.detail, hint: problem.hint)
        case .wouldSpoilDisc(let id):
            self.init(
                .conflict, type: "would-spoil-disc", title: "Cancelling would spoil the disc",
                detail: "Job \(id) is being burned.",
                hint: "POST /api/v1/jobs/\(id)/cancel?spoil=yes cancels it and wastes the disc.",
                instance: "/api/v1/jobs/\(id)")
        }
    }

    /// A change that was meant for an earlier state of a resource.
    static func changed(_ instance: String) -> Problem {
        Problem(
            .preconditionFailed, type: "precondition-failed", title: "Somebody else changed it first",
            detail: "It is not any more what the change was meant for.",
            hint: "Read it again, and send the change with its present ETag.", instance: instance)
    }

    /// A refusal of a drive.
    init(_ error: DriveError) {
        switch error {
        case .unknown(let name):
            self.init(
                .notFound, type: "drive-not-found", title: "There is no such drive",
                detail: "No drive has the id or label \(name).", hint: "See GET /api/v1/drives.")
        case .busy(let id, let owner, let holder):
            self.init(
                .conflict, type: "drive-busy", title: "The drive is busy",
                detail: (holder?.description ?? owner).map { "Drive \(id) is in use by \($0)." }
                    ?? "A job has drive \(id), or its tray moves.",
                instance: "/api/v1/drives/\(id)",
                extensions: Self.extensions(owner, holder))
        case .labelTaken(let label): self = .invalid("label", "another drive is called \(label)")
        case .failed(let id, let text):
            self.init(
                .conflict, type: "drive-failed", title: "The drive did not do it", detail: "Drive \(id): \(text)",
                instance: "/api/v1/drives/\(id)")
        }
    }

    /// Who has a drive, as the drive itself shows it.
    private static func extensions(_ owner: String?, _ holder: DriveHolder?) -> [String: JSONValue] {
        var members: [String: JSONValue] = [:]
        if let owner { members["locked_by"] = .string(owner) }
        if let holder {
            members["held_by"] = .object([
                "program": holder.program.map { .string($0) } ?? .null,
                "pid": holder.pid.map { .integer($0) } ?? .null,
                "user": holder.user.map { .string($0) } ?? .null,
                "mounted_at": holder.mountPoint.map { .string($0) } ?? .null,
                "node": .string(holder.node),
            ])
        }
        return members
    }

    /// A field of a form or of a query that has a wrong value.
    static func invalid(_ field: String, _ detail: String) -> Problem {
        Problem(
            .badRequest, type: "invalid-field", title: "A field has a value that it cannot have",
            detail: "\(field): \(detail)", errors: [.init(field: field, detail: detail)])
    }
}
