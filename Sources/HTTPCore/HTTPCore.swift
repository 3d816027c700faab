// HTTPCore: requests, responses, routing, problems, multipart bodies, event streams and static files, as values.
//
// It knows neither sockets nor burning: a server adapter (MicroHTTPD) turns connections into `HTTPRequest` and sends
// `HTTPResponse`; everything here is tested without a network. It imports FoundationEssentials for JSON and dates, and
// POSIX for `Lock`, for the files that `StaticFiles` serves and for `FileDescriptor` as a response's body.

/// Answers requests. A handler is called concurrently, once a request, and never throws: a failure is a response too.
public protocol HTTPHandler: Sendable {
    /// The answer to `request`. Cancellation means that the client is gone or the server is stopping.
    func respond(to request: HTTPRequest) async -> HTTPResponse
}
