import Glibc
import POSIX
import Spool
import TestSupport
import Testing

/// Files that are used as they are.
@Suite struct InspectionTests {
    let folder = TemporaryFolder()

    func store(_ bytes: [UInt8]) async throws -> (Spool, StoredFile) {
        let spool = try Spool(folder: folder.path + "/spool", decoder: "/nonexistent")
        let upload = try await spool.beginUpload()
        try await upload.write(bytes)
        return (spool, try await upload.finish())
    }

    /// Seventeen sectors of 2048 bytes with the identifier of a volume descriptor in the last.
    static func image(_ extra: Int = 0) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 17 * 2048 + extra)
        bytes.replaceSubrange(32_769..<32_774, with: Array("CD001".utf8))
        return bytes
    }

    @Test func `a file system is known by its descriptor and its length`() async throws {
        let (spool, file) = try await store(Self.image())
        #expect(try await spool.isISO9660(file))
        for other in [Self.image(1), Array(Self.image().dropLast(2048)), [UInt8](repeating: 0, count: 40_960), []] {
            let (spool, file) = try await store(other)
            #expect(try await !spool.isISO9660(file))
        }
    }

    @Test func `a file is proven by its digest, and what was changed on the disk is not`() async throws {
        let (spool, file) = try await store(Self.image(5))
        #expect(try await spool.proven(file.digest) == file)
        let stored = try FileDescriptor(opening: file.path, O_WRONLY | O_APPEND)
        try stored.writeAll([1])
        #expect(try await spool.proven(file.digest) == nil)
    }

    @Test func `reading beyond a file's end is an error`() async throws {
        let (spool, file) = try await store([1, 2, 3])
        let read = try await spool.reading(file) { reader throws(SpoolError) in
            var bytes = [UInt8](repeating: 0, count: 2)
            let result = bytes.withUnsafeMutableBytes { target in
                Result { () throws(SpoolError) in try reader.read(at: 1, into: target) }
            }
            try result.get()
            return bytes
        }
        #expect(read == [2, 3])
        await #expect(throws: SpoolError.lengthMismatch(expected: 4, received: 3)) {
            try await spool.reading(file) { reader throws(SpoolError) in
                let target = UnsafeMutableRawBufferPointer.allocate(byteCount: 2, alignment: 1)
                defer { target.deallocate() }
                try reader.read(at: 2, into: target)
            }
        }
    }
}
