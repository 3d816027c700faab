import Glibc

/// Two stream sockets that are connected with each other.
public struct SocketPair: Sendable {
    /// One end.
    public let first: FileDescriptor
    /// The other end.
    public let second: FileDescriptor

    /// `socketpair(2)`, closed in programs that are started.
    public init() throws(SystemError) {
        var ends: [Int32] = [0, 0]
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw .last("socketpair") }
        (first, second) = (FileDescriptor(owning: ends[0]), FileDescriptor(owning: ends[1]))
    }
}

extension FileDescriptor {
    /// Sends two pieces on a stream socket, all of them and in one call where the socket has room, without a signal when the
    /// other side is gone.
    ///
    /// - Throws: `SystemError`, `EPIPE` or `ECONNRESET` when the other side has closed.
    public func sendAll(_ head: UnsafeRawBufferPointer, _ tail: UnsafeRawBufferPointer) throws(SystemError) {
        var pieces = [
            iovec(iov_base: UnsafeMutableRawPointer(mutating: head.baseAddress), iov_len: head.count),
            iovec(iov_base: UnsafeMutableRawPointer(mutating: tail.baseAddress), iov_len: tail.count),
        ]
        let sent = pieces.withUnsafeMutableBufferPointer { pieces in
            var message = msghdr()
            (message.msg_iov, message.msg_iovlen) = (pieces.baseAddress, pieces.count)
            while true {
                let sent = sendmsg(number, &message, Int32(MSG_NOSIGNAL))
                if sent >= 0 || errno != EINTR { return sent }
            }
        }
        guard sent >= 0 else { throw .last("sendmsg") }
        if sent < head.count {
            try sendAll(UnsafeRawBufferPointer(rebasing: head[sent...]))
            try sendAll(tail)
        } else {
            try sendAll(UnsafeRawBufferPointer(rebasing: tail[(sent - head.count)...]))
        }
    }
}
