/// Reads JSON strictly as RFC 8259 has it, in time proportional to its length.
///
/// The standard library's decoder would have to guess the kind of every value, at several microseconds an attempt: a body
/// within the limit could keep a core busy for seconds. It also takes the last of several members of one name, where
/// others take the first.
struct JSONParser {
    /// What is wrong, at which byte.
    struct Fault: Error, Equatable {
        enum Reason: Equatable {
            case unexpectedEnd, unexpectedByte, badNumber, badEscape, controlCharacter, notUTF8, tooDeep
            case duplicateMember(String)
        }
        let reason: Reason
        let offset: Int
    }

    /// Nesting that is read. An order has five levels; every level costs stack.
    static let depthLimit = 64

    private let bytes: [UInt8]
    private var position = 0

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The one value that `bytes` consist of.
    static func parse(_ bytes: [UInt8]) throws(Fault) -> JSONValue {
        var parser = JSONParser(bytes)
        let value = try parser.value(depth: 0)
        parser.skipSpace()
        guard parser.position == bytes.count else { throw parser.fault(.unexpectedByte) }
        return value
    }

    private func fault(_ reason: Fault.Reason) -> Fault { Fault(reason: reason, offset: position) }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    /// Wrong, or missing because the text has ended.
    private var unexpected: Fault { fault(current == nil ? .unexpectedEnd : .unexpectedByte) }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard current == byte else { return false }
        position += 1
        return true
    }

    private mutating func value(depth: Int) throws(Fault) -> JSONValue {
        guard depth < Self.depthLimit else { throw fault(.tooDeep) }
        skipSpace()
        switch current {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func word(_ word: String, _ value: JSONValue) throws(Fault) -> JSONValue {
        for byte in word.utf8 { guard take(byte) else { throw unexpected } }
        return value
    }

    private mutating func array(depth: Int) throws(Fault) -> JSONValue {
        position += 1
        var elements: [JSONValue] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return .array(elements) }
        repeat {
            elements.append(try value(depth: depth + 1))
            skipSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw unexpected }
        return .array(elements)
    }

    private mutating func object(depth: Int) throws(Fault) -> JSONValue {
        position += 1
        var members: [String: JSONValue] = [:]
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object(members) }
        repeat {
            skipSpace()
            guard current == UInt8(ascii: "\"") else { throw unexpected }
            let name = try string()
            guard members[name] == nil else { throw fault(.duplicateMember(name)) }
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw unexpected }
            members[name] = try value(depth: depth + 1)
            skipSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw unexpected }
        return .object(members)
    }

    /// RFC 8259 §6. A whole number that fits is an integer, whatever its spelling would allow.
    private mutating func number() throws(Fault) -> JSONValue {
        let begin = position
        _ = take(UInt8(ascii: "-"))
        let first = current
        let digits = skipDigits()
        guard digits > 0 else { throw unexpected }
        guard digits == 1 || first != UInt8(ascii: "0") else { throw fault(.badNumber) }
        var isWhole = true
        if take(UInt8(ascii: ".")) {
            isWhole = false
            guard skipDigits() > 0 else { throw unexpected }
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            isWhole = false
            position += 1
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            guard skipDigits() > 0 else { throw unexpected }
        }
        let text = String(decoding: bytes[begin..<position], as: UTF8.self)
        if isWhole, let integer = Int(text) { return .integer(integer) }
        guard let number = Double(text), number.isFinite else { throw fault(.badNumber) }
        return .number(number)
    }

    private mutating func skipDigits() -> Int {
        let begin = position
        while let byte = current, (0x30...0x39).contains(byte) { position += 1 }
        return position - begin
    }

    private mutating func string() throws(Fault) -> String {
        position += 1
        var text: [UInt8] = []
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else { throw fault(.notUTF8) }
                position += 1
                return string
            case UInt8(ascii: "\\"): text += String(try escape()).utf8
            case 0..<0x20: throw fault(.controlCharacter)
            default:
                text.append(byte)
                position += 1
            }
        }
        throw fault(.unexpectedEnd)
    }

    private static let escapes: [UInt8: Unicode.Scalar] = [
        UInt8(ascii: "\""): "\"", UInt8(ascii: "\\"): "\\", UInt8(ascii: "/"): "/", UInt8(ascii: "b"): "\u{8}",
        UInt8(ascii: "f"): "\u{C}", UInt8(ascii: "n"): "\n", UInt8(ascii: "r"): "\r", UInt8(ascii: "t"): "\t",
    ]

    /// RFC 8259 §7. Half of a surrogate pair is no character.
    private mutating func escape() throws(Fault) -> Character {
        position += 1
        guard let kind = current else { throw fault(.unexpectedEnd) }
        if let scalar = Self.escapes[kind] {
            position += 1
            return Character(scalar)
        }
        guard kind == UInt8(ascii: "u") else { throw fault(.badEscape) }
        let unit = try codeUnit()
        if let scalar = Unicode.Scalar(unit) { return Character(scalar) }
        guard UTF16.isLeadSurrogate(unit), take(UInt8(ascii: "\\")), current == UInt8(ascii: "u") else {
            throw fault(.badEscape)
        }
        let trail = try codeUnit()
        guard UTF16.isTrailSurrogate(trail) else { throw fault(.badEscape) }
        return Character(UTF16.decode(UTF16.EncodedScalar([unit, trail])))
    }

    /// `uXXXX`, standing on the u.
    private mutating func codeUnit() throws(Fault) -> UInt16 {
        position += 1
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = current?.hexDigit else { throw fault(.badEscape) }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }
}

extension JSONParser.Fault {
    /// In words, with the line and column that an editor shows.
    func description(in bytes: [UInt8]) -> String {
        let before = bytes.prefix(offset)
        let line = before.count { $0 == 0x0A } + 1
        let column = offset - (before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0) + 1
        let what =
            switch reason {
            case .unexpectedEnd: "it ends too early"
            case .unexpectedByte: "something else is wanted"
            case .badNumber: "a number is not written as one, or too large"
            case .badEscape: "an escape is none of JSON's"
            case .controlCharacter: "a control character stands in a string"
            case .notUTF8: "a string is not UTF-8"
            case .tooDeep: "it is nested too deeply"
            case .duplicateMember(let name): "the member “\(name)” is there twice"
            }
        return "The body is not JSON: line \(line), column \(column): \(what)."
    }
}
