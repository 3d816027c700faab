import Glibc
import POSIX

/// A stored file while it is looked at.
public struct StoredFileReader {
    private let file: FileDescriptor

    init(_ file: StoredFile) throws(SystemError) { self.file = try FileDescriptor(opening: file.path, O_RDONLY) }

    /// Fills the target with the bytes from an offset on. Blocks.
    ///
    /// - Throws: `.lengthMismatch` where the file ends before, `.system`.
    public func read(at offset: Int, into target: UnsafeMutableRawBufferPointer) throws(SpoolError) {
        var done = 0
        while done < target.count {
            let count = try spooling { () throws(SystemError) in
                try file.read(into: UnsafeMutableRawBufferPointer(rebasing: target[done...]), at: offset + done)
            }
            guard count > 0 else { throw .lengthMismatch(expected: offset + target.count, received: offset + done) }
            done += count
        }
    }
}

/// What is used as it is, without being decoded.
extension Spool {
    /// Where the identifier of an ISO 9660 volume descriptor stands: sector 16, byte 1 (ECMA-119, 8.1.2).
    private static let volumeIdentifierOffset = 16 * 2048 + 1
    private static let volumeIdentifier = Array("CD001".utf8)
    private static let blockBytes = 1 << 20

    /// Looks at a stored file on a thread that may block.
    public func reading<Value: Sendable>(
        _ file: StoredFile, _ body: @escaping @Sendable (StoredFileReader) throws(SpoolError) -> Value
    ) async throws(SpoolError) -> Value {
        try await onFileThread { () throws(SpoolError) in
            let reader = try spooling { () throws(SystemError) in try StoredFileReader(file) }
            return try body(reader)
        }
    }

    /// Whether a stored file is an ISO 9660 file system in sectors of 2048 bytes.
    public func isISO9660(_ file: StoredFile) async throws(SpoolError) -> Bool {
        let end = Self.volumeIdentifierOffset + Self.volumeIdentifier.count
        guard file.bytes % 2048 == 0, file.bytes >= end else { return false }
        return try await reading(file) { reader throws(SpoolError) in
            var found = [UInt8](repeating: 0, count: Self.volumeIdentifier.count)
            let result = found.withUnsafeMutableBytes { target in
                Result { () throws(SpoolError) in try reader.read(at: Self.volumeIdentifierOffset, into: target) }
            }
            try result.get()
            return found == Self.volumeIdentifier
        }
    }

    /// The stored file of a digest, when its bytes still are those that the digest is of; nil when they are not, or when
    /// there is none. Reads all of it.
    public func proven(_ digest: FileDigest) async throws(SpoolError) -> StoredFile? {
        guard let file = await file(digest) else { return nil }
        let found = try await reading(file) { reader throws(SpoolError) in
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.blockBytes, alignment: 16)
            defer { buffer.deallocate() }
            let sum = SHA256()
            var offset = 0
            while offset < file.bytes {
                let piece = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(buffer.count, file.bytes - offset)])
                try reader.read(at: offset, into: piece)
                sum.update(UnsafeRawBufferPointer(piece))
                offset += piece.count
            }
            return sum.finalize()
        }
        return found == digest ? file : nil
    }
}
