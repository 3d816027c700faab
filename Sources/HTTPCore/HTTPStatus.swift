/// A status code (RFC 9110 §15).
public struct HTTPStatus: RawRepresentable, Hashable, Sendable {
    /// The code, 100 to 599.
    public let rawValue: Int
    /// A status by its code.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// 200.
    public static let ok = HTTPStatus(rawValue: 200)
    /// 201.
    public static let created = HTTPStatus(rawValue: 201)
    /// 202.
    public static let accepted = HTTPStatus(rawValue: 202)
    /// 204.
    public static let noContent = HTTPStatus(rawValue: 204)
    /// 206.
    public static let partialContent = HTTPStatus(rawValue: 206)
    /// 304.
    public static let notModified = HTTPStatus(rawValue: 304)
    /// 400.
    public static let badRequest = HTTPStatus(rawValue: 400)
    /// 401.
    public static let unauthorized = HTTPStatus(rawValue: 401)
    /// 403.
    public static let forbidden = HTTPStatus(rawValue: 403)
    /// 404.
    public static let notFound = HTTPStatus(rawValue: 404)
    /// 405.
    public static let methodNotAllowed = HTTPStatus(rawValue: 405)
    /// 408.
    public static let requestTimeout = HTTPStatus(rawValue: 408)
    /// 409.
    public static let conflict = HTTPStatus(rawValue: 409)
    /// 411.
    public static let lengthRequired = HTTPStatus(rawValue: 411)
    /// 412.
    public static let preconditionFailed = HTTPStatus(rawValue: 412)
    /// 413.
    public static let contentTooLarge = HTTPStatus(rawValue: 413)
    /// 415.
    public static let unsupportedMediaType = HTTPStatus(rawValue: 415)
    /// 416.
    public static let rangeNotSatisfiable = HTTPStatus(rawValue: 416)
    /// 422.
    public static let unprocessableContent = HTTPStatus(rawValue: 422)
    /// 429 (RFC 6585).
    public static let tooManyRequests = HTTPStatus(rawValue: 429)
    /// 500.
    public static let internalServerError = HTTPStatus(rawValue: 500)
    /// 503.
    public static let serviceUnavailable = HTTPStatus(rawValue: 503)
    /// 507 (RFC 4918).
    public static let insufficientStorage = HTTPStatus(rawValue: 507)

    /// The reason phrase, which is also the title of a problem that has none of its own.
    public var reason: String { Self.reasons[rawValue] ?? "Status \(rawValue)" }

    private static let reasons: [Int: String] = [
        200: "OK", 201: "Created", 202: "Accepted", 204: "No Content",
        206: "Partial Content", 304: "Not Modified", 400: "Bad Request",
        401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 408: "Request Timeout",
        409: "Conflict", 411: "Length Required", 412: "Precondition Failed", 413: "Content Too Large",
        415: "Unsupported Media Type",
        416: "Range Not Satisfiable",
        422: "Unprocessable Content", 429: "Too Many Requests", 500: "Internal Server Error",
        503: "Service Unavailable", 507: "Insufficient Storage",
    ]
}
