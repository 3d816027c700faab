import Glibc
public import POSIX

/// Lines from a pipe, each with a deadline.
public struct LineReader: Sendable {
    private let source: FileDescriptor
    private var rest: [UInt8] = []

    /// Nothing came within the deadline.
    public struct Silence: Error {}

    /// Reads from the end of a pipe.
    public init(_ source: FileDescriptor) { self.source = source }

    /// The next line without its line break; nil at the end.
    public mutating func next(within patience: Duration) throws -> String? {
        let end = ContinuousClock.now + patience
        while true {
            if let index = rest.firstIndex(of: 0x0A) {
                let line = String(decoding: rest[..<index], as: UTF8.self)
                rest.removeSubrange(...index)
                return line
            }
            let left = end - ContinuousClock.now
            guard left > .zero else { throw Silence() }
            var event = pollfd(fd: source.number, events: Int16(POLLIN), revents: 0)
            let milliseconds = Int32(
                clamping: left.components.seconds * 1000 + 1 + left.components.attoseconds / 1_000_000_000_000_000)
            guard poll(&event, 1, milliseconds) > 0 else { continue }
            var chunk = [UInt8](repeating: 0, count: 64 << 10)
            let count = try chunk.withUnsafeMutableBytes { try source.read(into: $0) }
            if count == 0 { return nil }
            rest += chunk.prefix(count)
        }
    }
}
