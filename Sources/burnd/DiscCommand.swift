import ArgumentParser
import Glibc
import VirtualRecorder

/// `burnd disc`: what is on a disc of a virtual recorder.
struct DiscCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disc",
        abstract: "Lists what is on a virtual recorder's disc, exports it, or makes a blank.",
        discussion: """
            A disc is a folder: disc.json says what has been recorded, main.bin holds 2352 bytes for every block from LBA -150 \
            on (pauses and run-outs too; data is not scrambled), sub.bin 96 bytes for every block (channels P to W interleaved: \
            P in bit 7, Q in bit 6), lead-in-main.bin and lead-in-sub.bin the same of a first lead-in that a host wrote, \
            cd-text-N.cdt the CD-TEXT packs of session N, journal a line for each event. It can be looked at while a recorder \
            writes on it.

            Lengths count from index 1 to the end of the track, without run-out and pause. Exports hold complete tracks, leave \
            files alone that are there already, and leave nothing behind when they fail. Status 0 when the disc is sound, 2 \
            when something on it is damaged, 1 when it cannot be read or an export fails.

            JSON: path, medium, medium_details {name, manufacturer, capacity, spare_sectors, sub_type, lowest_speed, \
            highest_speed}, lead_in, last_lead_out, state (blank, appendable, finalized), damage (sentences), sessions \
            [number, write_type (tao, sao, raw), stage (open, recording, spoiled, closed), lead_in, start, lead_out, \
            lead_out_msf, following (none, last, another), disc_type, mcn, tracks [number, state (reserved, open, complete, \
            cut-off), form (audio, mode0, mode1, mode2, xa), start, start_msf, blocks, seconds, control, first_copy, pause, \
            run_out, reservation, indexes [index, lba, msf], isrc, damaged], texts [block, language, language_code, \
            character_set, character_set_code, copyrighted, packs, disc {title, performer, songwriter, composer, arranger, \
            message, disc_id, genre, genre_code, genre_text, closed, upc_ean}, tracks [number, texts {title … isrc}]]]. With \
            --check also check: lead_in {sectors, q_crc, packs}, between_sessions, tracks [number, missing, and for pause, \
            content and run_out each: sectors by kind {audio, silent, mode0, mode1, mode2, form1, form2, no_sync}, faults \
            {no_sync, edc, ecc, zeros, header, q_crc, q_position}, packs (sectors with something in R to W)]. What there is \
            not is left out.
            """)

    @Argument(help: ArgumentHelp("The folder of the disc.", valueName: "dir"))
    var folder: String

    @Flag(help: "Print the listing as JSON.")
    var json = false

    @Flag(help: "Look at every sector: what it is, EDC and ECC of data, Q, packs in R to W.")
    var check = false

    @Flag(help: "Make a blank of the folder, which must not exist or be empty.")
    var makeBlank = false

    @OptionGroup var media: MediumOptions

    @OptionGroup var exports: ExportOptions

    /// The disc can be read, and something on it is damaged.
    private static let damaged = ExitCode(2)

    func run() throws {
        let listing: DiscListing
        do {
            let disc = makeBlank ? try StoredDisc.makeBlank(at: folder, media.blank) : try StoredDisc.load(folder)
            var progress = ProgressLine("checked")
            listing = check ? try disc.checkedListing { progress.tell($0, of: $1) } : try disc.listing()
            print(json ? listing.json : listing.text)
            try exports.run(disc) { path in if !json { print("wrote \(path)") } }
        } catch {
            // In the order of things where both outputs are one.
            fflush(nil)
            StandardError.write("burnd disc: \(error)")
            throw ExitCode.failure
        }
        if !listing.damage.isEmpty { throw Self.damaged }
    }
}

/// What is to be written of a disc.
struct ExportOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Write every complete track into this folder: audio as trackNN.wav, data of 2048 bytes a sector as trackNN.iso, \
            other data as trackNN.bin of whole sectors.
            """, valueName: "dir"))
    var export: String?

    @Option(
        help: ArgumentHelp(
            """
            Write all sessions as a cue sheet with FILE.bin (2352 bytes a block, audio little-endian) and FILE.cdt (packs of \
            CD-TEXT) beside it.
            """, valueName: "file.cue"))
    var exportCue: String?

    @Option(
        help: ArgumentHelp(
            """
            Write each session as a toc file of cdrdao with FILE.bin beside it (audio big-endian, 2448 bytes a block where \
            there is something in R to W); later sessions are FILE-2.toc and so on.
            """, valueName: "file.toc"))
    var exportToc: String?

    @Option(
        help: ArgumentHelp(
            "Write the sub-channel of what --export-cue writes: 96 bytes a block, P[12] Q[12] … W[12].",
            valueName: "file.sub"))
    var exportSub: String?

    func run(_ disc: StoredDisc, wrote: (String) -> Void) throws {
        if let export { try DiscExport.export(disc, to: export).forEach(wrote) }
        if let exportCue { try DiscExport.exportCue(disc, to: exportCue).forEach(wrote) }
        if let exportToc { try DiscExport.exportTOC(disc, to: exportToc).forEach(wrote) }
        if let exportSub { try DiscExport.exportSubChannel(disc, to: exportSub).forEach(wrote) }
    }
}

/// Lines to standard error.
enum StandardError {
    static func write(_ text: String) {
        let line = Array("\(text)\n".utf8)
        _ = line.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}

/// Tells how far something has got that takes its time, and nothing of what does not.
struct ProgressLine {
    private let word: String
    private var last = RecorderClock.system.now()
    private static let interval: Duration = .seconds(2)

    init(_ word: String) { self.word = word }

    mutating func tell(_ done: Int, of total: Int) {
        let now = RecorderClock.system.now()
        guard now - last >= Self.interval, total > 0 else { return }
        last = now
        StandardError.write("burnd disc: \(word) \(done * 100 / total) %")
    }
}
