import POSIX
import SectorCoding
import TestSupport
import Testing

@testable import VirtualRecorder

@Suite struct TextBlockTests {
    /// An album of two tracks in English.
    static let album = hex(
        """
        80 00 00 00 44 65 6D 6F 20 41 6C 62 75 6D 00 46 FB AF  // title "Demo Album", "F
        80 01 01 01 69 72 73 74 00 53 65 63 6F 6E 64 20 B9 CE  // irst", "Second 
        80 02 02 07 54 72 61 63 6B 00 00 00 00 00 00 00 D0 5C  // Track"
        81 00 03 00 54 68 65 20 42 61 6E 64 00 09 00 47 CC A9  // performer "The Band", tabulator, "G
        81 02 04 01 75 65 73 74 00 00 00 00 00 00 00 00 1E 7F  // uest"
        8F 00 05 00 00 01 02 00 03 02 00 00 00 00 00 00 A6 05  // ISO 8859-1, tracks 1 to 2
        8F 01 06 00 00 00 00 00 00 00 00 03 07 00 00 00 94 F0
        8F 02 07 00 00 00 00 00 09 00 00 00 00 00 00 00 EA 42  // English
        """)

    /// One track in English and German.
    private static let twoLanguages = hex(
        """
        80 00 00 00 41 6C 62 75 6D 20 45 4E 00 4F 6E 65 1A 16
        80 01 01 03 00 00 00 00 00 00 00 00 00 00 00 00 ED B6
        81 00 02 00 50 00 61 00 00 00 00 00 00 00 00 00 67 2A
        8F 00 03 00 00 01 01 00 02 01 00 00 00 00 00 00 83 FC
        8F 01 04 00 00 00 00 00 00 00 00 03 05 05 00 00 64 AA
        8F 02 05 00 00 00 00 00 09 08 00 00 00 00 00 00 8F 2D
        80 00 00 10 41 6C 62 75 6D 20 44 45 00 45 69 6E 4A C0
        80 01 01 13 73 00 00 00 00 00 00 00 00 00 00 00 7A 2D
        81 00 02 10 50 00 61 00 00 00 00 00 00 00 00 00 71 9E
        8F 00 03 10 00 01 01 00 02 01 00 00 00 00 00 00 95 48
        8F 01 04 10 00 00 00 00 00 00 00 03 05 05 00 00 72 1E
        8F 02 05 10 00 00 00 00 09 08 00 00 00 00 00 00 99 99
        """)

    private static func texts(_ packs: [UInt8]) throws -> DiscListing.Texts {
        DiscListing.Texts(try #require(TextBlock.blocks(of: packs).blocks.first))
    }

    /// Packs with their CRC, numbered from 0.
    static func packs(_ contents: [(type: UInt8, track: UInt8, position: UInt8, payload: [UInt8])], set: UInt8 = 0)
        -> [UInt8]
    {
        var sizes = [UInt8](repeating: 0, count: 36)
        (sizes[0], sizes[1], sizes[2], sizes[28]) = (set, 1, 2, 0x69)
        let last = (0..<3).map { index in
            (
                type: 0x8F as UInt8, track: UInt8(index), position: 0 as UInt8,
                payload: Array(sizes[12 * index..<12 * index + 12])
            )
        }
        return (contents + last).enumerated().flatMap { sequence, pack in
            TextPack(
                type: pack.type, track: pack.track, sequence: UInt8(sequence),
                isDoubleByte: set == 0x80 && pack.type < 0x86,
                characterPosition: pack.position, payload: pack.payload
            ).bytes
        }
    }

    @Test func `texts go on from pack to pack, and a tabulator repeats the track before`() throws {
        let texts = try Self.texts(Self.album)
        #expect(texts.language == "en" && texts.characterSet == "ISO 8859-1" && texts.packs == 8 && !texts.copyrighted)
        #expect(texts.disc == DiscListing.TextItems(title: "Demo Album", performer: "The Band"))
        #expect(
            texts.tracks == [
                DiscListing.TrackTexts(number: 1, texts: .init(title: "First", performer: "The Band")),
                DiscListing.TrackTexts(number: 2, texts: .init(title: "Second Track", performer: "Guest")),
            ])
    }

    @Test func `every language is a block`() {
        let (blocks, damaged) = TextBlock.blocks(of: Self.twoLanguages)
        let texts = blocks.map(DiscListing.Texts.init)
        #expect(damaged == 0 && texts.map(\.block) == [0, 1] && texts.map(\.language) == ["en", "de"])
        #expect(texts.map { $0.disc.title } == ["Album EN", "Album DE"])
        #expect(texts.map { $0.tracks[0].texts.title } == ["One", "Eins"])
        #expect(texts.map { $0.tracks[0].texts.performer } == ["a", "a"] && !blocks.contains { $0.isCut })
    }

    @Test func `packs from any place in the lead-in, and more than once, say the same`() throws {
        let turned = Array(Self.album.dropFirst(18 * 3)) + Self.album
        #expect(try Self.texts(turned) == Self.texts(Self.album))
        #expect(!TextBlock.blocks(of: turned).blocks.contains { $0.isCut })
    }

    @Test func `codes, genre and disc identification`() throws {
        let texts = try Self.texts(
            Self.packs([
                (0x86, 0, 0, Array("ABC-1\u{0}".utf8)), (0x87, 0, 0, [0, 0x0E] + Array("Fusion\u{0}".utf8)),
                (0x8D, 0, 0, Array("secret\u{0}".utf8)), (0x8E, 0, 0, Array("401234567890".utf8)),
                (0x8E, 0, 12, Array("1\u{0}DEABC12345".utf8)), (0x8E, 1, 10, Array("67\u{0}".utf8)),
            ]))
        #expect(
            texts.disc
                == DiscListing.TextItems(
                    discID: "ABC-1", genre: "jazz", genreCode: 14, genreText: "Fusion", closed: "secret",
                    upcEAN: "4012345678901"))
        #expect(texts.tracks == [DiscListing.TrackTexts(number: 1, texts: .init(isrc: "DEABC1234567"))])
    }

    @Test func `Japanese of two bytes`() throws {
        // 日本 in Shift JIS, ended by two zeros; the track repeats it by a tabulator of two bytes.
        let texts = try Self.texts(Self.packs([(0x80, 0, 0, hex("93 FA 96 7B 00 00 09 09 00 00"))], set: 0x80))
        #expect(texts.characterSet == "MS-JIS" && texts.language == "ja")
        #expect(texts.disc.title == "日本" && texts.tracks[0].texts.title == "日本")
    }

    @Test(arguments: [
        (0x01 as UInt8, hex("41 E4 00"), "41 e4"), (0x80, hex("81 20 00 00"), "81 20"),
        (0x81, hex("41 42 00"), "41 42"),
    ])
    func `what is no text of its set is given as it is`(set: UInt8, payload: [UInt8], text: String) throws {
        #expect(try Self.texts(Self.packs([(0x80, 0, 0, payload)], set: set)).disc.title == text)
    }

    @Test func `a pack with a wrong CRC is left out, and what it cuts too`() throws {
        var packs = Self.album
        packs[18 + 5] ^= 1
        let (blocks, damaged) = TextBlock.blocks(of: packs)
        #expect(damaged == 1 && blocks[0].isCut)
        let texts = DiscListing.Texts(blocks[0])
        // "Second Track" began in the pack that is lost.
        #expect(texts.disc.title == "Demo Album" && texts.tracks.map { $0.texts.title } == [nil, nil])
        #expect(texts.tracks.map { $0.texts.performer } == ["The Band", "Guest"])
    }

    @Test func `no prefix and no byte changed is a crash`() {
        for length in 0...Self.album.count { _ = TextBlock.blocks(of: Array(Self.album.prefix(length))) }
        // Without a CRC every pack counts.
        for index in 0..<Self.album.count where index % 18 < 16 {
            for value in [0x00, 0x09, 0x7F, 0x80, 0xFF] as [UInt8] {
                var packs = Self.album
                packs[index] = value
                (packs[index / 18 * 18 + 16], packs[index / 18 * 18 + 17]) = (0, 0)
                for block in TextBlock.blocks(of: packs).blocks { _ = DiscListing.Texts(block) }
            }
        }
    }
}

/// CD-TEXT files of a disc, whole and not.
@Suite struct TextFileTests {
    private static func listing(_ text: [UInt8], packs: Int = 8) throws -> DiscListing {
        var disc = Disc(medium: .cdR80)
        disc.sessions = [
            Disc.Session(number: 1, writeType: .sessionAtOnce, start: -150, stage: .recording, textPacks: packs)
        ]
        let folder = try ListingTests.folder(disc, text: text)
        return try StoredDisc.load("\(folder.path)/disc").listing()
    }

    @Test func `texts are in the listing`() throws {
        let listing = try Self.listing(TextBlockTests.album)
        #expect(listing.damage.isEmpty)
        #expect(
            listing.text.hasSuffix(
                """
                  CD-TEXT 0: en, ISO 8859-1, 8 packs
                    disc: title “Demo Album”, performer “The Band”
                    track 1: title “First”, performer “The Band”
                    track 2: title “Second Track”, performer “Guest”
                """))
        #expect(listing.json.contains("\"title\" : \"Second Track\""))
    }

    @Test func `what a terminal would obey is not in the table`() throws {
        let packs = TextBlockTests.packs([(0x80, 0, 0, hex("1B 5B 32 4A 41 9B 00"))])
        #expect(try Self.listing(packs, packs: 4).text.contains("title “\u{FFFD}[2JA\u{FFFD}”"))
    }

    @Test(arguments: [
        ([], "The CD-TEXT of session 1 cannot be read: its file is missing."),
        (Array(TextBlockTests.album.prefix(18 * 7)), "The CD-TEXT of session 1 ends before its last pack."),
        (Array(TextBlockTests.album.prefix(18 * 7 + 5)), "The CD-TEXT of session 1 ends before its last pack."),
        (TextBlockTests.album + [0], "The CD-TEXT of session 1 cannot be read: its file is longer than its packs."),
        (Array(TextBlockTests.album.dropLast()) + [0], "The CD-TEXT of session 1 has 1 pack with a wrong CRC."),
    ])
    func `a file that is not what it should be is damage`(text: [UInt8], damage: String) throws {
        #expect(try Self.listing(text).damage.first == damage)
    }
}
