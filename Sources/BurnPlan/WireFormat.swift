public import FoundationEssentials

/// JSON as burnd writes it everywhere: in journals, in the database and over HTTP. Keys are `snake_case` (each type names
/// its own), times RFC 3339 in UTC with milliseconds, keys sorted so that equal values are equal bytes.
public enum WireFormat {
    private static let times = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    private static let wholeSeconds = Date.ISO8601FormatStyle()

    /// The value's JSON in UTF-8, without a line break.
    public static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(timestamp(date))
        }
        return Array(try encoder.encode(value))
    }

    /// Reads a value of JSON in UTF-8.
    public static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            let container = try decoder.singleValueContainer()
            let text = try container.decode(String.self)
            guard let date = date(text) else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an RFC 3339 time")
            }
            return date
        }
        return try decoder.decode(type, from: Data(bytes))
    }

    /// A time as RFC 3339 in UTC, such as `2026-11-21T04:00:00.250Z`: the nearest millisecond, so that a time that was read
    /// is written as it was.
    public static func timestamp(_ date: Date) -> String {
        // The style cuts off what is below a millisecond, and .584 as a binary fraction may be a little less than that.
        let milliseconds = (date.timeIntervalSince1970 * 1000).rounded()
        return Date(timeIntervalSince1970: (milliseconds + Self.aboveTheCut) / 1000).formatted(times)
    }

    /// A part of a millisecond, far above the error of a binary fraction.
    private static let aboveTheCut = 0.25

    /// The time that an RFC 3339 text in UTC stands for.
    public static func date(_ text: String) -> Date? { (try? times.parse(text)) ?? (try? wholeSeconds.parse(text)) }
}
