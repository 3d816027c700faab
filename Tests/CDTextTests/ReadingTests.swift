import CDText
import DiscLayout
import SectorCoding
import TestSupport
import Testing

private let album = DiscText(blocks: [
    .init(
        charset: .latin, disc: .init(title: "Demo Album", performer: "The Band"),
        tracks: [.init(title: "First", performer: "The Band"), .init(title: "Second Track", performer: "Guest")])
])

@Suite struct ReadingTests {
    private func packs() throws -> [TextPack] { try album.packs(tracks: 1...2, repetition: .asTab).packs }

    @Test func `a TAB is the text of the track before`() throws {
        let read = DiscText.Read(packs: try packs())
        #expect(read.text == album && read.defects.isEmpty && read.blockNumbers == [0])
    }

    @Test func `packs may come in any order and more than once`() throws {
        let packs = try packs()
        let read = DiscText.Read(packs: packs.reversed() + packs)
        #expect(read.text == album && read.defects.isEmpty)
    }

    @Test func `codes are read too`() throws {
        let code = try #require(RecordingCode("DEABC1234568"))
        let packs = try album.packs(
            tracks: 1...2, catalogNumber: try CatalogNumber("4012345678901"), recordingCodes: [2: code]
        ).packs
        let read = DiscText.Read(packs: packs)
        #expect(read.catalogNumber == "4012345678901" && read.recordingCodes == [2: "DEABC1234568"])
        #expect(read.text == album && read.defects.isEmpty)
    }

    @Test func `a pack with a wrong CRC counts for nothing, and what it held is missing`() throws {
        var packs = try packs()
        var bytes = packs[1].bytes
        bytes[6] ^= 1
        packs[1] = TextPack(bytes)
        let read = DiscText.Read(packs: packs)
        #expect(read.text.blocks[0].disc == album.blocks[0].disc)
        #expect(read.text.blocks[0].tracks == [.init(performer: "The Band"), .init(performer: "Guest")])
        #expect(
            read.defects == [
                .wrongCRC(pack: 1), .packCount(block: 0, type: 0x80, expected: 3, found: 2),
                .missing(block: 0, sequence: 1...1), .cutText(.init(block: 0, track: 1, field: .title)),
                .cutText(.init(block: 0, track: 2, field: .title)),
            ])
    }

    @Test func `packs without a CRC are read`() throws {
        let packs = try packs().map { TextPack($0.bytes.prefix(16) + [0, 0]) }
        #expect(DiscText.Read(packs: packs).text == album)
    }

    @Test func `without sizes texts are read as Latin`() throws {
        let read = DiscText.Read(packs: try packs().filter { $0.type != 0x8F })
        #expect(read.defects == [.noSizes(block: 0)])
        #expect(
            read.text.blocks[0].disc == album.blocks[0].disc && read.text.blocks[0].tracks == album.blocks[0].tracks)
    }

    @Test func `two packs with one number contradict each other`() throws {
        let packs = try packs()
        let other = TextPack(type: 0x80, track: 0, sequence: 0, characterPosition: 0, payload: [0x41])
        let read = DiscText.Read(packs: packs + [other])
        #expect(read.text == album && read.defects == [.contradiction(pack: 8)])
    }

    @Test func `texts in Korean are left out and told`() throws {
        let packs = try packs().map { pack in
            guard pack.type == 0x8F, pack.track == 0 else { return pack }
            var bytes = Array(pack.bytes.prefix(16))
            bytes[4] = 0x81
            return TextPack(withoutCRC: bytes)
        }
        let read = DiscText.Read(packs: packs)
        #expect(read.defects == [.charset(block: 0, code: 0x81)] && read.text.blocks[0].tracks.isEmpty)
    }

    @Test func `a TAB with nothing before it is told`() throws {
        let text = DiscText(blocks: [.init(disc: .init(title: "X"))])
        let packs = try text.packs(tracks: 1...1).packs.map { pack in
            guard pack.type == 0x80 else { return pack }
            return TextPack(type: 0x80, track: 0, sequence: 0, characterPosition: 0, payload: [0x09, 0])
        }
        let place = DiscText.Place(block: 0, track: 0, field: .title)
        #expect(DiscText.Read(packs: packs).defects == [.nothingToRepeat(place)])
    }
}

@Suite struct RandomTextTests {
    private static let latin: [Character] = Array("abcXYZ 019!?'\"äöüßÆøÿñ-.,")
    private static let japanese: [Character] = Array("日本語愛夢ブルーライトがぱんＡＢ１　①髙")

    private func entry(_ letters: [Character], _ random: inout SplitMix) -> DiscText.Entry {
        func text(_ random: inout SplitMix) -> String? {
            let length = [0, 0, 1, 5, 12, 13, 40].randomElement(using: &random) ?? 0
            return length == 0 ? nil : String((0..<length).map { _ in letters.randomElement(using: &random) ?? "x" })
        }
        return .init(
            title: text(&random), performer: text(&random), songwriter: text(&random), composer: text(&random),
            arranger: text(&random), message: text(&random))
    }

    private func text(tracks: Int, _ random: inout SplitMix) -> DiscText {
        let blocks = (0..<Int.random(in: 1...8, using: &random)).map { _ in
            let isJapanese = Bool.random(using: &random)
            let letters = isJapanese ? Self.japanese : Self.latin
            var block = DiscText.Block(
                language: .init(code: .random(in: 0...0x7F, using: &random)), charset: isJapanese ? .msJIS : .latin,
                disc: entry(letters, &random), discID: "ID", genre: .init(code: .random(in: 0...0x1B, using: &random)),
                isCopyrighted: .random(using: &random), tracks: (0..<tracks).map { _ in entry(letters, &random) })
            while block.tracks.last == DiscText.Entry() { block.tracks.removeLast() }
            return block
        }
        return DiscText(blocks: blocks)
    }

    @Test(arguments: 0..<200) func `random texts are read back as they were written`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let tracks = Int.random(in: 1...6, using: &random)
        let first = Int.random(in: 1...90, using: &random)
        let text = text(tracks: tracks, &random)
        for repetition in [DiscText.Repetition.inFull, .asTab] {
            let encoded = try text.packs(tracks: first...first + tracks - 1, repetition: repetition)
            let read = DiscText.Read(packs: encoded.packs)
            #expect(read.defects.isEmpty && encoded.changes.isEmpty)
            #expect(read.text == text)
            #expect(read.firstTrack == first)
        }
    }

    /// Packs with bytes spoilt and a CRC that fits nevertheless.
    @Test(arguments: 0..<200) func `hostile packs are read without a trap`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let packs = try text(tracks: 3, &random).packs(tracks: 1...3).packs
        let hostile = packs.map { pack in
            var bytes = Array(pack.bytes.prefix(16))
            for index in bytes.indices where Int.random(in: 0..<10, using: &random) == 0 {
                bytes[index] = .random(in: 0...255, using: &random)
            }
            return TextPack(withoutCRC: bytes)
        }
        let noise = (0..<100).map { _ in
            TextPack(
                withoutCRC: (0..<16).map {
                    $0 == 0 ? 0x80 | .random(in: 0...15, using: &random) : .random(in: 0...255, using: &random)
                })
        }
        #expect(!DiscText.Read(packs: hostile + noise).defects.isEmpty)
    }
}

/// SplitMix64: the same numbers for the same seed.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }
}
