/// What is wrong with a multipart body, and in which part, counted from 0.
public enum MultipartError: Error, Equatable, Sendable {
    /// Content-Type is something else, or missing.
    case notMultipart(String)
    /// Content-Type has no `boundary`.
    case noBoundary
    /// The boundary is empty, longer than 70 bytes, or has bytes that it cannot have.
    case badBoundary
    /// The body ended before its last delimiter, after this many parts had begun.
    case unfinished(parts: Int)
    /// Something other than a line end or `--` follows a delimiter.
    case badDelimiter(part: Int)
    /// A part's header is longer than allowed.
    case headerTooLong(part: Int, limit: Int)
    /// A part's header does not follow the syntax.
    case badHeader(part: Int)
    /// A part is no form-data, or its Content-Disposition cannot be read.
    case badDisposition(part: Int)
    /// A part has no name.
    case noName(part: Int)
    /// There are more parts than allowed.
    case tooManyParts(limit: Int)
    /// A field that is read as text is longer than allowed.
    case fieldTooLong(name: String, limit: Int)
    /// A field that is read as text is not UTF-8.
    case fieldNotText(name: String)
    /// The body itself failed.
    case body(HTTPBodyError)

    init(_ fault: MultipartHeader.Fault, part: Int) {
        self =
            switch fault {
            case .badLine, .notText: .badHeader(part: part)
            case .notFormData, .badParameters: .badDisposition(part: part)
            case .noName: .noName(part: part)
            }
    }
}

extension MultipartError: ProblemConvertible {
    /// 415 `unsupported-media-type`, 413 `field-too-long`, that of the body, or else 400 `malformed-multipart`.
    public var problem: Problem {
        switch self {
        case .body(let error): error.problem
        case .notMultipart(let type):
            Problem(
                .unsupportedMediaType, type: "unsupported-media-type",
                detail: "This wants multipart/form-data, not \(type.isEmpty ? "a body without Content-Type" : type).",
                hint: "With curl: -F name=@file.")
        case .fieldTooLong(let name, let limit):
            Problem(
                .contentTooLarge, type: "field-too-long", detail: "The field \(name) has more than \(limit) bytes.",
                errors: [.init(field: name, detail: "more than \(limit) bytes")])
        case .fieldNotText(let name):
            Problem(
                .badRequest, type: "invalid-field", detail: "The field \(name) is not UTF-8.",
                errors: [.init(field: name, detail: "not UTF-8")])
        default: Problem(.badRequest, type: "malformed-multipart", detail: reason)
        }
    }

    private var reason: String {
        switch self {
        case .noBoundary: "Content-Type names no boundary."
        case .badBoundary: "The boundary in Content-Type cannot be one."
        case .unfinished(0): "The body ended before its first part."
        case .unfinished(let parts): "The body ended in part \(parts), before the last delimiter."
        case .badDelimiter(let part): "The delimiter before part \(part + 1) is followed by something else."
        case .headerTooLong(let part, let limit): "The header of part \(part + 1) has more than \(limit) bytes."
        case .badHeader(let part): "The header of part \(part + 1) cannot be read."
        case .badDisposition(let part): "Part \(part + 1) has no Content-Disposition that says form-data."
        case .noName(let part): "Part \(part + 1) has no name."
        case .tooManyParts(let limit): "There are more than \(limit) parts."
        case .notMultipart, .fieldTooLong, .fieldNotText, .body: ""
        }
    }
}
