import FoundationEssentials
import JobQueue
import POSIX
import Spool

/// Takes uploaded bytes into the spool, learns what they are, and forgets again what nobody ended up wanting.
///
/// A file belongs to the station once its name is in the store. Until then it belongs to the requests that brought it: when
/// the last of them fails, the file goes, so that a refused request leaves nothing behind.
actor Uploads {
    private let spool: Spool
    private let store: any JobStoring
    /// Requests that brought a file and have not ended.
    private var holders: [FileDigest: Int] = [:]

    init(spool: Spool, store: any JobStoring) { (self.spool, self.store) = (spool, store) }

    /// Refuses a body that the disk has no room for, before its first byte.
    func requireRoom(for bytes: Int?) async throws(SpoolError) {
        guard let bytes, try await spool.freeBytes() < bytes else { return }
        throw .full
    }

    /// Stores what `next` gives, until it gives nil. The caller owes a `keep` or a `drop`.
    func receive(expected: Int?, _ next: @Sendable () async throws -> [UInt8]?) async throws -> StoredFile {
        let incoming = try await spool.beginUpload(expectedBytes: expected)
        do {
            while let chunk = try await next() { try await incoming.write(chunk) }
            let stored = try await incoming.finish()
            hold(stored.digest)
            return stored
        } catch {
            await incoming.abandon()
            throw error
        }
    }

    /// A file that is stored already and named by its digest, or by the beginning of it. The caller owes a `keep` or a
    /// `drop`.
    func existing(_ text: String) async throws -> UploadedFile {
        let stored = try await spool.resolve(text)
        hold(stored.digest)
        if let known = try await store.files(prefix: stored.digest.description, limit: 1).first { return known }
        drop([stored.digest])
        throw SpoolError.notFound
    }

    private func hold(_ digest: FileDigest) { holders[digest, default: 0] += 1 }

    /// Decodes a stored file, to learn what it is; its audio is ready for a disc then.
    func recognise(_ stored: StoredFile, name: String) async throws -> UploadedFile {
        let audio = try await spool.decoded(stored.digest)
        let earlier = try await store.files(prefix: stored.digest.description, limit: 1).first
        return UploadedFile(
            digest: stored.digest.description, name: name, bytes: stored.bytes, createdAt: earlier?.createdAt ?? Date(),
            audio: .init(
                sampleFrames: audio.sampleFrames, codec: audio.source.codec, sampleRate: audio.source.rate,
                channels: audio.source.channels))
    }

    /// The files belong to the station from now on.
    func keep(_ files: [UploadedFile]) async throws {
        for file in files { try await store.save(file) }
    }

    /// Ends the hold of a request. Files that nobody else holds and that the station does not know are removed.
    func release(_ digests: [FileDigest]) async {
        for digest in drop(digests) {
            let isKnown = (try? await store.files(prefix: digest.description, limit: 1).first) != nil
            // Asked again after waiting for the store: another request may have brought the same bytes meanwhile.
            if !isKnown, holders[digest] == nil { await spool.remove(digest) }
        }
    }

    /// Lowers the counts; the files that nobody holds any more.
    @discardableResult
    private func drop(_ digests: [FileDigest]) -> [FileDigest] {
        digests.filter { digest in
            let left = (holders[digest] ?? 1) - 1
            holders[digest] = left > 0 ? left : nil
            return left <= 0
        }
    }
}

/// The files that one request brought: kept all together or not at all.
actor RequestFiles {
    private let uploads: Uploads
    private var digests: [FileDigest] = []

    init(_ uploads: Uploads) { self.uploads = uploads }

    /// Runs `body`; afterwards what it brought is the station's if it kept it, and gone if it did not.
    static func collect<Value: Sendable>(
        for uploads: Uploads, _ body: (RequestFiles) async throws -> Value
    ) async throws -> Value {
        let files = RequestFiles(uploads)
        do {
            let value = try await body(files)
            await files.release()
            return value
        } catch {
            await files.release()
            throw error
        }
    }

    func receive(expected: Int?, _ next: @Sendable () async throws -> [UInt8]?) async throws -> StoredFile {
        let stored = try await uploads.receive(expected: expected, next)
        digests.append(stored.digest)
        return stored
    }

    func existing(_ text: String) async throws -> UploadedFile {
        let file = try await uploads.existing(text)
        if let digest = FileDigest(file.digest) { digests.append(digest) }
        return file
    }

    private func release() async { await uploads.release(digests) }
}
