import Glibc
import POSIX
import Spool
import TestSupport
import Testing

@Suite struct UploadTests {
    private let files = AudioFiles()

    private func open(_ limits: Spool.Limits = .init()) throws -> Spool {
        try Spool(folder: files.path("spool"), decoder: "/nonexistent", limits: limits)
    }

    private func names(_ part: String) throws -> [String] { try DecodedAudioTests.names(files, part) }

    /// Bytes that repeat only after 4 GiB.
    static func pattern(_ count: Int) -> [UInt8] {
        (0..<count / 4).flatMap { number in (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) } }
    }

    @Test func `an upload becomes a file under its digest, whatever the pieces it came in`() async throws {
        let spool = try open()
        let bytes = Self.pattern(1_600_000)
        let digest = FileDigest.of(bytes)
        for piece in [1_600_000, 700_000, 524_288, 100_000, 16_384] {
            let upload = try await spool.beginUpload(expectedBytes: piece == 100_000 ? nil : bytes.count)
            for start in stride(from: 0, to: bytes.count, by: piece) {
                try await upload.write(Array(bytes[start..<min(start + piece, bytes.count)]))
            }
            #expect(await upload.received == bytes.count)
            let file = try await upload.finish()
            #expect((file.digest, file.bytes) == (digest, bytes.count))
            #expect(try DurableFile.contents(of: file.path, limit: .max) == bytes)
            #expect(file.path.hasSuffix("/files/\(digest.hex)"))
        }
        #expect(try names("files") == [digest.hex])
        #expect(try names("incoming") == [])
        #expect(await spool.file(digest)?.bytes == bytes.count)
    }

    @Test func `a file is found by its digest or by the first eight digits of it`() async throws {
        let spool = try open()
        let stored = try await DecodedAudioTests.store(Array("abc".utf8), in: spool)
        #expect(try await spool.resolve(stored.digest.description) == stored)
        #expect(try await spool.resolve("sha256:ba7816bf") == stored)
        await #expect(throws: SpoolError.notFound) { try await spool.resolve("sha256:00000000") }
        for text in ["sha256:ba7816b", "ba7816bf", "sha256:BA7816BF", "sha256:../../..", "", "\(stored.digest)0"] {
            await #expect(throws: SpoolError.malformedDigest, "\(text)") { try await spool.resolve(text) }
        }
        // Another that begins the same, as if it had been stored.
        try files.write("spool/files/ba7816bf\(String(stored.digest.hex.dropFirst(8).reversed()))", [1])
        await #expect(throws: SpoolError.ambiguous) { try await spool.resolve("sha256:ba7816bf") }
        #expect(try await spool.resolve(stored.digest.description) == stored)
        #expect(await spool.file(FileDigest.of([1])) == nil)
    }

    @Test func `an upload that was cut leaves nothing`() async throws {
        let spool = try open()
        do {
            let upload = try await spool.beginUpload(expectedBytes: 2_000_000)
            try await upload.write(Self.pattern(1_000_000))
            #expect(try names("incoming").count == 1)
            await #expect(throws: SpoolError.lengthMismatch(expected: 2_000_000, received: 1_000_000)) {
                try await upload.finish()
            }
            #expect(try names("incoming") == [])
            await #expect(throws: SpoolError.closed) { try await upload.write([1]) }
        }
        var forgotten: IncomingFile? = try await spool.beginUpload()
        try await forgotten?.write(Self.pattern(1_000_000))
        #expect(try names("incoming").count == 1)
        forgotten = nil
        #expect(try names("incoming") == [])
        let abandoned = try await spool.beginUpload()
        await abandoned.abandon()
        #expect(try names("incoming") == [])
        #expect(try names("files") == [])
    }

    @Test func `more than was announced, or than is taken at all, ends an upload`() async throws {
        var limits = Spool.Limits()
        limits.fileBytes = 1000
        let spool = try open(limits)
        await #expect(throws: SpoolError.tooLarge(limit: 1000)) { try await spool.beginUpload(expectedBytes: 1001) }
        let announced = try await spool.beginUpload(expectedBytes: 4)
        await #expect(throws: SpoolError.lengthMismatch(expected: 4, received: 5)) {
            try await announced.write([1, 2, 3, 4, 5])
        }
        let endless = try await spool.beginUpload()
        try await endless.write(Self.pattern(1000))
        await #expect(throws: SpoolError.tooLarge(limit: 1000)) { try await endless.write([1]) }
        #expect(try names("incoming") == [])
    }

    @Test func `a start removes what the dead left, keeps what the living write, and keeps files`() async throws {
        let spool = try open()
        let stored = try await DecodedAudioTests.store(Array("abc".utf8), in: spool)
        try files.write("spool/incoming/1-2", [1, 2, 3])
        let living = try await spool.beginUpload()
        try await living.write(Array("def".utf8))
        let next = try open()
        #expect(try names("incoming").count == 1)
        #expect(try await living.finish().digest == FileDigest.of(Array("def".utf8)))
        #expect(await next.file(stored.digest) == stored)
    }

    @Test func `the folders are this user's alone`() throws {
        _ = try open()
        for part in ["", "incoming", "files", "cdda"] {
            var status = stat()
            #expect(stat(files.path("spool/\(part)"), &status) == 0 && status.st_mode & 0o777 == 0o700)
        }
    }

    @Test func `the reserve is not for uploads`() async throws {
        var limits = Spool.Limits()
        limits.fileBytes = .max
        let total = try await open(limits).totalBytes()
        #expect(total > 0)
        limits.reserveBytes = total
        let full = try open(limits)
        #expect(try await full.freeBytes() == 0)
        await #expect(throws: SpoolError.full) { try await full.beginUpload(expectedBytes: 1) }
        #expect(try names("incoming") == [])
    }
}
