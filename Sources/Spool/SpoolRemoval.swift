import Glibc
import POSIX

extension Spool {
    /// Removes a stored file and what was decoded from it. What is not there is fine.
    public func remove(_ digest: FileDigest) async {
        await BlockingThread.run {
            let cache = "\(self.folder)/\(Self.cdda)"
            let names = (try? Folder.names(in: cache)) ?? []
            for name in names where name.hasPrefix(digest.hex) { unlink("\(cache)/\(name)") }
            // Last: after a crash in between the file still says that there is something to remove.
            unlink(self.path(of: digest))
        }
    }

    /// Digests of all stored files.
    public func digests() async throws(SpoolError) -> [FileDigest] {
        try await onFileThread { () throws(SpoolError) in
            try spooling { () throws(SystemError) in try Folder.names(in: "\(self.folder)/\(Self.files)") }
                .compactMap { FileDigest(hex: $0) }
        }
    }
}
