public import POSIX

/// Why a recorder profile cannot be used.
public enum RecorderProfileError: Error, Equatable, Sendable {
    /// Neither the name of a built-in profile nor a file.
    case notFound(name: String)
    /// The file cannot be read; `EFBIG` when it is longer than `RecorderProfile.maximumBytes`.
    case system(SystemError)
    /// A field of it is wrong, such as `capabilities.raw_block_types[2]`; empty for the whole.
    case malformed(field: String, reason: String)
}

extension RecorderProfileError: CustomStringConvertible {
    /// A sentence for people.
    public var description: String {
        switch self {
        case .notFound(let name):
            let known = RecorderProfile.named.map(\.name).joined(separator: ", ")
            return "there is no profile \(name): neither a file nor one of \(known)"
        case .system(let error): return "the profile cannot be read: \(error)"
        case .malformed(let field, let reason):
            return "the profile is wrong: \(field.isEmpty ? "the file" : field) \(reason)"
        }
    }
}
