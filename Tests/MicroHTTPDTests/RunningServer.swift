import HTTPCore
import MicroHTTPD
import POSIX

/// A handler made of a closure.
struct ClosureHandler: HTTPHandler {
    private let body: @Sendable (HTTPRequest) async -> HTTPResponse
    init(_ body: @escaping @Sendable (HTTPRequest) async -> HTTPResponse) { self.body = body }
    func respond(to request: HTTPRequest) async -> HTTPResponse { await body(request) }
}

/// Runs a server on a port of its own while `body` runs, and stops it whatever happens.
func withServer<Result: Sendable>(
    _ handler: ClosureHandler, _ configuration: HTTPServer.Configuration = .test(),
    log: @escaping @Sendable (HTTPServer.Notice) -> Void = { _ in }, _ body: (UInt16) async throws -> Result
) async throws -> Result {
    let server = HTTPServer(configuration: configuration, handler: handler, log: log)
    try server.start()
    do {
        let result = try await body(server.port)
        await server.stop()
        return result
    } catch {
        await server.stop()
        throw error
    }
}

extension HTTPServer.Configuration {
    /// A port that the system chooses, no patience at the end, and what the test changes.
    static func test(_ change: (inout HTTPServer.Configuration) -> Void = { _ in }) -> HTTPServer.Configuration {
        var configuration = HTTPServer.Configuration(port: 0)
        configuration.stopDeadline = 1
        change(&configuration)
        return configuration
    }
}

/// Something that happens once, to be waited for.
final class Signal<Value: Sendable>: Sendable {
    private let stream: AsyncStream<Value>
    private let continuation: AsyncStream<Value>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream(of: Value.self) }

    func send(_ value: Value) { continuation.yield(value) }

    struct TooLate: Error {}

    /// The next value, or an error after a generous deadline.
    func next() async throws -> Value {
        try await withThrowingTaskGroup(of: Value.self) { group in
            group.addTask {
                for await value in self.stream { return value }
                throw TooLate()
            }
            group.addTask {
                try await Task.sleep(for: .seconds(RawClient.deadline))
                throw TooLate()
            }
            defer { group.cancelAll() }
            guard let value = try await group.next() else { throw TooLate() }
            return value
        }
    }
}

extension Signal where Value == Void {
    func send() { send(()) }
}
