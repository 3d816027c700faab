import FoundationEssentials

/// A JSON value of any kind.
enum JSONValue: Decodable, Equatable {
    case null
    case boolean(Bool)
    case integer(Int)
    /// A number that is no integer, or too large for one.
    case number(Double)
    case text(String)
    case list([JSONValue])
    case object([String: JSONValue])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .boolean(value)
        } else if let value = try? container.decode(Int.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .list(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }
}

/// The fields of a JSON object, taken out one by one: what is wrong is told with its place, and so is what is left.
struct ProfileFields {
    private let place: String
    private var values: [String: JSONValue]

    /// The object that a file consists of.
    init(parsing bytes: [UInt8]) throws(RecorderProfileError) {
        let value: JSONValue
        do {
            value = try JSONDecoder().decode(JSONValue.self, from: Data(bytes))
        } catch {
            throw .malformed(field: "", reason: "is no JSON")
        }
        guard case .object(let values) = value else { throw .malformed(field: "", reason: "must be an object") }
        (place, self.values) = ("", values)
    }

    private init(place: String, values: [String: JSONValue]) { (self.place, self.values) = (place, values) }

    private func path(_ name: String) -> String { place.isEmpty ? name : "\(place).\(name)" }

    private func wrong(_ name: String, _ reason: String) -> RecorderProfileError {
        .malformed(field: path(name), reason: reason)
    }

    /// Ends the reading of this object: every field must have been taken.
    func finish() throws(RecorderProfileError) {
        if let name = values.keys.sorted().first { throw wrong(name, "is no field of a profile") }
    }

    /// An object inside of this one; empty when it is not there.
    mutating func object(_ name: String) throws(RecorderProfileError) -> ProfileFields {
        switch values.removeValue(forKey: name) {
        case nil: return ProfileFields(place: path(name), values: [:])
        case .object(let inner): return ProfileFields(place: path(name), values: inner)
        default: throw wrong(name, "must be an object")
        }
    }

    /// Puts an integer into `target` when there is one.
    mutating func take(
        _ name: String, in range: ClosedRange<Int>, multipleOf step: Int = 1, into target: inout Int
    ) throws(RecorderProfileError) {
        guard let value = values.removeValue(forKey: name) else { return }
        guard case .integer(let number) = value, range.contains(number), number % step == 0 else {
            let steps = step == 1 ? "an integer" : "a multiple of \(step)"
            throw wrong(name, "must be \(steps) from \(range.lowerBound) to \(range.upperBound)")
        }
        target = number
    }

    /// Puts a truth value into `target` when there is one.
    mutating func take(_ name: String, into target: inout Bool) throws(RecorderProfileError) {
        guard let value = values.removeValue(forKey: name) else { return }
        guard case .boolean(let flag) = value else { throw wrong(name, "must be true or false") }
        target = flag
    }

    /// Puts a text of printable ASCII into `target` when there is one.
    mutating func take(
        _ name: String, upTo length: Int, into target: inout String
    ) throws(RecorderProfileError) {
        var text: String? = target
        try takeOptional(name, upTo: length, into: &text)
        guard let text else { throw wrong(name, "must not be null") }
        target = text
    }

    /// Puts a text of printable ASCII into `target` when there is one; null takes away what was there.
    mutating func takeOptional(
        _ name: String, upTo length: Int, into target: inout String?
    ) throws(RecorderProfileError) {
        guard let value = values.removeValue(forKey: name) else { return }
        if value == .null {
            target = nil
            return
        }
        guard case .text(let text) = value, (1...length).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
        else { throw wrong(name, "must be a text of 1 to \(length) printable ASCII characters") }
        target = text
    }

    /// Puts a word of a fixed choice into `target` when there is one.
    mutating func take<Word: CaseIterable & RawRepresentable<String>>(
        _ name: String, into target: inout Word
    ) throws(RecorderProfileError) {
        guard let value = values.removeValue(forKey: name) else { return }
        target = try word(value, name)
    }

    /// Puts a list of different words of a fixed choice into `target` when there is one.
    mutating func take<Word: CaseIterable & RawRepresentable<String>>(
        _ name: String, into target: inout Set<Word>
    ) throws(RecorderProfileError) {
        guard let value = values.removeValue(forKey: name) else { return }
        guard case .list(let list) = value else { throw wrong(name, "must be a list") }
        var words: Set<Word> = []
        for (index, item) in list.enumerated() {
            let place = "\(name)[\(index)]"
            guard words.insert(try word(item, place)).inserted else { throw wrong(place, "is there twice") }
        }
        target = words
    }

    private func word<Word: CaseIterable & RawRepresentable<String>>(
        _ value: JSONValue, _ name: String
    ) throws(RecorderProfileError) -> Word {
        guard case .text(let text) = value, let word = Word(rawValue: text) else {
            throw wrong(name, "must be one of \(Word.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return word
    }

    /// Puts a list of different integers, each of them allowed, into `target` when there is one.
    mutating func take(
        _ name: String, count: ClosedRange<Int>, among allowed: some Collection<Int>, into target: inout [Int]
    ) throws(RecorderProfileError) {
        guard let value = values.removeValue(forKey: name) else { return }
        guard case .list(let list) = value, count.contains(list.count) else {
            throw wrong(name, "must be a list of \(count.lowerBound) to \(count.upperBound) integers")
        }
        var numbers: [Int] = []
        for (index, item) in list.enumerated() {
            guard case .integer(let number) = item, allowed.contains(number), !numbers.contains(number) else {
                throw wrong("\(name)[\(index)]", "is not allowed here, or is there twice")
            }
            numbers.append(number)
        }
        target = numbers
    }
}
