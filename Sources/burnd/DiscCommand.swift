import ArgumentParser
import Glibc
import VirtualRecorder

/// `burnd disc`: what is on a disc of a virtual recorder.
struct DiscCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disc",
        abstract: "Lists the tracks of a virtual recorder's disc, or exports them as WAV files.",
        discussion: """
            A disc is a folder: disc.json says what has been recorded, main.bin holds 2352 bytes for every block from LBA -150 \
            on (pauses and run-outs too), sub.bin 96 bytes for every block (channels P to W interleaved: P in bit 7, Q in bit \
            6), journal a line for each event. It can be looked at while a recorder writes on it.

            Lengths count from index 1 to the end of the track, without run-out and pause. Status 0 when the disc is sound, 2 \
            when something on it is damaged, 1 when it cannot be read.
            """)

    @Argument(help: ArgumentHelp("The folder of the disc.", valueName: "dir"))
    var folder: String

    @Flag(help: "Print the listing as JSON.")
    var json = false

    @Option(help: ArgumentHelp("Write every audio track as trackNN.wav into this folder.", valueName: "dir"))
    var export: String?

    /// The disc can be read, and something on it is damaged.
    private static let damaged = ExitCode(2)

    func run() throws {
        let listing: DiscListing
        do {
            let disc = try StoredDisc.load(folder)
            listing = try disc.listing()
            print(json ? listing.json : listing.text)
            if let export {
                for path in try DiscExport.export(disc, to: export) where !json { print("wrote \(path)") }
            }
        } catch {
            let line = Array("burnd disc: \(error)\n".utf8)
            _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
            throw ExitCode.failure
        }
        if !listing.damage.isEmpty { throw Self.damaged }
    }
}
