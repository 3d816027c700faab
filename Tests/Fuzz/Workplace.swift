import FoundationEssentials
import Glibc

/// A folder in memory that is emptied for every input.
enum Workplace {
    /// Its path.
    static let path: String = {
        let parent = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
        let path = "\(parent)/burnd-fuzz-\(getpid())"
        atexit { Workplace.remove() }
        return path
    }()

    /// The folder, empty.
    static func cleared() -> String {
        remove()
        promise(mkdir(path, 0o700) == 0, "mkdir \(path): \(String(cString: strerror(errno)))")
        return path
    }

    private static func remove() { try? FileManager.default.removeItem(atPath: path) }
}
