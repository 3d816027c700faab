import HTTPCore
import POSIX

/// What happens to an exchange from outside of the library: the handler answers or reads, the other end goes, the server
/// stops.
extension Exchange {
    /// The handler has answered.
    func deliver(_ response: HTTPResponse) {
        let isTooLate = state.withLock { state in
            state.task = nil
            guard !state.isOver, state.phase != .answered else { return true }
            state.response = response
            state.body.drop()
            resume(&state)
            return false
        }
        if isTooLate, case .events(let stream) = response.body { stream.close() }
    }

    /// The other end will send nothing more. A stream ends; a handler is cancelled, and its answer is sent nevertheless,
    /// since a client may close only its sending half. A body is read to where it breaks off.
    func peerHasClosed() {
        let task = state.withLock { state -> Task<Void, Never>? in
            if state.stream != nil {
                state.isAborting = true
                resume(&state)
                return nil
            }
            return state.phase == .waiting || state.phase == .deciding ? state.task : nil
        }
        task?.cancel()
    }

    /// The server stops: whoever waits is woken, and nothing waits from here on.
    func abort() {
        let task = state.withLock { state in
            state.isAborting = true
            state.body.fail(.disconnected)
            wakeReader(&state)
            resume(&state)
            return state.task
        }
        task?.cancel()
    }

    /// Lets a stream end after what it has.
    func finishStream() { state.withLock { $0.stream }?.finish() }

    /// The body came too slowly; the connection is about to be cut.
    func bodyIsTooSlow() {
        state.withLock { state in
            state.body.fail(.timedOut)
            wakeReader(&state)
        }
    }

    /// Bytes of the body so far, while the client is what we wait for; else nil.
    var bytesWhileReceiving: Int? {
        state.withLock { $0.phase == .receiving && !$0.isSuspended ? $0.received : nil }
    }

    /// The next piece of the body, for the handler.
    func nextOfBody() async -> Result<[UInt8]?, HTTPBodyError> {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                state.withLock { state in
                    precondition(state.reader == nil, "a body has one reader")
                    state.wantsBody = true
                    if Task.isCancelled { state.body.fail(.disconnected) }
                    switch state.body.take() {
                    case .result(let result): continuation.resume(returning: result)
                    case .nothingYet: state.reader = continuation
                    }
                    if state.phase == .deciding || state.phase == .receiving && state.body.hasRoom { resume(&state) }
                }
            }
        } onCancel: {
            state.withLock { state in
                state.body.fail(.disconnected)
                wakeReader(&state)
            }
        }
    }
}

/// What the reader of an event stream needs.
extension Exchange {
    /// Suspends until there is something to read. Not when the client is gone or the server stops: then the reader is asked
    /// again and ends the stream.
    func suspendStream() { state.withLock { state in if !state.isOver { suspend(&state) } } }
    func resumeStream() { state.withLock { resume(&$0) } }
    var isStreamCut: Bool { state.withLock { $0.isAborting } }
}

/// The body of a request, read from its exchange.
final class RequestBody: HTTPRequestBody {
    private let exchange: Exchange
    let declaredLength: Int?

    init(_ exchange: Exchange, declaredLength: Int?) {
        (self.exchange, self.declaredLength) = (exchange, declaredLength)
    }

    func next() async throws(HTTPBodyError) -> [UInt8]? { try await exchange.nextOfBody().get() }
}
