/// What went wrong, for people and programs: RFC 9457, `application/problem+json`.
public struct Problem: Error, Sendable, Equatable {
    /// One of several faults of the same request.
    public struct Detail: Sendable, Equatable, Encodable {
        /// JSON pointer as a fragment (RFC 6901 §6) to the place in a JSON body.
        public let pointer: String?
        /// Name of a form field.
        public let field: String?
        /// What is wrong there.
        public let detail: String
        /// A fault at a place in a JSON body, or in a form field.
        public init(pointer: String? = nil, field: String? = nil, detail: String) {
            (self.pointer, self.field, self.detail) = (pointer, field, detail)
        }
    }

    /// The slug, which is API: `/problems/<slug>` is the type.
    public var type: String
    /// The same words for every problem of this type.
    public var title: String
    /// Status of the response.
    public var status: HTTPStatus
    /// What happened this time.
    public var detail: String
    /// What to do about it.
    public var hint: String?
    /// The resource that it is about, as a path.
    public var instance: String?
    /// Single faults, when there are several or when a place can be named.
    public var errors: [Detail]
    /// Further members, named in snake_case. Those that the standard or this type defines are not replaced.
    public var extensions: [String: JSONValue]
    /// Header fields that go with it, such as `Retry-After` or `Allow`.
    public var headers: HTTPHeaders

    /// A problem; its title is the status' reason phrase where none is given.
    public init(
        _ status: HTTPStatus, type: String, title: String? = nil, detail: String, hint: String? = nil,
        instance: String? = nil, errors: [Detail] = [], extensions: [String: JSONValue] = [:],
        headers: HTTPHeaders = [:]
    ) {
        (self.status, self.type, self.title) = (status, type, title ?? status.reason)
        (self.detail, self.hint, self.instance) = (detail, hint, instance)
        (self.errors, self.extensions, self.headers) = (errors, extensions, headers)
    }
}

/// An error that is a fault of the request, and knows how to say so.
public protocol ProblemConvertible: Error {
    /// The problem that the client gets.
    var problem: Problem { get }
}

extension Problem: ProblemConvertible {
    /// Itself.
    public var problem: Problem { self }
}

extension HTTPBodyError: ProblemConvertible {
    /// 413, 408, or for a cut connection a 400 that nobody reads.
    public var problem: Problem {
        switch self {
        case .disconnected:
            Problem(.badRequest, type: "incomplete-body", detail: "The connection ended before the body did.")
        case .tooLarge(let limit):
            Problem(
                .contentTooLarge, type: "body-too-large", detail: "The body has more than \(limit) bytes.",
                extensions: ["limit_bytes": .integer(limit)])
        case .timedOut:
            Problem(.requestTimeout, type: "body-too-slow", detail: "The body stopped arriving.")
        }
    }
}

extension HTTPResponse {
    /// A problem as a response; `requestID` becomes its member `request_id`.
    public static func problem(_ problem: Problem, requestID: String) -> HTTPResponse {
        var members = problem.extensions
        members["type"] = .string("/problems/" + problem.type)
        members["title"] = .string(problem.title)
        members["status"] = .integer(problem.status.rawValue)
        members["detail"] = .string(problem.detail)
        members["hint"] = problem.hint.map(JSONValue.string)
        members["instance"] = problem.instance.map(JSONValue.string)
        members["request_id"] = requestID.isEmpty ? nil : .string(requestID)
        if !problem.errors.isEmpty {
            members["errors"] = .array(problem.errors.map(\.json))
        }
        var headers = problem.headers
        headers["Content-Type"] = "application/problem+json"
        headers["Cache-Control"] = "no-store"
        let bytes = (try? JSONCoding.encode(members)) ?? []
        return HTTPResponse(status: problem.status, headers: headers, body: .bytes(bytes + [UInt8(ascii: "\n")]))
    }
}

extension Problem.Detail {
    fileprivate var json: JSONValue {
        var members: [String: JSONValue] = ["detail": .string(detail)]
        members["pointer"] = pointer.map(JSONValue.string)
        members["field"] = field.map(JSONValue.string)
        return .object(members)
    }
}
