public import POSIX

/// Why a folder cannot be used as a disc.
public enum DiscFolderError: Error, Equatable, Sendable, CustomStringConvertible {
    /// There is no `disc.json`, and the folder holds something else.
    case notADisc(path: String)
    /// A blank was to be made where a disc is already.
    case isADisc(path: String)
    /// Another recorder has it.
    case inUse(path: String)
    /// `disc.json` does not say what it must: the field, and what is wrong with it.
    case malformed(path: String, field: String, reason: String)
    /// A call on one of its files failed.
    case system(SystemError)

    /// One sentence that names the path.
    public var description: String {
        switch self {
        case .notADisc(let path): "\(path) is no disc: there is no disc.json among its files"
        case .isADisc(let path): "\(path) is a disc already"
        case .inUse(let path): "\(path) is in use by another recorder"
        case .malformed(let path, let field, let reason): "\(path)/disc.json: \(field): \(reason)"
        case .system(let error): error.description
        }
    }
}
