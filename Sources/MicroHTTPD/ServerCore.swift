import Glibc
import HTTPCore
import POSIX

/// What all callbacks of one server share.
final class ServerCore: Sendable {
    let configuration: HTTPServer.Configuration
    let handler: any HTTPHandler
    let log: @Sendable (HTTPServer.Notice) -> Void
    let table: ConnectionTable
    private let boot = String(UInt32.random(in: .min ... .max), radix: 36)
    private let requests = Lock(0)

    init(
        configuration: HTTPServer.Configuration, handler: any HTTPHandler,
        log: @escaping @Sendable (HTTPServer.Notice) -> Void
    ) {
        (self.configuration, self.handler, self.log) = (configuration, handler, log)
        table = ConnectionTable(configuration: configuration, log: log)
    }

    /// Differs for every request of every server.
    func newRequestID() -> String {
        let number = requests.withLock { number in
            number += 1
            return number
        }
        return "\(boot)-\(number)"
    }
}

/// Milliseconds of a clock that nobody sets.
enum Monotonic {
    static var milliseconds: Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }
}
