import Glibc
import POSIX
import TestSupport

/// The service manager's end of sd_notify(3): what a service tells it.
public final class NotifySocket: Sendable {
    private let folder = TemporaryFolder()
    private let socket: FileDescriptor
    private let heard = Lock<[[String]]>([])

    /// Listens in a folder of its own.
    public init() throws { socket = try .unixSocket(SOCK_DGRAM, boundTo: folder.path + "/notify") }

    /// For the environment of the service.
    public var environment: String { "NOTIFY_SOCKET=\(folder.path)/notify" }

    /// Everything that was waited for so far: the lines of each message.
    public var messages: [[String]] { heard.withLock { $0 } }

    /// The lines of the next message that is wanted; those before it are kept in `messages`.
    @discardableResult
    public func next(where isWanted: ([String]) -> Bool) throws -> [String] {
        let end = ContinuousClock.now + ServerProcess.patience
        while true {
            var event = pollfd(fd: socket.number, events: Int16(POLLIN), revents: 0)
            _ = poll(&event, 1, 1000)
            guard event.revents != 0 else {
                guard ContinuousClock.now < end else {
                    throw ServerProcess.Failure(description: "the service told only \(messages)")
                }
                continue
            }
            var bytes = [UInt8](repeating: 0, count: 4096)
            let count = try bytes.withUnsafeMutableBytes { try socket.read(into: $0) }
            let lines = String(decoding: bytes.prefix(count), as: UTF8.self).split(separator: "\n").map(String.init)
            heard.withLock { $0.append(lines) }
            if isWanted(lines) { return lines }
        }
    }
}
