// MicroHTTPD: runs an `HTTPHandler` on libmicrohttpd 0.9.75 or later, and is the only target that imports it.
//
// The library's threads parse requests and move bytes; they never wait. Every request runs as a task; while it does, its
// connection is suspended. What the library does wrong or leaves open is made good here: see `Exchange` for its phases,
// `ConnectionTable` for disconnects and deadlines, `EpollWait.c` for its stall. POSIX is imported for locks and threads.

import CMicroHTTPD
import Glibc
public import HTTPCore
public import POSIX

/// An HTTP/1.1 server.
public final class HTTPServer: Sendable {
    /// Why a server cannot start.
    public enum StartError: Error, Equatable, Sendable {
        /// The host is neither an address nor `localhost`.
        case notAnAddress(String)
        /// The socket could not be made, bound or listened on.
        case socket(SystemError)
        /// libmicrohttpd refused; the log has its reason.
        case library
    }

    /// The daemon of libmicrohttpd. Its functions may be called on any thread, each once, in the order of `stop`.
    private struct Daemon: @unchecked Sendable {
        // Unchecked is right: the pointer is only passed to functions of the library, which are thread-safe.
        let pointer: OpaquePointer
        let core: Unmanaged<ServerCore>
        let host: String
        let port: UInt16
    }

    private let core: ServerCore
    private let daemon = Lock<Daemon?>(nil)

    /// A server that is not running yet.
    ///
    /// - Parameters:
    ///   - handler: answers all requests that are well formed.
    ///   - log: told of requests and of what goes wrong, on any thread; it must not block.
    public init(
        configuration: Configuration, handler: any HTTPHandler, log: @escaping @Sendable (Notice) -> Void = { _ in }
    ) {
        core = ServerCore(configuration: configuration, handler: handler, log: log)
    }

    /// Binds, listens and serves, or serves on a socket that listens already; host and port of the configuration do not
    /// count then. Raises the limit of open files to what its connections need, and ignores SIGPIPE, for the
    /// whole process. To be called once.
    ///
    /// - Parameter handedOver: a listening TCP socket. It is copied, so that closing it does not end the server, nor the end
    ///   of the server those of others who have it.
    public func start(on handedOver: FileDescriptor? = nil) throws(StartError) {
        // A client that is gone is an error of send(2), not a reason to die.
        signal(SIGPIPE, SIG_IGN)
        core.table.limit = Self.raiseFileLimit(wanted: core.configuration.connectionLimit)
        let socket: ListeningSocket
        if let handedOver {
            socket = try ListeningSocket(handedOver: handedOver)
        } else {
            socket = try ListeningSocket(host: core.configuration.host, port: core.configuration.port)
        }
        let retained = Unmanaged.passRetained(core)
        var configuration = Callbacks.configuration
        configuration.listen_socket = socket.number
        configuration.workers = UInt32(core.configuration.workers)
        configuration.connection_limit = UInt32(core.table.limit + Configuration.connectionsAnswered503)
        configuration.idle_timeout = UInt32(core.configuration.idleTimeout)
        configuration.connection_memory = Configuration.connectionMemory
        configuration.context = retained.toOpaque()
        core.table.startWatching()
        guard let pointer = cmhd_start(&configuration) else {
            close(socket.number)
            core.table.stopWatching()
            retained.release()
            throw .library
        }
        daemon.withLock { $0 = Daemon(pointer: pointer, core: retained, host: socket.host, port: socket.port) }
    }

    /// The port that is listened on; 0 when the server is not running.
    public var port: UInt16 { daemon.withLock { $0?.port ?? 0 } }

    /// The address that is listened on, as it was given or as digits; empty when the server is not running.
    public var host: String { daemon.withLock { $0?.host ?? "" } }

    /// Stops listening, ends event streams, lets running requests finish for `stopDeadline`, cuts those that do not, and
    /// returns when no thread of the library is left. Requests that still come on open connections are answered 503.
    public func stop() async {
        guard
            let daemon = daemon.withLock({ daemon in
                defer { daemon = nil }
                return daemon
            })
        else { return }
        cmhd_stop_listening(daemon.pointer)
        core.table.beginStopping()
        await core.table.waitUntilIdle(seconds: core.configuration.stopDeadline)
        // From here on no connection is suspended, which the library would answer with abort(3).
        core.table.abortAll()
        await BlockingThread.run { cmhd_stop(daemon.pointer) }
        core.table.stopWatching()
        daemon.core.release()
    }

    /// One connection is one descriptor. Returns how many connections there may be.
    private static func raiseFileLimit(wanted: Int) -> Int {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(resource, &limit) == 0 else { return wanted }
        // Not further than needed: in a container the system would allow a milliard.
        let needed = rlim_t(wanted + Configuration.connectionsAnswered503 + Configuration.filesForOthers)
        if limit.rlim_cur < needed {
            limit.rlim_cur = min(needed, limit.rlim_max)
            _ = setrlimit(resource, &limit)
        }
        let others = Configuration.connectionsAnswered503 + Configuration.filesForOthers
        return max(1, min(wanted, Int(min(limit.rlim_cur, needed)) - others))
    }
}
