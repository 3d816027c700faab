import CPOSIX
import Glibc

/// An open file that is closed when its owner is gone.
public final class FileDescriptor: Sendable {
    /// The number. It stays valid as long as this object does.
    public let number: Int32

    /// Takes ownership of an open descriptor.
    public init(owning number: Int32) { self.number = number }

    /// `open(2)`, with `O_CLOEXEC`.
    public convenience init(opening path: String, _ flags: Int32, mode: UInt32 = 0o600) throws(SystemError) {
        let number = cposix_open(path, flags, mode)
        guard number >= 0 else { throw .last("open", path) }
        self.init(owning: number)
    }

    deinit { close(number) }

    /// Writes all of the bytes, however many calls it takes.
    public func writeAll(_ bytes: UnsafeRawBufferPointer) throws(SystemError) {
        var done = 0
        while done < bytes.count {
            let written = write(number, bytes.baseAddress.map { $0 + done }, bytes.count - done)
            if written < 0 {
                if errno == EINTR { continue }
                throw .last("write")
            }
            done += written
        }
    }

    /// Writes all of the bytes, however many calls it takes.
    public func writeAll(_ bytes: [UInt8]) throws(SystemError) {
        // Array's own closure form forgets the type of what is thrown.
        let result = bytes.withUnsafeBytes { buffer in
            Result { () throws(SystemError) in try writeAll(buffer) }
        }
        try result.get()
    }

    /// Reads up to `buffer.count` bytes from where the file stands; 0 at its end.
    public func read(into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
        while true {
            let count = Glibc.read(number, buffer.baseAddress, buffer.count)
            if count >= 0 { return count }
            guard errno == EINTR else { throw .last("read") }
        }
    }

    /// Reads up to `buffer.count` bytes at `offset`, without moving the file's position; 0 at its end.
    public func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(SystemError) -> Int {
        while true {
            let count = pread(number, buffer.baseAddress, buffer.count, off_t(offset))
            if count >= 0 { return count }
            guard errno == EINTR else { throw .last("pread") }
        }
    }

    /// Length of the file in bytes.
    public func size() throws(SystemError) -> Int {
        var status = stat()
        guard fstat(number, &status) == 0 else { throw .last("fstat") }
        return Int(status.st_size)
    }

    /// Takes room on the disk for the first `length` bytes, more than 0, without changing the file's size (`fallocate`).
    /// False where the file system has no such thing.
    public func reserve(_ length: Int) throws(SystemError) -> Bool {
        if cposix_reserve(number, off_t(length)) == 0 { return true }
        guard errno == EOPNOTSUPP || errno == ENOSYS else { throw .last("fallocate") }
        return false
    }

    /// Asks the kernel to begin to write a range to the disk, so that a later `synchronizeData` has less to wait for
    /// (`sync_file_range`). A hint: nothing is promised, and a file system that knows no such thing takes none.
    public func beginWriteback(at offset: Int, _ length: Int) {
        _ = cposix_begin_writeback(number, off_t(offset), off_t(length))
    }

    /// Returns when data and length are on stable storage (`fdatasync`).
    public func synchronizeData() throws(SystemError) {
        guard fdatasync(number) == 0 else { throw .last("fdatasync") }
    }

    /// Takes the lock on the whole file that belongs to this open file description and everyone it is passed to; it is gone
    /// when the last of them is (`F_OFD_SETLK`). False when somebody else holds it.
    public func lockExclusively() throws(SystemError) -> Bool {
        if cposix_lock_exclusive(number) == 0 { return true }
        guard errno == EAGAIN || errno == EACCES else { throw .last("fcntl F_OFD_SETLK") }
        return false
    }

    /// Whether some other open file description holds the lock. Asking takes nothing (`F_OFD_GETLK`).
    public func isLockedElsewhere() throws(SystemError) -> Bool {
        let answer = cposix_is_locked(number)
        guard answer >= 0 else { throw .last("fcntl F_OFD_GETLK") }
        return answer == 1
    }
}

extension FileDescriptor {
    /// Writes all of the bytes at `offset`, without moving the file's position.
    public func writeAll(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(SystemError) {
        var done = 0
        while done < bytes.count {
            let written = pwrite(number, bytes.baseAddress.map { $0 + done }, bytes.count - done, off_t(offset + done))
            if written < 0 {
                if errno == EINTR { continue }
                throw .last("pwrite")
            }
            done += written
        }
    }
}
