/// The language of a block, as EBU Tech 3258 numbers it.
public struct TextLanguage: Equatable, Hashable, Sendable {
    /// 0…7Fh, 0 unknown.
    public let code: UInt8

    /// A language by its number.
    public init(code: UInt8) { self.code = code }

    /// Nobody says which.
    public static let unknown = TextLanguage(code: 0x00)
    /// What programs take unless told otherwise.
    public static let english = TextLanguage(code: 0x09)

    /// A language by its code in ISO 639 or its English name, in upper or lower case; nil when it has no number.
    public init?(_ text: some StringProtocol) {
        let word = text.lowercased()
        guard let known = Self.known.first(where: { $0.iso == word || $0.name.lowercased() == word }) else {
            return nil
        }
        code = known.code
    }

    /// The code in ISO 639; nil when the list has none.
    public var iso: String? { entry.flatMap { $0.iso.isEmpty ? nil : $0.iso } }
    /// The English name; nil when the number is not in the list.
    public var name: String? { entry?.name }

    private var entry: (code: UInt8, iso: String, name: String)? { Self.known.first { $0.code == code } }

    /// Numbers of EBU Tech 3258, appendix 3, with codes of ISO 639 (three letters where there are no two).
    private static let known: [(code: UInt8, iso: String, name: String)] = [
        (0x00, "und", "Unknown"), (0x01, "sq", "Albanian"), (0x02, "br", "Breton"), (0x03, "ca", "Catalan"),
        (0x04, "hr", "Croatian"), (0x05, "cy", "Welsh"), (0x06, "cs", "Czech"), (0x07, "da", "Danish"),
        (0x08, "de", "German"), (0x09, "en", "English"), (0x0A, "es", "Spanish"), (0x0B, "eo", "Esperanto"),
        (0x0C, "et", "Estonian"), (0x0D, "eu", "Basque"), (0x0E, "fo", "Faroese"), (0x0F, "fr", "French"),
        (0x10, "fy", "Frisian"), (0x11, "ga", "Irish"), (0x12, "gd", "Gaelic"), (0x13, "gl", "Galician"),
        (0x14, "is", "Icelandic"), (0x15, "it", "Italian"), (0x16, "se", "Lappish"), (0x17, "la", "Latin"),
        (0x18, "lv", "Latvian"), (0x19, "lb", "Luxembourgian"), (0x1A, "lt", "Lithuanian"),
        (0x1B, "hu", "Hungarian"), (0x1C, "mt", "Maltese"), (0x1D, "nl", "Dutch"), (0x1E, "no", "Norwegian"),
        (0x1F, "oc", "Occitan"), (0x20, "pl", "Polish"), (0x21, "pt", "Portuguese"), (0x22, "ro", "Romanian"),
        (0x23, "rm", "Romansh"), (0x24, "sr", "Serbian"), (0x25, "sk", "Slovak"), (0x26, "sl", "Slovenian"),
        (0x27, "fi", "Finnish"), (0x28, "sv", "Swedish"), (0x29, "tr", "Turkish"), (0x2A, "", "Flemish"),
        (0x2B, "wa", "Wallon"), (0x45, "zu", "Zulu"), (0x46, "vi", "Vietnamese"), (0x47, "uz", "Uzbek"),
        (0x48, "ur", "Urdu"), (0x49, "uk", "Ukrainian"), (0x4A, "th", "Thai"), (0x4B, "te", "Telugu"),
        (0x4C, "tt", "Tatar"), (0x4D, "ta", "Tamil"), (0x4E, "tg", "Tadzhik"), (0x4F, "sw", "Swahili"),
        (0x50, "srn", "Sranan Tongo"), (0x51, "so", "Somali"), (0x52, "si", "Sinhalese"), (0x53, "sn", "Shona"),
        (0x54, "sh", "Serbo-Croat"), (0x55, "rue", "Ruthenian"), (0x56, "ru", "Russian"), (0x57, "qu", "Quechua"),
        (0x58, "ps", "Pushtu"), (0x59, "pa", "Punjabi"), (0x5A, "fa", "Persian"), (0x5B, "pap", "Papamiento"),
        (0x5C, "or", "Oriya"), (0x5D, "ne", "Nepali"), (0x5E, "nr", "Ndebele"), (0x5F, "mr", "Marathi"),
        (0x60, "mo", "Moldavian"), (0x61, "ms", "Malaysian"), (0x62, "mg", "Malagasay"),
        (0x63, "mk", "Macedonian"), (0x64, "lo", "Laotian"), (0x65, "ko", "Korean"), (0x66, "km", "Khmer"),
        (0x67, "kk", "Kazakh"), (0x68, "kn", "Kannada"), (0x69, "ja", "Japanese"), (0x6A, "id", "Indonesian"),
        (0x6B, "hi", "Hindi"), (0x6C, "he", "Hebrew"), (0x6D, "ha", "Hausa"), (0x6E, "gn", "Gurani"),
        (0x6F, "gu", "Gujurati"), (0x70, "el", "Greek"), (0x71, "ka", "Georgian"), (0x72, "ff", "Fulani"),
        (0x73, "prs", "Dari"), (0x74, "cv", "Churash"), (0x75, "zh", "Chinese"), (0x76, "my", "Burmese"),
        (0x77, "bg", "Bulgarian"), (0x78, "bn", "Bengali"), (0x79, "be", "Bielorussian"), (0x7A, "bm", "Bambora"),
        (0x7B, "az", "Azerbaijani"), (0x7C, "as", "Assamese"), (0x7D, "hy", "Armenian"), (0x7E, "ar", "Arabic"),
        (0x7F, "am", "Amharic"),
    ]
}

/// As JSON: `"de"` (names are read too), or the number where there is no code.
extension TextLanguage: Codable {
    /// Reads a code of ISO 639, an English name or a number 0…127.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let code = try? container.decode(UInt8.self), code <= Self.highestCode {
            self.init(code: code)
        } else if let word = try? container.decode(String.self), let language = TextLanguage(word) {
            self = language
        } else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "a language is a code of ISO 639, an English name or 0 to 127")
        }
    }

    /// Writes the code of ISO 639, or the number.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let iso { try container.encode(iso) } else { try container.encode(code) }
    }

    /// Languages end at 7Fh (EBU Tech 3258).
    private static let highestCode: UInt8 = 0x7F
}
