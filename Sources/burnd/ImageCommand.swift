import ArgumentParser
import BurnAPI
import FoundationEssentials
import Spool

/// `burnd image`: audio files in, a raw image of a disc out.
struct ImageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "image",
        abstract: "Makes a raw image of a disc from audio files or an ISO image.",
        usage: "burnd image --output FILE [NAME=VALUE | NAME=@FILE | FILE] ...",
        discussion: """
            The image holds every sector from 95:00:00 to the end of the lead-out, sub-channel included: it can be burned with \
            mode=raw, on any disc, by burnd or by whatever takes such images. No station is needed.

            What is given is what POST /api/v1/files:image takes, written as for curl -F. A file by itself is a track. \
            Fields that begin with track_, and pregap and cdg, belong to the track before them:

              burnd image --output disc.bin 01.wav track_title=One 02.flac track_title=Two gap=index0
              burnd image --output disc.bin sector_type=raw 01.wav cdg=@01.cdg track_isrc=DE-A45-06-12345 mcn=4006381333931
              burnd image --output data.bin sector_type=pq track=@files.iso

            sector_type   pq: 2368 bytes a sector. cooked, raw: 2448, with R to W as packs or as on the disc (default: cooked)
            gap           none, silence or index0 between tracks (default: none); track_gap for one track
            title, performer, cd_text=@sheet.json, track_title, track_performer, track_songwriter, track_composer, \
            track_arranger, track_message   CD-TEXT; not in pq
            mcn, track_isrc, track_copy (permitted, prohibited, scms), track_preemphasis, track_indexes (sectors, 1500,3000)
            pregap=@FILE, track_pregap_sectors   what stands before a track; before the first one a hidden track
            cdg=@FILE, subcode=@FILE   graphics of a track; R to W of the whole image
            first_track_number, start_of_leadout_limit   as the contract of raw images has them

            Status 0 when the image is there; 1 when it cannot be made, with the reason and every place that is wrong.
            """)

    @Option(help: ArgumentHelp("The file to be made. One that is there is left alone.", valueName: "file"))
    var output: String

    @Argument(help: ArgumentHelp("Fields and files.", valueName: "field"))
    var fields: [String]

    func run() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("burnd-image-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let spool = try Spool(folder: folder.path, decoder: Installation.decoder)
        let bytes = try await ImageFile(spool).write(fields.map(Self.field), to: output)
        print("\(output): \(bytes) bytes")
    }

    /// `name=@path`, `name=text`, or a path alone: names have small letters and underscores only.
    private static func field(_ text: String) -> ImageFile.Field {
        guard let sign = text.firstIndex(of: "="), sign > text.startIndex,
            text[..<sign].allSatisfy({ $0 == "_" || ("a"..."z").contains($0) })
        else { return .file(name: "track", path: text) }
        let (name, value) = (String(text[..<sign]), String(text[text.index(after: sign)...]))
        return value.hasPrefix("@")
            ? .file(name: name, path: String(value.dropFirst())) : .text(name: name, value)
    }
}
