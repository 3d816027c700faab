import Glibc
import POSIX

/// Who still needs a stored file.
///
/// Equal bytes are one file, so that two requests may bring the same one, and the one that fails must not take it from the
/// other. Whoever brings or names a file has a claim on it until it is released; a file goes with its last claim, unless one
/// of the claimants, or somebody before them, kept it for good.
extension Spool {
    struct Claim {
        var count = 0
        var isKept = false
    }

    /// Takes a claim. It comes before the look whether the file is there, and removal looks at claims in the same lock:
    /// what was there after this stays.
    func claim(_ digest: FileDigest) { claims.withLock { $0[digest, default: Claim()].count += 1 } }

    /// Gives a claim back on what never came to be.
    func drop(_ digest: FileDigest) {
        claims.withLock { claims in
            claims[digest]?.count -= 1
            if claims[digest]?.count ?? 0 <= 0 { claims[digest] = nil }
        }
    }

    /// The stored file that a text means, as `resolve`; claimed, so that a `release` is owed.
    public func claim(_ text: String) async throws(SpoolError) -> StoredFile {
        let digest = try await resolve(text).digest
        claim(digest)
        if let stored = await file(digest) { return stored }
        await release(digest, isKept: true)
        throw .notFound
    }

    /// The claimed file belongs to the station from now on: no release removes it.
    public func keep(_ digest: FileDigest) { claims.withLock { $0[digest]?.isKept = true } }

    /// Gives a claim back. With the last one the file goes, and what was decoded from it, unless it was kept.
    ///
    /// - Parameter isKept: true when the station had the file already when the claim was still held.
    public func release(_ digest: FileDigest, isKept: Bool) async {
        await BlockingThread.run {
            self.claims.withLock { claims in
                guard var claim = claims[digest] else { return }
                claim.count -= 1
                claims[digest] = claim.count > 0 ? claim : nil
                // Inside the lock, so that nobody claims what is about to go. Two unlinks take microseconds.
                if claim.count <= 0, !claim.isKept, !isKept { self.removeFiles(digest) }
            }
        }
    }

    /// Removes a file that nobody claims and the station does not know. To be called before the first request.
    public func removeUnclaimed(_ digest: FileDigest) async {
        await BlockingThread.run { self.removeFiles(digest) }
    }

    private func removeFiles(_ digest: FileDigest) {
        let cache = "\(folder)/\(Self.cdda)"
        let names = (try? Folder.names(in: cache)) ?? []
        for name in names where name.hasPrefix(digest.hex) { unlink("\(cache)/\(name)") }
        // Last: after a crash in between the file still says that there is something to remove.
        unlink(path(of: digest))
    }

    /// Digests of all stored files.
    public func digests() async throws(SpoolError) -> [FileDigest] {
        try await onFileThread { () throws(SpoolError) in
            try spooling { () throws(SystemError) in try Folder.names(in: "\(self.folder)/\(Self.files)") }
                .compactMap { FileDigest(hex: $0) }
        }
    }
}
