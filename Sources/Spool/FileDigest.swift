/// The SHA-256 of a file's bytes, which is its name in the spool. As text and in JSON: `sha256:` and 64 lower-case
/// hexadecimal digits.
public struct FileDigest: Codable, Hashable, Sendable, CustomStringConvertible {
    /// The 64 digits without the prefix.
    public let hex: String

    /// What stands before the digits.
    static let prefix = "sha256:"
    /// Digits of a whole digest.
    static let digits = 64

    /// Of the 32 bytes of a digest.
    init(bytes: [UInt8]) {
        let alphabet = Array("0123456789abcdef".utf8)
        hex = String(decoding: bytes.flatMap { [alphabet[Int($0 >> 4)], alphabet[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// Of 64 digits alone, as in the name of a file; nil when it is anything else.
    init?(hex: some StringProtocol) {
        guard hex.utf8.count == Self.digits, hex.utf8.allSatisfy(Self.isDigit) else { return nil }
        self.hex = String(hex)
    }

    /// Of its text form. Nil for anything else: another algorithm, capitals, a digest cut short.
    public init?(_ text: String) {
        guard text.hasPrefix(Self.prefix) else { return nil }
        self.init(hex: text.dropFirst(Self.prefix.count))
    }

    /// The digest of some bytes.
    public static func of(_ bytes: [UInt8]) -> FileDigest {
        let digest = SHA256()
        bytes.withUnsafeBytes { digest.update($0) }
        return digest.finalize()
    }

    static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }

    /// The text form.
    public var description: String { Self.prefix + hex }

    /// From its text form.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let digest = FileDigest(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "not sha256: and 64 hexadecimal digits")
        }
        self = digest
    }

    /// As its text form.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
