import BurnPlan
import HTTPCore
import JobQueue
import Spool

/// `/files`, as described in openapi.yaml.
struct FileHandlers: Sendable {
    let uploads: Uploads
    let spool: Spool
    let store: any JobStoring

    /// Most files that one list has.
    static let listLimit = 1000

    /// GET: what was uploaded, newest first.
    func list(_ request: HTTPRequest) async throws -> HTTPResponse {
        .wire(ListResource(try await store.files(prefix: "", limit: Self.listLimit).map(FileResource.init)))
    }

    /// GET one, by digest or the beginning of it.
    func show(_ request: HTTPRequest, _ id: String) async throws -> HTTPResponse {
        do {
            let stored = try await spool.resolve(id)
            guard let file = try await store.files(prefix: stored.digest.description, limit: 1).first else {
                throw SpoolError.notFound
            }
            return .wire(FileResource(file))
        } catch let error as SpoolError {
            throw Problem(error == .malformedDigest ? .notFound : error)
        }
    }

    /// What a part of an upload is: its name says so, since bytes alone may be anything.
    private enum Kind: String {
        /// Audio, which is decoded, or the image of a file system.
        case file
        /// A raw image.
        case image
        /// Graphics of a track.
        case cdg
        /// R to W of an image.
        case subcode
    }

    /// POST: one or more parts named `file`, `image`, `cdg` or `subcode`.
    func upload(_ request: HTTPRequest) async throws -> HTTPResponse {
        let files = try await APIErrors.translate {
            let reader = try MultipartReader(request.body, contentType: request.headers["Content-Type"])
            try await uploads.requireRoom(for: request.body.declaredLength)
            return try await RequestFiles.collect(for: uploads) { files in
                var received: [UploadedFile] = []
                while let part = try await reader.nextPart() {
                    guard let kind = Kind(rawValue: part.name), let sent = part.filename else {
                        throw Self.unknown(part.name)
                    }
                    let stored = try await files.receive(expected: nil) { try await part.next() }
                    received.append(try await recognise(stored, FileName.label(sent), kind))
                }
                guard !received.isEmpty else { throw Self.noFile }
                try await uploads.keep(received)
                return received
            }
        }
        return .wire(ListResource(files.map(FileResource.init)), status: .created)
    }

    /// PUT: the body is the file, the path its name.
    func put(_ request: HTTPRequest, _ name: String) async throws -> HTTPResponse {
        guard request.headers["Content-Range"] == nil else { throw Self.partial }
        let kind = try request.target.query("as").map { word throws(Problem) in
            guard let kind = Kind(rawValue: word) else { throw .invalid("as", "file, image, cdg or subcode") }
            return kind
        }
        let file = try await APIErrors.translate {
            try await uploads.requireRoom(for: request.body.declaredLength)
            return try await RequestFiles.collect(for: uploads) { files in
                let stored = try await files.receive(expected: request.body.declaredLength) {
                    try await request.body.next()
                }
                let file = try await recognise(stored, FileName.label(name), kind ?? .file)
                try await uploads.keep([file])
                return file
            }
        }
        return .wire(FileResource(file), status: .created, headers: ["Location": "/api/v1/files/\(file.digest)"])
    }

    private func recognise(_ stored: StoredFile, _ name: String, _ kind: Kind) async throws -> UploadedFile {
        let isAudio = kind == .file ? try await !uploads.isFileSystem(stored) : false
        guard isAudio else { return try await uploads.unrecognised(stored, name: name) }
        do {
            return try await uploads.recognise(stored, name: name)
        } catch let error as DecodeError {
            throw Problem(error, name: name, place: .init(field: "file", detail: name))
        }
    }

    private static func unknown(_ name: String) -> Problem {
        Problem(
            .badRequest, type: "unknown-field", title: "There is no such field",
            detail:
                "An upload has parts named file, image, cdg or subcode, with file names; not \(name.debugDescription).",
            errors: [.init(field: name, detail: "unknown field")])
    }

    private static let noFile = Problem(
        .badRequest, type: "missing-field", title: "A field is missing", detail: "The form has no file.",
        hint: "curl -F file=@01.wav …", errors: [.init(field: "file", detail: "missing")])

    private static let partial = Problem(
        .badRequest, type: "bad-request", title: "Parts of files are not taken",
        detail: "Content-Range says that this is only a part of the file.",
        hint: "Send the whole file: curl -T, without -C.")
}
