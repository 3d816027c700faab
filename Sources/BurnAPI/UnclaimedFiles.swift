public import JobQueue
public import Spool

/// Files that a request brought which never ended: the server died in its middle.
public enum UnclaimedFiles {
    /// Removes every stored file that no request ever finished with. To be called before the first request.
    ///
    /// - Returns: how many there were.
    public static func remove(from spool: Spool, store: any JobStoring) async throws -> Int {
        var count = 0
        for digest in try await spool.digests() {
            guard try await store.files(prefix: digest.description, limit: 1).isEmpty else { continue }
            await spool.removeUnclaimed(digest)
            count += 1
        }
        return count
    }
}
