import BurnPlan
import HTTPCore

/// The scalar fields of an order, from a form or from JSON.
struct OrderFields: Sendable {
    var title = ""
    var owner = ""
    var mode: WriteMode?
    var drive = BurnOrder.anyDrive
    var speed = WriteSpeed.max
    var close = CloseMode.disc
    var eject = false
    /// Form fields that were there already: of two values nobody could say which is meant.
    private var given: Set<String> = []

    /// Longest title or name in characters: enough for any title, and short enough to be shown.
    static let longestText = 200
    /// Longest in bytes of UTF-8: a character can be a letter under any number of marks. Emoji of families have 25.
    static let longestTextBytes = 10 * longestText

    /// Sets a form field.
    mutating func set(_ name: String, _ value: String) throws(Problem) {
        guard given.insert(name).inserted else { throw .invalid(name, "given more than once") }
        switch name {
        case "title": title = try Self.text(name, value)
        case "owner": owner = try Self.text(name, value)
        case "mode": mode = try Self.word(name, value)
        case "drive": drive = try Self.text(name, value)
        case "speed": speed = try Self.speed(name, value)
        case "close": close = try Self.word(name, value)
        case "eject": eject = try Self.flag(name, value)
        default:
            throw Problem(
                .badRequest, type: "unknown-field", title: "There is no such field",
                detail: "An order has no field \(name.debugDescription).",
                hint: "Its fields are title, owner, mode, drive, speed, close, eject and track.",
                errors: [.init(field: name, detail: "unknown field")])
        }
    }

    /// Text without control characters, not too long.
    static func text(_ name: String, _ value: String) throws(Problem) -> String {
        guard value.utf8.count <= longestTextBytes, value.count <= longestText else {
            throw .invalid(name, "at most \(longestText) characters and \(longestTextBytes) bytes")
        }
        guard !value.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            throw .invalid(name, "no control characters")
        }
        return value
    }

    private static func word<Word: RawRepresentable & CaseIterable>(
        _ name: String, _ value: String
    ) throws(Problem) -> Word where Word.RawValue == String {
        guard let word = Word(rawValue: value) else {
            throw .invalid(name, "one of \(Word.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return word
    }

    private static func speed(_ name: String, _ value: String) throws(Problem) -> WriteSpeed {
        if value == "max" { return .max }
        guard let times = Int(value), (1...WriteSpeed.highestTimes).contains(times) else {
            throw .invalid(name, "max, or a number from 1 to \(WriteSpeed.highestTimes)")
        }
        return .times(times)
    }

    private static func flag(_ name: String, _ value: String) throws(Problem) -> Bool {
        switch value {
        case "true", "yes", "1", "on": return true
        case "false", "no", "0", "off": return false
        default: throw .invalid(name, "true or false")
        }
    }

    /// The order, when nothing that is required is missing.
    func order(_ tracks: [BurnOrder.Track]) throws(Problem) -> BurnOrder {
        guard let mode else {
            throw Problem(
                .badRequest, type: "missing-field", title: "A field is missing",
                detail: "mode is missing.", hint: "mode=tao writes track at once.",
                errors: [.init(field: "mode", detail: "missing")])
        }
        guard !tracks.isEmpty else {
            throw Problem(
                .badRequest, type: "missing-track", title: "The order has no track",
                detail: "A disc needs at least one track.", hint: "Repeat -F track=@file in the order of the disc.")
        }
        return BurnOrder(
            title: title, owner: owner, mode: mode, drive: drive, speed: speed, close: close, eject: eject,
            tracks: tracks)
    }
}

/// An order as JSON.
struct OrderBody: Decodable, Sendable {
    struct Source: Decodable, Sendable { let tracks: [Track] }

    struct Track: Decodable, Sendable {
        let file: String
        let title: String?
        let performer: String?
    }

    let title: String?
    let owner: String?
    let mode: WriteMode
    let drive: String?
    let speed: WriteSpeed?
    let close: CloseMode?
    let eject: Bool?
    let source: Source

    /// The scalar fields, with the defaults for those that are absent.
    func fields() throws(Problem) -> OrderFields {
        var fields = OrderFields()
        if let title { fields.title = try OrderFields.text("title", title) }
        if let owner { fields.owner = try OrderFields.text("owner", owner) }
        fields.mode = mode
        fields.drive = drive ?? fields.drive
        (fields.speed, fields.close, fields.eject) = (speed ?? .max, close ?? .disc, eject ?? false)
        return fields
    }
}
