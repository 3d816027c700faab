/// A kind of text, which is a type of pack.
public enum TextField: String, Codable, Sendable, CaseIterable {
    case title
    case performer
    case songwriter
    case composer
    case arranger
    case message
    case discID = "disc_id"
    case genre
    case closedInformation = "closed_information"
    /// UPC/EAN of the disc and ISRC of its tracks.
    case code

    /// 80h…8Eh.
    public var packType: UInt8 {
        switch self {
        case .title: 0x80
        case .performer: 0x81
        case .songwriter: 0x82
        case .composer: 0x83
        case .arranger: 0x84
        case .message: 0x85
        case .discID: 0x86
        case .genre: 0x87
        case .closedInformation: 0x8D
        case .code: 0x8E
        }
    }

    /// The kind that a type of pack has; nil for tables of contents, sizes and reserved types.
    public init?(packType: UInt8) {
        guard let field = Self.allCases.first(where: { $0.packType == packType }) else { return nil }
        self = field
    }

    /// Those that a disc and each of its tracks have, in a character set of the block's.
    static let ofEveryTrack: [TextField] = [.title, .performer, .songwriter, .composer, .arranger, .message]

    /// What it is coded in when that does not depend on the block.
    var fixedCharset: TextCharset? {
        switch self {
        case .discID, .genre, .code: .ascii
        case .closedInformation: .latin
        default: nil
        }
    }

    /// Where an entry has it; nil for what only a disc has.
    var path: WritableKeyPath<DiscText.Entry, String?>? {
        switch self {
        case .title: \.title
        case .performer: \.performer
        case .songwriter: \.songwriter
        case .composer: \.composer
        case .arranger: \.arranger
        case .message: \.message
        default: nil
        }
    }
}

/// How the characters of a block are coded (byte 0 of the size information).
public enum TextCharset: String, Codable, Sendable, CaseIterable {
    /// ISO 8859-1.
    case latin
    /// ISO 646.
    case ascii
    /// Music Shift JIS, two bytes a character.
    case msJIS = "ms-jis"

    /// Byte 0 of the size information.
    public var code: UInt8 {
        switch self {
        case .latin: 0x00
        case .ascii: 0x01
        case .msJIS: 0x80
        }
    }

    /// The character set of a code; nil for those that nothing here reads (Korean, Mandarin, reserved).
    public init?(code: UInt8) {
        guard let charset = Self.allCases.first(where: { $0.code == code }) else { return nil }
        self = charset
    }

    /// Bytes of a character.
    var width: Int { self == .msJIS ? 2 : 1 }
}
