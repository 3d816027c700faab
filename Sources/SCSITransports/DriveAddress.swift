import Glibc
public import POSIX
public import SCSI

/// Where a drive is: a socket that speaks the drive protocol, or a device node of the kernel.
public enum DriveAddress: Equatable, Hashable, Sendable, CustomStringConvertible {
    /// A recorder behind a Unix socket, written `unix:PATH`.
    case unixSocket(UnixSocketAddress)
    /// `/dev/srN`, or another node that takes SG_IO.
    case deviceNode(String)

    /// A text that is no address of a drive.
    public struct Malformed: Error, Equatable, Sendable, CustomStringConvertible {
        /// The text.
        public let text: String

        /// A refusal of `text`.
        public init(text: String) { self.text = text }

        /// What an address looks like.
        public var description: String { "\"\(text)\" is neither unix:PATH nor an absolute path of a device node" }
    }

    private static let socketPrefix = "unix:"

    /// Reads `unix:PATH` or an absolute path.
    public init(_ text: String) throws(Malformed) {
        if text.hasPrefix(Self.socketPrefix), text.utf8.count > Self.socketPrefix.utf8.count {
            self = .unixSocket(UnixSocketAddress(String(text.dropFirst(Self.socketPrefix.count))))
        } else if text.hasPrefix("/") {
            self = .deviceNode(text)
        } else {
            throw Malformed(text: text)
        }
    }

    /// As it is written.
    public var description: String {
        switch self {
        case .unixSocket(let address): Self.socketPrefix + address.path
        case .deviceNode(let path): path
        }
    }

    /// Why a drive could not be opened.
    public enum OpenError: Error, Equatable, Sendable, CustomStringConvertible {
        /// Another program holds it exclusively, or it is mounted.
        case inUse(DriveAddress)
        /// There is no such drive, or nobody answers for it.
        case absent(SystemError)
        /// This user may not.
        case notPermitted(SystemError)
        /// The path names something that is no device.
        case notADevice(DriveAddress)
        /// Anything else.
        case failed(SystemError)

        init(_ error: SystemError) {
            self =
                switch error.number {
                case ENOENT, ENXIO, ENODEV, ENOMEDIUM, ECONNREFUSED, ENOTDIR: .absent(error)
                case EACCES, EPERM, EROFS: .notPermitted(error)
                default: .failed(error)
                }
        }

        /// In words.
        public var description: String {
            switch self {
            case .inUse(let address): "\(address) is in use by another program"
            case .absent(let error): "no drive there: \(error)"
            case .notPermitted(let error): "not permitted: \(error)"
            case .notADevice(let address): "\(address) is no device node"
            case .failed(let error): "\(error)"
            }
        }
    }

    /// Times that a drive held by somebody else is tried. Helpers of udev hold a drive for a moment after every change.
    private static let attempts = 4
    /// Microseconds between two tries.
    private static let pause: UInt32 = 700_000

    /// Opens the drive. Blocks; with `exclusive` up to two seconds when another program has it.
    ///
    /// - Parameter exclusive: no other program may open it so, and the kernel neither mounts nor polls it (`O_EXCL`; for a
    ///   socket the lock on `PATH.excl` that the preload shim takes too). Plain opens work all the time.
    public func open(exclusive: Bool) throws(OpenError) -> any SCSITransport {
        for _ in 1..<Self.attempts {
            do throws(OpenError) {
                return try openOnce(exclusive: exclusive)
            } catch {
                guard error == .inUse(self) else { throw error }
                usleep(Self.pause)
            }
        }
        return try openOnce(exclusive: exclusive)
    }

    /// Opens the drive, or says at once that it is in use.
    public func openOnce(exclusive: Bool) throws(OpenError) -> any SCSITransport {
        switch self {
        case .unixSocket(let address):
            let lock = exclusive ? try exclusiveLock(of: address) : nil
            do throws(SystemError) {
                return try UnixSocketTransport(connectingTo: address, lock: lock)
            } catch {
                throw OpenError(error)
            }
        case .deviceNode(let path): return try openNode(path, exclusive: exclusive)
        }
    }

    /// A `flock` on a file beside the socket, the same that the preload shim takes for `O_EXCL`, so that they exclude each
    /// other.
    private func exclusiveLock(of address: UnixSocketAddress) throws(OpenError) -> FileDescriptor {
        let file: FileDescriptor
        do throws(SystemError) {
            file = try FileDescriptor(opening: address.path + ".excl", O_RDWR | O_CREAT, mode: 0o666)
        } catch {
            throw OpenError(error)
        }
        guard flock(file.number, LOCK_EX | LOCK_NB) == 0 else {
            throw errno == EWOULDBLOCK ? .inUse(self) : .failed(.last("flock", address.path + ".excl"))
        }
        return file
    }

    /// `O_RDWR` because the kernel's filter lets only such a descriptor write; `O_NONBLOCK` because the open must succeed
    /// without a disc.
    private func openNode(_ path: String, exclusive: Bool) throws(OpenError) -> any SCSITransport {
        let node: FileDescriptor
        do throws(SystemError) {
            node = try FileDescriptor(opening: path, O_RDWR | O_NONBLOCK | (exclusive ? O_EXCL : 0))
        } catch {
            throw error.number == EBUSY ? .inUse(self) : OpenError(error)
        }
        var status = stat()
        guard fstat(node.number, &status) == 0 else { throw .failed(.last("fstat", path)) }
        let kind = status.st_mode & S_IFMT
        guard kind == S_IFBLK || kind == S_IFCHR else { throw .notADevice(self) }
        return SGIOTransport(node)
    }
}
