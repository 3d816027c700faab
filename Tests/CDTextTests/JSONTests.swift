import CDText
import FoundationEssentials
import Testing

@Suite struct JSONTests {
    private func decode(_ json: String) throws -> DiscText {
        try JSONDecoder().decode(DiscText.self, from: Data(json.utf8))
    }

    @Test func `texts are read from JSON in which most may be missing`() throws {
        let text = try decode(
            """
            {"blocks": [{"language": "de", "disc": {"title": "Album"}, "tracks": [{"title": "Eins"}, {}],
              "genre": {"code": 23, "text": "Rock"}, "disc_id": "X-1", "copyrighted": true},
             {"language": "Japanese", "charset": "ms-jis", "closed_information": "c"}, {"language": 117}, {}]}
            """)
        #expect(
            text.blocks == [
                .init(
                    language: .init(code: 8), disc: .init(title: "Album"), discID: "X-1",
                    genre: .init(code: 0x17, text: "Rock"), isCopyrighted: true,
                    tracks: [.init(title: "Eins"), .init()]),
                .init(language: .init(code: 0x69), charset: .msJIS, closedInformation: "c"),
                .init(language: .init(code: 0x75)), .init(language: .english),
            ])
    }

    @Test func `texts written as JSON are read as the same`() throws {
        let text = DiscText(blocks: [
            .init(language: .init(code: 0x2A), charset: .ascii, disc: .init(message: "m")),
            .init(language: .init(code: 0x40)),
        ])
        let json = try JSONEncoder().encode(text)
        #expect(try JSONDecoder().decode(DiscText.self, from: json) == text)
    }

    @Test(arguments: ["\"Klingon\"", "128", "-1", "null1"]) func `a language that there is not is an error`(
        word: String
    ) {
        #expect(throws: DecodingError.self) { try decode("{\"blocks\": [{\"language\": \(word)}]}") }
    }

    @Test func `every language has a number, a code and a name of its own`() throws {
        let languages = (UInt8(0)...0x7F).map { TextLanguage(code: $0) }.filter { $0.name != nil }
        #expect(languages.count == 103)
        for language in languages {
            #expect(language.name.flatMap { TextLanguage($0) } == language)
            if let iso = language.iso { #expect(TextLanguage(iso.uppercased()) == language) }
        }
    }
}
