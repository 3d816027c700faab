import POSIX

/// A file that lies in the spool whole and synced.
public struct StoredFile: Equatable, Sendable {
    /// Its name in the spool.
    public let digest: FileDigest
    /// Its length.
    public let bytes: Int
    /// Where it lies. It is only ever read.
    public let path: String
}

/// An upload on its way: bytes are hashed and written as they come, and nothing of it stays unless `finish` returned.
///
/// One caller at a time: the next call is made when the one before has returned. Memory stays at one block, whatever the
/// length.
public actor IncomingFile {
    /// Bytes gathered before they are written: below about 256 KiB a write costs more than it moves (measured on ext4), and
    /// every hop to the writing thread costs some 30 µs.
    static let blockBytes = 512 * 1024

    /// What of it is only touched by the one thread that writes.
    private final class Writer: @unchecked Sendable {
        // Unchecked is right: the actor starts the next use only after the thread of the last one has returned.
        let draft: Draft
        private let hasRoom: Bool
        let digest = SHA256()
        init(_ draft: Draft, hasRoom: Bool) { (self.draft, self.hasRoom) = (draft, hasRoom) }

        func take(_ block: [UInt8], in spool: Spool) throws(SpoolError) {
            if !hasRoom { try spool.requireRoom(for: block.count) }
            let result = block.withUnsafeBytes { bytes in
                digest.update(bytes)
                return Result { () throws(SystemError) in try draft.file.writeAll(bytes) }
            }
            try spooling { () throws(SystemError) in try result.get() }
        }
    }

    private let spool: Spool
    private let expected: Int?
    private var writer: Writer?
    private var block: [UInt8] = []
    /// Bytes that came so far.
    public private(set) var received = 0

    /// - Parameter hasRoom: true when the room for all of it was taken already.
    init(draft: Draft, hasRoom: Bool, expected: Int?, spool: Spool) {
        (writer, self.expected, self.spool) = (Writer(draft, hasRoom: hasRoom), expected, spool)
    }

    /// Takes more bytes. After an error the upload is over and nothing is left of it.
    ///
    /// - Throws: `.full`, `.tooLarge`, `.lengthMismatch` as soon as more came than was announced, `.closed`, `.system`.
    public func write(_ bytes: [UInt8]) async throws(SpoolError) {
        guard writer != nil else { throw .closed }
        received += bytes.count
        do throws(SpoolError) {
            if received > spool.limits.fileBytes { throw .tooLarge(limit: spool.limits.fileBytes) }
            if let expected, received > expected { throw .lengthMismatch(expected: expected, received: received) }
            if block.isEmpty, bytes.count >= Self.blockBytes {
                try await flush(bytes)
            } else {
                block.append(contentsOf: bytes)
                if block.count >= Self.blockBytes { try await flushGathered() }
            }
        } catch {
            await abandon()
            throw error
        }
    }

    /// Makes the upload a stored file: synced, named by its digest, the folder synced. One that is stored already is taken
    /// instead. The caller has a claim on it, and owes a `Spool.release`.
    ///
    /// - Throws: as `write`; after an error nothing is left of it.
    public func finish() async throws(SpoolError) -> StoredFile {
        guard let writer else { throw .closed }
        do throws(SpoolError) {
            if let expected, received != expected { throw .lengthMismatch(expected: expected, received: received) }
            try await flushGathered()
            let (spool, received) = (spool, received)
            let file = try await onFileThread { () throws(SpoolError) in
                let digest = writer.digest.finalize()
                return try spool.publish(writer.draft, as: digest, bytes: received)
            }
            // What was stored already leaves its second copy behind.
            await abandon()
            return file
        } catch {
            await abandon()
            throw error
        }
    }

    /// Gives the upload up: what came of it is gone when this returns. Letting go of the object does the same, soon after.
    public func abandon() async {
        guard let draft = writer?.draft else { return }
        writer = nil
        block = []
        await BlockingThread.run { draft.discard() }
    }

    private func flushGathered() async throws(SpoolError) {
        if block.isEmpty { return }
        let full = block
        block = []
        try await flush(full)
        // The memory of the block goes round instead of being had anew.
        block.reserveCapacity(Self.blockBytes)
    }

    private func flush(_ bytes: [UInt8]) async throws(SpoolError) {
        guard let writer else { throw .closed }
        let spool = spool
        try await onFileThread { () throws(SpoolError) in try writer.take(bytes, in: spool) }
    }
}
