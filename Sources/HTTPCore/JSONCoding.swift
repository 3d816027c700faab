import FoundationEssentials

/// JSON as this API writes it: members in snake_case and sorted, times as RFC 3339, slashes plain.
public enum JSONCoding {
    /// Encodes a value. What has no JSON, such as an infinite number, is an error.
    public static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        encoder.keyEncodingStrategy = .custom { path in MemberName(path.last?.stringValue.snakeCased ?? "") }
        return Array(try encoder.encode(value))
    }

    /// Decodes a value strictly: a member that `type` does not ask for is a fault, and every fault knows its place.
    ///
    /// Member names are matched in snake_case. Of members repeated in one object the last counts, as in browsers.
    ///
    /// - Throws: `Problem` 400 with `malformed-json`, `missing-field`, `invalid-field` or `unknown-field`.
    public static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws(Problem) -> Value {
        let json: JSONValue
        do {
            json = try JSONDecoder().decode(JSONValue.self, from: Data(bytes))
        } catch {
            throw Problem(.badRequest, type: "malformed-json", detail: "The body is not JSON. \(Self.place(error))")
        }
        let visits = StrictDecoder.Visits()
        let value: Value
        do {
            value = try StrictDecoder(value: json, path: [], visits: visits).decoded(type)
        } catch let problem as Problem {
            throw problem
        } catch {
            throw Self.problem(error)
        }
        try refuse(visits.unknown)
        return value
    }

    private static func refuse(_ unknown: [[String]]) throws(Problem) {
        guard !unknown.isEmpty else { return }
        let pointers = unknown.map { pointer($0) }.sorted()
        throw Problem(
            .badRequest, type: "unknown-field", detail: "There is no field \(pointers.joined(separator: ", ")).",
            errors: pointers.map { .init(pointer: $0, detail: "unknown field") })
    }

    private static func place(_ error: any Error) -> String {
        guard case DecodingError.dataCorrupted(let context) = error,
            let place = context.underlyingError.map({ "\($0)" })?.split(separator: "\"").dropFirst().first
        else { return "" }
        return String(place)
    }

    private static func problem(_ error: any Error) -> Problem {
        switch error {
        case DecodingError.keyNotFound(let key, let context):
            let pointer = pointer(context.codingPath.map(\.stringValue) + [key.stringValue.snakeCased])
            return Problem(
                .badRequest, type: "missing-field", detail: "\(pointer) is missing.",
                errors: [.init(pointer: pointer, detail: "missing")])
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
            DecodingError.dataCorrupted(let context):
            let pointer = pointer(context.codingPath.map(\.stringValue))
            return Problem(
                .badRequest, type: "invalid-field", detail: "\(pointer): \(context.debugDescription)",
                errors: [.init(pointer: pointer, detail: context.debugDescription)])
        default:
            return Problem(.badRequest, type: "invalid-field", detail: "A field has a value that it cannot have.")
        }
    }

    /// RFC 6901 §6: a pointer as a URI fragment, `~` and `/` escaped as §3 says.
    private static func pointer(_ path: [String]) -> String {
        path.reduce("#") {
            $0 + "/"
                + $1.split(separator: "~", omittingEmptySubsequences: false).joined(separator: "~0")
                .split(separator: "/", omittingEmptySubsequences: false).joined(separator: "~1")
        }
    }
}

/// A member's name, or an index, as a coding key.
struct MemberName: CodingKey {
    let stringValue: String
    let intValue: Int?
    init(_ name: String) { (stringValue, intValue) = (name, nil) }
    init(index: Int) { (stringValue, intValue) = (String(index), index) }
    init?(stringValue: String) { self.init(stringValue) }
    init?(intValue: Int) { self.init(index: intValue) }
}

extension String {
    /// `startLBA` → `start_lba`, `lastReadLba` → `last_read_lba`, `sha256` stays: an underscore goes before an upper-case
    /// letter that follows one in lower case or a digit, and before the last of several when lower case follows.
    var snakeCased: String {
        let characters = Array(self)
        var result = ""
        for (index, character) in characters.enumerated() {
            let isUpper = character.isUppercase
            if isUpper, index > 0, characters[index - 1] != "_" {
                let afterLower = !characters[index - 1].isUppercase
                let beforeLower = index + 1 < characters.count && characters[index + 1].isLowercase
                if afterLower || beforeLower { result.append("_") }
            }
            result += isUpper ? character.lowercased() : String(character)
        }
        return result
    }
}

extension HTTPResponse {
    /// A value as JSON.
    public static func json(
        _ value: some Encodable, status: HTTPStatus = .ok, headers: HTTPHeaders = [:]
    ) throws -> HTTPResponse {
        let bytes = try JSONCoding.encode(value) + [UInt8(ascii: "\n")]
        var response = HTTPResponse(status: status, headers: headers, body: .bytes(bytes))
        response.headers["Content-Type"] = "application/json"
        return response
    }
}

extension HTTPRequest {
    /// Twice the largest order, a disc of 99 tracks with the longest titles. The standard library's decoder guesses the kind
    /// of every value, which costs microseconds a value: a larger body of nothing but zeros would be seconds of a core.
    public static let jsonBodyLimit = 256 << 10

    /// The body, which must be JSON, decoded as `JSONCoding.decode` does.
    ///
    /// - Throws: `Problem`: 415 `unsupported-media-type`, 413 `body-too-large`, and those of `JSONCoding.decode`.
    public func decode<Value: Decodable>(
        _ type: Value.Type, limit: Int = HTTPRequest.jsonBodyLimit
    ) async throws(Problem) -> Value {
        guard mediaType == "application/json" else {
            throw Problem(
                .unsupportedMediaType, type: "unsupported-media-type",
                detail: "This wants application/json, not \(mediaType ?? "a body without Content-Type").",
                hint: "With curl: --json '{…}'.")
        }
        let bytes: [UInt8]
        do throws(HTTPBodyError) { bytes = try await body.collect(limit: limit) } catch { throw error.problem }
        return try JSONCoding.decode(type, from: bytes)
    }
}
