import BurnPlan
import DiscLayout
import SectorCoding
import Testing

/// A disc that burnd and another program are told to make raw.
struct RawDisc: Sendable, CustomTestStringConvertible {
    /// The disc, with one sender.
    let disc: SameDisc
    let type: RawSectorType
    /// How the program's CRCs are.
    let crc: RawFrames.CRC
    let differences: [RawDifference]

    var testDescription: String { "\(disc.name), \(disc.senders[0].arguments.joined(separator: " "))" }

    /// The blocks whose main channels have to be the same: all, but of wodim's data disc those of the track alone. Of the
    /// empty sectors outside it wodim scrambles the same memory anew for each WRITE, so that every other one holds user data.
    func mainBlocks(_ stretch: SentSession.Stretch) -> Range<Int> {
        let isData = disc.tracks.allSatisfy { $0.form == .mode1 } && disc.senders[0].peer == .wodim
        return isData ? 0..<disc.tracks.reduce(0) { $0 + $1.sectors } : stretch.lba..<stretch.end
    }

    /// burnd's blocks as the program would have sent their main channel: before a data track cdrdao has its time that counts
    /// from 00:00:00 in the headers of the lead-in's sectors too, and so in their EDC and ECC.
    func mainChannel(_ stretch: SentSession.Stretch) -> SentSession.Stretch {
        guard disc.tracks[0].form == .mode1, disc.senders[0].peer == .cdrdao else { return stretch }
        var bytes = stretch.bytes
        bytes.withUnsafeMutableBytes { bytes in
            for block in 0..<(-150 - stretch.lba) {
                let start = block * stretch.blockBytes
                let sector = UnsafeMutableRawBufferPointer(rebasing: bytes[start..<start + 2352])
                sector.initializeMemory(as: UInt8.self, repeating: 0)
                DataSector.completeMode1(at: block - 150, in: sector)
                Scrambler.apply(1, to: sector)
            }
        }
        return .init(lba: stretch.lba, blockBytes: stretch.blockBytes, bytes: bytes)
    }
}

extension RawDisc {
    private static let code = ["DEABC1234567", "DEABC1234568"]
    private static let catalogNumber = "4012345678901"
    private static let cdrdao: [RawDifference] = [.pointersFollowTracks, .runningTimeFromZero, .countdownEndsAtOne]

    private static func cdrdao(_ toc: String) -> SameDisc.Sender { .cdrdao(toc, driver: "generic-mmc-raw") }

    private static func wodim(_ arguments: [String]) -> SameDisc.Sender {
        .init(peer: .wodim, arguments: ["dev=/dev/sr0", "gracetime=2"] + arguments)
    }

    /// Codes, a gap of silence, a copy bit, an index 2.
    private static let album = RawDisc(
        disc: SameDisc(
            name: "an album",
            tracks: [
                Material.track(1, "1.pcm", 0..<460, code: code[0]),
                Material.track(
                    2, "2.pcm", 0..<305, pregap: [Material.silence(150)], copy: .permitted, code: code[1],
                    indexes: [75]),
            ], catalogNumber: catalogNumber,
            senders: [
                cdrdao(
                    """
                    CD_DA
                    CATALOG "\(catalogNumber)"
                    TRACK AUDIO
                    ISRC "\(code[0])"
                    FILE "1.wav" 0
                    TRACK AUDIO
                    COPY
                    ISRC "\(code[1])"
                    PREGAP 00:02:00
                    FILE "2.wav" 0
                    INDEX 00:01:00
                    """)
            ]), type: .pq, crc: .plain,
        differences: [.codesModulo90] + cdrdao + [.leadOutPointerHasDataBitAlone])

    /// The same songs as wodim makes a disc of them, with codes.
    private static let songs = [
        ("-raw16", RawSectorType.pq), ("-raw96p", .cooked), ("-raw96r", .raw),
    ].map { option, type in
        RawDisc(
            disc: SameDisc(
                name: "songs", tracks: SameDisc.index0(copy: .permitted, codes: code), catalogNumber: catalogNumber,
                senders: [
                    wodim([
                        option, "mcn=\(catalogNumber)", "-audio", "isrc=\(code[0])", "1.wav", "-copy",
                        "isrc=\(code[1])", "2.wav",
                    ])
                ]), type: type, crc: .inverted,
            differences: [.codesModulo100, .gapHasControlOfTrackBefore, .pausesAloneAreFlagged, .zeroIsLeftOver])
    }

    /// Data; a copy of a protected song; both kinds on one disc; graphics; texts.
    private static let others = [
        RawDisc(
            disc: SameDisc(
                name: "data", tracks: [SameDisc.dataTrack], senders: [wodim(["-raw96r", "-data", "data.iso"])]),
            type: .raw, crc: .inverted, differences: [.pausesAloneAreFlagged]),
        RawDisc(
            disc: SameDisc(
                name: "a copy of a protected song",
                tracks: [Material.track(1, "1.pcm", 0..<460, copy: .scms)],
                senders: [wodim(["-raw16", "-audio", "-scms", "1.wav"])]),
            type: .pq, crc: .inverted, differences: [.pausesAloneAreFlagged]),
        RawDisc(
            disc: SameDisc(
                name: "data, then audio",
                tracks: [SameDisc.dataTrack, Material.track(2, "1.pcm", 0..<460, pregap: [Material.silence(150)])],
                senders: [
                    cdrdao("CD_ROM\nTRACK MODE1\nDATAFILE \"data.iso\"\nTRACK AUDIO\nPREGAP 00:02:00\nFILE \"1.wav\" 0")
                ]),
            type: .pq, crc: .plain, differences: cdrdao),
        RawDisc(
            disc: SameDisc(
                name: "graphics as packs", tracks: [SameDisc.graphics(.packs)],
                senders: [cdrdao("CD_DA\nTRACK AUDIO RW\nDATAFILE \"song.bin\"")]),
            type: .cooked, crc: .inverted, differences: cdrdao),
        RawDisc(
            disc: SameDisc(
                name: "graphics as they are on the disc", tracks: [SameDisc.graphics(.raw)],
                senders: [cdrdao("CD_DA\nTRACK AUDIO RW_RAW\nDATAFILE \"song.bin\"")]),
            type: .raw, crc: .inverted, differences: cdrdao),
    ]

    /// Each with CD-TEXT, which stands in R to W of the lead-in.
    private static let texts = SameDisc.texts.flatMap { disc in
        disc.senders.compactMap { sender -> RawDisc? in
            var sender = sender
            let isWodim = sender.peer == .wodim
            switch sender.peer {
            case .cdrdao: sender = cdrdao(sender.files["disc.toc"] ?? "")
            case .wodim:
                let arguments = sender.arguments.map { $0 == "-dao" ? "-raw96r" : $0 }
                sender = .init(peer: .wodim, arguments: arguments, files: sender.files)
            default: return nil
            }
            return RawDisc(
                disc: SameDisc(name: disc.name, tracks: disc.tracks, text: disc.text, senders: [sender]), type: .raw,
                crc: .inverted, differences: isWodim ? [.pausesAloneAreFlagged] : cdrdao)
        }
    }

    static let all = [album] + songs + others + texts
}
