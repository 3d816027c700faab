import CDText
import SectorCoding
import Testing

@Suite struct CharacterTests {
    /// The title of a disc after it went into packs, as a player reads it, and why it changed.
    private func onDisc(
        _ title: String, charset: TextCharset? = nil
    ) throws -> (text: String?, charset: TextCharset?, change: DiscText.Change?) {
        let text = DiscText(blocks: [.init(charset: charset, disc: .init(title: title))])
        let encoded = try text.packs(tracks: 1...1)
        let read = DiscText.Read(packs: encoded.packs)
        #expect(read.defects.isEmpty)
        #expect(encoded.changes.count <= 1)
        return (read.text.blocks[0].disc.title, read.text.blocks[0].charset, encoded.changes.first)
    }

    @Test(arguments: ["Björk", "Straße", "Ærø", "¿Qué?", "Þór", "½ ©", "ÿ"])
    func `what ISO 8859-1 has stays`(title: String) throws {
        let disc = try onDisc(title)
        #expect(disc.text == title && disc.charset == .latin && disc.change == nil)
    }

    @Test func `bytes are those of ISO 8859-1, not of UTF-8`() throws {
        let text = DiscText(blocks: [.init(disc: .init(title: "Björk"))])
        let packs = try text.packs(tracks: 1...1).packs
        #expect(packs[0].payload.prefix(6) == [0x42, 0x6A, 0xF6, 0x72, 0x6B, 0])
    }

    @Test func `a letter and its mark are one letter`() throws {
        let disc = try onDisc("Bjo\u{308}rk")
        #expect(disc.text == "Bj\u{F6}rk" && disc.change == nil)
    }

    @Test(arguments: [
        ("Dvořák", "Dvorák"), ("Dvor\u{30C}a\u{301}k", "Dvorák"), ("Łódź", "Lódz"), ("GROẞ", "GROSS"),
        ("“quotes” ‘n’ „so“", "\"quotes\" 'n' \"so\""), ("one – two — three…", "one - two - three..."),
        ("5 €", "5 EUR"), ("ﬁn", "fin"), ("Œuvre, cœur", "OEuvre, coeur"), ("İstanbul ığş", "Istanbul igs"),
        ("C♯ und B♭", "C# und Bb"), ("Kamakawiwoʻole", "Kamakawiwo'ole"), ("7″ • 5′", "7\" * 5'"),
        ("Кино", "Kino"), ("Чайковский", "Chajkovskij"), ("ГРУППА КРОВИ", "GRUPPA KROVI"), ("Ночь", "Noch"),
        ("Βαγγέλης", "Vaggelis"), ("ＡＢＣ", "ABC"), ("a\u{A0}b", "a b"), ("№ ™", "No (TM)"), ("Tiếng Việt", "Tieng Viet"),
    ])
    func `other letters become those of ISO 8859-1`(title: String, expected: String) throws {
        let disc = try onDisc(title)
        #expect(disc.text == expected)
        let change = DiscText.Change(
            block: 0, track: 0, field: .title, before: title, after: expected, reason: .transliterated)
        #expect(disc.change == change)
    }

    @Test(arguments: [("I 😀 you", "I ? you"), ("👩‍👩‍👧", "?"), ("สวัสดี!", "????!"), ("\u{E000}", "?")])
    func `what no letters stand for is a question mark`(title: String, expected: String) throws {
        let disc = try onDisc(title)
        #expect(disc.text == expected && disc.change?.reason == .replaced && disc.change?.after == expected)
    }

    @Test func `what cannot be seen is left out`() throws {
        let disc = try onDisc("a\u{200B}b\u{FEFF}c\u{AD}d")
        #expect(disc.text == "abcd" && disc.change?.reason == .dropped)
    }

    @Test func `a question mark that was written is none that replaces`() throws {
        let disc = try onDisc("Why?")
        #expect(disc.text == "Why?" && disc.change == nil)
    }

    @Test func `a block in ASCII has no letters with marks`() throws {
        let disc = try onDisc("Björk Straße", charset: .ascii)
        #expect(disc.text == "Bjork Strasse" && disc.charset == .ascii && disc.change?.reason == .transliterated)
    }
}

@Suite struct JapaneseTests {
    /// "日本" and "ブルー・ライト・ヨコハマ".
    private let text = DiscText(blocks: [
        .init(
            language: .init(code: 0x69), disc: .init(title: "日本"), discID: "CAT-1",
            genre: .init(code: 0x17, text: "Prog"),
            closedInformation: "secret", isCopyrighted: true, tracks: [.init(title: "ブルー・ライト・ヨコハマ")])
    ])

    /// The bytes of the texts are those that cdrskin sends for the same sheet in MS-JIS.
    @Test func `Japanese is two bytes a character, two zeros and positions in characters`() throws {
        let encoded = try text.packs(tracks: 1...2)
        #expect(encoded.changes.isEmpty)
        let titles = encoded.packs.filter { $0.type == 0x80 }
        let bytes: [UInt8] = [
            0x93, 0xFA, 0x96, 0x7B, 0, 0, 0x83, 0x75, 0x83, 0x8B, 0x81, 0x5B,  // 日本, ブルー
            0x81, 0x45, 0x83, 0x89, 0x83, 0x43, 0x83, 0x67, 0x81, 0x45, 0x83, 0x88,  // ・ライト・ヨ
            0x83, 0x52, 0x83, 0x6E, 0x83, 0x7D, 0, 0, 0, 0, 0, 0,  // コハマ
        ]
        #expect(titles.flatMap(\.payload) == bytes)
        #expect(titles.allSatisfy(\.isDoubleByte) && titles.map(\.characterPosition) == [0, 3, 9])
    }

    @Test func `what every language shares has one byte a character in a Japanese block too`() throws {
        let packs = try text.packs(tracks: 1...2).packs
        let others = packs.filter { $0.type != 0x80 }
        #expect(others.map(\.type) == [0x86, 0x87, 0x8D, 0x8F, 0x8F, 0x8F])
        #expect(others.allSatisfy { !$0.isDoubleByte })
        #expect(others[3].payload == [0x80, 1, 2, 3, 3, 0, 0, 0, 0, 0, 1, 1])
    }

    @Test func `Japanese is read back as it was written`() throws {
        let read = DiscText.Read(packs: try text.packs(tracks: 1...2).packs)
        var expected = text
        expected.blocks[0].charset = .msJIS
        #expect(read.text == expected && read.defects.isEmpty)
    }

    @Test(arguments: [
        ("愛 Love", "愛　Ｌｏｖｅ", DiscText.Change.Reason.widened), ("ﾊﾞﾝﾄﾞ", "バンド", .widened), ("か\u{3099}", "が", nil),
        ("夢 Björk", "夢　Ｂｊｏｒｋ", .transliterated), ("髙橋①", "髙橋①", nil), ("\"猫\"", "”猫”", .widened),
        ("愛 😀", "愛　？", .replaced), ("日–本", "日－本", .transliterated),
    ])
    func `other letters among Japanese are of full width`(
        title: String, expected: String, reason: DiscText.Change.Reason?
    ) throws {
        let encoded = try DiscText(blocks: [.init(disc: .init(title: title))]).packs(tracks: 1...1)
        let read = DiscText.Read(packs: encoded.packs)
        #expect(read.text.blocks[0].disc.title == expected && read.text.blocks[0].charset == .msJIS)
        #expect(encoded.changes.first?.reason == reason && read.defects.isEmpty)
    }

    @Test func `each block has the character set that its texts need`() throws {
        let text = DiscText(blocks: [
            .init(disc: .init(title: "Blue Light")),
            .init(language: .init(code: 0x69), disc: .init(title: "ブルー")),
        ])
        let packs = try text.packs(tracks: 1...1).packs
        #expect(packs.filter { $0.type == 0x8F && $0.track == 0 }.map { $0.payload[0] } == [0x00, 0x80])
    }

    @Test func `who wants Latin gets question marks and is told`() throws {
        let encoded = try DiscText(blocks: [.init(charset: .latin, disc: .init(title: "日本"))]).packs(tracks: 1...1)
        #expect(encoded.changes.map(\.after) == ["??"] && encoded.changes.map(\.reason) == [.replaced])
    }
}
