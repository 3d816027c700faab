import SectorCoding

/// CD-TEXT of a lead-in in one language: what the packs of one block say, as bytes (IEC 61866; MMC-3, annex J).
struct TextBlock: Equatable {
    /// The types of packs, by their first byte.
    enum Item: UInt8, CaseIterable {
        case title = 0x80
        case performer = 0x81
        case songwriter = 0x82
        case composer = 0x83
        case arranger = 0x84
        case message = 0x85
        case discID = 0x86
        case genre = 0x87
        case tableOfContents = 0x88
        case secondTableOfContents = 0x89
        case closed = 0x8D
        /// UPC/EAN of the disc, ISRC of a track.
        case code = 0x8E
        case sizes = 0x8F

        /// The disc and every track can have one, in the character set of the block unless it is a code.
        var isPerTrack: Bool { rawValue <= 0x85 || self == .code }
        /// Texts that end with a zero.
        var isText: Bool { isPerTrack || self == .discID || self == .closed }
    }

    /// 0…7.
    let number: Int
    /// Packs of it that were intact.
    let packCount: Int
    /// Size information: 36 bytes, or nil when it is not there or not whole.
    let sizes: [UInt8]?
    /// Texts without their ends, by track; 0 is the disc. Those that are empty are left out.
    private(set) var texts: [Item: [Int: [UInt8]]] = [:]
    /// All that the packs of a type hold, for types that are no texts.
    private(set) var binaries: [Item: [UInt8]] = [:]
    /// Packs are missing, or a text has no end.
    private(set) var isCut = false

    /// Code of the character set.
    var characterSet: UInt8 { sizes?[0] ?? 0 }
    /// The texts are protected by copyright.
    var isCopyrighted: Bool { (sizes?[3] ?? 0) != 0 }
    /// EBU code of the language.
    var languageCode: UInt8 { sizes?[28 + number] ?? 0 }
    /// Code of the genre; nil when none is given.
    var genreCode: Int? { binaries[.genre].flatMap { $0.count < 2 ? nil : Int($0[0]) << 8 | Int($0[1]) } }
    /// The genre in words; empty when there are none.
    var genreText: [UInt8] { Array((binaries[.genre] ?? []).dropFirst(2).prefix { $0 != 0 }) }

    /// The blocks in packs of 18 bytes, in order of their numbers, and how many packs were not intact.
    static func blocks(of bytes: [UInt8]) -> (blocks: [TextBlock], damaged: Int) {
        let count = bytes.count / TextPack.byteCount
        let packs = (0..<count).map { TextPack(bytes[$0 * TextPack.byteCount..<($0 + 1) * TextPack.byteCount]) }
        // Packs without a CRC are common in files; readers take them.
        let intact = packs.filter { $0.isIntact || $0.hasNoCRC }
        let blocks = Dictionary(grouping: intact) { Int($0.block) }
        return (blocks.sorted { $0.key < $1.key }.map { TextBlock(number: $0.key, $0.value) }, count - intact.count)
    }

    private init(number: Int, _ packs: [TextPack]) {
        self.number = number
        // A lead-in repeats them, and may have been read from anywhere on.
        var bySequence: [UInt8: TextPack] = [:]
        for pack in packs where bySequence[pack.sequence] == nil { bySequence[pack.sequence] = pack }
        let ordered = bySequence.values.sorted { $0.sequence < $1.sequence }
        packCount = ordered.count
        let groups = Dictionary(grouping: ordered) { Item(rawValue: $0.type) }
        let sizes = (groups[.sizes] ?? []).flatMap(\.payload)
        self.sizes = sizes.count == Self.sizeBytes ? sizes : nil
        isCut = self.sizes == nil || ordered.last.map { Int($0.sequence) + 1 != ordered.count } ?? true
        for (item, packs) in groups {
            guard let item, item != .sizes else { continue }
            if item.isText {
                var reader = TextReader(isDoubleByte: item != .code && packs.contains { $0.isDoubleByte })
                for pack in packs { reader.read(pack) }
                texts[item] = reader.texts
                if reader.isCut { isCut = true }
            } else {
                binaries[item] = packs.flatMap(\.payload)
            }
        }
    }

    private static let sizeBytes = 3 * TextPack.payloadBytes
}

/// Takes texts out of the packs of one type.
private struct TextReader {
    private(set) var texts: [Int: [UInt8]] = [:]
    var isCut: Bool { wasCut || !text.isEmpty }

    private let width: Int
    private var text: [UInt8] = []
    private var track = 0
    private var previous: TextPack?
    private var wasCut = false
    /// The beginning of this text is lost.
    private var isSkipping = false
    private static let lastTrack = 99

    init(isDoubleByte: Bool) { width = isDoubleByte ? 2 : 1 }

    mutating func read(_ pack: TextPack) {
        let follows = previous.map { Int($0.sequence) + 1 == Int(pack.sequence) } ?? true
        if !follows || !text.isEmpty && Int(pack.track) != track {
            wasCut = true
            text = []
            isSkipping = pack.characterPosition > 0
        }
        if text.isEmpty { track = Int(pack.track) }
        previous = pack
        let payload = pack.payload
        for place in stride(from: 0, to: payload.count, by: width) {
            let unit = payload[place..<place + width]
            if unit.contains(where: { $0 != 0 }) { text += unit } else { end() }
        }
    }

    /// A text ends here. A tabulator alone stands for the text of the track before.
    private mutating func end() {
        let isRepetition = text == [UInt8](repeating: 0x09, count: width)
        let whole = isRepetition ? texts[track - 1] ?? [] : text
        if !isSkipping, !whole.isEmpty, track <= Self.lastTrack { texts[track] = whole }
        isSkipping = false
        text = []
        track += 1
    }
}
