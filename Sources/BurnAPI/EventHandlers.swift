import BurnJobs
import BurnPlan
import FoundationEssentials
import HTTPCore
import JobQueue
import POSIX

/// `/events`: everything that changes, as server-sent events.
struct EventHandlers: Sendable {
    let station: Station
    let status: StatusHandlers
    let epoch: String

    /// Milliseconds after which a client that lost its connection comes back.
    private static let retry = 3000
    /// Streams at once. Each costs some 20 KiB; a page per tab of a large bureau are hundreds.
    static let streamLimit = 10_000

    /// GET: what the client missed, or everything as it is; then every change.
    func stream(_ request: HTTPRequest) async throws -> HTTPResponse {
        guard station.feed.listenerCount < Self.streamLimit else {
            throw Problem(
                .serviceUnavailable, type: "too-many-streams", title: "Too many event streams",
                detail: "\(Self.streamLimit) clients listen already.", headers: ["Retry-After": "10"])
        }
        let listener = Lock<Int?>(nil)
        let stream = EventStream { [feed = station.feed] in
            if let number = listener.withLock({ $0 }) { feed.ignore(number) }
        }
        stream.push(ServerSentEvent(retryMilliseconds: Self.retry))
        let last = request.headers["Last-Event-ID"] ?? request.target.query("last_event_id")
        let server = await status.server()
        let number = try await station.listen(
            after: last.flatMap(sequence), begin: { begin(stream, $0, last: last, server) }, { deliver($0, to: stream) }
        )
        listener.withLock { $0 = number }
        // The client may have gone before its number was known.
        if let number, stream.isEnded { station.feed.ignore(number) }
        if number == nil { stream.finish() }
        return .events(stream)
    }

    /// The number in an id of ours; nil for an id of another database.
    private func sequence(_ id: String) -> Int? {
        let parts = id.split(separator: "-", maxSplits: 1)
        guard parts.count == 2, parts[0] == epoch else { return nil }
        return Int(parts[1])
    }

    private func id(_ sequence: Int) -> String { "\(epoch)-\(sequence)" }

    private func begin(
        _ stream: EventStream, _ beginning: Station.Beginning, last: String?, _ server: StatusResource.Server
    ) {
        switch beginning {
        case .replay(let events): for event in events { deliver(.state(event), to: stream) }
        case .snapshot(let snapshot):
            let id = id(snapshot.sequence)
            if last != nil { stream.push(ServerSentEvent(event: "reset", id: id, data: #"{"reason":"gap"}"#)) }
            let body = StatusResource(snapshot, at: Date(), server: server)
            guard let data = try? WireFormat.encode(body) else { return }
            stream.push(ServerSentEvent(event: "snapshot", id: id, data: String(decoding: data, as: UTF8.self)))
        }
    }

    private func deliver(_ event: FeedEvent, to stream: EventStream) {
        switch event {
        case .state(let stored):
            // The number is known only when the event is stored, so it is put in front of the stored object's members.
            let data = "{\"seq\":\(stored.sequence)," + String(decoding: stored.data.dropFirst(), as: UTF8.self)
            stream.push(ServerSentEvent(event: stored.name, id: id(stored.sequence), data: data))
        case .progress(let job, let data):
            let text = String(decoding: data, as: UTF8.self)
            stream.push(ServerSentEvent(event: "job-progress", data: text), kind: .replaceable(key: "job-\(job)"))
        case .heartbeat(let data):
            let text = String(decoding: data, as: UTF8.self)
            stream.push(ServerSentEvent(event: "heartbeat", data: text), kind: .replaceable(key: "heartbeat"))
        case .end: stream.finish()
        }
    }
}
