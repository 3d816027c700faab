import POSIX
import Spool
import TestSupport
import Testing

/// Two requests with the same bytes share one file; the one that fails must not take it from the other.
@Suite struct ClaimTests {
    let folder = TemporaryFolder()

    func spool() throws -> Spool { try Spool(folder: folder.path + "/spool", decoder: "/nonexistent") }

    func store(_ spool: Spool, _ text: String) async throws -> FileDigest {
        let upload = try await spool.beginUpload()
        try await upload.write(Array(text.utf8))
        return try await upload.finish().digest
    }

    @Test func `a file goes with its last claim`() async throws {
        let spool = try spool()
        let digest = try await store(spool, "same")
        #expect(try await store(spool, "same") == digest)
        await spool.release(digest, isKept: false)
        #expect(await spool.file(digest) != nil)
        await spool.release(digest, isKept: false)
        #expect(await spool.file(digest) == nil)
    }

    @Test func `what one claimant kept no other removes`() async throws {
        let spool = try spool()
        let digest = try await store(spool, "same")
        _ = try await store(spool, "same")
        spool.keep(digest)
        await spool.release(digest, isKept: true)
        // This one had asked the store before the other kept the file.
        await spool.release(digest, isKept: false)
        #expect(await spool.file(digest) != nil)
    }

    @Test func `a file that is named is claimed too`() async throws {
        let spool = try spool()
        let digest = try await store(spool, "same")
        #expect(try await spool.claim(digest.description).digest == digest)
        await spool.release(digest, isKept: false)
        #expect(await spool.file(digest) != nil)
        await spool.release(digest, isKept: false)
        await #expect(throws: SpoolError.notFound) { try await spool.claim(digest.description) }
    }

    @Test func `equal bytes that come and go at once are there for the one that keeps them`() async throws {
        let spool = try spool()
        // In place of the database: what is known was saved while a claim was held.
        let known = Lock<Set<FileDigest>>([])
        for round in 0..<50 {
            async let failing: Void = {
                let digest = try await store(spool, "round \(round)")
                let isKnown = known.withLock { $0.contains(digest) }
                await spool.release(digest, isKept: isKnown)
            }()
            async let keeping = store(spool, "round \(round)")
            let digest = try await keeping
            known.withLock { _ = $0.insert(digest) }
            spool.keep(digest)
            await spool.release(digest, isKept: true)
            try await failing
            #expect(await spool.file(digest) != nil)
        }
    }
}
