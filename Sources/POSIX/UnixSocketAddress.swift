import CPOSIX
import Glibc

/// The path of a Unix-domain stream socket, of any length that the file system takes.
///
/// `sockaddr_un` holds 107 bytes. A longer path is reached through a descriptor: `/proc/self/fd/N` names what N is open on.
public struct UnixSocketAddress: Equatable, Hashable, Sendable, CustomStringConvertible {
    /// The path as it was given.
    public let path: String

    /// A path; nothing is looked up yet.
    public init(_ path: String) { self.path = path }

    /// The path.
    public var description: String { path }

    /// The longest path that `sockaddr_un.sun_path` holds in front of its NUL.
    public static let longestDirectPath = 107

    /// Connects to whoever listens there.
    ///
    /// - Throws: `SystemError` with `ENOENT` when there is no such file, `ECONNREFUSED` when nobody listens on it.
    public func connect() throws(SystemError) -> FileDescriptor {
        let socket = try Self.socket()
        if path.utf8.count <= Self.longestDirectPath {
            try call("connect", cposix_unix_address(socket.number, path, 0))
        } else {
            let file = try FileDescriptor(opening: path, Self.pathOnly)
            try withExtendedLifetime(file) { () throws(SystemError) in
                try call("connect", cposix_unix_address(socket.number, "/proc/self/fd/\(file.number)", 0))
            }
        }
        return socket
    }

    /// Listens there. A socket file that nobody listens on any more is replaced; one that somebody does is not.
    ///
    /// The file appears only when the socket is listening already, so whoever sees it can connect.
    ///
    /// - Throws: `SystemError` with `EADDRINUSE` when somebody listens there, `EEXIST` when the path is something other than
    ///   a socket.
    public func listen(backlog: Int32 = 64) throws(SystemError) -> UnixListener {
        let folderPath = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let folder = try FileDescriptor(opening: folderPath, O_RDONLY | O_DIRECTORY)
        // Two that start at once must not both find the socket stale; the kernel gives up the lock with the descriptor.
        guard flock(folder.number, LOCK_EX) == 0 else { throw .last("flock", folderPath) }
        try refuseUnlessFree()
        let socket = try Self.socket()
        let draft = ".burnd-\(getpid())-\(socket.number)"
        // Its real name may be too long for sun_path, so it is bound under a short one and renamed.
        try call("bind", cposix_unix_address(socket.number, "/proc/self/fd/\(folder.number)/\(draft)", 1))
        do throws(SystemError) {
            try call("listen", Glibc.listen(socket.number, backlog))
            try call("renameat", renameat(folder.number, draft, AT_FDCWD, path))
        } catch {
            unlinkat(folder.number, draft, 0)
            throw error
        }
        return try UnixListener(socket: socket, path: path)
    }

    /// `O_PATH`, which Glibc declares for _GNU_SOURCE only (asm-generic/fcntl.h).
    private static let pathOnly: Int32 = 0o10_000_000

    private static func socket() throws(SystemError) -> FileDescriptor {
        let number = cposix_unix_socket()
        guard number >= 0 else { throw .last("socket") }
        return FileDescriptor(owning: number)
    }

    private func call(_ name: String, _ result: Int32) throws(SystemError) {
        guard result == 0 else { throw .last(name, path) }
    }

    private func refuseUnlessFree() throws(SystemError) {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            if errno == ENOENT { return }
            throw .last("lstat", path)
        }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw SystemError(call: "bind", number: EEXIST, subject: path)
        }
        do throws(SystemError) {
            _ = try connect()
        } catch {
            // The last listener is gone, or went while it was asked.
            if error.number == ECONNREFUSED || error.number == ENOENT { return }
            throw error
        }
        throw SystemError(call: "bind", number: EADDRINUSE, subject: path)
    }
}

/// A listening Unix-domain socket. Its file is removed when it is shut down or gone.
public final class UnixListener: Sendable {
    private let socket: FileDescriptor
    private let path: String
    private let device: UInt
    private let inode: UInt

    fileprivate init(socket: FileDescriptor, path: String) throws(SystemError) {
        var status = stat()
        guard lstat(path, &status) == 0 else { throw .last("lstat", path) }
        (self.socket, self.path) = (socket, path)
        (device, inode) = (UInt(status.st_dev), UInt(status.st_ino))
    }

    deinit { removeFile() }

    private func removeFile() {
        // Somebody else may have put a socket of theirs in place of ours.
        var status = stat()
        if lstat(path, &status) == 0, UInt(status.st_dev) == device, UInt(status.st_ino) == inode { unlink(path) }
    }

    /// Waits for the next connection. Nil once `shutDown` was called.
    public func accept() throws(SystemError) -> FileDescriptor? {
        while true {
            let number = cposix_accept(socket.number)
            if number >= 0 { return FileDescriptor(owning: number) }
            switch errno {
            case EINTR, ECONNABORTED: continue
            case EINVAL: return nil
            default: throw .last("accept", path)
            }
        }
    }

    /// Takes no more connections and removes the file; a waiting `accept` returns nil.
    public func shutDown() {
        removeFile()
        shutdown(socket.number, Int32(SHUT_RDWR))
    }
}

extension FileDescriptor {
    /// Sends all of the bytes on a stream socket, without a signal when the other side is gone.
    ///
    /// - Throws: `SystemError`, `EPIPE` or `ECONNRESET` when the other side has closed.
    public func sendAll(_ bytes: UnsafeRawBufferPointer) throws(SystemError) {
        var done = 0
        while done < bytes.count {
            let sent = send(
                number, bytes.baseAddress.map { $0 + done }, bytes.count - done, Int32(MSG_NOSIGNAL))
            if sent < 0 {
                if errno == EINTR { continue }
                throw .last("send")
            }
            done += sent
        }
    }

    /// Sends all of the bytes on a stream socket, without a signal when the other side is gone.
    public func sendAll(_ bytes: [UInt8]) throws(SystemError) {
        // Array's own closure form forgets the type of what is thrown.
        try bytes.withUnsafeBytes { buffer in
            Result { () throws(SystemError) in try sendAll(buffer) }
        }.get()
    }

    /// Fills the buffer from a stream. Returns how many bytes came: fewer than asked for only when the other side has
    /// closed.
    public func receiveAll(into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
        var done = 0
        while done < buffer.count {
            let count = try read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[done...]))
            if count == 0 { break }
            done += count
        }
        return done
    }

    /// Ends a connection in both directions: a thread that waits on it gets an end of file.
    public func shutDownConnection() { shutdown(number, Int32(SHUT_RDWR)) }
}
