/// What the head of a request says about its body and connection, once it is sure that all readers agree on it.
///
/// Whatever two HTTP implementations could read in different ways is refused before it is routed: it is how a request is
/// smuggled past a proxy (RFC 9112 §6.3, §11.2).
public struct RequestFraming: Sendable, Equatable {
    /// The length of the body; nil when it is chunked.
    public let declaredLength: Int?
    /// Whether a body follows at all.
    public let hasBody: Bool
    /// Whether the client waits for `100 Continue` before it sends the body.
    public let expectsContinue: Bool

    /// Reads method, version and header fields as they came from the wire.
    ///
    /// - Throws: `Problem` 400 `malformed-request`.
    public init(method: String, version: String, headers: HTTPHeaders) throws(Problem) {
        guard !method.isEmpty, method.utf8.allSatisfy(\.isTokenByte) else {
            throw Self.refusal("The method is no name.")
        }
        for field in headers {
            guard !field.name.isEmpty, field.name.utf8.allSatisfy(\.isTokenByte) else {
                throw Self.refusal("A header field's name is no name.")
            }
            guard field.value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
                throw Self.refusal("\(field.name) has control characters.")
            }
        }
        try Self.checkHost(headers.values(of: "Host"), version: version)
        declaredLength = try Self.length(headers)
        hasBody = declaredLength.map { $0 > 0 } ?? true
        expectsContinue = headers.values(of: "Expect").contains { $0.asciiLowercased == "100-continue" }
    }

    private static func checkHost(_ hosts: [String], version: String) throws(Problem) {
        guard hosts.count < 2 else { throw refusal("There are several Host fields.") }
        // RFC 9112 §3.2; HTTP/1.0 has none.
        guard hosts.count == 1 || version == "HTTP/1.0" else { throw refusal("Host is missing.") }
    }

    /// Nil for a chunked body, 0 for none.
    private static func length(_ headers: HTTPHeaders) throws(Problem) -> Int? {
        let lengths = headers.values(of: "Content-Length")
        let codings = headers.values(of: "Transfer-Encoding")
        guard lengths.count < 2, codings.count < 2 else { throw refusal("The length of the body is given twice.") }
        if let coding = codings.first {
            guard lengths.isEmpty else { throw refusal("Content-Length and Transfer-Encoding exclude each other.") }
            guard coding.asciiLowercased == "chunked" else {
                throw refusal("The only Transfer-Encoding understood is chunked.")
            }
            return nil
        }
        guard let length = lengths.first else { return 0 }
        guard !length.isEmpty, length.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = Int(length) else {
            throw refusal("Content-Length is no length.")
        }
        return value
    }

    private static func refusal(_ detail: String) -> Problem {
        Problem(.badRequest, type: "malformed-request", detail: detail)
    }
}

extension RequestTarget.Fault: ProblemConvertible {
    /// 400 `malformed-request`.
    public var problem: Problem {
        let detail =
            switch self {
            case .notAPath: "The request's target is no path."
            case .badEscape: "The path or query has a % that two hexadecimal digits do not follow."
            case .controlCharacter: "The path or query has a control character or a space."
            case .escapedSlash: "The path hides a slash behind an escape."
            case .dotSegment: "The path has a segment that is a dot or two."
            case .notUTF8: "The path or query is not UTF-8."
            }
        return Problem(.badRequest, type: "malformed-request", detail: detail)
    }
}
