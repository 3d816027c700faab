import FoundationEssentials
import Glibc

/// What this program says, a line at a time.
enum Answer {
    static func say(_ value: some Encodable, on descriptor: Int32) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let json = try? encoder.encode(value) else {
            preconditionFailure("numbers and names are always JSON")
        }
        say(String(decoding: json, as: UTF8.self), on: descriptor)
    }

    static func say(_ line: String, on descriptor: Int32) {
        var rest = Array((line + "\n").utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            // Nobody listens: the exit status says it too.
            guard written > 0 else { return }
            rest = rest.dropFirst(written)
        }
    }
}
