import Glibc
import POSIX

/// The spool: uploaded files under the names of their digests, and the audio that was decoded from them.
///
/// It imports `POSIX` for files and children, `CCrypto` for SHA-256 and `DecodeContract` for what is agreed with
/// `burnd-decode`. It never links a decoder: untrusted bytes are looked into by that program only.
///
/// In its folder, all private to this user:
/// - `incoming`: what is being written, locked by its writer, and gone with it;
/// - `files`: whole and synced files, `<64 hexadecimal digits of SHA-256>`;
/// - `cdda`: decoded audio, `<digest>-<recipe>.pcm`, each with a `.json` that says what it must hold.
public final class Spool: Sendable {
    /// Bounds of what the spool takes.
    public struct Limits: Sendable {
        /// Bytes of the longest file taken. 100 minutes of 24-bit stereo at 96 kHz are 3.5 GB.
        public var fileBytes = 4_000_000_000
        /// Bytes that uploads and decoding leave free on the disk: a burn that runs has to write its journal, and the queue
        /// its database.
        public var reserveBytes = 64 * 1024 * 1024
        /// Decoders at work at once. A decoder keeps one core busy.
        public var decoders = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        /// Seconds of wall-clock time that one decoder gets; an hour of audio takes some 5 seconds of a core.
        public var decodeSeconds = 300
        /// Seconds of processor time that one decoder gets.
        public var decodeCPUSeconds = 240
        /// MiB that one decoder may have beyond what its libraries take. FFmpeg buffers a few megabytes; pictures inside audio
        /// files are some more.
        public var decodeMemory = 256

        /// The bounds as they are by default.
        public init() {}
    }

    let folder: String
    let limits: Limits
    let desk: DecodeDesk
    let claims = Lock<[FileDigest: Claim]>([:])

    /// Opens the spool in a folder, which is made where it is missing, and removes what dead uploads left.
    ///
    /// Blocks for the file system; to be called at start.
    ///
    /// - Parameter decoder: path of the program `burnd-decode`. It is first started when something is to be decoded.
    public init(folder: String, decoder: String, limits: Limits = Limits()) throws(SpoolError) {
        (self.folder, self.limits) = (folder, limits)
        desk = DecodeDesk(decoder: decoder, slots: limits.decoders)
        try spooling { () throws(SystemError) in
            for part in [Self.incoming, Self.files, Self.cdda] { try DurableFile.makeFolder("\(folder)/\(part)") }
            try DurableFile.synchronizeFolder(of: "\(folder)/.")
            try Draft.removeLeftovers(in: "\(folder)/\(Self.incoming)")
        }
    }

    static let incoming = "incoming"
    static let files = "files"
    static let cdda = "cdda"
    /// Digits that name a file when no other begins with them.
    static let shortestPrefix = 8

    // MARK: Files

    /// Begins an upload.
    ///
    /// - Parameter expectedBytes: its length where it is known: the room is then taken at once, and `.full` comes before the
    ///   first byte and not after the last.
    public func beginUpload(expectedBytes: Int? = nil) async throws(SpoolError) -> IncomingFile {
        if let expectedBytes, expectedBytes > limits.fileBytes { throw .tooLarge(limit: limits.fileBytes) }
        return try await onFileThread { () throws(SpoolError) in
            let draft = try self.makeDraft()
            let hasRoom = try self.reserve(expectedBytes ?? 0, for: draft)
            return IncomingFile(draft: draft, hasRoom: hasRoom, expected: expectedBytes, spool: self)
        }
    }

    /// The stored file of a digest, nil when there is none.
    public func file(_ digest: FileDigest) async -> StoredFile? {
        await BlockingThread.run { self.stored(digest) }
    }

    /// The stored file that a text means: `sha256:` and all 64 digits, or the first 8 or more of them as long as only one
    /// file begins so.
    ///
    /// - Throws: `.malformedDigest`, `.notFound`, `.ambiguous`, `.system`.
    public func resolve(_ text: String) async throws(SpoolError) -> StoredFile {
        guard text.hasPrefix(FileDigest.prefix) else { throw .malformedDigest }
        let start = text.dropFirst(FileDigest.prefix.count)
        guard (Self.shortestPrefix...FileDigest.digits).contains(start.utf8.count),
            start.utf8.allSatisfy(FileDigest.isDigit)
        else { throw .malformedDigest }
        return try await onFileThread { () throws(SpoolError) in
            let names = try spooling { () throws(SystemError) in try Folder.names(in: "\(self.folder)/\(Self.files)") }
            let found = names.filter { $0.hasPrefix(start) }.compactMap { FileDigest(hex: $0) }
            guard found.count <= 1 else { throw .ambiguous }
            guard let digest = found.first, let file = self.stored(digest) else { throw .notFound }
            return file
        }
    }

    // MARK: Audio

    /// The audio of a stored file, decoded by `burnd-decode` unless it was before. However many ask at once for the same
    /// file, it is decoded once; when all of them are cancelled, the decoder is ended.
    ///
    /// The PCM is proven by its digest every time that it is handed out: what was damaged on the disk is made anew.
    public func decoded(_ digest: FileDigest) async throws(DecodeError) -> DecodedAudio {
        try await desk.decoded(digest, in: self)
    }

    // MARK: Room

    /// Bytes that uploads may still take: what the disk has free, without the reserve. Not less than 0.
    public func freeBytes() async throws(SpoolError) -> Int {
        try await onFileThread { () throws(SpoolError) in
            try spooling { () throws(SystemError) in max(0, try Room(of: self.folder).free - self.limits.reserveBytes) }
        }
    }

    /// Bytes of the whole file system.
    public func totalBytes() async throws(SpoolError) -> Int {
        try await onFileThread { () throws(SpoolError) in
            try spooling { () throws(SystemError) in try Room(of: self.folder).total }
        }
    }

    // MARK: On the thread of a caller that may block

    func path(of digest: FileDigest) -> String { "\(folder)/\(Self.files)/\(digest.hex)" }

    func stored(_ digest: FileDigest) -> StoredFile? {
        let path = path(of: digest)
        return Folder.size(ofFile: path).map { StoredFile(digest: digest, bytes: $0, path: path) }
    }

    /// Throws `.full` unless so many bytes fit above the reserve.
    func requireRoom(for bytes: Int) throws(SpoolError) {
        let room = try spooling { () throws(SystemError) in try Room(of: folder) }
        guard room.free - limits.reserveBytes >= bytes else { throw .full }
    }

    /// A new file in `incoming`.
    func makeDraft() throws(SpoolError) -> Draft {
        try spooling { () throws(SystemError) in try Draft(in: "\(folder)/\(Self.incoming)") }
    }

    /// Takes room for a draft whose length is known; false when there is still room to be asked for with every block.
    func reserve(_ bytes: Int, for draft: Draft) throws(SpoolError) -> Bool {
        try requireRoom(for: bytes)
        return bytes > 0 ? try spooling { () throws(SystemError) in try draft.file.reserve(bytes) } : false
    }

    /// Gives a written draft its place in `files`, claimed for whoever brought it.
    func publish(_ draft: Draft, as digest: FileDigest, bytes: Int) throws(SpoolError) -> StoredFile {
        claim(digest)
        // Same digest, same bytes: the one that lies there is synced, and may be in use.
        if let known = stored(digest), known.bytes == bytes { return known }
        let path = path(of: digest)
        do throws(SpoolError) {
            try spooling { () throws(SystemError) in try draft.publish(as: path) }
        } catch {
            drop(digest)
            throw error
        }
        return StoredFile(digest: digest, bytes: bytes, path: path)
    }
}
