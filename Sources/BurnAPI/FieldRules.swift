import BurnPlan
import DiscComposition
import DiscLayout
import HTTPCore

/// What single members of an order may be, whatever the rest of it says.
struct FieldRules: Sendable {
    /// How faults name their places.
    let syntax: FieldPlace.Syntax

    /// Longest title or name in characters: enough for any title, and short enough to be shown.
    static let longestText = 200
    /// Longest in bytes of UTF-8: a character can be a letter under any number of marks. Emoji of families have 25.
    static let longestTextBytes = 10 * longestText
    /// Longest client name that other programs are shown.
    static let longestClientName = ClientName.longest
    /// What a client name may have besides letters and digits.
    private static let clientNameSigns = Set(" .,:;-_".utf8)
    /// Sectors ahead of address 0 that an image may have: from 90:00:00 on (contract; the pause of 150 among them).
    static let leadInSectors = 0...45_150
    /// `StartOfLeadoutLimit`: 88:29:74 at the latest.
    static let leadOutLimits = 0...398_099

    /// Text without control characters, not too long.
    func text(_ place: FieldPlace, _ value: String) throws(Problem) -> String {
        guard value.utf8.count <= Self.longestTextBytes, value.count <= Self.longestText else {
            throw invalid(place, "at most \(Self.longestText) characters and \(Self.longestTextBytes) bytes")
        }
        guard !value.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            throw invalid(place, "no control characters")
        }
        return value
    }

    /// Text that counts as absent when it is empty.
    func optionalText(_ place: FieldPlace, _ value: String?) throws(Problem) -> String? {
        guard let value, !value.isEmpty else { return nil }
        return try text(place, value)
    }

    /// One of a few words.
    func word<Word: RawRepresentable & CaseIterable>(
        _ place: FieldPlace, _ value: String
    ) throws(Problem) -> Word where Word.RawValue == String {
        guard let word = Word(rawValue: value) else {
            throw invalid(place, "one of \(Word.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return word
    }

    /// A truth value, in the words that people type.
    func flag(_ place: FieldPlace, _ value: String) throws(Problem) -> Bool {
        switch value {
        case "true", "yes", "1", "on": return true
        case "false", "no", "0", "off": return false
        default: throw invalid(place, "true or false")
        }
    }

    /// A whole number as text.
    func integer(_ place: FieldPlace, _ value: String) throws(Problem) -> Int {
        guard let number = Int(value), !value.hasPrefix("+") else { throw invalid(place, "a whole number") }
        return number
    }

    /// A number that no disc can have is understood and impossible.
    func number(_ place: FieldPlace, _ value: Int, in range: ClosedRange<Int>) throws(Problem) -> Int {
        guard range.contains(value) else {
            throw impossible(place, "from \(range.lowerBound) to \(range.upperBound)", .invalidArgument)
        }
        return value
    }

    /// The name under which the drive is taken (`ClientName`).
    func clientName(_ value: String) throws(Problem) -> String {
        let place = FieldPlace.order("client_name")
        guard (1...Self.longestClientName).contains(value.utf8.count), value.utf8.allSatisfy(Self.isInClientName) else {
            throw impossible(
                place, "1 to \(Self.longestClientName) of A-Z a-z 0-9, space and . , : ; - _",
                .recorder("CLIENT_NAME_IS_NOT_VALID", 0x11))
        }
        return value
    }

    /// A client name for whoever ordered: foreign characters replaced, cut to 62; burnd's own for nobody.
    static func clientName(for owner: String) -> String {
        let name = owner.unicodeScalars.prefix(longestClientName)
            .map { $0.isASCII && isInClientName(UInt8($0.value)) ? Character($0) : "_" }
        return name.allSatisfy { $0 == "_" || $0 == " " } ? BurnOrder.defaultClientName : String(name)
    }

    private static func isInClientName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: clientNameSigns.contains(byte)
        }
    }

    /// The disc's catalogue number: thirteen digits.
    func catalogNumber(_ value: String) throws(Problem) -> String {
        let place = FieldPlace.source("mcn")
        do {
            return try CatalogNumber(value).description
        } catch {
            switch error {
            case .form:
                throw impossible(place, "13 digits, of which leading zeros may be missing", .invalidCatalogNumber)
            case .checkDigit(let expected):
                throw impossible(place, "the last digit does not fit; it would be \(expected)", .invalidCatalogNumber)
            }
        }
    }

    /// A recording code: twelve characters.
    func recordingCode(_ track: Int, _ value: String) throws(Problem) -> String {
        guard let code = RecordingCode(value) else {
            throw impossible(.track(track, "isrc"), "CC-OOO-YY-NNNNN, with or without hyphens", .invalidCode)
        }
        return code.description
    }

    /// Where index 2 and the following begin. 0, which is index 1, is implied; what is there twice counts once.
    func indexes(_ track: Int, _ values: [Int]) throws(Problem) -> [Int] {
        let offsets = Set(values).subtracting([0]).sorted()
        guard offsets.allSatisfy({ Self.leadOutLimits.contains($0) }) else {
            throw impossible(.track(track, "indexes"), "sectors from the start of the track", .invalidArgument)
        }
        return offsets
    }

    /// A value that has no meaning there.
    func invalid(_ place: FieldPlace, _ text: String) -> Problem { .invalid(place, text, in: syntax) }

    /// A value that no disc can have.
    func impossible(_ place: FieldPlace, _ text: String, _ contract: ContractError?) -> Problem {
        .invalid(place, text, in: syntax, .unprocessableContent, contract: contract)
    }
}
