import FoundationEssentials
import Glibc

/// One run of something: how long it took, and what it cost.
struct Run: Codable, Sendable {
    /// Wall time in seconds.
    var seconds: Double
    /// Bytes that were moved.
    var bytes: Int
    /// User and system time in seconds of the process that is looked at.
    var cpuSeconds: Double

    /// Megabytes (10⁶) a second.
    var rate: Double { Double(bytes) / seconds / 1e6 }

    enum CodingKeys: String, CodingKey {
        case seconds
        case bytes
        case cpuSeconds = "cpu_seconds"
    }
}

/// What a case found.
struct Report: Codable, Sendable {
    /// The case's name.
    var name: String
    /// What was run, and how often.
    var runs: [String: [Run]]
    /// What the case is about: a ratio.
    var ratio: Double
    /// What the ratio is of, in words.
    var meaning: String
    /// The ratio that is asked for.
    var bar: Double
    /// Whether more than the bar is good, or less.
    var isMoreBetter: Bool

    /// The bar is met.
    var isMet: Bool { isMoreBetter ? ratio >= bar : ratio <= bar }

    enum CodingKeys: String, CodingKey {
        case name
        case runs
        case ratio
        case meaning
        case bar
        case isMoreBetter = "more_is_better"
    }

    /// For people; whether the bar is met is said where something was measured.
    func text(isMeasured: Bool) -> String {
        var lines: [String] = []
        for (label, runs) in runs.sorted(by: { $0.key < $1.key }) {
            for run in runs {
                lines.append(
                    "    \(Self.padded(label, 18)) \(Self.number(run.seconds, 2)) s  \(Self.number(run.rate, 0)) MB/s"
                        + "  CPU \(Self.number(run.cpuSeconds, 2)) s")
            }
        }
        let asked = "at \(isMoreBetter ? "least" : "most") \(Self.number(bar, 2)): \(isMet ? "met" : "MISSED")"
        let verdict = isMeasured ? "asked for: \(asked)" : "only tried"
        lines.append("    ratio \(Self.number(ratio, 2)) (\(meaning)); \(verdict)")
        return lines.joined(separator: "\n")
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    /// A number with so many digits behind the point.
    private static func number(_ value: Double, _ digits: Int) -> String {
        let scale = pow(10, Double(digits))
        let scaled = Int((value * scale).rounded())
        guard digits > 0 else { return "\(scaled)" }
        let fraction = "\(scaled % Int(scale))"
        return "\(scaled / Int(scale))." + String(repeating: "0", count: digits - fraction.count) + fraction
    }
}

/// What `--json` writes.
struct Document: Encodable {
    /// Where it was measured.
    struct Machine: Encodable {
        let cores: Int
        let processor: String
        let kernel: String

        static var this: Machine {
            var names = utsname()
            uname(&names)
            let release = withUnsafeBytes(of: &names.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
            let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
            let model = line?.split(separator: ":").last.map { String($0.drop { $0 == " " }) }
            return Machine(cores: sysconf(Int32(_SC_NPROCESSORS_ONLN)), processor: model ?? "unknown", kernel: release)
        }
    }
    let machine: Machine
    /// Nothing was measured, only tried.
    let quick: Bool
    let reports: [Report]

    var bytes: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        do {
            return Array(try encoder.encode(self)) + [0x0A]
        } catch {
            preconditionFailure("numbers, words and lists always encode: \(error)")
        }
    }
}

extension [Run] {
    /// The one in the middle, by its rate.
    var median: Run { sorted { $0.rate < $1.rate }[count / 2] }
}
