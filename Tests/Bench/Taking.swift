import DiscLayout
import Glibc
import POSIX

extension BenchCase {
    /// Sectors of a disc of 74 minutes.
    private static let sectors = 74 * RedBook.framesPerMinute
    /// The same where nothing is measured.
    private static let quickSectors = 2 * RedBook.framesPerMinute
    /// What is asked for.
    private static let bar = 0.5

    /// Track at once.
    static let takeTAO = take("take-tao", "a 74-minute audio disc, track at once", .tao)
    /// Session at once.
    static let takeSAO = take("take-sao", "a 74-minute audio disc, session at once", .sao)
    /// RAW.
    static let takeRaw = take("take-raw96", "a 74-minute audio disc, RAW with all of the sub-channel", .raw)
    /// Data.
    static let takeData = take("take-data", "74 minutes of data, Mode 1, track at once", .data)

    /// A recorder without limits of speed takes a disc, compared with a plain copy of as many bytes.
    private static func take(_ name: String, _ what: String, _ recording: Recording) -> BenchCase {
        BenchCase(
            name: name, title: "\(what), taken at --speed max and synced, against a plain copy of as many bytes, synced"
        ) { site in
            let sectors = site.isQuick ? quickSectors : sectors
            var (copies, burns): ([Run], [Run]) = ([], [])
            // In turns, so that what else happens on the machine happens to both.
            for _ in 0..<site.rounds {
                copies.append(try PlainCopy.run(site, bytes: recording.blocks(sectors) * recording.blockBytes))
                burns.append(try burn(recording, sectors, site))
            }
            return Report(
                name: name, runs: ["plain copy": copies, "recorder": burns],
                ratio: burns.median.rate / copies.median.rate, meaning: "recorder's rate to the copy's", bar: bar,
                isMoreBetter: true)
        }
    }

    private static func burn(_ recording: Recording, _ sectors: Int, _ site: Site) throws -> Run {
        let recorder = try RecorderProcess(site, name: "take", speed: "max")
        let client = try Client(recorder.socket)
        let (began, before) = (ContinuousClock.now, try recorder.cpuSeconds)
        try recording.burn(sectors, on: client)
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        let cpu = try recorder.cpuSeconds - before
        try verify(recorder.disc, sectors, recording.userOffset)
        return Run(seconds: seconds, bytes: recording.blocks(sectors) * recording.blockBytes, cpuSeconds: cpu)
    }

    /// The disc holds the blocks: looked at by the number that each begins with, and by its state.
    private static func verify(_ disc: String, _ sectors: Int, _ userOffset: Int) throws {
        let file = try FileDescriptor(opening: "\(disc)/main.bin", O_RDONLY)
        for lba in stride(from: 0, to: sectors, by: 1000) {
            var number: Int32 = -1
            let offset = (lba + RedBook.pauseSectors) * RedBook.sectorBytes + userOffset
            _ = try withUnsafeMutableBytes(of: &number) { try file.read(into: $0, at: offset) }
            guard number == lba else { throw BenchFailure(description: "block \(lba) is not on the disc") }
        }
    }
}
