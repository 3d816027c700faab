import DiscLayout
import POSIX
import SectorCoding

/// The texts of one block on their way into packs.
struct BlockEncoder {
    /// The texts of one type, one after the other with their ends.
    private struct Group {
        let field: TextField
        let charset: TextCharset
        var bytes: [UInt8] = []
        /// Where each text begins, and whose it is.
        var starts: [(offset: Int, track: Int)] = []

        mutating func add(_ text: [UInt8], of track: Int) {
            starts.append((bytes.count, track))
            bytes += text + repeatElement(0, count: charset.width)
        }

        var packCount: Int { (bytes.count + TextPack.payloadBytes - 1) / TextPack.payloadBytes }
    }

    private let block: DiscText.Block
    private let number: Int
    private let tracks: ClosedRange<Int>
    private let repetition: DiscText.Repetition
    private let charset: TextCharset
    private var groups: [Group] = []
    private(set) var changes: [DiscText.Change] = []

    init(
        _ block: DiscText.Block, number: Int, tracks: ClosedRange<Int>, repetition: DiscText.Repetition
    ) throws(DiscText.Fault) {
        guard block.tracks.count <= tracks.count else {
            throw .noSuchTrack(block: number, track: tracks.upperBound + 1)
        }
        (self.block, self.number, self.tracks, self.repetition) = (block, number, tracks, repetition)
        if let charset = block.charset { self.charset = charset } else { charset = try Self.charset(of: block) }
    }

    /// The character set that a block's texts need.
    private static func charset(of block: DiscText.Block) throws(DiscText.Fault) -> TextCharset {
        let coding = try coding(.msJIS)
        let entries = [block.disc] + block.tracks
        let texts = entries.flatMap { entry in
            TextField.ofEveryTrack.compactMap { field in field.path.flatMap { entry[keyPath: $0] } }
        }
        for text in texts where coding.isJapanese(text) { return .msJIS }
        return .latin
    }

    private static func coding(_ charset: TextCharset) throws(DiscText.Fault) -> TextCoding {
        do { return try TextCoding(charset) } catch { throw .conversion(error) }
    }

    /// Packs without those of the sizes.
    var packCount: Int { groups.reduce(0) { $0 + $1.packCount } }

    /// Takes in all that people wrote.
    mutating func addTexts() throws(DiscText.Fault) {
        let coding = try Self.coding(charset)
        for field in TextField.ofEveryTrack { try add(field, coding) }
        try add(.discID, of: block.discID)
        try addGenre()
        try add(.closedInformation, of: block.closedInformation)
    }

    /// A type that the disc and every track have, unless nobody has a text of it; who has none gets an empty one.
    private mutating func add(_ field: TextField, _ coding: borrowing TextCoding) throws(DiscText.Fault) {
        guard let path = field.path else { return }
        var texts = ([block.disc] + block.tracks).map { $0[keyPath: path] ?? "" }
        guard texts.contains(where: { !$0.isEmpty }) else { return }
        texts += repeatElement("", count: tracks.count + 1 - texts.count)
        var group = Group(field: field, charset: charset)
        var before: [UInt8] = []
        for (track, text) in zip([0] + tracks, texts) {
            let bytes = try encode(text, coding, field, track)
            let isRepeated = repetition == .asTab && track > 0 && !bytes.isEmpty && bytes == before
            group.add(isRepeated ? Array(repeating: Self.tab, count: charset.width) : bytes, of: track)
            before = bytes
        }
        groups.append(group)
    }

    /// A text that only the disc has.
    private mutating func add(_ field: TextField, of text: String?) throws(DiscText.Fault) {
        guard let text, !text.isEmpty, let charset = field.fixedCharset else { return }
        var group = Group(field: field, charset: charset)
        group.add(try encode(text, try Self.coding(charset), field, 0), of: 0)
        groups.append(group)
    }

    /// Two bytes of code, the most significant first, and the words.
    private mutating func addGenre() throws(DiscText.Fault) {
        guard let genre = block.genre else { return }
        var group = Group(field: .genre, charset: .ascii)
        let words = try encode(genre.text ?? "", try Self.coding(.ascii), .genre, 0)
        group.add([UInt8(genre.code >> 8), UInt8(genre.code & 0xFF)] + words, of: 0)
        groups.append(group)
    }

    /// UPC/EAN and ISRC.
    mutating func addCodes(_ catalogNumber: CatalogNumber?, _ recordingCodes: [Int: RecordingCode]) {
        let codes = tracks.map { recordingCodes[$0]?.characters ?? [] }
        guard catalogNumber != nil || codes.contains(where: { !$0.isEmpty }) else { return }
        var group = Group(field: .code, charset: .ascii)
        group.add(catalogNumber?.characters ?? [], of: 0)
        for (track, code) in zip(tracks, codes) { group.add(code, of: track) }
        groups.append(group)
    }

    /// A text's bytes; what changed is taken down.
    private mutating func encode(
        _ text: String, _ coding: borrowing TextCoding, _ field: TextField, _ track: Int
    ) throws(DiscText.Fault) -> [UInt8] {
        if let control = text.unicodeScalars.first(where: { $0.properties.generalCategory == .control }) {
            let place = DiscText.Place(block: number, track: track, field: field)
            throw .controlCharacter(place, code: control.value)
        }
        let coded = coding.encode(text)
        if let reason = coded.change {
            let after = TextDecoding().text(coded.bytes, coding.charset) ?? ""
            changes.append(
                DiscText.Change(block: number, track: track, field: field, before: text, after: after, reason: reason))
        }
        return coded.bytes
    }

    /// Stands for a text that is that of the track before.
    static let tab: UInt8 = 0x09

    /// The packs of all, and of the sizes of all blocks.
    func packs(lastSequences: [UInt8], languages: [UInt8]) -> [TextPack] {
        var packs: [TextPack] = []
        for group in groups { append(group, to: &packs) }
        var counts = [UInt8](repeating: 0, count: SizeInformation.types)
        for group in groups { counts[Int(group.field.packType & 0x0F)] = UInt8(group.packCount) }
        let sizes = SizeInformation(
            charset: charset.code, firstTrack: UInt8(tracks.lowerBound), lastTrack: UInt8(tracks.upperBound),
            copyright: block.isCopyrighted ? SizeInformation.copyrighted : 0, packCounts: counts,
            lastSequences: lastSequences, languages: languages)
        return packs + sizes.packs(block: UInt8(number), firstSequence: UInt8(packs.count))
    }

    /// Cuts the texts of a type into packs. Byte 1 is the track of the first character, byte 3 how much of its text went
    /// before; the code of a genre is not counted as text.
    private func append(_ group: Group, to packs: inout [TextPack]) {
        var text = 0
        for offset in stride(from: 0, to: group.bytes.count, by: TextPack.payloadBytes) {
            while text + 1 < group.starts.count, group.starts[text + 1].offset <= offset { text += 1 }
            let start = group.starts[text]
            let codeBytes = group.field == .genre ? 2 : 0
            let position = max(offset - start.offset - codeBytes, 0) / group.charset.width
            let pack = TextPack(
                type: group.field.packType, track: UInt8(start.track), sequence: UInt8(packs.count),
                isDoubleByte: group.charset == .msJIS, block: UInt8(number),
                characterPosition: UInt8(min(position, 15)),
                payload: group.bytes[offset..<min(offset + TextPack.payloadBytes, group.bytes.count)])
            packs.append(pack)
        }
    }
}
