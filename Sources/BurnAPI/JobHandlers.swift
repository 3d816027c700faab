import BurnJobs
import BurnPlan
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
    /// Addresses that a time in two digits of minutes can name: no disc is longer.
    static let longestDisc = RedBook.framesInMSF - RedBook.pauseSectors

    /// A track on its way: stored, and being decoded.
    private struct Arriving: Sendable {
        let name: String
        let title: String?
        let performer: String?
        let place: Problem.Detail
        let file: Task<UploadedFile, any Error>
    }

    // MARK: Creating

    /// POST: an order with its files, or one that names files by digest.
    func create(_ request: HTTPRequest) async throws -> HTTPResponse {
        let view = try await APIErrors.translate {
            guard await !station.isDraining else { throw Station.Refusal.draining }
            return try await RequestFiles.collect(for: uploads) { files in
                switch request.mediaType {
                case "multipart/form-data": try await createFromForm(request, files)
                case "application/json": try await createFromJSON(request, files)
                default: throw Self.wrongType
                }
            }
        }
        return .wire(JobResource(view), status: .created, headers: ["Location": "/api/v1/jobs/\(view.job.id)"])
    }

    private func createFromForm(_ request: HTTPRequest, _ files: RequestFiles) async throws -> JobView {
        let reader = try MultipartReader(request.body, contentType: request.headers["Content-Type"])
        try await uploads.requireRoom(for: request.body.declaredLength)
        var tracks: [Arriving] = []
        do {
            let fields = try await readForm(reader, into: &tracks, files)
            return try await submit(fields, tracks)
        } catch {
            // Waited for, not only cancelled: a decoder that still publishes would leave something behind.
            for track in tracks { track.file.cancel() }
            for track in tracks { _ = await track.file.result }
            throw error
        }
    }

    private func readForm(
        _ reader: MultipartReader, into tracks: inout [Arriving], _ files: RequestFiles
    ) async throws -> OrderFields {
        var fields = OrderFields()
        while let part = try await reader.nextPart() {
            guard part.name == "track" else {
                guard part.filename == nil else { throw Problem.invalid(part.name, "text, not a file") }
                try fields.set(part.name, try await part.text())
                continue
            }
            try Self.requireRoomForTrack(tracks.count)
            tracks.append(try await track(of: part, number: tracks.count + 1, files))
        }
        return fields
    }

    /// A part named `track`: a file, whose decoding begins at once, or the digest of one.
    private func track(of part: MultipartReader.Part, number: Int, _ files: RequestFiles) async throws -> Arriving {
        if let sent = part.filename {
            let stored = try await files.receive(expected: nil) { try await part.next() }
            let name = FileName.label(sent)
            let place = Problem.Detail(field: "track", detail: "track \(number), \(name)")
            return Arriving(name: name, title: nil, performer: nil, place: place, file: recognising(stored, name))
        }
        let text = try await part.text()
        let place = Problem.Detail(field: "track", detail: "track \(number), \(text)")
        let file = try await existing(text, files, place)
        return Arriving(name: file.name, title: nil, performer: nil, place: place, file: Task { file })
    }

    private func createFromJSON(_ request: HTTPRequest, _ files: RequestFiles) async throws -> JobView {
        let body = try await request.decode(OrderBody.self)
        var tracks: [Arriving] = []
        for (index, track) in body.source.tracks.enumerated() {
            try Self.requireRoomForTrack(index)
            let place = Problem.Detail(pointer: "#/source/tracks/\(index)", detail: track.file)
            let file = try await existing(track.file, files, place)
            let title = try track.title.map { try OrderFields.text("title", $0) }
            let performer = try track.performer.map { try OrderFields.text("performer", $0) }
            tracks.append(
                Arriving(name: file.name, title: title, performer: performer, place: place, file: Task { file }))
        }
        return try await submit(body.fields(), tracks)
    }

    private func recognising(_ stored: StoredFile, _ name: String) -> Task<UploadedFile, any Error> {
        Task { try await uploads.recognise(stored, name: name) }
    }

    private func existing(
        _ text: String, _ files: RequestFiles, _ place: Problem.Detail
    ) async throws -> UploadedFile {
        do {
            return try await files.existing(text)
        } catch let error as SpoolError {
            var problem = Problem(error)
            problem.detail = "\(text): \(problem.detail)"
            problem.errors = [place]
            if problem.status == .notFound { problem.status = .unprocessableContent }
            throw problem
        }
    }

    private func submit(_ fields: OrderFields, _ arriving: [Arriving]) async throws -> JobView {
        // Form before content: what is wrong with the order is said even while files are still being decoded.
        let named = arriving.map { BurnOrder.Track(file: "", name: $0.name, title: $0.title, performer: $0.performer) }
        var order = try fields.order(named)
        if order.drive != BurnOrder.anyDrive { _ = try await drive(order.drive) }
        var recognised: [UploadedFile] = []
        for track in arriving {
            do {
                recognised.append(try await track.file.value)
            } catch let error as DecodeError {
                throw Problem(error, name: track.name, place: track.place)
            }
        }
        for (index, file) in recognised.enumerated() { order.tracks[index].file = file.digest }
        let lengths = recognised.compactMap { $0.audio.map { Job.TrackLength(sampleFrames: $0.sampleFrames) } }
        guard lengths.count == recognised.count else {
            throw Problem(
                .unprocessableContent, type: "not-audio", detail: "A file of the order was never recognised as audio.")
        }
        try Self.requireFit(lengths)
        try await uploads.keep(recognised)
        return try await station.submit(order, lengths: lengths)
    }

    private func drive(_ name: String) async throws -> DriveStatus {
        do {
            return try await drives.status(name)
        } catch {
            var problem = Problem(error)
            (problem.status, problem.errors) = (.unprocessableContent, [.init(field: "drive", detail: name)])
            throw problem
        }
    }

    private static func requireRoomForTrack(_ count: Int) throws(Problem) {
        guard count < RedBook.maximumTracks else {
            throw Problem(
                .unprocessableContent, type: "too-many-tracks", title: "The order has too many tracks",
                detail: "A disc has at most \(RedBook.maximumTracks) tracks.",
                errors: [.init(field: "track", detail: "track \(count + 1)")])
        }
    }

    private static func requireFit(_ lengths: [Job.TrackLength]) throws(Problem) {
        let needed = BurnPlan.sectorsNeeded(lengths.map(\.sectors))
        guard needed <= longestDisc else {
            throw Problem(
                .unprocessableContent, type: "disc-too-long", title: "The programme does not fit on any disc",
                detail: "\(minutes(needed)) are needed; the longest disc has \(minutes(longestDisc)).",
                hint: "Spread the tracks over two discs.",
                extensions: ["needed_sectors": .integer(needed), "available_sectors": .integer(longestDisc)])
        }
    }

    /// Minutes and seconds, however many: an MSF begins anew at 100 minutes.
    private static func minutes(_ sectors: Int) -> String {
        let seconds = sectors / RedBook.framesPerSecond
        return "\(seconds / 60) min \(seconds % 60) s"
    }

    private static let wrongType = Problem(
        .unsupportedMediaType, type: "unsupported-media-type", title: "The body has a type that is not taken here",
        detail: "An order is a multipart form or JSON.",
        hint: "curl -F mode=tao -F track=@01.wav …, or curl --json '{…}' …")

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
        .wire(JobResource(try await APIErrors.translate { try await station.view(Self.number(id)) }))
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

    private static func number(_ id: String) throws -> Int {
        // Int reads a sign too, and a job has one address only.
        guard id.utf8.first.map({ (0x31...0x39).contains($0) }) == true, let number = Int(id) else {
            throw Problem(
                .notFound, type: "job-not-found", title: "There is no such job", detail: "There is no job \(id).")
        }
        return number
    }
}
