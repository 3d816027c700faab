import BurnPlan
import CDText
import DiscLayout
import MMC
import POSIX
import SectorCoding
import TestSupport
import Testing

/// A disc that burnd and one or several other programs are told to make, each in its own words.
struct SameDisc: Sendable {
    /// Another program, and how it is told.
    struct Sender: Sendable {
        let peer: Peer
        let arguments: [String]
        /// Files that it reads besides the songs, by name.
        var files: [String: String] = [:]
        /// What its cue sheet has that burnd's has not.
        var differences: [CueSheetDifference] = []
    }

    let name: String
    /// Paths in them begin at the folder of the files.
    let tracks: [BurnPlan.Track]
    var catalogNumber: String?
    var text = DiscText()
    var close = CloseMode.disc
    let senders: [Sender]

    /// CD-TEXT, without codes: the programs are not told to put any there.
    func packs() throws -> [TextPack] {
        text.blocks.isEmpty ? [] : try text.packs(tracks: 1...tracks.count).packs
    }

    /// What the worker is told. The files are in a folder.
    func plan(
        in folder: TemporaryFolder, mode: RecordingMode = .sao, sectorType: RawSectorType? = nil,
        verify: VerifyLevel = .none
    ) throws -> BurnPlan {
        func placed(_ pieces: [BurnPlan.Piece]) -> [BurnPlan.Piece] {
            pieces.map { piece in
                var piece = piece
                piece.file = piece.file.map { "\(folder.path)/\($0)" }
                return piece
            }
        }
        let tracks = tracks.map { track in
            var track = track
            track.pregapContent = placed(track.pregapContent)
            track.content = placed(track.content)
            track.symbols = placed(track.symbols)
            return track
        }
        return BurnPlan(
            job: 1, burn: 1, drive: "/dev/sr0", mode: mode, sectorType: sectorType, close: close, verify: verify,
            catalogNumber: catalogNumber,
            text: try packs().map { $0.bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() },
            tracks: tracks)
    }

    /// The cue sheet that burnd tries first.
    func cueSheet(in folder: TemporaryFolder) throws -> [UInt8] {
        let layout = try plan(in: folder).layout()
        let hasText = !text.blocks.isEmpty
        let variants = CueSheet.variants(for: layout, leadIn: hasText ? Self.leadIn : nil, hasText: hasText)
        return CueSheet(layout, try #require(variants.first)).bytes
    }

    /// Where the lead-in of the recorder's disc begins: 97:26:65.
    static let leadIn = MSF(lba: leadInStart)
    static let leadInStart = -11_635

    /// What the program area is and, with texts, the lead-in: made from the files without any of burnd's code but that of
    /// the packs' symbols.
    func stretches() throws -> [SentSession.Stretch] {
        var stretches: [SentSession.Stretch] = []
        func append(_ bytes: [UInt8], of blockBytes: Int) {
            guard let last = stretches.last, last.blockBytes == blockBytes else {
                let lba = stretches.last?.end ?? -150
                return stretches.append(.init(lba: lba, blockBytes: blockBytes, bytes: bytes))
            }
            stretches[stretches.count - 1] = .init(lba: last.lba, blockBytes: blockBytes, bytes: last.bytes + bytes)
        }
        for track in tracks {
            let main = Material.bytes(track.pregapContent + track.content)
            let mainBytes = track.form.userBytes
            guard track.subCode != .none else {
                append(main, of: mainBytes)
                continue
            }
            let symbols = Material.bytes(track.symbols)
            append(Material.interleaved(main, symbols, mainBytes: mainBytes), of: mainBytes + 96)
        }
        let symbols = try packs().flatMap(\.symbols)
        guard !symbols.isEmpty else { return stretches }
        let length = (-150 - Self.leadInStart) * 96
        let cycles = [[UInt8]](repeating: symbols, count: length / symbols.count + 1)
        let leadIn = Array(cycles.joined().prefix(length))
        return [.init(lba: Self.leadInStart, blockBytes: 96, bytes: leadIn)] + stretches
    }
}

/// The files that the programs are given, all of them short.
enum Material {
    /// 460 sectors: with its last 150 as the next track's index 0 still more than four seconds.
    static let first = Recording(seed: 101, stereoSamples: 588 * 460)
    /// 305 sectors.
    static let second = Recording(seed: 102, stereoSamples: 588 * 305)
    /// 310 sectors of 2048 bytes.
    static let data = DataImage(seed: 103, sectors: 310)
    /// 302 sectors, and as many of 96 symbols.
    static let song = Recording(seed: 104, stereoSamples: 588 * 302)
    static let symbols = Recording(seed: 105, stereoSamples: 302 * 24).samples.map { $0 & 0x3F }

    private static let files: [String: [UInt8]] = [
        "1.pcm": first.samples, "2.pcm": second.samples, "album.bin": first.samples + second.samples,
        "data.iso": data.bytes, "song.pcm": song.samples, "song.rw": symbols,
    ]

    /// All of them; `song.bin` is as cdrdao wants it: samples big-endian, behind each sector its symbols.
    static func write(to folder: TemporaryFolder) throws {
        for (name, bytes) in files { try DurableFile.replace("\(folder.path)/\(name)", with: bytes) }
        try first.write(to: folder, as: "1.wav")
        try second.write(to: folder, as: "2.wav")
        let swapped = stride(from: 0, to: song.samples.count, by: 2).flatMap {
            [song.samples[$0 + 1], song.samples[$0]]
        }
        let blocks = interleaved(swapped, symbols, mainBytes: 2352)
        try DurableFile.replace("\(folder.path)/song.bin", with: blocks)
    }

    /// Blocks of bytes of the main channel with 96 symbols behind each.
    static func interleaved(_ main: [UInt8], _ symbols: [UInt8], mainBytes: Int) -> [UInt8] {
        var blocks: [UInt8] = []
        for block in 0..<main.count / mainBytes {
            blocks += main[block * mainBytes..<(block + 1) * mainBytes]
            blocks += symbols[block * 96..<(block + 1) * 96]
        }
        return blocks
    }

    /// What pieces of the files are.
    static func bytes(_ pieces: [BurnPlan.Piece]) -> [UInt8] {
        pieces.flatMap { piece -> [UInt8] in
            guard let file = piece.file, let bytes = files[file] else {
                return [UInt8](repeating: 0, count: piece.count)
            }
            return Array(bytes[piece.offset..<piece.offset + piece.count])
        }
    }

    /// Sectors of a file.
    static func sectors(_ file: String, _ range: Range<Int>) -> BurnPlan.Piece {
        .init(file: file, offset: range.lowerBound * 2352, count: range.count * 2352)
    }

    /// Sectors of silence.
    static func silence(_ sectors: Int) -> BurnPlan.Piece { .zeros(sectors * 2352) }

    /// A track of sectors of a file; the first of the disc, if no pre-gap is given.
    static func track(
        _ number: Int, _ file: String, _ range: Range<Int>, pregap: [BurnPlan.Piece]? = nil,
        copy: SessionLayout.CopyPermission = .prohibited, hasPreEmphasis: Bool = false, code: String? = nil,
        indexes: [Int] = []
    ) -> BurnPlan.Track {
        let pregap = pregap ?? [silence(150)]
        return BurnPlan.Track(
            number: number, copy: copy, hasPreEmphasis: hasPreEmphasis, recordingCode: code,
            pregap: pregap.reduce(0) { $0 + $1.count } / 2352, sectors: range.count, indexes: indexes,
            pregapContent: pregap, content: [sectors(file, range)])
    }
}
