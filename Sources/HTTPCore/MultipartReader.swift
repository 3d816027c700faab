/// Reads a `multipart/form-data` body part by part while it arrives (RFC 7578).
///
/// Nothing is kept of a part's content, so that bodies of any size pass through. One task reads it, one part at a time.
public actor MultipartReader {
    /// Bounds on what a sender can make us keep or count.
    public struct Limits: Sendable, Equatable {
        /// Bytes of one part's header. A file name has at most 255 bytes, escaped 765; the rest is room.
        public var headerBytes = 8 << 10
        /// Parts of one body: 99 tracks and some fields, several times over.
        public var parts = 1000
        /// The default limits.
        public init() {}
    }

    /// One part, whose content is read from the reader that it came from, before the next part.
    public struct Part: Sendable {
        /// Its place in the body, from 0.
        public let index: Int
        /// The form field.
        public let name: String
        /// The file's name as the sender has it, which may hold anything; nil for a field that is no file.
        public let filename: String?
        /// The media type, as it was sent.
        public let contentType: String?
        fileprivate let reader: MultipartReader

        /// The next bytes of the content, never none of them; nil at its end.
        public func next() async throws(MultipartError) -> [UInt8]? { try await reader.nextContent(of: index) }

        /// The content as text of at most `limit` bytes.
        public func text(limit: Int = MultipartReader.textLimit) async throws(MultipartError) -> String {
            var bytes: [UInt8] = []
            while let chunk = try await next() {
                guard bytes.count + chunk.count <= limit else { throw .fieldTooLong(name: name, limit: limit) }
                bytes += chunk
            }
            guard let text = String(validating: bytes, as: UTF8.self) else { throw .fieldNotText(name: name) }
            return text
        }
    }

    /// Bytes of a field that is no file, by default.
    public static let textLimit = 64 << 10

    private let body: any HTTPRequestBody
    private let limits: Limits
    private var scanner: MultipartScanner
    private var parts = 0
    /// The part whose content has not ended yet.
    private var open: Int?

    /// Reads `body`, whose delimiter `contentType` names.
    ///
    /// - Throws: `.notMultipart`, `.noBoundary`, `.badBoundary`.
    public init(_ body: any HTTPRequestBody, contentType: String?, limits: Limits = Limits()) throws(MultipartError) {
        (self.body, self.limits) = (body, limits)
        let boundary = try Self.boundary(of: contentType ?? "")
        scanner = MultipartScanner(boundary: boundary, headerLimit: limits.headerBytes)
    }

    /// The next part, or nil after the last one. What was not read of the part before is skipped.
    public func nextPart() async throws(MultipartError) -> Part? {
        while let open { if try await nextContent(of: open) == nil { break } }
        while true {
            switch try scan() {
            case .needsMore: try await feed()
            case .end:
                try await drain()
                return nil
            case .header(let lines): return try begin(lines)
            case .content, .partEnd: preconditionFailure("content comes only between a header and its part's end")
            }
        }
    }

    fileprivate func nextContent(of part: Int) async throws(MultipartError) -> [UInt8]? {
        while open == part {
            switch try scan() {
            case .needsMore: try await feed()
            case .content(let bytes): return bytes
            case .partEnd: open = nil
            case .header, .end: preconditionFailure("a part ends before the next begins")
            }
        }
        return nil
    }

    private func begin(_ lines: [UInt8]) throws(MultipartError) -> Part {
        let index = parts
        guard index < limits.parts else { throw .tooManyParts(limit: limits.parts) }
        let header: MultipartHeader
        do throws(MultipartHeader.Fault) {
            header = try MultipartHeader(parsing: lines)
        } catch {
            throw MultipartError(error, part: index)
        }
        parts += 1
        open = index
        return Part(
            index: index, name: header.name, filename: header.filename, contentType: header.contentType, reader: self)
    }

    private func scan() throws(MultipartError) -> MultipartScanner.Event {
        do throws(MultipartScanner.Fault) {
            return try scanner.next()
        } catch {
            switch error {
            case .headerTooLong: throw .headerTooLong(part: parts, limit: limits.headerBytes)
            case .badDelimiter: throw .badDelimiter(part: parts)
            }
        }
    }

    private func feed() async throws(MultipartError) {
        guard let bytes = try await read() else { throw .unfinished(parts: parts) }
        scanner.feed(bytes)
    }

    /// The epilogue means nothing, but a body that is not read to its end would cost the connection.
    private func drain() async throws(MultipartError) { while try await read() != nil {} }

    private func read() async throws(MultipartError) -> [UInt8]? {
        do throws(HTTPBodyError) { return try await body.next() } catch { throw .body(error) }
    }

    /// RFC 2046 §5.1.1: 1 to 70 characters of a small set; curl and browsers use fewer.
    private static func boundary(of contentType: String) throws(MultipartError) -> [UInt8] {
        var cursor = FieldCursor(contentType)
        let type = cursor.take { $0 != UInt8(ascii: ";") }.trimmingOptionalWhitespace.asciiLowercased
        guard type == "multipart/form-data" else { throw .notMultipart(contentType) }
        while cursor.take(UInt8(ascii: ";")) {
            cursor.skipBlanks()
            let name = cursor.take(while: \.isTokenByte).asciiLowercased
            guard cursor.take(UInt8(ascii: "=")), let value = cursor.takeValue() else { break }
            cursor.skipBlanks()
            guard name == "boundary" else { continue }
            let bytes = Array(value.utf8)
            guard (1...70).contains(bytes.count), bytes.allSatisfy(isBoundaryByte), bytes.last != 0x20 else {
                throw .badBoundary
            }
            return bytes
        }
        throw .noBoundary
    }

    /// `bchars`, and `_`-like characters that real clients add stay within printable ASCII.
    private static func isBoundaryByte(_ byte: UInt8) -> Bool { (0x20...0x7E).contains(byte) }
}
