import POSIX

/// A body that is in memory already: none at all, or the one that a test sends, in pieces of its choice.
public final class HTTPBytesBody: HTTPRequestBody {
    private struct State {
        var rest: ArraySlice<[UInt8]>
        let failure: HTTPBodyError?
    }

    private let state: Lock<State>
    /// The length of all pieces together, unless it was withheld.
    public let declaredLength: Int?

    /// A body of one piece.
    public convenience init(_ bytes: [UInt8]) { self.init(pieces: [bytes]) }

    /// A body of several pieces; empty ones are left out.
    ///
    /// - Parameters:
    ///   - failure: thrown after the last piece instead of the end.
    ///   - isLengthKnown: false for one that looks chunked.
    public init(pieces: [[UInt8]], failure: HTTPBodyError? = nil, isLengthKnown: Bool = true) {
        let pieces = pieces.filter { !$0.isEmpty }
        declaredLength = isLengthKnown ? pieces.reduce(0) { $0 + $1.count } : nil
        state = Lock(State(rest: pieces[...], failure: failure))
    }

    /// The next piece.
    public func next() async throws(HTTPBodyError) -> [UInt8]? {
        try state.withLock { (state) throws(HTTPBodyError) in
            if let piece = state.rest.popFirst() { return piece }
            if let failure = state.failure { throw failure }
            return nil
        }
    }
}
