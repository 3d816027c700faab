public import POSIX
public import TestSupport

/// Three tracks as people have them: `01.wav` of five seconds that ends in mid-sector, `02.flac` under the four seconds of
/// the Red Book, `03.mp3`.
public struct Album {
    /// The folder of the files.
    public let files = AudioFiles()

    /// Makes the files.
    public init() throws {
        try files.run("sox -D -r 44100 -n -c 2 -b 16 @01.wav synth 220517s pinknoise gain -6")
        try files.run("sox -D -r 44100 -n -c 2 -b 16 @02.flac synth 88201s pinknoise gain -6")
        try files.noise("03", seconds: 4.5)
        try files.run("lame --quiet -b 192 @03.wav @03.mp3")
    }

    /// The files of the tracks, in order.
    public var paths: [String] { ["01.wav", "02.flac", "03.mp3"].map(files.path) }

    /// What the disc must hold of the lossless tracks, by independent decoders.
    public func samples() throws -> [[UInt8]] {
        [
            try files.samples("01.wav"),
            try files.run("ffmpeg -v error -i @02.flac -f s16le -ac 2 -ar 44100 -"),
        ]
    }

    /// One short track: the least that is a disc.
    public static func short(_ files: AudioFiles, seconds: Double = 1) throws -> String {
        try files.noise("short", seconds: seconds)
        return files.path("short.wav")
    }
}

/// `burnd disc`.
public enum Disc {
    /// The samples of its tracks, in order.
    public static func export(_ disc: String, _ files: AudioFiles) throws -> [[UInt8]] {
        let folder = files.path("export")
        let run = try TestProgram(TestProgram.compiled("burnd"), ["disc", disc, "--export", folder])
        guard run.ending == .exited(0) else { throw ServerProcess.Failure(description: run.errors) }
        return try Folder.names(folder).map {
            try files.run("sox -D \(folder)/\($0) -t raw -e signed -b 16 -")
        }
    }

    /// Its listing as JSON, and how `burnd disc` ended.
    public static func listing(_ disc: String) throws -> (JSON, ChildProcess.Ending) {
        let run = try TestProgram(TestProgram.compiled("burnd"), ["disc", disc, "--json"])
        return ((try? JSON(parsing: run.output)) ?? .null, run.ending)
    }
}

extension Array where Element == UInt8 {
    /// The same bytes, and behind them nothing but zeros up to a sector's end.
    public func isFollowedByZerosAlone(in track: [UInt8], sectors: Int) -> Bool {
        track.count == sectors * 2352 && track.starts(with: self) && track.dropFirst(count).allSatisfy { $0 == 0 }
    }
}
