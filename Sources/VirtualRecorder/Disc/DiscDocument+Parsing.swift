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
            guard format == DiscDocument.format else {
                throw DiscDocumentError(
                    field: "format", reason: "\(format) is not known; this program knows \(DiscDocument.format)")
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
        try require([0, 0x10, 0x20].contains(document.discType), "disc_type", "must be 0, 16 or 32")
        try require(status != .finalized, "number", "a session follows one that ended the disc")
        try require(!document.tracks.isEmpty, "tracks", "a session has at least one track")
        try require(
            document.catalogNumber.map(CodeFormat.isCatalogNumber) ?? true, "mcn", "must be thirteen digits")
        var session = Session(
            number: document.number, tracks: [], closing: nil, discType: UInt8(document.discType),
            catalogNumber: document.catalogNumber)
        var pauseStart = nextPauseStart
        for (index, track) in document.tracks.enumerated() {
            let place = "\(place).tracks[\(index)]"
            let mayBeOpen = isLast && index == document.tracks.count - 1 && document.leadOut == nil
            let parsed = try Track(
                track, at: place, number: nextTrackNumber + index, pauseStart: pauseStart, mayBeOpen: mayBeOpen)
            session.tracks.append(parsed)
            pauseStart = parsed.end + parsed.runOut
        }
        if let leadOut = document.leadOut {
            try require(leadOut == pauseStart, "lead_out", "must be \(pauseStart), behind the last track")
            let following = document.following.flatMap(Following.init)
            guard let following else {
                throw DiscDocumentError(field: "\(place).following", reason: "must be none, last or another")
            }
            session.closing = Closing(leadOut: leadOut, following: following)
        } else {
            try require(isLast, "lead_out", "only the last session may be open")
        }
        sessions.append(session)
    }
}

extension Disc.Track {
    fileprivate init(
        _ document: DiscDocument.TrackDocument, at place: String, number: Int, pauseStart: Int, mayBeOpen: Bool
    ) throws(DiscDocumentError) {
        func require(_ condition: Bool, _ field: String, _ reason: String) throws(DiscDocumentError) {
            if !condition { throw DiscDocumentError(field: "\(place).\(field)", reason: reason) }
        }
        try require(document.number == number && number <= RedBook.maximumTracks, "number", "must be \(number)")
        try require((0...15).contains(document.control), "control", "must be 0 to 15")
        guard let state = State(rawValue: document.state) else {
            throw DiscDocumentError(field: "\(place).state", reason: "must be open, complete or cut-off")
        }
        try require(state == .complete || mayBeOpen, "state", "only the last track of an open session may be open")
        try require(
            document.isrc.map(CodeFormat.isRecordingCode) ?? true, "isrc", "must be an ISRC of twelve characters")
        let indexes = document.indexes
        try require(indexes.count == 2 && indexes[0].index == 0 && indexes[1].index == 1, "indexes", "must be 0 and 1")
        try require(indexes[0].lba == pauseStart, "indexes[0].lba", "must be \(pauseStart)")
        let start = pauseStart + RedBook.pauseSectors
        try require(indexes[1].lba == start, "indexes[1].lba", "must be \(start)")
        try require(
            (0...RedBook.framesInMSF).contains(document.blocks), "blocks", "must be 0 to \(RedBook.framesInMSF)")
        try require(start + document.blocks <= DiscFolder.endLBA, "blocks", "the track ends behind the end of any disc")
        try require(
            (0...RedBook.pauseSectors).contains(document.runOut), "run_out", "must be 0 to \(RedBook.pauseSectors)")
        self.init(
            number: number, control: TrackControl(rawValue: UInt8(document.control)), pauseStart: pauseStart,
            start: start,
            blocks: document.blocks, runOut: document.runOut, state: state, isDamaged: document.damaged,
            isrc: document.isrc)
    }
}

extension Medium {
    fileprivate init(_ document: DiscDocument.MediumDocument) throws(DiscDocumentError) {
        guard let kind = Kind(rawValue: document.type) else {
            throw DiscDocumentError(field: "medium.type", reason: "must be \(Kind.cdR.rawValue)")
        }
        guard let leadIn = MSF(text: document.leadIn), leadIn.minutes >= 80 else {
            throw DiscDocumentError(field: "medium.lead_in", reason: "must be a time mm:ss:ff from 80:00:00 on")
        }
        guard let leadOut = MSF(text: document.lastLeadOut), leadOut.minutes < 90, leadOut.lba > 0 else {
            throw DiscDocumentError(field: "medium.last_lead_out", reason: "must be a time mm:ss:ff up to 89:59:74")
        }
        self.init(kind: kind, leadInStart: leadIn, lastLeadOut: leadOut)
    }
}

extension MSF {
    /// Reads `mm:ss:ff`; nil when it is anything else.
    fileprivate init?(text: String) {
        let fields = text.split(separator: ":", omittingEmptySubsequences: false)
        guard fields.count == 3, fields.allSatisfy({ $0.utf8.count == 2 }) else { return nil }
        let numbers = fields.compactMap { UInt8($0) }
        guard numbers.count == 3, numbers[0] <= 99, numbers[1] <= 59, numbers[2] <= 74 else { return nil }
        self.init(minutes: numbers[0], seconds: numbers[1], frames: numbers[2])
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
