/// What Unicode has two ways of writing, brought to the one that character sets of a disc have.
enum CharacterShapes {
    /// The one code point that is canonically the same as the character, such as ö for o and a diaeresis; nil when there is
    /// none among the letters that CD-TEXT can have. Comparing characters is what composes them: equal ones are canonically
    /// equivalent.
    static func composed(_ character: Character) -> Unicode.Scalar? {
        let scalars = character.unicodeScalars
        if let first = scalars.first, scalars.count == 1, first.isASCII { return first }
        return compositions[character]
    }

    /// Latin, Greek, Cyrillic and kana by themselves.
    private static let compositions: [Character: Unicode.Scalar] = {
        let ranges: [ClosedRange<UInt32>] = [
            0x20...0x7E, 0xA0...0x24F, 0x370...0x4FF, 0x1E00...0x1FFF, 0x3040...0x30FF,
        ]
        let scalars = ranges.joined().compactMap(Unicode.Scalar.init)
        return Dictionary(scalars.map { (Character($0), $0) }) { first, _ in first }
    }()

    /// Nothing of it is to be seen: joiners, variation selectors, soft hyphens, directions.
    static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isDefaultIgnorableCodePoint
    }

    /// It stands above, below or in another character.
    static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .spacingMark: true
        default: false
        }
    }

    /// Kana or a Chinese character: a text that has one needs a Japanese character set.
    static func isJapanese(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x3005...0x3007, 0x3041...0x30FF, 0x3400...0x9FFF, 0xF900...0xFAFF, 0xFF66...0xFF9D: true
        default: false
        }
    }

    /// Printable ASCII as characters of two bytes (JIS X 0208). Straight quotes are none there, only in extensions of single
    /// makers; closing quotes are what typewriters' quotes have always become.
    static func fullWidth(_ ascii: Unicode.Scalar) -> Unicode.Scalar? {
        switch ascii {
        case " ": "\u{3000}"
        case "\"": "\u{201D}"
        case "'": "\u{2019}"
        default: ascii.isASCII ? Unicode.Scalar(ascii.value + 0xFEE0) : nil
        }
    }

    /// Katakana of half the width in the one that JIS X 0208 has, with a sound mark behind it as one character.
    static func fullKatakana(_ character: Character) -> Unicode.Scalar? {
        var whole = ""
        for scalar in character.unicodeScalars {
            guard (0xFF61...0xFF9F).contains(scalar.value) else { return nil }
            switch scalar {
            case "\u{FF9E}" where !whole.isEmpty: whole.unicodeScalars.append("\u{3099}")
            case "\u{FF9F}" where !whole.isEmpty: whole.unicodeScalars.append("\u{309A}")
            default: whole.unicodeScalars.append(katakana[Int(scalar.value - 0xFF61)])
            }
        }
        return whole.count == 1 ? whole.first.flatMap(composed) ?? whole.unicodeScalars.first : nil
    }

    /// What U+FF61…U+FF9F are in full width, in their order (Unicode, Halfwidth and Fullwidth Forms).
    private static let katakana = Array(
        "。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン゛゜".unicodeScalars)
}
