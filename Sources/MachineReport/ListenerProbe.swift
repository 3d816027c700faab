import Glibc
import POSIX

/// Asks who answers at an address: one GET of what burnd says of itself.
enum ListenerProbe {
    /// Longest wait for each step, in milliseconds.
    private static let patience: Int32 = 3_000
    private static let longestAnswer = 64 << 10

    static func ask(_ host: String, _ port: UInt16) -> Machine.Listener {
        var (hints, list) = (addrinfo(), nil as UnsafeMutablePointer<addrinfo>?)
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        let failure = getaddrinfo(reachable(host), "\(port)", &hints, &list)
        guard failure == 0, let list else { return .unreachable(String(cString: gai_strerror(failure))) }
        defer { freeaddrinfo(list) }
        var last: Machine.Listener = .nobody
        var next: UnsafeMutablePointer<addrinfo>? = list
        while let address = next {
            last = ask(address.pointee, host)
            if last != .nobody { return last }
            next = address.pointee.ai_next
        }
        return last
    }

    /// What is listened on at all addresses is reached at the machine's own.
    private static func reachable(_ host: String) -> String {
        switch host {
        case "0.0.0.0": "127.0.0.1"
        case "::": "::1"
        default: host
        }
    }

    private static func ask(_ address: addrinfo, _ host: String) -> Machine.Listener {
        let number = socket(address.ai_family, address.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), address.ai_protocol)
        guard number >= 0 else { return .unreachable(SystemError.last("socket").meaning) }
        let connection = FileDescriptor(owning: number)
        // Bounds connect(2), and every write and read (socket(7)).
        var limit = timeval(tv_sec: time_t(patience / 1000), tv_usec: 0)
        for option in [SO_SNDTIMEO, SO_RCVTIMEO] {
            setsockopt(number, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
        guard connect(number, address.ai_addr, address.ai_addrlen) == 0 else {
            let error = SystemError.last("connect")
            return error.number == ECONNREFUSED ? .nobody : .unreachable(error.meaning)
        }
        let question = "GET /api/v1/server HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        guard (try? send(connection, question)) != nil else { return .other("it hangs up") }
        return describe(answer(connection))
    }

    /// Without a signal when the other side has gone.
    private static func send(_ connection: FileDescriptor, _ text: String) throws(SystemError) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes {
                Glibc.send(connection.number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard sent > 0 else { throw .last("send") }
            rest = rest.dropFirst(sent)
        }
    }

    private static func answer(_ connection: FileDescriptor) -> String {
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 4 << 10)
        while bytes.count < longestAnswer {
            let count = part.withUnsafeMutableBytes { (try? connection.read(into: $0)) ?? 0 }
            if count == 0 { break }
            bytes += part[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Who says so: burnd by its name and version, others by the first line or the `Server` that they send.
    static func describe(_ answer: String) -> Machine.Listener {
        if answer.contains(#""name":"burnd""#), let match = answer.firstMatch(of: /"version":"([0-9A-Za-z.+~-]+)"/) {
            return .burnd(String(match.1))
        }
        let lines = answer.split(whereSeparator: \.isNewline)
        guard let first = lines.first else { return .other("it says nothing") }
        let name = lines.first { $0.lowercased().hasPrefix("server:") }
        return .other(String((name ?? first).prefix(60)))
    }
}
