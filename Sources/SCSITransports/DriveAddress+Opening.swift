import Glibc
import POSIX
public import SCSI

/// What a drive is opened for: what of it is kept from others.
public enum DriveUse: Sendable {
    /// Nothing is kept from others. Such an open succeeds while somebody else burns, and its commands spoil discs: not for
    /// drives that may be in use.
    case shared
    /// A look: nobody else may open the drive exclusively (`O_EXCL` with `O_RDWR`), and the kernel neither mounts it nor polls
    /// it; nor may anybody open its sg node.
    case look
    /// A burn: as a look, and udev leaves the node alone, neither probing it nor locking its tray (`flock`, the protocol of
    /// systemd's "Locking Block Device Access"). udev holds back all that it has to tell of the drive for so long.
    case burn

    var isExclusive: Bool { self != .shared }

    /// Times that a drive held by somebody else is tried. Helpers of udev hold it for a moment after every change, and keep its
    /// lock as long as a disc takes to spin up.
    fileprivate var attempts: Int { self == .burn ? 15 : 4 }
}

extension DriveAddress {
    /// Microseconds between two tries.
    private static let pause: UInt32 = 700_000

    /// Opens the drive for a look, or shared. Blocks; with `exclusive` up to two seconds when another program has it.
    public func open(exclusive: Bool) throws(OpenError) -> any SCSITransport {
        try open(for: exclusive ? .look : .shared)
    }

    /// Opens the drive. Blocks while another program has it: for a look up to two seconds, for a burn up to ten.
    ///
    /// Everything is let go when the transport is: by its owner, or by the kernel when the process dies.
    public func open(for use: DriveUse) throws(OpenError) -> any SCSITransport {
        for _ in 1..<use.attempts {
            do throws(OpenError) {
                return try openOnce(for: use)
            } catch {
                guard error == .inUse(self) else { throw error }
                usleep(Self.pause)
            }
        }
        return try openOnce(for: use)
    }

    /// Opens the drive for a look, or shared, or says at once that it is in use.
    public func openOnce(exclusive: Bool) throws(OpenError) -> any SCSITransport {
        try openOnce(for: exclusive ? .look : .shared)
    }

    /// Opens the drive, or says at once that it is in use.
    public func openOnce(for use: DriveUse) throws(OpenError) -> any SCSITransport {
        switch self {
        case .unixSocket(let address):
            let lock = use.isExclusive ? try exclusiveLock(of: address) : nil
            do throws(SystemError) {
                return try UnixSocketTransport(connectingTo: address, lock: lock)
            } catch {
                throw OpenError(error)
            }
        case .deviceNode(let path): return try openNodes(of: path, for: use)
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
        try lock(file, address.path + ".excl")
        return file
    }

    private func lock(_ file: FileDescriptor, _ path: String) throws(OpenError) {
        guard flock(file.number, LOCK_EX | LOCK_NB) == 0 else {
            throw errno == EWOULDBLOCK ? .inUse(self) : .failed(.last("flock", path))
        }
    }

    /// Whichever node was named, it is the block node that the kernel's polling and mounting is tied to.
    private func openNodes(of path: String, for use: DriveUse) throws(OpenError) -> any SCSITransport {
        let nodes = DriveNodes(of: path)
        guard nodes.block != nil || nodes.generic != nil else {
            throw access(path, F_OK) == 0 ? .notADevice(self) : OpenError(.last("open", path))
        }
        let primary = try openNode(nodes.block ?? path, isBlock: nodes.block != nil, for: use)
        guard nodes.block != nil, let generic = nodes.generic else { return SGIOTransport(primary) }
        guard use.isExclusive else { return SGIOTransport(primary, genericPath: generic) }
        return SGIOTransport(primary, generic: try openBeside(generic, for: use), genericPath: generic)
    }

    /// The sg node of an open block node. Whoever has it open may send what he likes, so that with it the drive is in use.
    ///
    /// - Returns: nil when this user may not open it: a drive can be burned on without.
    private func openBeside(_ path: String, for use: DriveUse) throws(OpenError) -> SGIOTransport.Node? {
        do throws(OpenError) {
            return try openNode(path, isBlock: false, for: use)
        } catch {
            if case .inUse = error { throw error }
            return nil
        }
    }

    /// `O_RDWR` because the kernel's filter lets only such a descriptor write, and stops its polling for no other one;
    /// `O_NONBLOCK` because the open must succeed without a disc, and not wait for who has the sg node.
    private func openNode(
        _ path: String, isBlock: Bool, for use: DriveUse
    ) throws(OpenError) -> SGIOTransport.Node {
        let file: FileDescriptor
        do throws(SystemError) {
            file = try FileDescriptor(opening: path, O_RDWR | O_NONBLOCK | (use.isExclusive ? O_EXCL : 0))
        } catch {
            throw error.number == EBUSY ? .inUse(self) : OpenError(error)
        }
        if isBlock, use == .burn { try lock(file, path) }
        return SGIOTransport.Node(file: file, path: path, isBlock: isBlock)
    }
}
