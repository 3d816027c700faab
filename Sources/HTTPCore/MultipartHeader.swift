/// What the header of a form-data part says (RFC 7578 §4).
struct MultipartHeader: Equatable {
    let name: String
    let filename: String?
    let contentType: String?

    enum Fault: Error, Equatable {
        /// A line without a name and a colon, or a folded one.
        case badLine
        /// No Content-Disposition, or one that is not `form-data`.
        case notFormData
        /// Parameters that do not follow the syntax.
        case badParameters
        /// No `name`.
        case noName
        /// Bytes that are not UTF-8, or control characters.
        case notText
    }

    init(parsing lines: [UInt8]) throws(Fault) {
        guard let text = String(validating: lines, as: UTF8.self) else { throw .notText }
        var fields = HTTPHeaders()
        for line in text.split(separator: "\r\n") {
            guard let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")) else { throw .badLine }
            let name = String(line[..<colon])
            guard !name.isEmpty, name.utf8.allSatisfy(\.isTokenByte) else { throw .badLine }
            let value = String(line[line.utf8.index(after: colon)...]).trimmingOptionalWhitespace
            guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else { throw .notText }
            fields.add(name, value)
        }
        guard let disposition = fields["Content-Disposition"] else { throw .notFormData }
        let (kind, parameters) = try Self.parameters(of: disposition)
        guard kind.asciiLowercased == "form-data" else { throw .notFormData }
        guard let name = parameters["name"] else { throw .noName }
        self.name = Self.unescaped(name)
        // RFC 5987's form is exact where the plain one is a guess.
        filename = parameters["filename*"].flatMap(Self.extended) ?? parameters["filename"].map(Self.unescaped)
        contentType = fields["Content-Type"]
    }

    /// `form-data; name="a"; filename=b`. Of a repeated parameter the first counts.
    private static func parameters(of value: String) throws(Fault) -> (kind: String, [String: String]) {
        var cursor = FieldCursor(value)
        let kind = cursor.take(while: \.isTokenByte)
        var parameters: [String: String] = [:]
        while true {
            cursor.skipBlanks()
            if cursor.isAtEnd { return (kind, parameters) }
            guard cursor.take(UInt8(ascii: ";")) else { throw .badParameters }
            cursor.skipBlanks()
            if cursor.isAtEnd { return (kind, parameters) }
            let name = cursor.take(while: \.isTokenByte).asciiLowercased
            guard !name.isEmpty, cursor.take(UInt8(ascii: "=")) else { throw .badParameters }
            guard let value = cursor.takeValue() else { throw .badParameters }
            if parameters[name] == nil { parameters[name] = value }
        }
    }

    /// Browsers write these three, and nothing else, as escapes (WHATWG HTML, "escape a multipart form data name").
    private static func unescaped(_ text: String) -> String {
        var rest = text[...]
        var result = ""
        while let percent = rest.firstIndex(of: "%") {
            result += rest[..<percent]
            rest = rest[percent...]
            switch rest.prefix(3).asciiUppercased {
            case "%22": result += "\""
            case "%0D": result += "\r"
            case "%0A": result += "\n"
            default:
                result += "%"
                rest = rest.dropFirst()
                continue
            }
            rest = rest.dropFirst(3)
        }
        return result + rest
    }

    /// RFC 5987 §3.2: charset ' language ' percent-encoded bytes; nil when it is not UTF-8 or not well formed.
    private static func extended(_ text: String) -> String? {
        let parts = text.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, String(parts[0]).asciiLowercased == "utf-8" else { return nil }
        var bytes: [UInt8] = []
        var rest = parts[2].utf8.makeIterator()
        while let byte = rest.next() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.next()?.hexDigit, let low = rest.next()?.hexDigit else { return nil }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}

/// Reads the syntax of a header field's value from left to right.
struct FieldCursor {
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    var isAtEnd: Bool { position == bytes.count }
    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func take(_ byte: UInt8) -> Bool {
        guard current == byte else { return false }
        position += 1
        return true
    }

    mutating func take(while condition: (UInt8) -> Bool) -> String {
        let begin = position
        while let current, condition(current) { position += 1 }
        return String(decoding: bytes[begin..<position], as: UTF8.self)
    }

    mutating func skipBlanks() { _ = take { $0 == 0x20 || $0 == 0x09 } }

    /// A quoted string, or everything up to a semicolon: some clients forget the quotes around names with spaces.
    mutating func takeValue() -> String? {
        guard take(UInt8(ascii: "\"")) else {
            let value = take { $0 != UInt8(ascii: ";") }.trimmingOptionalWhitespace
            return value.isEmpty ? nil : value
        }
        var value: [UInt8] = []
        while let byte = current {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: value, as: UTF8.self)
            case UInt8(ascii: "\\"):
                // Quoted pairs are for quotes and backslashes; before anything else browsers mean the backslash itself.
                guard let next = current, next == UInt8(ascii: "\"") || next == UInt8(ascii: "\\") else { fallthrough }
                position += 1
                value.append(next)
            default: value.append(byte)
            }
        }
        return nil
    }
}

extension UInt8 {
    /// `tchar` of RFC 9110 §5.6.2, what names are made of.
    var isTokenByte: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E, 0x5F, 0x60, 0x7C, 0x7E: true
        default: false
        }
    }
}

extension Substring {
    fileprivate var asciiUppercased: String {
        String(decoding: utf8.map { (0x61...0x7A).contains($0) ? $0 & 0xDF : $0 }, as: UTF8.self)
    }
}
