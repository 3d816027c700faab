import BurnPlan
import DiscLayout
import Drives
import HTTPCore
import JobQueue
import Spool

/// Reads an order with its files out of a request: a form that brings them, or JSON that names them by digest.
struct OrderIntake: Sendable {
    let uploads: Uploads
    let drives: DriveRegistry

    /// An order whose files are there and known.
    struct Taken: Sendable {
        var order: BurnOrder
        /// By digest, every file that it names.
        var files: [String: UploadedFile]
        let syntax: FieldPlace.Syntax
    }

    /// A file on its way: stored, and being looked into.
    private struct Arriving: Sendable {
        let name: String
        let use: OrderDraft.Use
        let content: Task<Content, any Error>
    }

    /// What is in a file.
    private struct Content: Sendable {
        let file: UploadedFile
        /// It holds the sectors of a data track.
        let isData: Bool
    }

    /// Reads the body to its end.
    ///
    /// - Throws: `Problem`, `SpoolError`, `MultipartError`.
    func take(_ request: HTTPRequest, _ files: RequestFiles) async throws -> Taken {
        switch request.mediaType {
        case "multipart/form-data": return try await takeForm(request, files)
        case "application/json":
            return try await take(try await request.decode(OrderBody.self), files)
        default:
            throw Problem(
                .unsupportedMediaType, type: "unsupported-media-type",
                title: "The body has a type that is not taken here",
                detail: "An order is a multipart form or JSON.",
                hint: "curl -F mode=tao -F track=@01.wav …, or curl --json '{…}' …")
        }
    }

    /// An order that names files by digest.
    func take(_ body: OrderBody, _ files: RequestFiles) async throws -> Taken {
        var draft = try body.draft()
        var arriving: [Arriving] = []
        try draft.finish(hasImage: body.source.image != nil)
        for (use, text) in body.references {
            arriving.append(try await existing(text, use, .json, files))
        }
        return try await settled(draft, arriving)
    }

    private func takeForm(_ request: HTTPRequest, _ files: RequestFiles) async throws -> Taken {
        let reader = try MultipartReader(request.body, contentType: request.headers["Content-Type"])
        try await uploads.requireRoom(for: request.body.declaredLength)
        var arriving: [Arriving] = []
        do {
            var form = OrderForm()
            while let part = try await reader.nextPart() { try await read(part, into: &form, &arriving, files) }
            try form.draft.finish(hasImage: arriving.contains { $0.use == .image })
            return try await settled(form.draft, arriving)
        } catch {
            // Waited for, not only cancelled: a decoder that still publishes would leave something behind.
            for file in arriving { file.content.cancel() }
            for file in arriving { _ = await file.content.result }
            throw error
        }
    }

    private func read(
        _ part: MultipartReader.Part, into form: inout OrderForm, _ arriving: inout [Arriving], _ files: RequestFiles
    ) async throws {
        guard let use = try form.use(part.name) else {
            // A sheet of texts may be long, and is a file then.
            guard part.filename == nil || part.name == "cd_text" else {
                throw Problem.invalid(part.name, "text, not a file")
            }
            return try form.set(part.name, try await part.text())
        }
        if case .track = use { try form.draft.addTrack(FileName.label(part.filename ?? "")) }
        if let sent = part.filename {
            let stored = try await files.receive(expected: nil) { try await part.next() }
            arriving.append(arrival(stored, FileName.label(sent), use, known: nil))
        } else {
            arriving.append(try await existing(try await part.text(), use, .form, files))
        }
    }

    private func existing(
        _ text: String, _ use: OrderDraft.Use, _ syntax: FieldPlace.Syntax, _ files: RequestFiles
    ) async throws -> Arriving {
        do {
            let (stored, known) = try await files.existing(text)
            return arrival(stored, known.name, use, known: known)
        } catch let error as SpoolError {
            var problem = Problem(error)
            problem.detail = "\(text): \(problem.detail)"
            problem.errors = [use.place.detail(text, in: syntax)]
            if problem.status == .notFound { problem.status = .unprocessableContent }
            throw problem
        }
    }

    /// Begins to look into a file: the next one may be on its way meanwhile.
    private func arrival(
        _ stored: StoredFile, _ name: String, _ use: OrderDraft.Use, known: UploadedFile?
    ) -> Arriving {
        Arriving(name: name, use: use, content: Task { try await content(of: stored, name, use, known) })
    }

    private func content(
        of stored: StoredFile, _ name: String, _ use: OrderDraft.Use, _ known: UploadedFile?
    ) async throws -> Content {
        let isData =
            switch use {
            case .track, .image: try await FileSystemImage.isOne(stored.path, bytes: stored.bytes)
            case .pregap, .graphics, .subCode: false
            }
        let isAudio =
            switch use {
            case .track, .pregap: !isData
            case .graphics, .subCode, .image: false
            }
        if isAudio, known?.audio == nil {
            return Content(file: try await uploads.recognise(stored, name: name), isData: false)
        }
        if let known { return Content(file: known, isData: isData) }
        return Content(file: try await uploads.unrecognised(stored, name: name), isData: isData)
    }

    /// Waits for what is being looked into, and puts every file into its place.
    private func settled(_ draft: OrderDraft, _ arriving: [Arriving]) async throws -> Taken {
        // Form before content: what is wrong with the order is said even while files are still being decoded.
        if draft.order.drive != BurnOrder.anyDrive { try await requireDrive(draft.order.drive, draft.rules.syntax) }
        var (draft, files) = (draft, [String: UploadedFile]())
        for arrival in arriving {
            let content: Content
            do {
                content = try await arrival.content.value
            } catch let error as DecodeError {
                throw Problem(
                    error, name: arrival.name, place: arrival.use.place.detail(arrival.name, in: draft.rules.syntax))
            }
            draft.put(.init(file: content.file.digest, name: arrival.name), arrival.use, isData: content.isData)
            files[content.file.digest] = content.file
        }
        return Taken(order: draft.order, files: files, syntax: draft.rules.syntax)
    }

    private func requireDrive(_ name: String, _ syntax: FieldPlace.Syntax) async throws {
        do {
            _ = try await drives.status(name)
        } catch {
            var problem = Problem(error)
            problem.status = .unprocessableContent
            problem.errors = [FieldPlace.order("drive").detail(name, in: syntax)]
            throw problem
        }
    }
}
