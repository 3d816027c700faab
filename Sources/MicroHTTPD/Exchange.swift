import CMicroHTTPD
import HTTPCore
import POSIX

/// One request and its answer: what libmicrohttpd's calls mean, in the order in which they come.
///
/// | phase | the library calls | what happens |
/// | --- | --- | --- |
/// | `line` | once, with the head read | checks; a refusal is queued at once, which closes the connection |
/// | `ending` | at once again, there is no body | the task starts. Answering a call earlier would close the connection |
/// | `deciding` | again in the header phase, when resumed | a body waits: answered without it, or let in |
/// | `receiving` | with pieces of the body; with none at its end | into buffers, or swallowed |
/// | `waiting` | when resumed | the answer is queued |
/// | `answered` | the stream's reader | |
///
/// A connection is only suspended and resumed inside the lock, so that no wake-up comes before its suspension. A task is
/// only cancelled outside of it, because that calls `nextOfBody`'s handler at once.
final class Exchange: Sendable {
    enum Phase { case line, ending, deciding, receiving, waiting, answered }

    /// What to tell the library.
    enum Step {
        case goOn
        case answer(HTTPResponse)
        case answerEarly(HTTPResponse)
        case close
    }

    struct State {
        var phase = Phase.line
        var isSuspended = false
        var isOver = false
        /// No suspension any more: the server stops, or the stream's client is gone.
        var isAborting = false
        var task: Task<Void, Never>?
        var response: HTTPResponse?
        var status: Int?
        var method = ""
        var framing: RequestFraming?
        var request: HTTPRequest?
        var body = ReceivedBody()
        var wantsBody = false
        var reader: CheckedContinuation<Result<[UInt8]?, HTTPBodyError>, Never>?
        var received = 0
        var swallowed = 0
        var wasAnsweredEarly = false
        var stream: EventStream?
    }

    /// A connection of the library; it may be suspended and resumed from any thread while its request is not over.
    struct ConnectionReference: @unchecked Sendable {
        // Unchecked is right: it is used inside the exchange's lock and not after `isOver`.
        let pointer: OpaquePointer
    }

    let id: UInt64
    let requestID: String
    let core: ServerCore
    let line: RequestLine
    let connection: ConnectionReference
    private let began = Monotonic.milliseconds
    let state = Lock(State())

    init(core: ServerCore, connection: OpaquePointer, id: UInt64, line: RequestLine) {
        (self.core, self.connection, self.id, self.line) = (core, ConnectionReference(pointer: connection), id, line)
        requestID = core.newRequestID()
    }

    var isNew: Bool { state.withLock { $0.phase == .line } }

    // MARK: Calls of the library

    /// The head has been read.
    func begin(_ pointer: OpaquePointer, method: String, version: UnsafePointer<CChar>) -> MHD_Result {
        state.withLock { $0.method = method }
        do throws(Problem) {
            try core.table.headIsComplete(of: self)
            let (request, framing) = try readHead(pointer, method: method, version: version)
            state.withLock { state in
                (state.request, state.framing) = (request, framing)
                state.phase = framing.hasBody ? .deciding : .ending
                // Without a body the library calls again at once, and may then be answered without closing.
                if framing.hasBody { start(&state) }
            }
            return .YES
        } catch {
            return perform(.answer(.problem(error, requestID: requestID)), pointer)
        }
    }

    /// A call without data: again in the header phase, at the end of the body, or after a suspension.
    func proceed(_ pointer: OpaquePointer) -> MHD_Result {
        let step = state.withLock { state -> Step in
            switch state.phase {
            case .line, .answered: return .goOn
            case .ending:
                state.phase = .waiting
                start(&state)
                return .goOn
            case .deciding: return decide(&state)
            case .receiving:
                state.phase = .waiting
                state.body.end()
                wakeReader(&state)
                return answerOrWait(&state)
            case .waiting: return answerOrWait(&state)
            }
        }
        return perform(step, pointer)
    }

    /// A piece of the body; the rest of what is not consumed comes again.
    func receive(_ bytes: UnsafeRawBufferPointer) -> (MHD_Result, consumed: Int) {
        // The bytes are the library's until this returns, and are only copied.
        nonisolated(unsafe) let bytes = bytes
        let (step, consumed) = state.withLock { state -> (Step, Int) in
            guard state.phase == .receiving, !state.isAborting else { return (.close, 0) }
            if state.received + bytes.count > core.configuration.maximumBody {
                state.body.fail(.tooLarge(limit: core.configuration.maximumBody))
                wakeReader(&state)
            }
            if state.response == nil, state.body.failure != nil {
                // The reader will say something to its failure; the client waits for that.
                suspend(&state)
                return (.goOn, 0)
            }
            guard state.response == nil else {
                state.received += bytes.count
                return (swallow(bytes.count, &state), bytes.count)
            }
            let taken = state.body.append(bytes)
            state.received += taken
            wakeReader(&state)
            if taken < bytes.count { suspend(&state) }
            return (.goOn, taken)
        }
        return (perform(step, connection.pointer), consumed)
    }

    /// The request is over, answered or not. Nothing is resumed after this.
    func complete() {
        let (streams, task, summary) = state.withLock { state in
            state.isOver = true
            state.isSuspended = false
            state.body.fail(.disconnected)
            wakeReader(&state)
            var streams = [state.stream].compactMap { $0 }
            if case .events(let unsent)? = state.response?.body { streams.append(unsent) }
            (state.stream, state.response, state.request) = (nil, nil, nil)
            return (streams, state.task, summarize(state))
        }
        task?.cancel()
        for stream in streams { stream.close() }
        core.table.ended(id)
        core.log(.request(summary))
    }

    private func summarize(_ state: State) -> HTTPServer.RequestSummary {
        HTTPServer.RequestSummary(
            peer: peer(), method: state.method, target: line.target, status: state.status, received: state.received,
            milliseconds: Monotonic.milliseconds - began, requestID: requestID)
    }

    // MARK: Decisions, inside the lock

    /// A body waits and the handler has said something, or was asked to stop.
    private func decide(_ state: inout State) -> Step {
        if let response = state.response {
            guard let framing = state.framing, !framing.expectsContinue, let length = framing.declaredLength,
                length <= HTTPServer.Configuration.swallowedBody
            else {
                state.phase = .answered
                return .answer(response)
            }
            // A short body is on its way already: with its end read, the connection can be used again.
            state.phase = .receiving
            return .goOn
        }
        if state.wantsBody {
            state.phase = .receiving
            return .goOn
        }
        return answerOrWait(&state)
    }

    private func answerOrWait(_ state: inout State) -> Step {
        if state.wasAnsweredEarly { return .close }
        if let response = state.response {
            state.phase = .answered
            return .answer(response)
        }
        if state.isAborting {
            state.phase = .answered
            return .answer(.problem(ConnectionTable.stopping, requestID: requestID))
        }
        suspend(&state)
        return .goOn
    }

    /// Nobody wants these bytes. The library cannot be answered in mid-body, so an answer that would come too late is sent
    /// past it, and a client that does not stop then is cut.
    private func swallow(_ count: Int, _ state: inout State) -> Step {
        state.swallowed += count
        guard state.swallowed <= HTTPServer.Configuration.swallowedAfterAnswer else { return .close }
        guard !state.wasAnsweredEarly, let response = state.response else { return .goOn }
        let rest = state.framing?.declaredLength.map { $0 - state.received } ?? Int.max
        guard rest > HTTPServer.Configuration.swallowedBody else { return .goOn }
        state.wasAnsweredEarly = true
        return .answerEarly(response)
    }

    /// Starts the task and suspends the connection until it has something to say.
    private func start(_ state: inout State) {
        guard let request = state.request, !state.isAborting else { return }
        state.request = nil
        state.task = Task { deliver(await core.handler.respond(to: request)) }
        suspend(&state)
    }

    func suspend(_ state: inout State) {
        guard !state.isAborting else { return }
        MHD_suspend_connection(connection.pointer)
        state.isSuspended = true
    }

    func resume(_ state: inout State) {
        guard state.isSuspended, !state.isOver else { return }
        state.isSuspended = false
        MHD_resume_connection(connection.pointer)
    }

    func wakeReader(_ state: inout State) {
        guard let reader = state.reader, case .result(let result) = state.body.take() else { return }
        state.reader = nil
        reader.resume(returning: result)
    }
}
