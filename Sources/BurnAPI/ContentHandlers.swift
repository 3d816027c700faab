import Glibc
import HTTPCore
import JobQueue
import POSIX
import Spool

/// `/files/{file}/content`: the bytes of a file, whole or in part.
struct ContentHandlers: Sendable {
    let spool: Spool

    /// GET: 200 with everything, 206 with one range, 304 when the client has it. Names are digests, so that the tag is too.
    func content(_ request: HTTPRequest, _ id: String) async throws -> HTTPResponse {
        let stored: StoredFile
        do {
            stored = try await spool.resolve(id)
        } catch {
            throw Problem(error == .malformedDigest ? .notFound : error)
        }
        let tag = "\"\(stored.digest.hex)\""
        var headers: HTTPHeaders = [
            "ETag": tag, "Accept-Ranges": "bytes", "Content-Type": "application/octet-stream",
            // A digest's bytes never change.
            "Cache-Control": "private, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff",
            "Content-Disposition": "attachment",
        ]
        if request.headers.values(of: "If-None-Match").contains(where: { $0 == "*" || $0.contains(tag) }) {
            return HTTPResponse(status: .notModified, headers: headers)
        }
        let file = try await BlockingThread.run { () throws -> FileDescriptor in
            try FileDescriptor(opening: stored.path, O_RDONLY)
        }
        let isFresh = request.headers["If-Range"].map { $0 == tag } ?? true
        guard isFresh, let field = request.headers["Range"], let range = try Self.range(field, of: stored.bytes) else {
            return HTTPResponse(status: .ok, headers: headers, body: .file(file, size: stored.bytes))
        }
        headers["Content-Range"] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(stored.bytes)"
        return HTTPResponse(
            status: .partialContent, headers: headers,
            body: .part(of: file, offset: range.lowerBound, size: range.count))
    }

    /// RFC 9110, 14.1.2: one range of bytes. Several ranges, other units and nonsense count as no range at all.
    private static func range(_ field: String, of size: Int) throws(Problem) -> Range<Int>? {
        guard field.hasPrefix("bytes="), !field.contains(",") else { return nil }
        let parts = field.dropFirst("bytes=".count).split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }) else {
            return nil
        }
        let (first, last) = (Int(parts[0]), Int(parts[1]))
        switch (first, last) {
        case (nil, let suffix?) where parts[0].isEmpty && suffix > 0 && size > 0:
            return max(0, size - suffix)..<size
        case (let first?, _) where first < size && (last.map { $0 >= first } ?? parts[1].isEmpty):
            return first..<min(last ?? size - 1, size - 1) + 1
        case (let first?, let last?) where first > last: return nil
        case (nil, nil): return nil
        default:
            throw Problem(
                .rangeNotSatisfiable, type: "unsatisfiable-range", title: "The file has no such part",
                detail: "The file has \(size) bytes.", headers: ["Content-Range": "bytes */\(size)"])
        }
    }
}
