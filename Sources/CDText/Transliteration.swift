import POSIX

/// Characters in letters that a character set of CD-TEXT has. The C library knows most; what it does not, or not well for the
/// display of a player, stands here.
struct Transliteration: ~Copyable {
    /// Letters with marks and typographic signs: the tables of C.UTF-8, which is part of libc-bin and so always there.
    private let signs: CharacterConversion
    /// Greek and Cyrillic (GOST 7.79 System B): the tables of the C locale, which those of C.UTF-8 displace.
    private let alphabets: CharacterConversion

    init(to charset: TextCharset) throws(SystemError) {
        // Texts in MS-JIS take other letters as ASCII, which then gets two bytes.
        let target = charset == .latin ? "ISO-8859-1//TRANSLIT" : "US-ASCII//TRANSLIT"
        let signs = try CharacterConversion(from: "UTF-8", to: target, locale: "C.UTF-8")
        let alphabets = try CharacterConversion(from: "UTF-8", to: target, locale: "C")
        self.signs = signs
        self.alphabets = alphabets
    }

    /// Letters for a character; nil when there are none. Empty when there is nothing to be seen of it.
    ///
    /// - Parameter isAmongSmall: the text has small letters, so that only the first of several for a capital is one.
    func letters(for character: Character, isAmongSmall: Bool) -> [UInt8]? {
        if let own = Self.own[character] { return Array(own.utf8) }
        var letters: [UInt8] = []
        for scalar in character.unicodeScalars {
            if CharacterShapes.isInvisible(scalar) || (CharacterShapes.isMark(scalar) && !letters.isEmpty) { continue }
            guard let some = self.letters(for: scalar, isAmongSmall: isAmongSmall) else { return nil }
            letters += some
        }
        return letters
    }

    private func letters(for scalar: Unicode.Scalar, isAmongSmall: Bool) -> [UInt8]? {
        let bytes = Array(String(scalar).utf8)
        if let letters = signs.convert(bytes), letters != Self.unknown, Self.areShown(letters) { return letters }
        // The back quotes of System B tell letters apart that sound alike; on a player they look like mistakes.
        guard let written = alphabets.convert(bytes)?.filter({ $0 != 0x60 }), written != Self.unknown,
            Self.areShown(written)
        else { return nil }
        guard isAmongSmall, let first = written.first else { return written }
        return [first] + written.dropFirst().map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }
    }

    /// No control characters and, of ISO 8859-1, none of the columns that are empty there.
    private static func areShown(_ letters: [UInt8]) -> Bool {
        letters.allSatisfy { (0x20...0x7E).contains($0) || $0 >= 0xA0 }
    }

    /// What glibc writes for a character that it knows nothing for.
    private static let unknown: [UInt8] = [0x3F]

    private static let own: [Character: String] = [
        // glibc: two commas and a comma, which are no quotes.
        "„": "\"", "‚": "'",
        // glibc has nothing for these two quotes.
        "‟": "\"", "‛": "'",
        // glibc: two hyphens, where a narrow display has room for one.
        "—": "-", "―": "-",
        // glibc: a letter o.
        "•": "*",
        // glibc: acute accents, and nothing in ASCII. Minutes, seconds, feet and inches are typed so.
        "′": "'", "″": "\"",
        // glibc has nothing for the signs of music.
        "♯": "#", "♭": "b",
        // glibc has nothing for the ʻokina and its kin, as in Hawaiian names.
        "\u{2BB}": "'", "\u{2BD}": "'", "\u{2BE}": "'", "\u{2BF}": "'",
        // In ISO 8859-1, where players draw it as a box; glibc has nothing for the other two.
        "\u{A0}": " ", "\u{2028}": " ", "\u{2029}": " ",
        // glibc has nothing for the tilde of Japanese titles.
        "〜": "~",
        // The hard and the soft sign have no sound; glibc: back quotes.
        "Ъ": "", "ъ": "", "Ь": "", "ь": "",
    ]
}
