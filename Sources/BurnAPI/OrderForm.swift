import BurnPlan
import DiscLayout
import FoundationEssentials
import HTTPCore

/// An order as the fields of a form. A field that begins with `track_` is of the track whose part came before it, and so are
/// `pregap` and `cdg`.
struct OrderForm: Sendable {
    /// What was said so far.
    var draft = OrderDraft(.form)
    /// Fields that were there already: of two values nobody could say which is meant.
    private var given: Set<String> = []

    /// Every field that is text, for those who look for the right name.
    static let fields = """
        title, owner, performer, mode, sector_type, gap, drive, speed, close, eject, test_write, verify, blank, erase, \
        buffer_underrun_free_disabled, client_name, mcn, first_track_number, start_of_leadout_limit, \
        stream_lead_in_sectors and cd_text; track, pregap, cdg, image and subcode are files; track_title, track_performer, \
        track_songwriter, track_composer, track_arranger, track_message, track_isrc, track_copy, track_preemphasis, \
        track_gap, track_pregap_sectors and track_indexes belong to the track before them
        """

    /// What a part with a file is for; nil when it is none of a file.
    mutating func use(_ name: String) throws(Problem) -> OrderDraft.Use? {
        switch name {
        case "track": return .track(draft.order.tracks.count)
        case "image", "subcode":
            try once(name)
            return name == "image" ? .image : .subCode
        case "pregap", "cdg":
            let index = try track(name)
            return name == "cdg" ? .graphics(index) : .pregap(index)
        default: return nil
        }
    }

    /// Sets a field.
    mutating func set(_ name: String, _ value: String) throws(Problem) {
        if name.hasPrefix("track_") { return try setOfTrack(name, value) }
        switch name {
        case "title", "owner", "performer", "drive", "client_name", "mcn", "cd_text": try setText(name, value)
        case "mode", "sector_type", "gap", "close", "verify", "blank", "erase", "speed": try setWord(name, value)
        case "eject", "test_write", "buffer_underrun_free_disabled": try setFlag(name, value)
        case "first_track_number", "start_of_leadout_limit", "stream_lead_in_sectors": try setNumber(name, value)
        default: throw Self.unknown(name)
        }
        try once(name)
    }

    private mutating func setText(_ name: String, _ value: String) throws(Problem) {
        let rules = draft.rules
        switch name {
        case "title": draft.order.title = try rules.text(.order(name), value)
        case "owner": draft.order.owner = try rules.text(.order(name), value)
        case "performer": draft.order.performer = try rules.optionalText(.order(name), value)
        case "drive": draft.order.drive = try rules.text(.order(name), value)
        case "client_name": try draft.setClientName(value)
        case "mcn": draft.order.catalogNumber = value.isEmpty ? nil : try rules.catalogNumber(value)
        default: try draft.setText(try text(value))
        }
    }

    /// CD-TEXT: a truth value, or a sheet of it as JSON.
    private func text(_ value: String) throws(Problem) -> JSONValue {
        guard value.first == "{" else { return .bool(try draft.rules.flag(.source("cd_text"), value)) }
        guard let sheet = try? JSONDecoder().decode(JSONValue.self, from: Data(value.utf8)) else {
            throw draft.rules.invalid(.source("cd_text"), "true, false, or JSON")
        }
        return sheet
    }

    private mutating func setWord(_ name: String, _ value: String) throws(Problem) {
        let rules = draft.rules
        switch name {
        case "mode": draft.order.mode = try rules.word(.order(name), value)
        case "sector_type": draft.order.sectorType = try rules.word(.order(name), value) as RawSectorType
        case "gap": draft.order.gap = try rules.word(.order(name), value) as GapMode
        case "close": draft.order.close = try rules.word(.order(name), value)
        case "verify": draft.order.verify = try rules.word(.order(name), value)
        case "blank": draft.order.blank = try rules.word(.media(name), value)
        case "erase": draft.order.erase = try rules.word(.media(name), value)
        default: draft.order.speed = try speed(value)
        }
    }

    private func speed(_ value: String) throws(Problem) -> WriteSpeed {
        let text = value == "max" ? "\"max\"" : value
        // A number with a sign or a fraction is refused as everywhere else.
        guard let speed = try? JSONDecoder().decode(WriteSpeed.self, from: Data(text.utf8)) else {
            throw draft.rules.invalid(
                .order("speed"),
                "max, a number from 1 to \(WriteSpeed.highestTimes), or JSON with sectors_per_second and pure_cav")
        }
        return speed
    }

    private mutating func setFlag(_ name: String, _ value: String) throws(Problem) {
        let flag = try draft.rules.flag(.order(name), value)
        switch name {
        case "eject": draft.order.eject = flag
        case "test_write": draft.order.isTest = flag
        default: draft.order.isUnderrunProtectionOff = flag
        }
    }

    private mutating func setNumber(_ name: String, _ value: String) throws(Problem) {
        let number = try draft.rules.integer(.order(name), value)
        switch name {
        case "first_track_number": try draft.setFirstTrackNumber(number)
        case "start_of_leadout_limit": try draft.setLeadOutLimit(number)
        default: try draft.setLeadInSectors(number)
        }
    }

    // MARK: Of a track

    private mutating func setOfTrack(_ field: String, _ value: String) throws(Problem) {
        let name = String(field.dropFirst("track_".count))
        guard Self.membersOfTrack.contains(name) else { throw Self.unknown(field) }
        let index = try track(field)
        let rules = draft.rules
        let place = FieldPlace.track(index, name)
        var track = draft.order.tracks[index]
        switch name {
        case "title": track.title = try rules.optionalText(place, value)
        case "performer": track.performer = try rules.optionalText(place, value)
        case "songwriter": track.songwriter = try rules.optionalText(place, value)
        case "composer": track.composer = try rules.optionalText(place, value)
        case "arranger": track.arranger = try rules.optionalText(place, value)
        case "message": track.message = try rules.optionalText(place, value)
        case "isrc": track.recordingCode = value.isEmpty ? nil : try rules.recordingCode(index, value)
        case "copy": track.copy = try rules.word(place, value) as SessionLayout.CopyPermission
        case "preemphasis": track.hasPreEmphasis = try rules.flag(place, value)
        case "gap": track.gap = try rules.word(place, value) as GapMode
        case "indexes": track.indexes = try rules.indexes(index, try offsets(place, value))
        default: return try draft.setPregapSectors(index, try rules.integer(place, value))
        }
        draft.order.tracks[index] = track
    }

    private static let membersOfTrack: Set<String> = [
        "title", "performer", "songwriter", "composer", "arranger", "message", "isrc", "copy", "preemphasis", "gap",
        "indexes", "pregap_sectors",
    ]

    /// `1500,3000`.
    private func offsets(_ place: FieldPlace, _ value: String) throws(Problem) -> [Int] {
        var offsets: [Int] = []
        for part in value.split(separator: ",", omittingEmptySubsequences: false) {
            offsets.append(try draft.rules.integer(place, part.filter { $0 != " " }))
        }
        return offsets
    }

    /// Place of the track that a field belongs to, which has no such field yet.
    private mutating func track(_ field: String) throws(Problem) -> Int {
        guard let last = draft.order.tracks.indices.last else {
            throw .invalid(field, "it belongs to the track before it, and there is none")
        }
        guard given.insert("\(field) \(last)").inserted else {
            throw .invalid(field, "given more than once for track \(last + 1)")
        }
        return last
    }

    private mutating func once(_ name: String) throws(Problem) {
        guard given.insert(name).inserted else { throw .invalid(name, "given more than once") }
    }

    private static func unknown(_ name: String) -> Problem {
        Problem(
            .badRequest, type: "unknown-field", title: "There is no such field",
            detail: "An order has no field \(name.debugDescription).", hint: "Its fields are \(fields).",
            errors: [.init(field: name, detail: "unknown field")])
    }
}
