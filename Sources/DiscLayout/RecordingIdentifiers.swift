/// The International Standard Recording Code of a track (ISO 3901): two letters, three letters or digits, seven digits.
public struct RecordingCode: Equatable, Hashable, Sendable, CustomStringConvertible {
    /// Characters of a code without its hyphens.
    public static let length = 12
    /// The twelve characters as ASCII.
    public let characters: [UInt8]

    /// Reads `CCOOOYYNNNNN`, with or without hyphens as in `CC-OOO-YY-NNNNN`, in upper or lower case; nil when it is
    /// none. Digits in the first two places are taken, as programs and discs have them.
    public init?(_ text: some StringProtocol) {
        let letters = Array(text.utf8).filter { $0 != 0x2D }.map { (0x61...0x7A).contains($0) ? $0 - 0x20 : $0 }
        let hyphens = text.utf8.count - letters.count
        guard letters.count == Self.length, hyphens == 0 || hyphens == 3, letters.enumerated().allSatisfy(Self.isLegal)
        else { return nil }
        characters = letters
        if hyphens == 3, hyphenated != text.uppercased() { return nil }
    }

    private static func isLegal(_ place: Int, _ letter: UInt8) -> Bool {
        let isDigit = (0x30...0x39).contains(letter)
        return place < 5 ? isDigit || (0x41...0x5A).contains(letter) : isDigit
    }

    /// The twelve characters.
    public var description: String { String(decoding: characters, as: UTF8.self) }

    /// `CC-OOO-YY-NNNNN`, as people read it.
    public var hyphenated: String {
        let parts = [characters[..<2], characters[2..<5], characters[5..<7], characters[7...]]
        return parts.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "-")
    }
}

/// The media catalogue number of a disc: thirteen digits, the last of which checks the others (EAN-13; ECMA-130, 22.3.4).
public struct CatalogNumber: Equatable, Hashable, Sendable, CustomStringConvertible {
    /// Digits of a number.
    public static let length = 13
    /// The thirteen digits as values 0…9.
    public let digits: [UInt8]

    /// Why a text is no number.
    public enum Fault: Error, Equatable, Sendable {
        /// Something else than one to thirteen digits.
        case form
        /// The last digit does not fit the others; what it would have to be.
        case checkDigit(expected: Int)
    }

    /// Reads one to thirteen digits; those that are missing are zeros in front.
    ///
    /// - Throws: `Fault`.
    public init(_ text: some StringProtocol) throws(Fault) {
        let digits = text.utf8.map { $0 &- 0x30 }
        guard (1...Self.length).contains(digits.count), digits.allSatisfy({ $0 <= 9 }) else { throw .form }
        let filled = Array(repeating: 0, count: Self.length - digits.count) + digits
        let expected = Self.checkDigit(of: filled.dropLast())
        guard Int(filled[Self.length - 1]) == expected else { throw .checkDigit(expected: expected) }
        self.digits = filled
    }

    /// The digit that belongs behind twelve others: weights 1 and 3 by turns, filled up to ten (EAN-13).
    public static func checkDigit(of digits: some Sequence<UInt8>) -> Int {
        let sum = digits.enumerated().reduce(0) { $0 + Int($1.element) * ($1.offset % 2 == 0 ? 1 : 3) }
        return (10 - sum % 10) % 10
    }

    /// The thirteen digits.
    public var description: String { digits.map(String.init).joined() }

    /// The thirteen digits as ASCII.
    public var characters: [UInt8] { digits.map { $0 + 0x30 } }
}
