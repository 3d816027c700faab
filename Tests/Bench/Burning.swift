import BurnPlan
import DiscLayout
import FoundationEssentials
import Glibc
import POSIX

extension BenchCase {
    /// Sectors of a disc of 74 minutes, and of one where nothing is measured: twelve tracks, each of whole sectors.
    private static func sectors(_ site: Site) -> Int { (site.isQuick ? 2 : 74) * RedBook.framesPerMinute }

    /// Session at once.
    static let burnSAO = burn(
        "burn-sao", "a 74-minute audio disc, session at once", .worker(.sao),
        [.wodim("-dao"), .cdrdao("generic-mmc"), .cdrskin], against: ["wodim"], bar: 1)
    /// Raw with all of the sub-channel. cdrdao sends P and Q alone.
    static let burnRaw = burn(
        "burn-raw96", "a 74-minute audio disc, raw with 96 bytes of sub-channel", .worker(.raw, .raw),
        [.wodim("-raw96r"), .cdrdao("generic-mmc-raw")], against: ["wodim", "cdrdao"], bar: 1)
    /// Raw with data, whose sectors the program makes.
    static let burnRawData = burn(
        "burn-raw-data",
        "74 minutes of Mode 1 data, raw with P and Q: sync, header, EDC, ECC and scrambling are the host's",
        .worker(.raw, .pq, isData: true), [.cdrdao("generic-mmc-raw", isData: true)], against: ["cdrdao"], bar: 0.1,
        isSameDisc: true)

    /// What of that is the making of the sectors: what a raw disc costs more than the same data session at once, where the
    /// recorder makes them.
    static let makeData = BenchCase(
        name: "make-data",
        title:
            "user and system time of making sectors of Mode 1 with P and Q, against cdrdao's: that of a raw disc of 74 "
            + "minutes less that of the same disc session at once"
    ) { site in
        let album = try Album("\(site.folder)/album", sectors: sectors(site))
        let burners: [(String, Burner)] = [
            ("burnd raw", .worker(.raw, .pq, isData: true)), ("burnd sao", .worker(.sao, isData: true)),
            ("cdrdao raw", .cdrdao("generic-mmc-raw", isData: true)),
            ("cdrdao sao", .cdrdao("generic-mmc", isData: true)),
        ]
        var runs: [String: [Run]] = [:]
        for _ in 0..<site.rounds {
            for (name, burner) in burners {
                let recorder = try RecorderProcess(site, name: "burn-\(burner.name)", speed: "max")
                runs[name, default: []].append(try burner.burn(album, recorder, site).run)
            }
        }
        func making(_ program: String) -> Double {
            (runs["\(program) raw"]?.cheapest.cpuSeconds ?? 0) - (runs["\(program) sao"]?.cheapest.cpuSeconds ?? 0)
        }
        return Report(
            name: "make-data", runs: runs, ratio: making("burnd") / making("cdrdao"),
            meaning: "what raw costs burnd more than session at once, to what it costs cdrdao", bar: 0.1,
            isMoreBetter: false)
    }

    /// User and system time of burnd's worker against that of others for the same disc in the same recorder.
    private static func burn(
        _ name: String, _ what: String, _ worker: Burner, _ peers: [Burner], against: [String], bar: Double,
        isSameDisc: Bool = false
    ) -> BenchCase {
        BenchCase(
            name: name,
            title: "user and system time of the burn worker for \(what), against \(against.joined(separator: " and ")) "
                + "(the lower)"
        ) { site in
            let album = try Album("\(site.folder)/album", sectors: sectors(site))
            var runs: [String: [Run]] = [:]
            for _ in 0..<site.rounds {
                var discs: [String] = []
                // In turns, so that what else happens on the machine happens to all.
                for burner in [worker] + peers {
                    let recorder = try RecorderProcess(site, name: "burn-\(burner.name)", speed: "max")
                    runs[burner.name, default: []].append(try burner.burn(album, recorder, site).run)
                    if isSameDisc { discs.append(try digest(recorder.disc)) }
                }
                guard Set(discs).count <= 1 else { throw BenchFailure(description: "the discs differ: \(discs)") }
            }
            let lowest = against.compactMap { runs[$0]?.cheapest.cpuSeconds }.min() ?? 0
            let mine = runs[worker.name]?.cheapest.cpuSeconds ?? 0
            return Report(
                name: name, runs: runs, ratio: mine / lowest,
                meaning: "burnd's user and system time to that of \(against.joined(separator: " or "))", bar: bar,
                isMoreBetter: false)
        }
    }

    /// What the worker needs beside its ring, for the mode that needs most.
    static let burnMemory = BenchCase(
        name: "burn-memory",
        title: "the most memory that the burn worker has beside its ring of 16 MiB, for a raw disc, against 32 MiB"
    ) { site in
        let album = try Album("\(site.folder)/album", sectors: sectors(site))
        let recorder = try RecorderProcess(site, name: "burn-memory", speed: "max")
        let measured = try Burner.worker(.raw, .raw).burn(album, recorder, site)
        let beside = Double(measured.residentBytes - ringBytes) / Double(32 << 20)
        return Report(
            name: "burn-memory", runs: ["burnd": [measured.run]], ratio: beside,
            meaning: "resident memory beside the ring to 32 MiB", bar: 1, isMoreBetter: false)
    }

    /// Memory of the worker's ring: 256 slots of 64 KiB.
    private static let ringBytes = 256 * (64 << 10)

    /// A checksum of the main channel on a disc, by a program that shares nothing with burnd.
    private static func digest(_ disc: String) throws -> String {
        let output = try Pipe()
        let child = try ChildProcess.start(
            "/usr/bin/cksum", arguments: ["\(disc)/main.bin"], descriptors: [1: output.writing])
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = try bytes.withUnsafeMutableBytes { try output.reading.read(into: $0) }
        guard child.wait() == .exited(0) else { throw BenchFailure(description: "cksum failed") }
        return String(String(decoding: bytes.prefix(count), as: UTF8.self).split(separator: " ").first ?? "")
    }
}

extension [Run] {
    /// The one with the least user and system time: what else happens on a machine only adds to it.
    var cheapest: Run { self.min { $0.cpuSeconds < $1.cpuSeconds } ?? self[0] }
}
