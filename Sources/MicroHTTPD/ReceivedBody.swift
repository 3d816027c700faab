import HTTPCore

/// The part of a body that has arrived and was not read yet: a few large buffers, so that a fast client waits and a slow
/// reader gets large pieces.
struct ReceivedBody {
    /// Bytes of one buffer. Writing less than this at a time costs a file system dear.
    static let bufferSize = 256 << 10
    /// Full buffers that wait before the client must.
    static let bufferCount = 4

    private var full: [[UInt8]] = []
    private var filling: [UInt8] = []
    private(set) var hasEnded = false
    private(set) var failure: HTTPBodyError?

    /// What a reader gets: a piece, the end, a failure, or nothing yet.
    enum Taken {
        case result(Result<[UInt8]?, HTTPBodyError>)
        case nothingYet
    }

    /// Copies as much as there is room for and says how much that was.
    mutating func append(_ bytes: UnsafeRawBufferPointer) -> Int {
        var done = 0
        while done < bytes.count, full.count < Self.bufferCount {
            if filling.capacity == 0 { filling.reserveCapacity(Self.bufferSize) }
            let count = min(bytes.count - done, Self.bufferSize - filling.count)
            filling.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[done..<done + count]))
            done += count
            if filling.count == Self.bufferSize {
                full.append(filling)
                filling = []
            }
        }
        return done
    }

    /// Nothing comes any more.
    mutating func end() { hasEnded = true }

    /// The body breaks off; what was not read is dropped. The first reason stays, and the end is final.
    mutating func fail(_ error: HTTPBodyError) {
        guard failure == nil, !hasEnded else { return }
        failure = error
        drop()
    }

    /// Nobody reads any more.
    mutating func drop() { (full, filling) = ([], []) }

    mutating func take() -> Taken {
        if let failure { return .result(.failure(failure)) }
        if !full.isEmpty { return .result(.success(full.removeFirst())) }
        guard hasEnded else { return .nothingYet }
        defer { filling = [] }
        return .result(.success(filling.isEmpty ? nil : filling))
    }

    /// Whether a client that waits may go on: with half of the buffers free, so that it is not woken for each.
    var hasRoom: Bool { full.count <= Self.bufferCount / 2 }
}
