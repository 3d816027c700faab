import POSIX

/// Texts in bytes of one character set and back.
struct TextCoding: ~Copyable {
    let charset: TextCharset
    private let transliteration: Transliteration
    private let shiftJIS: CharacterConversion

    /// MS-JIS as `CP932`, which is Shift JIS as Japanese computers write it: JIS X 0208 with the rows of NEC and IBM (①, Ⅱ,
    /// 髙, 﨑), and 5Ch and 7Eh the ASCII signs. `SHIFT_JIS` lacks the rows and takes the tilde for an overline.
    static let shiftJISName = "CP932"

    init(_ charset: TextCharset) throws(SystemError) {
        let transliteration = try Transliteration(to: charset)
        let shiftJIS = try CharacterConversion(from: "UTF-8", to: Self.shiftJISName)
        self.charset = charset
        self.transliteration = transliteration
        self.shiftJIS = shiftJIS
    }

    /// A text's bytes without its end.
    struct Coded: Equatable {
        var bytes: [UInt8] = []
        /// The gravest of what was done to it.
        var change: DiscText.Change.Reason?

        fileprivate mutating func add(_ bytes: [UInt8], _ reason: DiscText.Change.Reason?) {
            self.bytes += bytes
            if let reason { change = max(change ?? reason, reason) }
        }
    }

    /// The bytes of a text that has no control characters.
    func encode(_ text: String) -> Coded {
        let isAmongSmall = text.contains { $0.isLowercase }
        var coded = Coded()
        for character in text {
            if let bytes = direct(character) {
                coded.add(bytes.bytes, bytes.isSame ? nil : .widened)
            } else if let letters = transliteration.letters(for: character, isAmongSmall: isAmongSmall) {
                coded.add(widened(letters), Self.isInvisible(character) ? .dropped : .transliterated)
            } else {
                coded.add(widened([0x3F]), .replaced)
            }
        }
        return coded
    }

    private static func isInvisible(_ character: Character) -> Bool {
        character.unicodeScalars.allSatisfy(CharacterShapes.isInvisible)
    }

    /// The character itself, where the character set has it; not the same when it only grew wider.
    private func direct(_ character: Character) -> (bytes: [UInt8], isSame: Bool)? {
        let scalars = character.unicodeScalars
        let single = scalars.count == 1 ? scalars.first : nil
        guard charset == .msJIS else {
            let scalar = CharacterShapes.composed(character) ?? single
            guard let scalar, let byte = UInt8(exactly: scalar.value) else { return nil }
            switch byte {
            case 0x20...0x7E: return ([byte], true)
            case 0xA1...0xFF where charset == .latin && byte != 0xAD: return ([byte], true)
            default: return nil
            }
        }
        if let single, single.isASCII {
            return CharacterShapes.fullWidth(single).flatMap({ doubleByte($0) }).map { ($0, false) }
        }
        if let kana = CharacterShapes.fullKatakana(character) { return doubleByte(kana).map { ($0, false) } }
        let found =
            single.flatMap({ doubleByte($0) }) ?? CharacterShapes.composed(character).flatMap({ doubleByte($0) })
        return found.map { ($0, true) }
    }

    /// Letters of ASCII in bytes of the character set.
    private func widened(_ letters: [UInt8]) -> [UInt8] {
        guard charset == .msJIS else { return letters }
        return letters.flatMap { CharacterShapes.fullWidth(Unicode.Scalar($0)).flatMap({ doubleByte($0) }) ?? [] }
    }

    /// A character in two bytes of MS-JIS; nil when it has none, or one of those that everybody may define for himself.
    private func doubleByte(_ scalar: Unicode.Scalar) -> [UInt8]? {
        guard let bytes = shiftJIS.convert(Array(String(scalar).utf8)), bytes.count == 2,
            !(0xF0...0xF9).contains(bytes[0])
        else { return nil }
        return bytes
    }

    /// A text has Japanese characters, and MS-JIS has them.
    func isJapanese(_ text: String) -> Bool {
        text.unicodeScalars.contains { scalar in
            CharacterShapes.isJapanese(scalar)
                && (doubleByte(scalar) ?? CharacterShapes.fullKatakana(Character(scalar)).flatMap({ doubleByte($0) }))
                    != nil
        }
    }
}

/// Bytes from a disc as texts.
struct TextDecoding: ~Copyable {
    /// Nil when the C library has no such conversion.
    private let shiftJIS: CharacterConversion?

    init() { shiftJIS = try? CharacterConversion(from: TextCoding.shiftJISName, to: "UTF-8") }

    /// The text of some bytes; nil when they are none in that character set.
    func text(_ bytes: [UInt8], _ charset: TextCharset) -> String? {
        switch charset {
        case .latin: return Self.latin(bytes)
        // Programs label texts as ASCII that are not: what has the eighth bit is read as the wider set.
        case .ascii: return Self.latin(bytes)
        case .msJIS:
            let converted: [UInt8]? = if let bytes = shiftJIS?.convert(bytes) { bytes } else { nil }
            return converted.map { String(decoding: $0, as: UTF8.self) }
        }
    }

    private static func latin(_ bytes: [UInt8]) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: bytes.map { Unicode.Scalar($0) })
        return String(text)
    }
}
