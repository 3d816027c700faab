import HTTPCore

extension HTTPServer {
    /// Where a server listens and what it puts up with.
    public struct Configuration: Sendable, Equatable {
        /// An IPv4 or IPv6 address, or `localhost`, which is 127.0.0.1.
        public var host: String
        /// The port; 0 for one that the system chooses.
        public var port: UInt16
        /// Threads of the library.
        public var workers = 2
        /// Connections at once; those above it are answered 503. Ten thousand event streams and some requests.
        public var connectionLimit = 11_000
        /// Seconds without a byte after which a connection is closed, unless it waits for us.
        public var idleTimeout = 30
        /// Seconds that a request's head may take, however steadily it trickles.
        public var headerDeadline = 10
        /// Seconds in which at least `bodyProgressBytes` of a body that we wait for must arrive.
        public var bodyProgressSeconds = 30
        /// See `bodyProgressSeconds`. 64 KiB in 30 s is a modem's rate; a 700 MB image at it takes four days.
        public var bodyProgressBytes = 64 << 10
        /// Bytes of the largest body that is read at all: more than any disc's files.
        public var maximumBody = 8 << 30
        /// Seconds that running requests have to finish when the server stops.
        public var stopDeadline = 10

        /// Listens at this address, with the defaults for everything else.
        public init(host: String = "127.0.0.1", port: UInt16 = 8080) { (self.host, self.port) = (host, port) }

        /// The one memory knob of the library: it bounds URIs and headers to about this much, hands out bodies in pieces of
        /// half of it, and is what an idle connection costs.
        static let connectionMemory = 64 << 10
        /// So many connections above the limit are let in to be told 503; further ones are closed at once.
        static let connectionsAnswered503 = 64
        /// Descriptors kept back for files, drives, database and children.
        static let filesForOthers = 256
        /// An unread body up to this length is swallowed so that the connection can go on and browsers see the answer.
        static let swallowedBody = 4 << 20
        /// Bytes that are swallowed after the answer was sent before the body's end; then the connection is closed.
        static let swallowedAfterAnswer = 64 << 20
    }

    /// What a server has to say.
    public enum Notice: Sendable, Equatable {
        /// A request is over.
        case request(RequestSummary)
        /// A connection was cut, and why.
        case cut(String)
        /// A message of libmicrohttpd.
        case library(String)
    }

    /// A request for an access log.
    public struct RequestSummary: Sendable, Equatable {
        /// Address of the client.
        public let peer: String
        /// Method as it was sent.
        public let method: String
        /// The target as it was sent; it may hold anything.
        public let target: String
        /// Status of the answer; nil when the client was gone before.
        public let status: Int?
        /// Bytes of the body that arrived.
        public let received: Int
        /// From the request line to the end of the answer.
        public let milliseconds: Int
        /// As in `X-Request-Id`.
        public let requestID: String
    }
}
