/// What a request asks for: the path as decoded segments, and the query (RFC 9112 §3.2, RFC 3986 §3.3).
///
/// Decoding happens once, here, and strictly: whatever could be read in two ways is refused, so that no later layer sees a
/// path that another one has seen differently.
public struct RequestTarget: Sendable, Equatable {
    /// The path's segments, decoded; `/` has none, and a slash at the end gives a last segment that is empty.
    public let segments: [String]
    /// The pairs of the query in order, decoded as forms are (`+` is a space).
    public let query: [(name: String, value: String)]
    /// The path as it was sent, for logs and `instance`.
    public let rawPath: String

    /// Why a target is refused; always the sender's fault.
    public enum Fault: Error, Equatable, Sendable {
        /// It begins neither with `/` nor with `http://`.
        case notAPath
        /// A `%` that two hexadecimal digits do not follow.
        case badEscape
        /// A control character, a space or DEL, sent as it is or escaped, `%00` among them.
        case controlCharacter
        /// An escaped `/` or `\`, which would hide a segment.
        case escapedSlash
        /// A segment `.` or `..`, plain or escaped.
        case dotSegment
        /// Decoded bytes that are not UTF-8.
        case notUTF8
    }

    /// Reads the target of a request line: `/path?query`, or the absolute form that proxies send.
    public init(parsing target: String) throws(Fault) {
        // Controls and raw spaces cannot be in a target; MHD passes some of them on.
        guard target.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else { throw .controlCharacter }
        let origin = try Self.originForm(target[...])
        let mark = origin.utf8.firstIndex(of: UInt8(ascii: "?"))
        let path = origin[..<(mark ?? origin.endIndex)]
        rawPath = String(path)
        segments = try Self.segments(of: path)
        query = try mark.map { (mark) throws(Fault) in try Self.pairs(origin[origin.utf8.index(after: mark)...]) } ?? []
    }

    /// The first value of a query parameter, nil when it is not there.
    public func query(_ name: String) -> String? { query.first { $0.name == name }?.value }

    /// Equal in segments, query and spelling.
    public static func == (one: RequestTarget, other: RequestTarget) -> Bool {
        one.segments == other.segments && one.rawPath == other.rawPath
            && one.query.elementsEqual(other.query) { $0.name == $1.name && $0.value == $1.value }
    }

    /// Servers must accept the absolute form (RFC 9112 §3.2.2); what it says of the host is checked by `Host`.
    private static func originForm(_ target: Substring) throws(Fault) -> Substring {
        if target.hasPrefix("/") { return target }
        guard target.prefix(7).lowercased() == "http://" else { throw .notAPath }
        let authority = target.dropFirst(7)
        guard let slash = authority.firstIndex(of: "/") else { return "/" }
        return authority[slash...]
    }

    private static func segments(of path: Substring) throws(Fault) -> [String] {
        guard path.utf8.count > 1 else { return [] }
        var segments: [String] = []
        for raw in path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            let segment = try decoded(raw, plusIsSpace: false)
            guard segment != "." && segment != ".." else { throw .dotSegment }
            guard !segment.utf8.contains(where: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }) else {
                throw .escapedSlash
            }
            segments.append(segment)
        }
        return segments
    }

    private static func pairs(_ query: Substring) throws(Fault) -> [(name: String, value: String)] {
        var pairs: [(name: String, value: String)] = []
        for pair in query.split(separator: "&") {
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = halves.count > 1 ? halves[1] : ""
            pairs.append((try decoded(halves[0], plusIsSpace: true), try decoded(value, plusIsSpace: true)))
        }
        return pairs
    }

    private static func decoded(_ text: Substring, plusIsSpace: Bool) throws(Fault) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        var rest = text.utf8.makeIterator()
        while let byte = rest.next() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = rest.next()?.hexDigit, let low = rest.next()?.hexDigit else { throw .badEscape }
                let value = high << 4 | low
                guard value >= 0x20 && value != 0x7F else { throw .controlCharacter }
                bytes.append(value)
            case UInt8(ascii: "+") where plusIsSpace: bytes.append(0x20)
            default: bytes.append(byte)
            }
        }
        guard let decoded = String(validating: bytes, as: UTF8.self) else { throw .notUTF8 }
        return decoded
    }
}

extension UInt8 {
    /// The value of an ASCII hexadecimal digit.
    var hexDigit: UInt8? {
        switch self {
        case 0x30...0x39: self - 0x30
        case 0x41...0x46: self - 0x41 + 10
        case 0x61...0x66: self - 0x61 + 10
        default: nil
        }
    }
}
