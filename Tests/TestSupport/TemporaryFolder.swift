import FoundationEssentials
import Glibc

/// A new folder that goes, with everything in it, when its owner does.
public final class TemporaryFolder: Sendable {
    /// Its path, without a slash at the end.
    public let path: String

    /// Makes the folder under `/tmp`, where paths are short enough for sockets.
    public init() {
        var template = Array("/tmp/burnd-test-XXXXXX".utf8CString)
        path = template.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress, let made = mkdtemp(base) else {
                preconditionFailure("mkdtemp: \(String(cString: strerror(errno)))")
            }
            return String(cString: made)
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
