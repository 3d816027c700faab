import Glibc
public import POSIX

/// Serves the files below a folder, such as the page at `/`, for GET and HEAD.
///
/// Names that begin with a dot are not there, and neither is whatever a symbolic link has outside of the folder. Opening a
/// file of the page takes microseconds, so that it happens on the caller's thread; its bytes are read by the server.
public struct StaticFiles: HTTPHandler {
    private let folder: String

    /// Media types by the ending of the name; a file with another ending is not served.
    private static let types = [
        "html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8",
        "mjs": "text/javascript; charset=utf-8", "svg": "image/svg+xml", "json": "application/json", "png": "image/png",
        "ico": "image/x-icon", "txt": "text/plain; charset=utf-8", "yaml": "application/yaml", "woff2": "font/woff2",
        "webmanifest": "application/manifest+json",
    ]

    /// The page loads nothing from anywhere else, is shown in no frame (a click into it could burn a disc), and its files are
    /// what their types say.
    private static let security: HTTPHeaders = [
        "Content-Security-Policy":
            "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'",
        "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
    ]

    /// Serves what is below `folder`.
    ///
    /// - Throws: `SystemError` when there is no such folder.
    public init(folder: String) throws(SystemError) {
        guard let real = Self.realPath(folder) else { throw .last("realpath", folder) }
        self.folder = real
    }

    /// The file, 304 when the client has it, 404 `not-found`, or 405 `method-not-allowed`.
    public func respond(to request: HTTPRequest) async -> HTTPResponse {
        let path = request.target.rawPath
        guard let (file, name, status) = open(request.target.segments) else {
            let problem = Problem(.notFound, type: "not-found", detail: "There is nothing at \(path).")
            return .problem(problem, requestID: request.requestID)
        }
        guard request.method == .get || request.method == .head else {
            let problem = Problem(
                .methodNotAllowed, type: "method-not-allowed", detail: "\(path) can only be read.",
                headers: ["Allow": "GET, HEAD"])
            return .problem(problem, requestID: request.requestID)
        }
        var headers = Self.security
        let tag = Self.entityTag(status)
        headers["ETag"] = tag
        // Kept, but asked for each time: names do not change when their files do.
        headers["Cache-Control"] = "no-cache"
        if Self.matches(request.headers.values(of: "If-None-Match"), tag) {
            return HTTPResponse(status: .notModified, headers: headers)
        }
        headers["Content-Type"] = name
        return HTTPResponse(status: .ok, headers: headers, body: .file(file, size: Int(status.st_size)))
    }

    /// The open file with its media type; nil when it must not be or cannot be served.
    private func open(_ segments: [String]) -> (FileDescriptor, type: String, stat)? {
        var names = segments
        if names.isEmpty { names = ["index.html"] }
        if names.last == "" { names[names.count - 1] = "index.html" }
        guard names.allSatisfy({ !$0.isEmpty && !$0.hasPrefix(".") }), let last = names.last,
            let dot = last.lastIndex(of: "."), let type = Self.types[String(last[last.index(after: dot)...])],
            let path = Self.realPath(folder + "/" + names.joined(separator: "/")), path.hasPrefix(folder + "/"),
            let file = try? FileDescriptor(opening: path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
        else { return nil }
        var status = stat()
        guard fstat(file.number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return (file, type, status)
    }

    private static func realPath(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }

    /// Another file, another length or another time of writing is another tag.
    private static func entityTag(_ status: stat) -> String {
        let parts = [Int(status.st_ino), Int(status.st_size), status.st_mtim.tv_sec, status.st_mtim.tv_nsec]
        return "\"" + parts.map { String($0, radix: 36) }.joined(separator: "-") + "\""
    }

    /// RFC 9110 §13.1.2: a list of tags, weak ones too, or `*`.
    private static func matches(_ lists: [String], _ tag: String) -> Bool {
        lists.joined(separator: ",").split(separator: ",").contains { entry in
            let entry = String(entry).trimmingOptionalWhitespace
            return entry == "*" || entry == tag || entry == "W/" + tag
        }
    }
}
