import Glibc
import POSIX

/// A file in `incoming` that is being written. It is removed with its owner unless it was published.
///
/// It is locked as long as it is open, so that a start of the server removes the leftovers of the dead only.
final class Draft: Sendable {
    let path: String
    let file: FileDescriptor
    private enum State {
        case draft
        case published
        case discarded
    }
    private let state = Lock(State.draft)

    /// Makes a new file in a folder.
    init(in folder: String) throws(SystemError) {
        // Process and a random number: unique among the living, and no name is ever built from what a client sent.
        let name = "\(getpid())-\(UInt64.random(in: .min ... .max))"
        path = "\(folder)/\(name)"
        file = try FileDescriptor(opening: path, O_RDWR | O_CREAT | O_EXCL)
        guard try file.lockExclusively() else { throw SystemError(call: "lock", number: EBUSY, subject: path) }
    }

    deinit { discard() }

    /// Removes it, unless it was published. Its room is free at once, whoever still has it open.
    func discard() {
        let wasDraft = state.withLock { state in
            defer { if state == .draft { state = .discarded } }
            return state == .draft
        }
        guard wasDraft else { return }
        unlink(path)
        ftruncate(file.number, 0)
    }

    /// Syncs the bytes, gives the file its final name, and syncs the folder of that.
    func publish(as final: String) throws(SystemError) {
        try file.synchronizeData()
        guard rename(path, final) == 0 else { throw .last("rename", final) }
        state.withLock { $0 = .published }
        try DurableFile.synchronizeFolder(of: final)
    }

    /// Removes the drafts of processes that are gone.
    static func removeLeftovers(in folder: String) throws(SystemError) {
        for name in try Folder.names(in: folder) {
            let path = "\(folder)/\(name)"
            let file: FileDescriptor
            do throws(SystemError) {
                file = try FileDescriptor(opening: path, O_RDWR)
            } catch {
                // Its owner removed it in between.
                if error.number == ENOENT { continue }
                throw error
            }
            if try file.isLockedElsewhere() { continue }
            guard unlink(path) == 0 || errno == ENOENT else { throw .last("unlink", path) }
        }
        try DurableFile.synchronizeFolder(of: folder + "/.")
    }
}

/// What a folder holds.
enum Folder {
    /// Names of all entries but `.` and `..`.
    static func names(in folder: String) throws(SystemError) -> [String] {
        guard let stream = opendir(folder) else { throw .last("opendir", folder) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }

    /// Length of a regular file, nil when there is none of that name.
    static func size(ofFile path: String) -> Int? {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int(status.st_size)
    }
}

/// Room on the file system of the spool, in bytes.
struct Room: Equatable, Sendable {
    /// What may still be written by this user.
    let free: Int
    /// All that there is.
    let total: Int

    init(of folder: String) throws(SystemError) {
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else { throw .last("statvfs", folder) }
        free = Int(clamping: status.f_bavail).multipliedClamping(by: Int(clamping: status.f_frsize))
        total = Int(clamping: status.f_blocks).multipliedClamping(by: Int(clamping: status.f_frsize))
    }
}

extension Int {
    /// The product, or the largest number where that would overflow.
    fileprivate func multipliedClamping(by factor: Int) -> Int {
        let (product, overflow) = multipliedReportingOverflow(by: factor)
        return overflow ? .max : product
    }
}
