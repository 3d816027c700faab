import BurnJobs
import BurnPlan
import FoundationEssentials
import JobQueue
import POSIX
import Spool

/// Takes uploaded bytes into the spool, learns what they are, and lets go again of what nobody ended up wanting.
///
/// A file belongs to the station once its name is in the store. Until then the requests that brought it have claims on it:
/// when the last of them fails, the file goes, so that a refused request leaves nothing behind.
struct Uploads: Sendable {
    private let spool: Spool
    /// Nil where no station is: every file is new then.
    private let store: (any JobStoring)?

    init(spool: Spool, store: (any JobStoring)?) { (self.spool, self.store) = (spool, store) }

    /// Refuses a body that the disk has no room for, before its first byte.
    func requireRoom(for bytes: Int?) async throws(SpoolError) {
        guard let bytes, try await spool.freeBytes() < bytes else { return }
        throw .full
    }

    /// Stores what `next` gives, until it gives nil. The caller has a claim on it, and owes a `release`.
    func receive(expected: Int?, _ next: @Sendable () async throws -> [UInt8]?) async throws -> StoredFile {
        let incoming = try await spool.beginUpload(expectedBytes: expected)
        do {
            while let chunk = try await next() { try await incoming.write(chunk) }
            return try await incoming.finish()
        } catch {
            await incoming.abandon()
            throw error
        }
    }

    /// A file that is stored already and named by its digest, or by the beginning of it. The caller has a claim on it, and
    /// owes a `release`.
    func existing(_ text: String) async throws -> (StoredFile, UploadedFile) {
        let stored = try await spool.claim(text)
        if let known = try await known(stored.digest) { return (stored, known) }
        await release([stored.digest])
        throw SpoolError.notFound
    }

    private func known(_ digest: FileDigest) async throws -> UploadedFile? {
        try await store?.files(prefix: digest.description, limit: 1).first
    }

    /// Decodes a stored file, to learn what it is; its audio is ready for a disc then.
    func recognise(_ stored: StoredFile, name: String) async throws -> UploadedFile {
        let audio = try await spool.decoded(stored.digest)
        let earlier = try await known(stored.digest)
        return UploadedFile(
            digest: stored.digest.description, name: name, bytes: stored.bytes, createdAt: earlier?.createdAt ?? Date(),
            audio: .init(
                sampleFrames: audio.sampleFrames, codec: audio.source.codec, sampleRate: audio.source.rate,
                channels: audio.source.channels))
    }

    /// A stored file that is no audio: an image, graphics, sub-code. What an earlier upload told of it stays.
    func unrecognised(_ stored: StoredFile, name: String) async throws -> UploadedFile {
        let earlier = try await known(stored.digest)
        return UploadedFile(
            digest: stored.digest.description, name: name, bytes: stored.bytes, createdAt: earlier?.createdAt ?? Date(),
            audio: earlier?.audio)
    }

    /// Whether a stored file is a file system of 2048-byte sectors, and so the data of a track.
    func isFileSystem(_ stored: StoredFile) async throws -> Bool { try await spool.isISO9660(stored) }

    /// What an image or a file of R to W says; audio is known already.
    ///
    /// - Throws: `OrderInspection.Trouble`.
    func facts(of order: BurnOrder) async throws -> [String: FileFacts] {
        try await OrderInspection(spool).facts(of: order)
    }

    /// Where the decoded audio of a stored file lies.
    func audioPath(_ stored: StoredFile) async throws -> String { try await spool.decoded(stored.digest).path }

    /// The files belong to the station from now on.
    func keep(_ files: [UploadedFile]) async throws {
        for file in files {
            try await store?.save(file)
            if let digest = FileDigest(file.digest) { spool.keep(digest) }
        }
    }

    /// Gives claims back. A file whose last claim this was goes, unless the station knows it. A store that does not answer
    /// is no proof that it does not.
    func release(_ digests: [FileDigest]) async {
        for digest in digests {
            let isKnown = (try? await known(digest) != nil) ?? true
            await spool.release(digest, isKept: isKnown)
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

    func existing(_ text: String) async throws -> (StoredFile, UploadedFile) {
        let (stored, file) = try await uploads.existing(text)
        digests.append(stored.digest)
        return (stored, file)
    }

    private func release() async { await uploads.release(digests) }
}
