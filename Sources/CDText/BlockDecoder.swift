import SectorCoding

/// The packs of one block on their way into texts.
struct BlockDecoder {
    private(set) var block = DiscText.Block(language: .unknown)
    /// UPC/EAN under 0 and ISRC by track.
    private(set) var codes: [Int: String] = [:]
    private(set) var defects: [DiscText.Defect] = []
    /// The tracks that there are texts for.
    private(set) var tracks = 1...99
    private let number: Int

    /// Reads packs in the order of their numbers, each number once.
    init(packs: [TextPack], number: Int) {
        self.number = number
        let charset = takeSizes(packs)
        findGaps(packs)
        let decoding = TextDecoding()
        for field in TextField.allCases {
            let own = packs.filter { $0.type == field.packType }
            guard !own.isEmpty else { continue }
            if field == .genre {
                takeGenre(own, decoding)
            } else if let charset = field.fixedCharset ?? charset {
                take(own, field, charset, decoding)
            }
        }
    }

    /// Takes the size information and answers the character set that it names; nil when nothing here reads that. Without
    /// size information packs of one byte a character are Latin, and others can only be MS-JIS.
    private mutating func takeSizes(_ packs: [TextPack]) -> TextCharset? {
        guard let sizes = SizeInformation(packs) else {
            defects.append(.noSizes(block: number))
            return packs.contains { $0.isDoubleByte } ? .msJIS : .latin
        }
        block.language = TextLanguage(code: sizes.languages[number])
        block.isCopyrighted = sizes.copyright != 0
        if sizes.firstTrack >= 1, sizes.firstTrack <= sizes.lastTrack, sizes.lastTrack <= 99 {
            tracks = Int(sizes.firstTrack)...Int(sizes.lastTrack)
        } else {
            defects.append(.tracks(block: number, first: Int(sizes.firstTrack), last: Int(sizes.lastTrack)))
        }
        for (index, expected) in sizes.packCounts.enumerated() {
            let type = 0x80 + index
            let found = packs.count { Int($0.type) == type }
            guard found != Int(expected) else { continue }
            defects.append(.packCount(block: number, type: type, expected: Int(expected), found: found))
        }
        block.charset = TextCharset(code: sizes.charset)
        if block.charset == nil { defects.append(.charset(block: number, code: Int(sizes.charset))) }
        return block.charset
    }

    private mutating func findGaps(_ packs: [TextPack]) {
        var next = 0
        for pack in packs {
            let sequence = Int(pack.sequence)
            if sequence > next { defects.append(.missing(block: number, sequence: next...sequence - 1)) }
            next = sequence + 1
        }
    }

    /// The texts of a type.
    private mutating func take(
        _ packs: [TextPack], _ field: TextField, _ charset: TextCharset, _ decoding: borrowing TextDecoding
    ) {
        var splitter = TextSplitter(charset: charset, firstTrack: tracks.lowerBound)
        for pack in packs { splitter.take(pack) }
        splitter.finish(at: tracks.upperBound)
        var previous: (nextTrack: Int, bytes: [UInt8])?
        for text in splitter.texts {
            let place = DiscText.Place(block: number, track: text.track, field: field)
            guard text.isWhole else {
                defects.append(.cutText(place))
                continue
            }
            var bytes = text.bytes
            if !bytes.isEmpty, bytes.count <= charset.width, bytes.allSatisfy({ $0 == BlockEncoder.tab }) {
                guard let previous, previous.nextTrack == text.track else {
                    defects.append(.nothingToRepeat(place))
                    continue
                }
                bytes = previous.bytes
            }
            previous = (text.track == 0 ? tracks.lowerBound : text.track + 1, bytes)
            guard !bytes.isEmpty else { continue }
            if let text = decoding.text(bytes, charset) {
                set(text, place)
            } else {
                defects.append(.undecodable(place))
            }
        }
    }

    /// Puts a text where it belongs.
    private mutating func set(_ text: String, _ place: DiscText.Place) {
        guard place.track == 0 || tracks.contains(place.track) else { return defects.append(.noSuchTrack(place)) }
        switch (place.field, place.field.path) {
        case (.code, _): codes[place.track] = text
        case (_, let path?) where place.track == 0: block.disc[keyPath: path] = text
        case (_, let path?):
            let index = place.track - tracks.lowerBound
            while block.tracks.count <= index { block.tracks.append(DiscText.Entry()) }
            block.tracks[index][keyPath: path] = text
        case (.discID, _) where place.track == 0: block.discID = text
        case (.closedInformation, _) where place.track == 0: block.closedInformation = text
        default: defects.append(.noSuchTrack(place))
        }
    }

    /// The code and the words of a genre. Its first bytes are a number, so it cannot be split at zeros.
    private mutating func takeGenre(_ packs: [TextPack], _ decoding: borrowing TextDecoding) {
        let place = DiscText.Place(block: number, track: 0, field: .genre)
        let isWhole = zip(packs, packs.dropFirst()).allSatisfy { Int($0.sequence) + 1 == Int($1.sequence) }
        guard isWhole, packs[0].characterPosition == 0 else { return defects.append(.cutText(place)) }
        let bytes = packs.flatMap(\.payload)
        let words = bytes.dropFirst(2).prefix { $0 != 0 }
        let text = words.isEmpty ? nil : decoding.text(Array(words), .ascii)
        block.genre = DiscText.Genre(code: UInt16(bytes[0]) << 8 | UInt16(bytes[1]), text: text)
    }
}
