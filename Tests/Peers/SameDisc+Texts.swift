import CDText

extension SameDisc {
    private static let english = DiscText.Block(
        disc: .init(title: "Demo Album", performer: "The Band"),
        tracks: [
            .init(title: "First", performer: "The Band"), .init(title: "Second Track", performer: "Guest"),
        ])
    private static let german = DiscText.Block(
        language: TextLanguage(code: 0x08), disc: .init(title: "Demo Platte", performer: "The Band"),
        tracks: [
            .init(title: "Erstes", performer: "The Band"), .init(title: "Zweites Lied", performer: "Guest"),
        ])

    /// A text sheet of cdrskin.
    private static func sheet(_ language: String, _ block: DiscText.Block) -> String {
        var lines = ["Input Sheet Version = 0.7T", "Text Code = 8859", "Language Code = \(language)"]
        lines.append("Album Title = \(block.disc.title ?? "")\nArtist Name = \(block.disc.performer ?? "")")
        for (index, track) in block.tracks.enumerated() {
            lines.append("Track 0\(index + 1) Title = \(track.title ?? "")")
            lines.append("Track 0\(index + 1) Artist = \(track.performer ?? "")")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// A TOC file of cdrdao; it knows languages by name or number.
    private static func toc(_ blocks: [(String, DiscText.Block)]) -> String {
        func texts(_ entry: (DiscText.Block) -> DiscText.Entry) -> String {
            blocks.enumerated().map { number, block in
                let entry = entry(block.1)
                return "LANGUAGE \(number) { TITLE \"\(entry.title ?? "")\" PERFORMER \"\(entry.performer ?? "")\" }"
            }.joined(separator: "\n")
        }
        let map = blocks.enumerated().map { "\($0) : \($1.0)" }.joined(separator: " ")
        var lines = ["CD_DA", "CD_TEXT { LANGUAGE_MAP { \(map) }", texts(\.disc), "}"]
        for track in 0...1 {
            lines += ["TRACK AUDIO", "CD_TEXT {", texts { $0.tracks[track] }, "}", "FILE \"\(track + 1).wav\" 0"]
        }
        return lines.joined(separator: "\n")
    }

    /// What wodim reads of a song.
    private static func information(_ number: Int) -> String {
        let track = english.tracks[number - 1]
        return """
            Albumperformer='\(english.disc.performer ?? "")'
            Albumtitle='\(english.disc.title ?? "")'
            Performer='\(track.performer ?? "")'
            Tracktitle='\(track.title ?? "")'
            Tracknumber=\(number)

            """
    }

    private static func cdrskin(_ sheets: [(String, String, DiscText.Block)]) -> Sender {
        let options = sheets.map { "input_sheet_v07t=\($0.0)" }
        var sender = Sender.cdrskin(options + ["-audio", "1.wav", "2.wav"], [.leadInIsAtZero])
        for (name, language, block) in sheets { sender.files[name] = sheet(language, block) }
        return sender
    }

    /// Audio with CD-TEXT, which cdrdao sends only when its driver is told that the drive can.
    static let texts = [
        SameDisc(
            name: "texts in one language", tracks: gapless(), text: DiscText(blocks: [english]),
            senders: [
                .cdrdao(toc([("EN", english)]), driver: "generic-mmc:0x10"),
                cdrskin([("en.v07t", "English", english)]),
            ]),
        SameDisc(
            name: "texts in two languages", tracks: gapless(), text: DiscText(blocks: [english, german]),
            senders: [
                .cdrdao(toc([("EN", english), ("8", german)]), driver: "generic-mmc:0x10"),
                cdrskin([("en.v07t", "English", english), ("de.v07t", "German", german)]),
            ]),
        SameDisc(
            name: "texts, the sound kept in the gap", tracks: index0(), text: DiscText(blocks: [english]),
            senders: [
                .init(
                    peer: .wodim,
                    arguments: [
                        "dev=/dev/sr0", "gracetime=2", "-dao", "-audio", "-useinfo", "-text", "1.wav", "2.wav",
                    ],
                    files: ["1.inf": information(1), "2.inf": information(2)], differences: [.leadInIsAtZero])
            ]),
    ]
}
