import BurnPlan
import CDText
import DiscLayout

extension SameDisc.Sender {
    /// cdrdao, with a TOC file; every option that is not said otherwise in the generic driver for session at once.
    static func cdrdao(_ toc: String, driver: String = "generic-mmc", _ options: [String] = []) -> Self {
        .init(
            peer: .cdrdao,
            arguments: ["write", "-n"] + options + ["--device", "/dev/sr0", "--driver", driver, "disc.toc"],
            files: ["disc.toc": toc + "\n"])
    }

    /// cdrskin, with tracks.
    static func cdrskin(_ arguments: [String], _ differences: [CueSheetDifference] = []) -> Self {
        .init(peer: .cdrskin, arguments: ["dev=/dev/sr0", "-sao"] + arguments, differences: differences)
    }

    /// cdrskin, with a cue sheet for `album.bin`, which holds both songs.
    static func cdrskin(cue: String, _ differences: [CueSheetDifference] = [], head: String = "") -> Self {
        .init(
            peer: .cdrskin, arguments: ["dev=/dev/sr0", "-sao", "cuefile=disc.cue"],
            files: ["disc.cue": "\(head)\nFILE \"album.bin\" BINARY\n\(cue)\n"], differences: differences)
    }

    /// wodim, with tracks: it makes the last two seconds of every track index 0 of the next.
    static func wodim(_ arguments: [String], _ differences: [CueSheetDifference] = []) -> Self {
        .init(
            peer: .wodim, arguments: ["dev=/dev/sr0", "gracetime=2", "-dao"] + arguments, differences: differences)
    }
}

extension SameDisc {
    private static let code = ["DEABC1234567", "DEABC1234568"]
    private static let catalogNumber = "4012345678901"

    /// Two songs, the second right behind the first.
    static func gapless(
        copy: SessionLayout.CopyPermission = .prohibited, hasPreEmphasis: Bool = false, codes: [String?] = [nil, nil]
    ) -> [BurnPlan.Track] {
        [
            Material.track(1, "1.pcm", 0..<460, hasPreEmphasis: hasPreEmphasis, code: codes[0]),
            Material.track(
                2, "2.pcm", 0..<305, pregap: [], copy: copy, hasPreEmphasis: hasPreEmphasis, code: codes[1]),
        ]
    }

    /// The same with the last two seconds of the first as index 0 of the second.
    static func index0(
        copy: SessionLayout.CopyPermission = .prohibited, hasPreEmphasis: Bool = false, codes: [String?] = [nil, nil]
    ) -> [BurnPlan.Track] {
        [
            Material.track(1, "1.pcm", 0..<310, hasPreEmphasis: hasPreEmphasis, code: codes[0]),
            Material.track(
                2, "2.pcm", 0..<305, pregap: [Material.sectors("1.pcm", 310..<460)], copy: copy,
                hasPreEmphasis: hasPreEmphasis, code: codes[1]),
        ]
    }

    /// Audio with nothing about it but where its indexes are.
    static let positions = [
        SameDisc(
            name: "no gap", tracks: gapless(),
            senders: [
                .cdrdao("CD_DA\nTRACK AUDIO\nFILE \"1.wav\" 0\nTRACK AUDIO\nFILE \"2.wav\" 0"),
                .cdrskin(["-audio", "1.wav", "2.wav"]),
            ]),
        SameDisc(
            name: "a gap of silence",
            tracks: [
                Material.track(1, "1.pcm", 0..<460),
                Material.track(2, "2.pcm", 0..<305, pregap: [Material.silence(150)]),
            ],
            senders: [
                .cdrdao("CD_DA\nTRACK AUDIO\nFILE \"1.wav\" 0\nTRACK AUDIO\nPREGAP 00:02:00\nFILE \"2.wav\" 0"),
                .cdrskin(
                    cue: "TRACK 01 AUDIO\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nPREGAP 00:02:00\nINDEX 01 00:06:10"),
            ]),
        SameDisc(
            name: "a gap with the sound kept", tracks: index0(),
            senders: [
                .cdrdao(
                    """
                    CD_DA
                    TRACK AUDIO
                    FILE "1.wav" 0 00:04:10
                    TRACK AUDIO
                    FILE "1.wav" 00:04:10
                    START 00:02:00
                    FILE "2.wav" 0
                    """),
                .cdrskin(
                    cue: "TRACK 01 AUDIO\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nINDEX 00 00:04:10\nINDEX 01 00:06:10"),
                .wodim(["-audio", "1.wav", "2.wav"]),
            ]),
        SameDisc(
            name: "a hidden song",
            tracks: [
                Material.track(
                    1, "2.pcm", 0..<305, pregap: [Material.silence(150), Material.sectors("1.pcm", 0..<460)])
            ],
            senders: [
                .cdrdao("CD_DA\nTRACK AUDIO\nFILE \"1.wav\" 0\nSTART\nFILE \"2.wav\" 0"),
                .cdrskin(cue: "TRACK 01 AUDIO\nINDEX 00 00:00:00\nINDEX 01 00:06:10"),
            ]),
        SameDisc(
            name: "indexes 2 to 5",
            tracks: [Material.track(1, "1.pcm", 0..<460, indexes: [75, 150, 225, 300])],
            senders: [
                .cdrdao(
                    "CD_DA\nTRACK AUDIO\nFILE \"1.wav\" 0\nINDEX 0:1:0\nINDEX 0:2:0\nINDEX 0:3:0\nINDEX 0:4:0"),
                .wodim(["-audio", "index=0,75,150,225,300", "1.wav"]),
            ]),
        SameDisc(
            name: "indexes in two tracks",
            tracks: [
                Material.track(1, "1.pcm", 0..<460, indexes: [75, 150]),
                Material.track(2, "2.pcm", 0..<305, pregap: [], indexes: [100]),
            ],
            senders: [
                .cdrskin(
                    cue: """
                        TRACK 01 AUDIO
                        INDEX 01 00:00:00
                        INDEX 02 00:01:00
                        INDEX 03 00:02:00
                        TRACK 02 AUDIO
                        INDEX 01 00:06:10
                        INDEX 02 00:07:35
                        """)
            ]),
    ]

    /// Audio with codes and control bits.
    static let flags = [
        SameDisc(
            name: "codes and a copy bit", tracks: gapless(copy: .permitted, codes: code), catalogNumber: catalogNumber,
            senders: [
                .cdrdao(
                    """
                    CD_DA
                    CATALOG "\(catalogNumber)"
                    TRACK AUDIO
                    ISRC "\(code[0])"
                    FILE "1.wav" 0
                    TRACK AUDIO
                    COPY
                    ISRC "\(code[1])"
                    FILE "2.wav" 0
                    """),
                .cdrskin(
                    cue: """
                        TRACK 01 AUDIO
                        ISRC \(code[0])
                        INDEX 01 00:00:00
                        TRACK 02 AUDIO
                        FLAGS DCP
                        ISRC \(code[1])
                        INDEX 01 00:06:10
                        """, [.leadOutHasAllControlBits], head: "CATALOG \(catalogNumber)"),
            ]),
        SameDisc(
            name: "codes and a copy bit, the sound kept in the gap", tracks: index0(copy: .permitted, codes: code),
            catalogNumber: catalogNumber,
            senders: [
                .wodim(
                    [
                        "mcn=\(catalogNumber)", "-audio", "isrc=\(code[0])", "1.wav", "-copy", "isrc=\(code[1])",
                        "2.wav",
                    ], [.leadOutHasAllControlBits, .recordingCodesHaveNoControlBits])
            ]),
        SameDisc(
            name: "pre-emphasis", tracks: gapless(copy: .permitted, hasPreEmphasis: true),
            senders: [
                .cdrdao(
                    """
                    CD_DA
                    TRACK AUDIO
                    PRE_EMPHASIS
                    FILE "1.wav" 0
                    TRACK AUDIO
                    COPY
                    PRE_EMPHASIS
                    FILE "2.wav" 0
                    """),
                .cdrskin(
                    cue: """
                        TRACK 01 AUDIO
                        FLAGS PRE
                        INDEX 01 00:00:00
                        TRACK 02 AUDIO
                        FLAGS DCP PRE
                        INDEX 01 00:06:10
                        """, [.leadOutHasAllControlBits]),
            ]),
        SameDisc(
            name: "pre-emphasis, the sound kept in the gap", tracks: index0(copy: .permitted, hasPreEmphasis: true),
            senders: [
                .wodim(
                    ["-audio", "-preemp", "1.wav", "-copy", "2.wav"],
                    [.leadOutHasAllControlBits, .leadInHasPreEmphasis])
            ]),
        SameDisc(
            name: "a copy of a protected song", tracks: gapless(copy: .scms),
            senders: [
                .cdrskin(
                    cue: "TRACK 01 AUDIO\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nFLAGS SCMS\nINDEX 01 00:06:10")
            ]),
        SameDisc(
            name: "a copy of a protected song, the sound kept in the gap", tracks: index0(copy: .scms),
            senders: [.wodim(["-audio", "1.wav", "-scms", "2.wav"])]),
        SameDisc(
            name: "left open for another session", tracks: gapless(), close: .session,
            senders: [
                .cdrdao(
                    "CD_DA\nTRACK AUDIO\nFILE \"1.wav\" 0\nTRACK AUDIO\nFILE \"2.wav\" 0", ["--multi", "--force"]),
                .cdrskin(["-multi", "-audio", "1.wav", "2.wav"]),
            ]),
    ]

    /// Data, data and audio, graphics.
    static let otherForms = [
        SameDisc(
            name: "data", tracks: [dataTrack], catalogNumber: catalogNumber,
            senders: [
                .cdrdao("CD_ROM\nCATALOG \"\(catalogNumber)\"\nTRACK MODE1\nDATAFILE \"data.iso\""),
                .cdrskin(["mcn=\(catalogNumber)", "-data", "data.iso"], [.catalogNumberHasNoControlBits]),
                .wodim(["mcn=\(catalogNumber)", "-data", "data.iso"], [.catalogNumberHasNoControlBits]),
            ]),
        SameDisc(
            name: "data, then audio",
            tracks: [dataTrack, Material.track(2, "1.pcm", 0..<460, pregap: [Material.silence(150)])],
            senders: [
                .cdrdao(
                    "CD_ROM\nTRACK MODE1\nDATAFILE \"data.iso\"\nTRACK AUDIO\nPREGAP 00:02:00\nFILE \"1.wav\" 0")
            ]),
        SameDisc(
            name: "graphics as packs", tracks: [graphics(.packs)],
            senders: [.cdrdao("CD_DA\nTRACK AUDIO RW\nDATAFILE \"song.bin\"")]),
        SameDisc(
            name: "graphics as they are on the disc", tracks: [graphics(.raw)],
            senders: [.cdrdao("CD_DA\nTRACK AUDIO RW_RAW\nDATAFILE \"song.bin\"")]),
    ]

    /// 310 sectors of data behind a pause of zeros.
    static let dataTrack = BurnPlan.Track(
        number: 1, form: .mode1, pregap: 150, sectors: 310, pregapContent: [.zeros(150 * 2048)],
        content: [.init(file: "data.iso", count: 310 * 2048)])

    /// A song with R to W, of which the pause has none.
    static func graphics(_ subCode: SessionLayout.SubCode) -> BurnPlan.Track {
        BurnPlan.Track(
            number: 1, pregap: 150, sectors: 302, subCode: subCode, pregapContent: [Material.silence(150)],
            content: [Material.sectors("song.pcm", 0..<302)],
            symbols: [.zeros(150 * 96), .init(file: "song.rw", count: 302 * 96)])
    }
}
