import Glibc
import POSIX

/// A listening TCP socket. Whoever takes its number closes it.
struct ListeningSocket {
    let number: Int32
    let host: String
    let port: UInt16

    /// Connections that may wait to be accepted; the kernel cuts it to its own limit.
    private static let backlog: Int32 = 1024

    /// Binds to an address; `::` also takes IPv4.
    init(host: String, port: UInt16) throws(HTTPServer.StartError) {
        let plain = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        var ipv4 = sockaddr_in()
        ipv4.sin_family = sa_family_t(AF_INET)
        ipv4.sin_port = port.bigEndian
        if inet_pton(AF_INET, plain == "localhost" ? "127.0.0.1" : plain, &ipv4.sin_addr) == 1 {
            try self.init(AF_INET, &ipv4, length: MemoryLayout<sockaddr_in>.size, host: host)
            return
        }
        var ipv6 = sockaddr_in6()
        ipv6.sin6_family = sa_family_t(AF_INET6)
        ipv6.sin6_port = port.bigEndian
        guard inet_pton(AF_INET6, plain, &ipv6.sin6_addr) == 1 else { throw .notAnAddress(host) }
        try self.init(AF_INET6, &ipv6, length: MemoryLayout<sockaddr_in6>.size, host: host)
    }

    /// A copy of a TCP socket that listens already, wherever it came from.
    init(handedOver socket: FileDescriptor) throws(HTTPServer.StartError) {
        let number = fcntl(socket.number, F_DUPFD_CLOEXEC, 3)
        guard number >= 0 else { throw .socket(.last("fcntl F_DUPFD_CLOEXEC")) }
        do throws(SystemError) {
            (host, port) = try Self.name(of: number)
            // Several threads of the library accept on it: those that come too late must not wait.
            guard fcntl(number, F_SETFL, fcntl(number, F_GETFL) | O_NONBLOCK) == 0 else { throw .last("fcntl F_SETFL") }
        } catch {
            close(number)
            throw .socket(error)
        }
        self.number = number
    }

    private static func name(of number: Int32) throws(SystemError) -> (host: String, port: UInt16) {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        var result: Int32 = 0
        let named = withUnsafeMutableBytes(of: &storage) { bytes -> UInt16? in
            guard let generic = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self),
                getsockname(number, generic, &length) == 0
            else { return nil }
            result = getnameinfo(generic, length, &host, socklen_t(host.count), nil, 0, NI_NUMERICHOST)
            return UInt16(bigEndian: bytes.load(fromByteOffset: portOffset, as: UInt16.self))
        }
        guard let port = named else { throw .last("getsockname") }
        guard result == 0 else { throw SystemError(call: "getnameinfo", number: EAFNOSUPPORT) }
        return (String(decoding: host.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self), port)
    }

    /// Where the port is in `sockaddr_in` and in `sockaddr_in6`.
    private static let portOffset = 2

    private init(
        _ family: Int32, _ address: UnsafeMutableRawPointer, length: Int, host: String
    ) throws(HTTPServer.StartError) {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let number = socket(family, type, 0)
        guard number >= 0 else { throw .socket(.last("socket", host)) }
        do throws(SystemError) {
            port = try Self.listen(number, family, address, length: length, host: host)
        } catch {
            close(number)
            throw .socket(error)
        }
        (self.number, self.host) = (number, host)
    }

    private static func listen(
        _ number: Int32, _ family: Int32, _ address: UnsafeMutableRawPointer, length: Int, host: String
    ) throws(SystemError) -> UInt16 {
        var (on, off): (Int32, Int32) = (1, 0)
        let size = socklen_t(MemoryLayout<Int32>.size)
        // Else a restart waits a minute for the connections of the server before it.
        setsockopt(number, SOL_SOCKET, SO_REUSEADDR, &on, size)
        if family == AF_INET6 { setsockopt(number, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &off, size) }
        let generic = address.assumingMemoryBound(to: sockaddr.self)
        guard bind(number, generic, socklen_t(length)) == 0 else { throw .last("bind", host) }
        guard Glibc.listen(number, backlog) == 0 else { throw .last("listen", host) }
        var bound = socklen_t(length)
        guard getsockname(number, generic, &bound) == 0 else { throw .last("getsockname", host) }
        return UInt16(bigEndian: address.load(fromByteOffset: portOffset, as: UInt16.self))
    }
}
