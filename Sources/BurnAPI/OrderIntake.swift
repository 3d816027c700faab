import BurnJobs
import BurnPlan
import DiscComposition
import DiscLayout
import Drives
import HTTPCore
import JobQueue
import Spool

/// Reads an order with its files out of a request: a form that brings them, or JSON that names them by digest.
struct OrderIntake: Sendable {
    let uploads: Uploads
    let drives: DriveRegistry
    /// The decoded audio is to be read here, and not only by a burn worker.
    var hasPaths = false

    /// An order whose files are there and known.
    struct Taken: Sendable {
        var order: BurnOrder
        /// By digest, every file that it names.
        var files: [String: UploadedFile]
        /// By digest, what the disc depends on.
        var facts: [String: FileFacts]
        /// Where each file lies, and where its decoded audio does.
        var paths: [DiscComposition.Source: String]
        let syntax: FieldPlace.Syntax

        /// The disc.
        ///
        /// - Throws: `Problem` with everything that is wrong with the order.
        func compose(for purpose: DiscComposition.Purpose = .job) throws(Problem) -> Composition {
            do throws(OrderFaults) {
                return try DiscComposition.compose(order, files: facts, for: purpose) { [paths] in paths[$0] ?? "" }
            } catch {
                throw Problem(error, order, in: syntax)
            }
        }
    }

    /// One part of a form, wherever it comes from.
    struct Part: Sendable {
        let name: String
        /// Nil for a field that is no file.
        let filename: String?
        let text: @Sendable () async throws -> String
        let next: @Sendable () async throws -> [UInt8]?
    }

    /// A file on its way: stored, and being looked into.
    private struct Arriving: Sendable {
        let name: String
        let use: OrderDraft.Use
        let content: Task<Content, any Error>
    }

    /// What is in a file.
    private struct Content: Sendable {
        let stored: StoredFile
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
        return try await take(files) {
            guard let part = try await reader.nextPart() else { return nil }
            return Part(name: part.name, filename: part.filename) {
                try await part.text()
            } next: {
                try await part.next()
            }
        }
    }

    /// An order as the parts of a form, read one after the other.
    func take(_ files: RequestFiles, nextPart: () async throws -> Part?) async throws -> Taken {
        var arriving: [Arriving] = []
        do {
            var form = OrderForm()
            while let part = try await nextPart() { try await read(part, into: &form, &arriving, files) }
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
        _ part: Part, into form: inout OrderForm, _ arriving: inout [Arriving], _ files: RequestFiles
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
            case .track, .image: try await uploads.isFileSystem(stored)
            case .pregap, .graphics, .subCode: false
            }
        let isAudio =
            switch use {
            case .track, .pregap: !isData
            case .graphics, .subCode, .image: false
            }
        if isAudio, known?.audio == nil {
            return Content(
                stored: stored, file: try await uploads.recognise(stored, name: name), isData: false)
        }
        if let known { return Content(stored: stored, file: known, isData: isData) }
        return Content(stored: stored, file: try await uploads.unrecognised(stored, name: name), isData: isData)
    }

    /// Waits for what is being looked into, and puts every file into its place.
    private func settled(_ draft: OrderDraft, _ arriving: [Arriving]) async throws -> Taken {
        // Form before content: what is wrong with the order is said even while files are still being decoded.
        if draft.order.drive != BurnOrder.anyDrive { try await requireDrive(draft.order.drive, draft.rules.syntax) }
        var draft = draft
        var taken = Taken(order: draft.order, files: [:], facts: [:], paths: [:], syntax: draft.rules.syntax)
        for arrival in arriving {
            let content: Content
            do {
                content = try await arrival.content.value
            } catch let error as DecodeError {
                var problem = Problem(
                    error, name: arrival.name, place: arrival.use.place.detail(arrival.name, in: draft.rules.syntax))
                problem.add(.stream(error, draft.order.mode))
                throw problem
            }
            draft.put(.init(file: content.file.digest, name: arrival.name), arrival.use, isData: content.isData)
            try await note(content, arrival.use, &taken)
        }
        taken.order = draft.order
        var others = draft.order
        others.tracks = []
        taken.facts.merge(try await facts(of: others, draft.rules.syntax)) { $1 }
        return taken
    }

    /// What is to be known of an image and of R to W, which takes reading all of it.
    private func facts(
        of order: BurnOrder, _ syntax: FieldPlace.Syntax
    ) async throws -> [String: FileFacts] {
        do {
            return try await uploads.facts(of: order)
        } catch let trouble as OrderInspection.Trouble {
            let place = FieldPlace(trouble.place)
            switch trouble.cause {
            case .decoding(let error):
                throw Problem(error, name: place.name(in: syntax), place: place.detail("no audio", in: syntax))
            case .spool(let error): throw error
            }
        }
    }

    /// What the disc depends on of a track's files.
    private func note(_ content: Content, _ use: OrderDraft.Use, _ taken: inout Taken) async throws {
        let digest = content.file.digest
        var facts = taken.facts[digest] ?? FileFacts(bytes: content.stored.bytes)
        facts.isISO = facts.isISO || content.isData
        switch use {
        case .track, .pregap:
            guard !content.isData else { break }
            facts.sampleFrames = content.file.audio?.sampleFrames
            if hasPaths { taken.paths[.audio(digest)] = try await uploads.audioPath(content.stored) }
        case .image, .graphics, .subCode: break
        }
        taken.paths[.bytes(digest)] = content.stored.path
        (taken.files[digest], taken.facts[digest]) = (content.file, facts)
    }

    private func requireDrive(_ name: String, _ syntax: FieldPlace.Syntax) async throws {
        let pool = BurnOrder.pool(name)
        let isKnown = if let pool { await drives.isPool(pool) } else { await drives.isKnown(name) }
        guard !isKnown else { return }
        var problem = Problem(DriveError.unknown(name))
        if let pool {
            problem.detail = "No drive is in a pool \(pool)."
            problem.hint = "PATCH /api/v1/drives/{id} with {\"pools\":[\"\(pool)\"]} puts one in."
        }
        problem.status = .unprocessableContent
        problem.errors = [FieldPlace.order("drive").detail(name, in: syntax)]
        throw problem
    }
}
