/// Finds the handler of a path and method, and makes the responses of everything that fails.
public struct Router: HTTPHandler {
    /// What a route runs. A thrown `ProblemConvertible` becomes the response; any other error is a 500.
    public typealias RouteHandler = @Sendable (HTTPRequest, PathParameters) async throws -> HTTPResponse

    /// The parts of a path that stand for `{name}` in its pattern.
    public struct PathParameters: Sendable, Equatable {
        fileprivate var values: [String: String] = [:]
        /// The decoded value of `{name}`. Asking for a name that the pattern lacks is a bug of ours.
        public subscript(name: String) -> String {
            guard let value = values[name] else { preconditionFailure("the pattern of this route has no {\(name)}") }
            return value
        }
    }

    private enum Segment: Sendable, Equatable {
        case literal(String)
        case parameter(String)
    }

    private struct Route: Sendable {
        let method: HTTPMethod
        let pattern: String
        let segments: [Segment]
        let handler: RouteHandler

        /// How much of the pattern is fixed.
        var literals: Int { segments.count { if case .literal = $0 { true } else { false } } }

        /// The parameters when the path fits, else nil.
        func match(_ path: [String]) -> PathParameters? {
            guard path.count == segments.count else { return nil }
            var parameters = PathParameters()
            for (segment, text) in zip(segments, path) {
                switch segment {
                case .literal(let literal): guard literal == text else { return nil }
                case .parameter(let name):
                    guard !text.isEmpty else { return nil }
                    parameters.values[name] = text
                }
            }
            return parameters
        }
    }

    private var table: [Route] = []
    private let fallback: (any HTTPHandler)?
    private let log: @Sendable (HTTPRequest, any Error) -> Void

    /// A router without routes.
    ///
    /// - Parameters:
    ///   - fallback: answers paths that no route has; without one they are 404 `not-found`.
    ///   - log: told of every error that the client hears of only as a 500.
    public init(
        fallback: (any HTTPHandler)? = nil, log: @escaping @Sendable (HTTPRequest, any Error) -> Void = { _, _ in }
    ) {
        (self.fallback, self.log) = (fallback, log)
    }

    /// Adds a route. In `pattern`, such as `/api/v1/jobs/{id}/cancel`, a name in braces matches one segment that is not
    /// empty. Literal segments win over names, whatever the order of adding.
    public mutating func add(_ method: HTTPMethod, _ pattern: String, _ handler: @escaping RouteHandler) {
        precondition(pattern.hasPrefix("/"), "a pattern is a path")
        let segments: [Segment] =
            pattern == "/"
            ? []
            : pattern.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map {
                $0.hasPrefix("{") && $0.hasSuffix("}")
                    ? .parameter(String($0.dropFirst().dropLast())) : .literal(String($0))
            }
        table.append(Route(method: method, pattern: pattern, segments: segments, handler: handler))
    }

    /// What there is, in the order of adding, to be compared with the API's description.
    public var routes: [(method: HTTPMethod, pattern: String)] { table.map { ($0.method, $0.pattern) } }

    /// Runs the route that fits.
    public func respond(to request: HTTPRequest) async -> HTTPResponse {
        do {
            return try await route(request)
        } catch let error as any ProblemConvertible {
            return .problem(error.problem, requestID: request.requestID)
        } catch {
            log(request, error)
            let problem = Problem(
                .internalServerError, type: "internal-error",
                detail: "This is a fault of burnd, not of the request; its log has the cause under this request_id.")
            return .problem(problem, requestID: request.requestID)
        }
    }

    private func route(_ request: HTTPRequest) async throws -> HTTPResponse {
        let candidates = table.compactMap { route in route.match(request.target.segments).map { (route, $0) } }
        guard let mostLiterals = candidates.map(\.0.literals).max() else {
            guard let fallback else { throw Self.notFound(request) }
            return await fallback.respond(to: request)
        }
        let best = candidates.filter { $0.0.literals == mostLiterals }
        let method = request.method
        // RFC 9110 §9.3.2: HEAD is GET without content; the server leaves the content out.
        guard
            let (route, parameters) = best.first(where: { $0.0.method == method })
                ?? best.first(where: { method == .head && $0.0.method == .get })
        else {
            throw Self.methodNotAllowed(request, best.map(\.0.method))
        }
        return try await route.handler(request, parameters)
    }

    private static func notFound(_ request: HTTPRequest) -> Problem {
        Problem(.notFound, type: "not-found", detail: "There is nothing at \(request.target.rawPath).")
    }

    private static func methodNotAllowed(_ request: HTTPRequest, _ methods: [HTTPMethod]) -> Problem {
        var allowed = Set(methods)
        if allowed.contains(.get) { allowed.insert(.head) }
        let list = allowed.map(\.rawValue).sorted().joined(separator: ", ")
        return Problem(
            .methodNotAllowed, type: "method-not-allowed",
            detail: "\(request.target.rawPath) knows \(list), not \(request.method).", headers: ["Allow": list])
    }
}
