/// One event of an event stream, in the format of WHATWG HTML §9.2.5.
public struct ServerSentEvent: Sendable, Equatable {
    /// Its name; nil is `message`.
    public var event: String?
    /// Becomes the client's Last-Event-ID. Nil leaves that as it was.
    public var id: String?
    /// The payload; its lines become `data` lines.
    public var data: String?
    /// Milliseconds that a client waits before it connects again.
    public var retryMilliseconds: Int?
    /// A line that clients ignore.
    public var comment: String?

    /// An event of these fields.
    public init(
        event: String? = nil, id: String? = nil, data: String? = nil, retryMilliseconds: Int? = nil,
        comment: String? = nil
    ) {
        (self.event, self.id, self.data) = (event, id, data)
        (self.retryMilliseconds, self.comment) = (retryMilliseconds, comment)
    }

    /// As it goes over the wire, with the empty line that ends it.
    public var bytes: [UInt8] {
        var text = ""
        for line in lines(of: comment) { text += ": \(line)\n" }
        if let retryMilliseconds { text += "retry: \(retryMilliseconds)\n" }
        if let event { text += "event: \(Self.oneLine(event))\n" }
        if let id { text += "id: \(Self.oneLine(id))\n" }
        for line in lines(of: data) { text += "data: \(line)\n" }
        return Array((text + "\n").utf8)
    }

    /// Each of CR LF, LF and CR ends a line in the format, so none may be left inside one.
    private func lines(of text: String?) -> [Substring] {
        guard let text else { return [] }
        // In Swift CR LF is one character and equal to neither of its halves.
        return text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r" || $0 == "\r\n" }
    }

    /// Fields of one line lose their line ends, and an id with NUL would be ignored whole.
    private static func oneLine(_ text: String) -> String {
        String(decoding: text.utf8.filter { $0 != 0x0A && $0 != 0x0D && $0 != 0 }, as: UTF8.self)
    }
}
