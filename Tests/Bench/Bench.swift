import ArgumentParser
import FoundationEssentials
import Glibc
import POSIX

/// `Bench`: what burnd's parts do in a time, in ratios to what the machine can do in the same minutes.
///
/// It drives the compiled programs from outside and imports what it needs to speak to them, no part of what it measures.
/// Only a build with `BURND_BENCH=1` has it; script/bench makes that build and runs it.
@main
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures burnd in ratios.", usage: "script/bench [OPTIONS] [CASE…]",
        discussion: """
            Cases, all of them if none is named:

            \(BenchCase.all.map { "  \($0.name)\n      \($0.title)" }.joined(separator: "\n"))

            Ends with status 1 if a case misses its bar.
            """)

    @Option(help: ArgumentHelp("Write the figures as JSON too.", valueName: "file"))
    var json: String?

    @Option(help: ArgumentHelp("Where the discs and copies of the runs are, some 2 GB at a time.", valueName: "dir"))
    var folder: String

    @Option(help: ArgumentHelp("The burnd to be measured.", valueName: "path"))
    var burnd: String

    @Option(
        help: ArgumentHelp("The preload shim that lets other programs burn to a virtual recorder.", valueName: "path"))
    var shim: String

    @Option(help: ArgumentHelp("So many rounds of each comparison; the middle one counts.", valueName: "n"))
    var rounds = 3

    @Flag(help: "Only try whether everything runs: short discs, one round, no bars.")
    var quick = false

    @Argument(help: ArgumentHelp("The cases.", valueName: "case"))
    var cases: [String] = []

    func validate() throws {
        guard rounds > 0 else { throw ValidationError("--rounds must be at least 1.") }
        for name in cases where !BenchCase.all.contains(where: { $0.name == name }) {
            throw ValidationError("\(name) is no case. There are \(BenchCase.all.map(\.name).joined(separator: ", ")).")
        }
    }

    func run() throws {
        // Other programs read paths in a sheet as relative to the sheet.
        let folder = folder.hasPrefix("/") ? folder : "\(FileManager.default.currentDirectoryPath)/\(folder)"
        let shim = shim.hasPrefix("/") ? shim : "\(FileManager.default.currentDirectoryPath)/\(shim)"
        let site = Site(folder: folder, burnd: burnd, shim: shim, rounds: quick ? 1 : rounds, isQuick: quick)
        try DurableFile.makeFolder(folder)
        var reports: [Report] = []
        for benchCase in BenchCase.all where cases.isEmpty || cases.contains(benchCase.name) {
            print("\n\(benchCase.name): \(benchCase.title)")
            fflush(nil)
            let report = try benchCase.run(site)
            print(report.text(isMeasured: !quick))
            reports.append(report)
        }
        if let json {
            let document = Document(machine: .this, quick: quick, reports: reports)
            try DurableFile.replace(json, with: document.bytes)
        }
        if !quick, reports.contains(where: { $0.isMet == false }) { throw ExitCode.failure }
    }
}

/// Where and how long is measured.
struct Site {
    /// A folder on the disk that counts.
    let folder: String
    /// The program that is measured.
    let burnd: String
    /// The preload shim.
    let shim: String
    /// How often a comparison is made.
    let rounds: Int
    /// Nothing is measured, only tried.
    let isQuick: Bool
}

/// One comparison. Further ones are further values in `all`.
struct BenchCase: Sendable {
    let name: String
    /// What is compared with what, and how.
    let title: String
    let run: @Sendable (Site) throws -> Report

    static let all = [
        takeTAO, takeSAO, takeRaw, takeData, sixteenRecorders, burnSAO, burnRaw, burnRawData, makeData,
        burnMemory,
    ]
}
