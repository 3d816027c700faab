import Glibc

/// Files that are there whole or not at all, also after a power cut.
public enum DurableFile {
    /// Puts `bytes` at `path`: written beside it, synced, renamed over it, and the folder synced.
    public static func replace(_ path: String, with bytes: [UInt8]) throws(SystemError) {
        let draft = path + ".new"
        do throws(SystemError) {
            let file = try FileDescriptor(opening: draft, O_WRONLY | O_CREAT | O_TRUNC)
            try file.writeAll(bytes)
            try file.synchronizeData()
        } catch {
            unlink(draft)
            throw error
        }
        try publish(draft, as: path)
    }

    /// Renames a synced file to its final name in the same file system and syncs the folder that it is in then.
    public static func publish(_ draft: String, as path: String) throws(SystemError) {
        guard rename(draft, path) == 0 else { throw .last("rename", path) }
        try synchronizeFolder(of: path)
    }

    /// Makes the names in the folder of `path` durable.
    public static func synchronizeFolder(of path: String) throws(SystemError) {
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = try FileDescriptor(opening: folder, O_RDONLY | O_DIRECTORY)
        guard fsync(descriptor.number) == 0 else { throw .last("fsync", folder) }
    }

    /// The whole of a file, at most `limit` bytes.
    ///
    /// - Throws: `SystemError` with `EFBIG` when there is more.
    public static func contents(of path: String, limit: Int) throws(SystemError) -> [UInt8] {
        let file = try FileDescriptor(opening: path, O_RDONLY)
        let size = try file.size()
        guard size <= limit else { throw SystemError(call: "read", number: EFBIG, subject: path) }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 1)
        defer { buffer.deallocate() }
        var done = 0
        while done < size {
            let count = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[done...]), at: done)
            if count == 0 { break }
            done += count
        }
        return Array(buffer[..<done])
    }

    /// Makes a folder and those above it, private to this user where they are new.
    public static func makeFolder(_ path: String) throws(SystemError) {
        if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
            throw .last("mkdir", path)
        }
        try makeFolder(String(path[..<slash]))
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw .last("mkdir", path) }
    }
}
