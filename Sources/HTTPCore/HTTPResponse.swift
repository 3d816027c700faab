public import POSIX

/// One answer. The server adds Date, Server, X-Request-Id, Content-Length or chunking, and leaves the body out for HEAD.
public struct HTTPResponse: Sendable {
    /// What follows the header.
    public enum Body: Sendable {
        /// Nothing.
        case empty
        /// These bytes.
        case bytes([UInt8])
        /// `size` bytes of an open file, from its beginning.
        case file(FileDescriptor, size: Int)
        /// `size` bytes of an open file from `offset` on.
        case part(of: FileDescriptor, offset: Int, size: Int)
        /// Server-sent events until the stream is finished or the client is gone.
        case events(EventStream)
    }

    /// Its status.
    public var status: HTTPStatus
    /// Its header fields.
    public var headers: HTTPHeaders
    /// Its content.
    public var body: Body

    /// A response of these parts.
    public init(status: HTTPStatus, headers: HTTPHeaders = [:], body: Body = .empty) {
        (self.status, self.headers, self.body) = (status, headers, body)
    }

    /// Plain text in UTF-8.
    public static func text(_ text: String, status: HTTPStatus = .ok, headers: HTTPHeaders = [:]) -> HTTPResponse {
        var response = HTTPResponse(status: status, headers: headers, body: .bytes(Array(text.utf8)))
        response.headers["Content-Type"] = "text/plain; charset=utf-8"
        return response
    }

    /// An event stream with the header fields that browsers and proxies need (WHATWG HTML §9.2; the last is nginx's switch
    /// against buffering).
    public static func events(_ stream: EventStream, headers: HTTPHeaders = [:]) -> HTTPResponse {
        var response = HTTPResponse(status: .ok, headers: headers, body: .events(stream))
        response.headers["Content-Type"] = "text/event-stream; charset=utf-8"
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Accel-Buffering"] = "no"
        return response
    }
}
