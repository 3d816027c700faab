import CDText
import DiscLayout
import SectorCoding
import TestSupport
import Testing

/// "Demo Album" by "The Band": "First" by the same, "Second Track" by "Guest".
private let album = DiscText(blocks: [
    .init(
        disc: .init(title: "Demo Album", performer: "The Band"),
        tracks: [.init(title: "First", performer: "The Band"), .init(title: "Second Track", performer: "Guest")])
])

private func packs(_ lines: String) -> [TextPack] {
    let bytes = hex(lines)
    return stride(from: 0, to: bytes.count, by: TextPack.byteCount).map {
        TextPack(bytes[$0..<$0 + TextPack.byteCount])
    }
}

/// Compares as hexadecimal lines, which show where two lists differ.
private func lines(_ packs: [TextPack]) -> [String] {
    packs.map { pack in pack.bytes.map { String($0 + 0x100 as Int, radix: 16).dropFirst() }.joined(separator: " ") }
}

extension UInt8 {
    fileprivate static func + (byte: UInt8, number: Int) -> Int { Int(byte) + number }
}

@Suite struct PackTests {
    @Test func `a text that repeats the one before can be a TAB`() throws {
        let encoded = try album.packs(tracks: 1...2, repetition: .asTab)
        let expected = packs(
            """
            80 00 00 00 44 65 6D 6F 20 41 6C 62 75 6D 00 46 FB AF  // Demo Album, F
            80 01 01 01 69 72 73 74 00 53 65 63 6F 6E 64 20 B9 CE  // irst, Second_
            80 02 02 07 54 72 61 63 6B 00 00 00 00 00 00 00 D0 5C  // Track
            81 00 03 00 54 68 65 20 42 61 6E 64 00 09 00 47 CC A9  // The Band, TAB, G
            81 02 04 01 75 65 73 74 00 00 00 00 00 00 00 00 1E 7F  // uest
            8F 00 05 00 00 01 02 00 03 02 00 00 00 00 00 00 A6 05  // 8859-1, tracks 1 and 2, packs of 80, 81
            8F 01 06 00 00 00 00 00 00 00 00 03 07 00 00 00 94 F0  // packs of 8F, last number
            8F 02 07 00 00 00 00 00 09 00 00 00 00 00 00 00 EA 42  // English
            """)
        #expect(lines(encoded.packs) == lines(expected))
        #expect(encoded.changes.isEmpty)
        #expect(
            encoded.packs[0].symbols
                == hex("20 00 00 00 00 04 11 25 1B 16 3C 20 10 16 31 22 1D 16 34 00 11 2F 2E 2F"))
    }

    /// A published example of titles.
    @Test func `titles run on from pack to pack`() throws {
        let text = DiscText(blocks: [
            .init(
                disc: .init(title: "Joyful Nights"),
                tracks: [.init(title: "Song of Joy"), .init(title: "Humpty Dumpty"), .init(title: "Mee Owwww")])
        ])
        let expected = packs(
            """
            80 00 00 00 4A 6F 79 66 75 6C 20 4E 69 67 68 74 F0 F7
            80 00 01 0C 73 00 53 6F 6E 67 20 6F 66 20 4A 6F 43 1C
            80 01 02 0A 79 00 48 75 6D 70 74 79 20 44 75 6D 43 F9
            80 02 03 0A 70 74 79 00 4D 65 65 20 4F 77 77 77 24 72
            80 03 04 08 77 00 00 00 00 00 00 00 00 00 00 00 6E AF
            """)
        #expect(lines(Array(try text.packs(tracks: 1...3).packs.prefix(5))) == lines(expected))
    }

    /// As cdrskin sends them.
    @Test func `two languages are two blocks with numbers of their own`() throws {
        let text = DiscText(blocks: [
            .init(
                language: .english, disc: .init(title: "Album EN", performer: "P"),
                tracks: [.init(title: "One", performer: "a")]),
            .init(
                language: .init(code: 8), disc: .init(title: "Album DE", performer: "P"),
                tracks: [.init(title: "Eins", performer: "a")]),
        ])
        let expected = packs(
            """
            80 00 00 00 41 6C 62 75 6D 20 45 4E 00 4F 6E 65 1A 16  // Album EN, One
            80 01 01 03 00 00 00 00 00 00 00 00 00 00 00 00 ED B6  // only the end of One
            81 00 02 00 50 00 61 00 00 00 00 00 00 00 00 00 67 2A
            8F 00 03 00 00 01 01 00 02 01 00 00 00 00 00 00 83 FC
            8F 01 04 00 00 00 00 00 00 00 00 03 05 05 00 00 64 AA
            8F 02 05 00 00 00 00 00 09 08 00 00 00 00 00 00 8F 2D
            80 00 00 10 41 6C 62 75 6D 20 44 45 00 45 69 6E 4A C0  // Album DE, Ein
            80 01 01 13 73 00 00 00 00 00 00 00 00 00 00 00 7A 2D
            81 00 02 10 50 00 61 00 00 00 00 00 00 00 00 00 71 9E
            8F 00 03 10 00 01 01 00 02 01 00 00 00 00 00 00 95 48
            8F 01 04 10 00 00 00 00 00 00 00 03 05 05 00 00 72 1E
            8F 02 05 10 00 00 00 00 09 08 00 00 00 00 00 00 99 99
            """)
        #expect(lines(try text.packs(tracks: 1...1).packs) == lines(expected))
    }

    /// As cdrskin sends the same sheet; wodim and cdrdao differ in types that they do not have.
    @Test func `every type stands in the order of its number`() throws {
        var block = album.blocks[0]
        block.disc = .init(
            title: "Demo Album", performer: "The Band", songwriter: "Writer", composer: "Comp", arranger: "Arr",
            message: "Hello there")
        block.tracks[0] = .init(
            title: "First", performer: "The Band", songwriter: "Writer", composer: "Comp", arranger: "Arr",
            message: "M1")
        block.discID = "CAT-1"
        block.genre = .init(code: 0x17, text: "Progressive Rock And More")
        block.closedInformation = "secret"
        let encoded = try DiscText(blocks: [block]).packs(
            tracks: 1...2, catalogNumber: try CatalogNumber("4012345678901"),
            recordingCodes: [
                1: try #require(RecordingCode("DEABC1234567")), 2: try #require(RecordingCode("DEABC1234568")),
            ])
        let expected = packs(
            """
            80 00 00 00 44 65 6d 6f 20 41 6c 62 75 6d 00 46 fb af
            80 01 01 01 69 72 73 74 00 53 65 63 6f 6e 64 20 b9 ce
            80 02 02 07 54 72 61 63 6b 00 00 00 00 00 00 00 d0 5c
            81 00 03 00 54 68 65 20 42 61 6e 64 00 54 68 65 56 95  // a repeated text stands in full
            81 01 04 03 20 42 61 6e 64 00 47 75 65 73 74 00 58 97
            82 00 05 00 57 72 69 74 65 72 00 57 72 69 74 65 90 6f
            82 01 06 05 72 00 00 00 00 00 00 00 00 00 00 00 d0 e8  // none of track 2: empty
            83 00 07 00 43 6f 6d 70 00 43 6f 6d 70 00 00 00 5f d7
            84 00 08 00 41 72 72 00 41 72 72 00 00 00 00 00 c3 75
            85 00 09 00 48 65 6c 6c 6f 20 74 68 65 72 65 00 ca 07
            85 01 0a 00 4d 31 00 00 00 00 00 00 00 00 00 00 83 6a
            86 00 0b 00 43 41 54 2d 31 00 00 00 00 00 00 00 a6 c7
            87 00 0c 00 00 17 50 72 6f 67 72 65 73 73 69 76 83 0e  // the code's two bytes are no characters
            87 00 0d 0a 65 20 52 6f 63 6b 20 41 6e 64 20 4d 2c 0b
            87 00 0e 0f 6f 72 65 00 00 00 00 00 00 00 00 00 8c 0a
            8d 00 0f 00 73 65 63 72 65 74 00 00 00 00 00 00 a4 db
            8e 00 10 00 34 30 31 32 33 34 35 36 37 38 39 30 98 05
            8e 00 11 0c 31 00 44 45 41 42 43 31 32 33 34 35 c4 fe
            8e 01 12 0a 36 37 00 44 45 41 42 43 31 32 33 34 6c 67
            8e 02 13 09 35 36 38 00 00 00 00 00 00 00 00 00 d0 36
            8f 00 14 00 00 01 02 00 03 02 02 01 01 02 01 03 21 04
            8f 01 15 00 00 00 00 00 00 01 04 03 16 00 00 00 0c 77
            8f 02 16 00 00 00 00 00 09 00 00 00 00 00 00 00 57 d4
            """)
        #expect(lines(encoded.packs) == lines(expected))
    }

    @Test func `texts that may not be copied say so in the fourth byte of the sizes`() throws {
        var text = album
        text.blocks[0].isCopyrighted = true
        let sizes = try text.packs(tracks: 1...2).packs.filter { $0.type == 0x8F }
        #expect(sizes.first?.payload.prefix(4) == [0, 1, 2, 3])
    }

    @Test func `a session that does not begin with track 1 numbers its texts by its own tracks`() throws {
        let packs = try album.packs(tracks: 5...6).packs
        #expect(packs.prefix(3).map(\.track) == [0, 5, 6])
        #expect(packs.first { $0.type == 0x8F }?.payload.prefix(3) == [0, 5, 6])
    }

    @Test func `without a text there is no pack`() throws {
        #expect(try DiscText().packs(tracks: 1...2, catalogNumber: try CatalogNumber("4012345678901")).packs.isEmpty)
    }
}

@Suite struct FaultTests {
    private func fault(_ text: DiscText, tracks: ClosedRange<Int> = 1...2) -> DiscText.Fault? {
        do throws(DiscText.Fault) {
            _ = try text.packs(tracks: tracks)
            return nil
        } catch { return error }
    }

    @Test func `eight languages are the most`() throws {
        let block = album.blocks[0]
        let packs = try DiscText(blocks: Array(repeating: block, count: 8)).packs(tracks: 1...2).packs
        #expect(Set(packs.map(\.block)) == Set(0...7))
        let sizes = packs.filter { $0.type == 0x8F && $0.track == 1 }
        let isSame = sizes.allSatisfy { $0.payload.suffix(4) == [7, 7, 7, 7] }
        #expect(sizes.count == 8 && isSame)
        #expect(fault(DiscText(blocks: Array(repeating: block, count: 9))) == .tooManyBlocks(9))
    }

    @Test func `a block that says nothing is a fault`() {
        #expect(fault(DiscText(blocks: [album.blocks[0], .init(language: .init(code: 8))])) == .emptyBlock(1))
        #expect(fault(DiscText(blocks: [.init(disc: .init(title: ""))])) == .emptyBlock(0))
    }

    @Test func `a text for a track that there is not is a fault`() {
        #expect(fault(album, tracks: 3...3) == .noSuchTrack(block: 0, track: 4))
    }

    @Test(arguments: ["\n", "\t", "\0", "\u{7F}", "\u{85}", "\r\n"])
    func `a control character is a fault that says where`(control: String) throws {
        var text = album
        text.blocks[0].tracks[1].performer = "a\(control)b"
        let code = try #require(control.unicodeScalars.first).value
        #expect(
            fault(text) == .controlCharacter(.init(block: 0, track: 2, field: .performer), code: code))
    }

    /// 253 packs of twelve bytes hold 3036: the title of the disc and its end, and the end of track 1's empty one.
    @Test func `a block has 256 packs at most`() throws {
        let longest = DiscText(blocks: [.init(disc: .init(title: String(repeating: "x", count: 3034)))])
        let packs = try longest.packs(tracks: 1...1).packs
        #expect(packs.count == 256 && packs.last?.sequence == 255)
        #expect(DiscText.Read(packs: packs).text.blocks[0].disc == longest.blocks[0].disc)
        let longer = DiscText(blocks: [.init(disc: .init(title: String(repeating: "x", count: 3035)))])
        #expect(fault(longer, tracks: 1...1) == .tooManyPacks(block: 0, packs: 257))
    }
}
