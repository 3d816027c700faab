import BinaryCoding
import Glibc

/// Character sets of CD-TEXT by their codes in the size information.
enum TextCharacterSet: UInt8 {
    /// ISO 8859-1.
    case latin1 = 0x00
    /// ISO 646.
    case ascii = 0x01
    /// Kanji of MS-JIS, of one and two bytes.
    case japanese = 0x80

    /// Its name in listings.
    var name: String {
        switch self {
        case .latin1: "ISO 8859-1"
        case .ascii: "ASCII"
        case .japanese: "MS-JIS"
        }
    }

    /// Bytes as a text, or nil when they are none.
    func text(_ bytes: [UInt8]) -> String? {
        switch self {
        case .latin1: String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
        case .ascii: bytes.allSatisfy { $0 < 0x80 } ? String(decoding: bytes, as: UTF8.self) : nil
        case .japanese: Self.converted(bytes, from: "CP932")
        }
    }

    /// Bytes in a character set of the machine's `iconv`.
    private static func converted(_ bytes: [UInt8], from name: String) -> String? {
        guard let converter = iconv_open("UTF-8", name), converter != iconv_t(bitPattern: -1) else { return nil }
        defer { iconv_close(converter) }
        var source = bytes.map { CChar(bitPattern: $0) }
        // A byte becomes at most three.
        var target = [CChar](repeating: 0, count: 3 * bytes.count)
        let rest = source.withUnsafeMutableBufferPointer { source in
            target.withUnsafeMutableBufferPointer { target -> (failed: Bool, unused: Int) in
                var (from, fromCount) = (source.baseAddress, source.count)
                var (to, toCount) = (target.baseAddress, target.count)
                return (iconv(converter, &from, &fromCount, &to, &toCount) == -1, toCount)
            }
        }
        if rest.failed { return nil }
        return String(decoding: target.dropLast(rest.unused).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// What the codes in CD-TEXT stand for.
enum TextCodes {
    /// Languages as ISO 639 calls them, by their EBU codes (EBU Tech 3258).
    static let languages: [UInt8: String] = [
        0x08: "de", 0x09: "en", 0x0A: "es", 0x0F: "fr", 0x15: "it", 0x1D: "nl", 0x20: "pl", 0x21: "pt", 0x28: "sv",
        0x56: "ru", 0x65: "ko", 0x69: "ja", 0x75: "zh",
    ]

    /// Genres from code 2 on; 0 is none, and 1 an undefined one.
    private static let genres = [
        "adult contemporary", "alternative rock", "children's", "classical", "contemporary Christian", "country",
        "dance", "easy listening", "erotic", "folk", "gospel", "hip hop", "jazz", "Latin", "musical", "new age",
        "opera", "operetta", "pop", "rap", "reggae", "rock", "rhythm and blues", "sound effects", "spoken word",
        "world",
    ]

    /// The name of a genre; nil for none.
    static func genre(_ code: Int) -> String? { genres.indices.contains(code - 2) ? genres[code - 2] : nil }
}
