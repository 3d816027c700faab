import CDText
import SectorCoding

extension FuzzTarget {
    /// Packs of CD-TEXT as a disc or a file of somebody else has them. The input is a file of packs behind a byte: with its
    /// lowest bit every pack gets the CRC that belongs to it, so that the search comes further than to the CRC.
    static let texts = FuzzTarget(name: "texts", test: testTexts) {
        soundTexts.flatMap { text -> [[UInt8]] in
            let packs = try? text.packs(tracks: 1...3).packs
            promise(packs != nil, "the texts that the search begins with become packs")
            let file = TextFile.bytes(packs ?? [])
            return [[0] + file, [1] + file, [1] + file.reversed()]
        }
    }
}

private let soundTexts: [DiscText] = {
    let entry = DiscText.Entry(
        title: "Winter", performer: "Åse", songwriter: "-", message: String(repeating: "x", count: 30))
    let same = DiscText.Entry(title: "Same", performer: "Åse")
    let latin = DiscText.Block(
        disc: entry, discID: "BD 1", genre: .init(code: 0x13, text: "Slow"), closedInformation: "c",
        isCopyrighted: true,
        tracks: [same, same, entry])
    let japanese = DiscText.Block(
        language: TextLanguage(code: 0x69), charset: .msJIS, disc: .init(title: "冬の旅"),
        tracks: [.init(title: "ア"), .init(title: "ア")])
    return [DiscText(blocks: [latin]), DiscText(blocks: [latin, japanese])]
}()

private let testTexts: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32 = { data, count in
    var input = Input(data, count)
    let isRepaired = input.byte() & 1 == 1
    guard var packs = try? TextFile.packs(input.bytes(count)) else { return 0 }
    if isRepaired { packs = packs.map { TextPack(withoutCRC: $0.bytes.prefix(TextPack.byteCount - 2)) } }
    let read = DiscText.Read(packs: packs)
    promise(read.text.blocks.count <= DiscText.maximumBlocks, "a disc has at most eight languages")
    promise(read.blockNumbers.count == read.text.blocks.count, "every block has its number")
    promise((1...99).contains(read.firstTrack), "the first track \(read.firstTrack) can be")
    for block in read.text.blocks { promise(block.tracks.count <= 99, "\(block.tracks.count) tracks can be") }
    checkPacks(of: read.text, tracks: read.firstTrack...99)
    return 0
}

/// Texts that become packs become such as can be read without a fault.
private func checkPacks(of text: DiscText, tracks: ClosedRange<Int>) {
    guard let encoded = try? text.packs(tracks: tracks) else { return }
    checkPacks(encoded.packs)
}

/// Packs of our own say nothing that is wrong.
func checkPacks(_ packs: [TextPack]) {
    promise(packs.allSatisfy(\.isIntact), "every pack has its CRC")
    let defects = DiscText.Read(packs: packs).defects
    promise(defects.isEmpty, "packs of our own are read without a fault: \(defects)")
}
