import Glibc
import POSIX

/// A client that sends exactly the bytes of a test. Its calls block, so that they belong on a `BlockingThread`.
final class RawClient: Sendable {
    let socket: FileDescriptor

    struct Failed: Error, Equatable {
        let call: String
        let number: Int32
    }

    /// A generous deadline for everything that is waited for.
    static let deadline = 20

    init(port: UInt16, host: String = "127.0.0.1") throws {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        inet_pton(AF_INET, host, &address.sin_addr)
        socket = FileDescriptor(owning: Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
        var time = timeval(tv_sec: Self.deadline, tv_usec: 0)
        setsockopt(socket.number, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(socket.number, SOL_SOCKET, SO_SNDTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket.number, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw Failed(call: "connect", number: errno) }
    }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) throws {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { bytes in
                bytes.baseAddress.map {
                    Glibc.send(socket.number, $0 + done, bytes.count - done, Int32(MSG_NOSIGNAL))
                } ?? 0
            }
            guard count > 0 else { throw Failed(call: "send", number: errno) }
            done += count
        }
    }

    /// The next bytes; empty at the end of the connection, also when it was reset.
    func receive() throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(socket.number, &bytes, bytes.count, 0)
        if count < 0, errno == ECONNRESET { return [] }
        guard count >= 0 else { throw Failed(call: "recv", number: errno) }
        return Array(bytes[..<count])
    }

    /// Everything up to the end of the connection.
    func receiveAll() throws -> String {
        var all: [UInt8] = []
        while true {
            let bytes = try receive()
            if bytes.isEmpty { return String(decoding: all, as: UTF8.self) }
            all += bytes
        }
    }

    /// Everything up to and with `end`, or to the end of the connection.
    func receive(until end: String) throws -> String {
        var all = ""
        while !all.hasSuffix(end) && !all.contains(end) {
            let bytes = try receive()
            if bytes.isEmpty { return all }
            all += String(decoding: bytes, as: UTF8.self)
        }
        return all
    }

    /// No more is sent; answers still come.
    func finishSending() { shutdown(socket.number, Int32(SHUT_WR)) }

    /// The connection ends here at once, with a reset.
    func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(socket.number, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
        shutdown(socket.number, Int32(SHUT_RDWR))
    }

    /// Sends `text` on a connection of its own and returns all that comes back.
    static func exchange(_ port: UInt16, _ text: String) async throws -> String {
        try await BlockingThread.run {
            let client = try RawClient(port: port)
            try client.send(text)
            return try client.receiveAll()
        }
    }
}
