import Glibc
public import POSIX

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
}
