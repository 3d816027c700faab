import DiscLayout
import FoundationEssentials

/// Where and why `disc.json` is wrong.
struct DiscDocumentError: Error, Equatable {
    /// Such as `sessions[0].tracks[1].blocks`.
    let field: String
    let reason: String
}

extension Disc {
    /// Reads `disc.json`. Everything that recording and reading rely on later is checked here.
    static func parse(_ bytes: [UInt8]) throws(DiscDocumentError) -> Disc {
        /// Looked at first: another format may have other fields.
        struct FormatOnly: Decodable { let format: Int }
        let document: DiscDocument
        do {
            let format = try JSONDecoder().decode(FormatOnly.self, from: Data(bytes)).format
            guard DiscDocument.knownFormats.contains(format) else {
                throw DiscDocumentError(
                    field: "format",
                    reason: "\(format) is not known; this program knows \(DiscDocument.knownFormats.lowerBound) to "
                        + "\(DiscDocument.knownFormats.upperBound)")
            }
            document = try JSONDecoder().decode(DiscDocument.self, from: Data(bytes))
        } catch {
            throw DiscDocumentError(error)
        }
        guard document.baseLBA == DiscFolder.baseLBA else {
            throw DiscDocumentError(field: "base_lba", reason: "must be \(DiscFolder.baseLBA)")
        }
        var disc = Disc(medium: try Medium(document.medium))
        for (index, session) in document.sessions.enumerated() {
            try disc.append(session, at: "sessions[\(index)]", isLast: index == document.sessions.count - 1)
        }
        return disc
    }

    private mutating func append(
        _ document: DiscDocument.SessionDocument, at place: String, isLast: Bool
    ) throws(DiscDocumentError) {
        func require(_ condition: Bool, _ field: String, _ reason: String) throws(DiscDocumentError) {
            if !condition { throw DiscDocumentError(field: "\(place).\(field)", reason: reason) }
        }
        try require(document.number == sessions.count + 1, "number", "sessions count from 1 up")
        try require(status != .finalized, "number", "a session follows one that ended the disc")
        try require([0, 0x10, 0x20].contains(document.discType), "disc_type", "must be 0, 16 or 32")
        try require(
            document.catalogNumber.map(CodeFormat.isCatalogNumber) ?? true, "mcn", "must be thirteen digits")
        try require(document.start ?? nextPauseStart == nextPauseStart, "start", "must be \(nextPauseStart)")
        let packs = document.textPacks ?? 0
        try require((0...2048).contains(packs), "text_packs", "must be 0 to 2048")
        guard let writeType = WriteType(rawValue: document.writeType ?? WriteType.trackAtOnce.rawValue) else {
            throw DiscDocumentError(field: "\(place).write_type", reason: "must be tao, sao or raw")
        }
        var session = Session(
            number: document.number, writeType: writeType, start: nextPauseStart,
            discType: UInt8(document.discType), catalogNumber: document.catalogNumber, textPacks: packs)
        session.stage = try Self.stage(document, of: session, at: place)
        try require(isLast || session.closing != nil, "lead_out", "only the last session may be open")
        let isPlanned = session.stage == .recording || session.stage == .spoiled
        try require(!document.tracks.isEmpty || isPlanned, "tracks", "a session has at least one track")
        var (next, number) = (session.start, tracks.last.map { $0.number + 1 })
        for (index, track) in document.tracks.enumerated() {
            let parsed = try Track(
                track, at: "\(place).tracks[\(index)]", number: number, pauseStart: next, in: session,
                isLast: index == document.tracks.count - 1)
            session.tracks.append(parsed)
            (next, number) = (parsed.extent, parsed.number + 1)
        }
        if let leadOut = document.leadOut {
            try require(leadOut == next, "lead_out", "must be \(next), behind the last track")
        }
        sessions.append(session)
    }

    /// How far a session has come: by its word, or in the first format by what else it has.
    private static func stage(
        _ document: DiscDocument.SessionDocument, of session: Session, at place: String
    ) throws(DiscDocumentError) -> Stage {
        let isTrackAtOnce = session.writeType == .trackAtOnce
        switch document.stage ?? (document.leadOut == nil ? "open" : "closed") {
        case "open" where isTrackAtOnce: return .open
        case "recording" where !isTrackAtOnce: return .recording
        case "spoiled" where !isTrackAtOnce: return .spoiled
        case "closed":
            guard let leadOut = document.leadOut else {
                throw DiscDocumentError(field: "\(place).lead_out", reason: "is missing")
            }
            guard let following = document.following.flatMap(Following.init) else {
                throw DiscDocumentError(field: "\(place).following", reason: "must be none, last or another")
            }
            return .closed(Closing(leadOut: leadOut, following: following))
        default:
            throw DiscDocumentError(
                field: "\(place).stage",
                reason: isTrackAtOnce ? "must be open or closed" : "must be recording, spoiled or closed")
        }
    }
}

extension Disc.Track {
    /// - Parameters:
    ///   - number: what its number has to be; nil for the first of a disc, which may be any.
    ///   - pauseStart: where it has to begin.
    fileprivate init(
        _ document: DiscDocument.TrackDocument, at place: String, number: Int?, pauseStart: Int,
        in session: Disc.Session, isLast: Bool
    ) throws(DiscDocumentError) {
        func require(_ condition: Bool, _ field: String, _ reason: String) throws(DiscDocumentError) {
            if !condition { throw DiscDocumentError(field: "\(place).\(field)", reason: reason) }
        }
        let number = number ?? document.number
        try require(
            document.number == number && (1...RedBook.maximumTracks).contains(number), "number", "must be \(number)")
        try require((0...15).contains(document.control), "control", "must be 0 to 15")
        guard let state = State(rawValue: document.state) else {
            throw DiscDocumentError(
                field: "\(place).state", reason: "must be reserved, open, complete or cut-off")
        }
        // Of a session that is written in one go the tracks are known before they are there.
        let mayBeIncomplete =
            session.closing == nil && (isLast || document.reservation != nil || session.stage != .open)
        try require(
            state == .complete || mayBeIncomplete, "state", "only the last track of an open session may be open")
        guard let form = SectorForm(rawValue: document.form ?? SectorForm.audio.rawValue) else {
            throw DiscDocumentError(field: "\(place).form", reason: "must be audio, mode0, mode1, mode2 or xa")
        }
        try require(
            document.isrc.map(CodeFormat.isRecordingCode) ?? true, "isrc", "must be an ISRC of twelve characters")
        let indexes = try Self.indexes(document.indexes, at: "\(place).indexes", from: pauseStart)
        let sectors = 0...RedBook.framesInMSF
        try require(sectors.contains(document.blocks), "blocks", "must be 0 to \(sectors.upperBound)")
        try require(
            (0...RedBook.pauseSectors).contains(document.runOut), "run_out", "must be 0 to \(RedBook.pauseSectors)")
        let reservation = document.reservation
        try require(
            reservation.map { sectors.contains($0) && $0 >= document.blocks } ?? (state != .reserved), "reservation",
            "must be \(document.blocks) to \(sectors.upperBound)")
        self.init(
            number: number, control: TrackControl(rawValue: UInt8(document.control)), form: form,
            pauseStart: pauseStart, indexes: indexes, blocks: document.blocks, runOut: document.runOut, state: state,
            isDamaged: document.damaged, isrc: document.isrc, isFirstCopy: document.firstCopy ?? false,
            reservation: reservation)
        try require(extent <= DiscFolder.endLBA, "blocks", "the track ends behind the end of any disc")
        try require(
            (indexes.last ?? start) <= end || session.closing == nil, "indexes", "an index lies behind the track")
    }

    /// Addresses of index 1 and up.
    private static func indexes(
        _ documents: [DiscDocument.IndexDocument], at place: String, from pauseStart: Int
    ) throws(DiscDocumentError) -> [Int] {
        guard documents.count >= 2, documents.count <= 100, documents.map(\.index) == Array(0..<documents.count) else {
            throw DiscDocumentError(field: place, reason: "must be 0, 1 and so on up to 99")
        }
        guard documents[0].lba == pauseStart else {
            throw DiscDocumentError(field: "\(place)[0].lba", reason: "must be \(pauseStart)")
        }
        for (index, document) in documents.enumerated().dropFirst() {
            let before = documents[index - 1].lba
            guard document.lba > before || index == 1 && document.lba == before, document.lba <= DiscFolder.endLBA
            else {
                throw DiscDocumentError(
                    field: "\(place)[\(index)].lba", reason: "must be behind index \(index - 1)")
            }
        }
        return documents.dropFirst().map(\.lba)
    }
}

extension Medium {
    fileprivate init(_ document: DiscDocument.MediumDocument) throws(DiscDocumentError) {
        guard let kind = Kind(rawValue: document.type) else {
            throw DiscDocumentError(field: "medium.type", reason: "must be CD-R or CD-RW")
        }
        guard let leadIn = MSF(text: document.leadIn), leadIn.lba < DiscFolder.baseLBA else {
            throw DiscDocumentError(field: "medium.lead_in", reason: "must be a time mm:ss:ff from 90:00:00 on")
        }
        guard let leadOut = MSF(text: document.lastLeadOut), leadOut.minutes < 90, leadOut.lba > 0 else {
            throw DiscDocumentError(field: "medium.last_lead_out", reason: "must be a time mm:ss:ff up to 89:59:74")
        }
        let spare = document.spareSectors ?? 0
        guard (0...RedBook.framesInMSF).contains(spare), leadOut.lba + spare < DiscFolder.endLBA else {
            throw DiscDocumentError(field: "medium.spare_sectors", reason: "must end before 100 minutes")
        }
        guard let rewritability = Rewritability(rawValue: document.rewritability ?? 0) else {
            throw DiscDocumentError(field: "medium.sub_type", reason: "must be 0 to 3")
        }
        guard let speedCode = UInt8(exactly: document.speedCode ?? 0) else {
            throw DiscDocumentError(field: "medium.speed_code", reason: "must be 0 to 255")
        }
        self.init(
            kind: kind, leadInStart: leadIn, lastLeadOut: leadOut, spareSectors: spare, rewritability: rewritability,
            speedCode: speedCode)
    }
}

extension DiscDocumentError {
    fileprivate init(_ error: any Error) {
        if let error = error as? DiscDocumentError {
            self = error
            return
        }
        guard let error = error as? DecodingError else {
            self.init(field: "whole file", reason: "\(error)")
            return
        }
        let (path, reason): ([any CodingKey], String) =
            switch error {
            case .typeMismatch(let type, let context): (context.codingPath, "must be a value of type \(type)")
            case .valueNotFound(let type, let context):
                (context.codingPath, "must be a value of type \(type), not null")
            case .keyNotFound(let key, let context): (context.codingPath + [key], "is missing")
            case .dataCorrupted(let context): (context.codingPath, context.debugDescription)
            @unknown default: ([], "\(error)")
            }
        let field = path.reduce("") { text, key in
            if let index = key.intValue { return "\(text)[\(index)]" }
            return text.isEmpty ? key.stringValue : "\(text).\(key.stringValue)"
        }
        self.init(field: field.isEmpty ? "whole file" : field, reason: reason)
    }
}

/// What codes that come with a recording look like.
enum CodeFormat {
    /// Thirteen digits.
    static func isCatalogNumber(_ text: String) -> Bool {
        text.utf8.count == 13 && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    /// Five capital letters or digits, then seven digits.
    static func isRecordingCode(_ text: String) -> Bool {
        text.utf8.count == 12 && text.utf8.suffix(7).allSatisfy { (0x30...0x39).contains($0) }
            && text.utf8.prefix(5).allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) }
    }
}
