import CPOSIX

/// Cuts a multipart body into part headers and contents, without I/O (RFC 2046 §5.1.1).
///
/// Bytes go in by `feed` in pieces of any size; `next` says what they are. The content of a part is searched with
/// `memmem(3)` and never looked at byte by byte. What is kept between pieces is at most a part's header, or as many bytes as
/// may begin a delimiter.
struct MultipartScanner {
    enum Event: Equatable {
        /// More bytes must be fed, or the body has ended too early.
        case needsMore
        /// A part begins with these header lines, each ended by CR LF.
        case header([UInt8])
        /// Bytes of the part's content, at least one.
        case content([UInt8])
        /// The part is over.
        case partEnd
        /// The last delimiter was met; what follows does not count.
        case end
    }

    enum Fault: Error, Equatable {
        /// The header is longer than allowed.
        case headerTooLong
        /// Something other than a line end or `--` follows a delimiter.
        case badDelimiter
    }

    private enum State { case preamble, delimiter, header, content, end }

    private static let lineEnd: [UInt8] = [0x0D, 0x0A]
    /// Padding that a gateway may have added after a delimiter; more is not padding.
    private static let paddingLimit = 64

    private let delimiter: [UInt8]
    private let headerLimit: Int
    private var state = State.preamble
    /// The first delimiter may be at the very beginning; with a line end put before it, it looks like all others.
    private var buffer: [UInt8] = lineEnd
    private var start = 0

    init(boundary: [UInt8], headerLimit: Int) {
        delimiter = Self.lineEnd + [0x2D, 0x2D] + boundary
        self.headerLimit = headerLimit
    }

    mutating func feed(_ bytes: [UInt8]) {
        if start == buffer.count {
            buffer = bytes
        } else {
            buffer.removeSubrange(..<start)
            buffer += bytes
        }
        start = 0
    }

    mutating func next() throws(Fault) -> Event {
        switch state {
        case .preamble: try skipPreamble()
        case .delimiter: try readAfterDelimiter()
        case .header: try readHeader()
        case .content: readContent()
        case .end: .end
        }
    }

    private mutating func skipPreamble() throws(Fault) -> Event {
        guard let found = find(delimiter) else {
            start = buffer.count - keptTail
            return .needsMore
        }
        start = found + delimiter.count
        state = .delimiter
        return try readAfterDelimiter()
    }

    private mutating func readAfterDelimiter() throws(Fault) -> Event {
        let rest = buffer[start...]
        if rest.starts(with: [0x2D, 0x2D]) {
            state = .end
            return .end
        }
        if rest.count < 2, rest.isEmpty || rest.first == 0x2D { return .needsMore }
        guard let end = rest.firstIndex(where: { $0 != 0x20 && $0 != 0x09 }) else {
            guard rest.count <= Self.paddingLimit else { throw .badDelimiter }
            return .needsMore
        }
        guard buffer[end] == 0x0D else { throw .badDelimiter }
        guard end + 1 < buffer.count else { return .needsMore }
        guard buffer[end + 1] == 0x0A else { throw .badDelimiter }
        // The header is searched from this line end on, so that one without any line is found as well.
        start = end
        state = .header
        return try readHeader()
    }

    private mutating func readHeader() throws(Fault) -> Event {
        guard let found = find(Self.lineEnd + Self.lineEnd), found - start <= headerLimit else {
            guard buffer.count - start <= headerLimit else { throw .headerTooLong }
            return .needsMore
        }
        let lines = Array(buffer[min(start + 2, found + 2)..<found + 2])
        start = found + 4
        // A delimiter may follow at once: an empty content needs no line end of its own before it.
        start -= 2
        state = .content
        skipsLineEnd = true
        return .header(lines)
    }

    /// True at the beginning of a content, where `start` stands on the empty line's end: an empty part's delimiter begins
    /// there, and any other content behind it.
    private var skipsLineEnd = false

    private mutating func readContent() -> Event {
        if skipsLineEnd {
            let rest = buffer[start...]
            if rest.count < delimiter.count, delimiter.starts(with: rest) { return .needsMore }
            skipsLineEnd = false
            if !rest.starts(with: delimiter) { start += 2 }
        }
        guard let found = find(delimiter) else {
            let end = buffer.count - keptTail
            defer { start = end }
            return end > start ? .content(taken(to: end)) : .needsMore
        }
        if found > start {
            defer { start = found }
            return .content(taken(to: found))
        }
        start = found + delimiter.count
        state = .delimiter
        return .partEnd
    }

    private func taken(to end: Int) -> [UInt8] {
        start == 0 && end == buffer.count ? buffer : Array(buffer[start..<end])
    }

    /// Where `needle` is in what has not been consumed.
    private func find(_ needle: [UInt8]) -> Int? {
        buffer.withUnsafeBytes { hay in
            needle.withUnsafeBytes { needle in
                guard let base = hay.baseAddress, let pattern = needle.baseAddress,
                    let hit = cposix_memmem(base + start, hay.count - start, pattern, needle.count)
                else { return nil }
                return UnsafeRawPointer(hit) - base
            }
        }
    }

    /// How many of the last bytes could be the beginning of a delimiter. It has one CR only, its first byte.
    private var keptTail: Int {
        let reach = max(start, buffer.count - (delimiter.count - 1))
        guard let last = buffer[reach...].lastIndex(of: 0x0D), delimiter.starts(with: buffer[last...]) else { return 0 }
        return buffer.count - last
    }
}
