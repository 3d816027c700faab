import SectorCoding

/// The texts of one type out of packs that come in the order of their numbers. Where one is missing it starts anew with what
/// the next pack says of its first character.
struct TextSplitter {
    /// A text without its end.
    struct Text: Equatable {
        var track: Int
        var bytes: [UInt8] = []
        /// Its beginning and its end were there.
        var isWhole = true
    }

    private let charset: TextCharset
    /// The track after the disc.
    private let firstTrack: Int
    private(set) var texts: [Text] = []
    private var current = Text(track: 0)
    private var lastSequence: Int?
    /// The bytes so far end in the middle of a character of two.
    private var isInCharacter = false
    /// The text ended with one zero; a second belongs to the same end.
    private var isInEnd = false
    private var isDoubleByte = false

    init(charset: TextCharset, firstTrack: Int) { (self.charset, self.firstTrack) = (charset, firstTrack) }

    /// The twelve bytes of a pack.
    mutating func take(_ pack: TextPack) {
        isDoubleByte = pack.isDoubleByte
        let isNext = lastSequence.map { $0 + 1 == Int(pack.sequence) } ?? false
        if !isNext || Int(pack.track) != current.track { begin(with: pack) }
        lastSequence = Int(pack.sequence)
        for byte in pack.payload { take(byte) }
    }

    /// Starts anew at a pack that does not continue what went before.
    private mutating func begin(with pack: TextPack) {
        if !current.bytes.isEmpty {
            current.isWhole = false
            texts.append(current)
        }
        current = Text(track: Int(pack.track), isWhole: pack.characterPosition == 0)
        (isInCharacter, isInEnd) = (false, false)
    }

    private mutating func take(_ byte: UInt8) {
        if isInEnd {
            isInEnd = false
            if byte == 0 { return }
        }
        if byte == 0, !isInCharacter {
            texts.append(current)
            current = Text(track: current.track == 0 ? firstTrack : current.track + 1)
            isInEnd = isDoubleByte
            return
        }
        current.bytes.append(byte)
        isInCharacter = !isInCharacter && charset == .msJIS && Self.isFirstOfTwo(byte)
    }

    /// The first byte of a character of two in Shift JIS.
    private static func isFirstOfTwo(_ byte: UInt8) -> Bool {
        (0x81...0x9F).contains(byte) || (0xE0...0xFC).contains(byte)
    }

    /// Ends with the last pack. The zeros behind the last text are no texts of further tracks.
    mutating func finish(at lastTrack: Int) {
        if !current.bytes.isEmpty {
            current.isWhole = false
            texts.append(current)
        }
        texts.removeAll { $0.track > lastTrack && $0.bytes.isEmpty }
    }
}
