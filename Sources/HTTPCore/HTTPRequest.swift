/// One request. Head and target are values; the body is a stream that can be read once.
public struct HTTPRequest: Sendable {
    /// Its method.
    public let method: HTTPMethod
    /// Path and query, decoded.
    public let target: RequestTarget
    /// Its header fields.
    public let headers: HTTPHeaders
    /// Its content, empty for most GETs.
    public let body: any HTTPRequestBody
    /// The address of the other end, without the port.
    public let peer: String
    /// Names this request in logs, in `X-Request-Id` and in problems.
    public let requestID: String

    /// A request of these parts.
    public init(
        method: HTTPMethod, target: RequestTarget, headers: HTTPHeaders = [:],
        body: any HTTPRequestBody = HTTPBytesBody([]), peer: String = "", requestID: String = ""
    ) {
        (self.method, self.target, self.headers) = (method, target, headers)
        (self.body, self.peer, self.requestID) = (body, peer, requestID)
    }

    /// The same request for another target: what a path stands for may be kept under another name.
    public func replacing(target: RequestTarget) -> HTTPRequest {
        HTTPRequest(method: method, target: target, headers: headers, body: body, peer: peer, requestID: requestID)
    }

    /// The media type of the body in lower case, without its parameters; nil when none is said.
    public var mediaType: String? {
        headers["Content-Type"].map {
            String($0.split(separator: ";", omittingEmptySubsequences: false)[0]).trimmingOptionalWhitespace
                .asciiLowercased
        }
    }
}

/// The content of a request as it arrives. One task reads it.
public protocol HTTPRequestBody: AnyObject, Sendable {
    /// The length that Content-Length promises; nil when the body is chunked.
    var declaredLength: Int? { get }
    /// The next bytes (never none of them), or nil at the end of the body. Not reading is what slows the client down.
    func next() async throws(HTTPBodyError) -> [UInt8]?
}

/// Why a body ends before its end.
public enum HTTPBodyError: Error, Equatable, Sendable {
    /// The connection was cut, or the server is stopping; nobody will read the answer.
    case disconnected
    /// More bytes came than are allowed.
    case tooLarge(limit: Int)
    /// Too few bytes came for too long.
    case timedOut
}

extension HTTPRequestBody {
    /// The whole body, which must not have more than `limit` bytes.
    public func collect(limit: Int) async throws(HTTPBodyError) -> [UInt8] {
        if let declaredLength, declaredLength > limit { throw .tooLarge(limit: limit) }
        var bytes: [UInt8] = []
        while let chunk = try await next() {
            guard bytes.count + chunk.count <= limit else { throw .tooLarge(limit: limit) }
            bytes += chunk
        }
        return bytes
    }
}
