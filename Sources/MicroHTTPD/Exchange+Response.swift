import CMicroHTTPD
import Glibc
import HTTPCore
import POSIX

extension Exchange {
    /// Fields that the library writes itself.
    private static let ownFields = [
        "Content-Length", "Transfer-Encoding", "Date", "Connection", "Server", "X-Request-Id",
    ]

    /// Does what was decided, on the library's thread.
    func perform(_ step: Step, _ pointer: OpaquePointer) -> MHD_Result {
        switch step {
        case .goOn: return .YES
        case .close: return .NO
        case .answer(let response): return queue(response, pointer)
        case .answerEarly(let response): return sendPastLibrary(response, pointer)
        }
    }

    private func queue(_ response: HTTPResponse, _ pointer: OpaquePointer) -> MHD_Result {
        guard let answer = make(response.body) else {
            core.log(.library("no response could be made for \(requestID)"))
            return .NO
        }
        defer { MHD_destroy_response(answer) }
        for field in fields(of: response) { MHD_add_response_header(answer, field.name, field.value) }
        state.withLock { state in
            state.phase = .answered
            state.status = response.status.rawValue
            state.response = nil
        }
        return MHD_queue_response(pointer, UInt32(response.status.rawValue), answer)
    }

    private func fields(of response: HTTPResponse) -> [HTTPHeaders.Field] {
        var fields = response.headers.filter { field in
            !Self.ownFields.contains { HTTPHeaders([field])[$0] != nil }
        }
        fields.append(.init(name: "X-Request-Id", value: requestID))
        fields.append(.init(name: "Server", value: "burnd"))
        if core.table.isStopping { fields.append(.init(name: "Connection", value: "close")) }
        return fields
    }

    private func make(_ body: HTTPResponse.Body) -> OpaquePointer? {
        switch body {
        case .empty: return cmhd_response_bytes(nil, 0)
        case .bytes(let bytes): return bytes.withUnsafeBytes { cmhd_response_bytes($0.baseAddress, $0.count) }
        case .file(let file, let size): return make(part: file, offset: 0, size: size)
        case .part(let file, let offset, let size): return make(part: file, offset: offset, size: size)
        case .events(let stream):
            state.withLock { $0.stream = stream }
            // Given back by the library through `releaseStream`.
            let reader = Unmanaged.passRetained(EventStreamReader(exchange: self, stream: stream))
            guard let answer = cmhd_response_stream(reader.toOpaque(), Callbacks.readStream, Callbacks.releaseStream)
            else {
                reader.release()
                return nil
            }
            if core.table.isStopping { stream.finish() }
            return answer
        }
    }

    /// The library closes the descriptor at the end of the response, and reads it with sendfile(2).
    private func make(part file: FileDescriptor, offset: Int, size: Int) -> OpaquePointer? {
        let copy = fcntl(file.number, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { return nil }
        guard let answer = MHD_create_response_from_fd_at_offset64(UInt64(size), copy, UInt64(offset)) else {
            close(copy)
            return nil
        }
        return answer
    }

    /// Sends a short answer on the socket itself, which the library is reading from, and says that the connection ends.
    private func sendPastLibrary(_ response: HTTPResponse, _ pointer: OpaquePointer) -> MHD_Result {
        guard case .bytes(let content) = response.body else { return .NO }
        var head = "HTTP/1.1 \(response.status.rawValue) \(response.status.reason)\r\n"
        for field in fields(of: response) where field.name != "Connection" {
            // What handlers write is theirs; a line end in it would be a second header.
            guard !"\(field.name)\(field.value)".utf8.contains(where: { $0 < 0x20 }) else { continue }
            head += "\(field.name): \(field.value)\r\n"
        }
        head += "Content-Length: \(content.count)\r\nConnection: close\r\n\r\n"
        let bytes = Array(head.utf8) + content
        state.withLock { $0.status = response.status.rawValue }
        // Nothing was sent on this connection yet, so that an answer of a few hundred bytes fits into the socket's buffer.
        return cmhd_send(cmhd_socket(pointer), bytes, bytes.count) == bytes.count ? .YES : .NO
    }
}

/// Feeds an event stream to the library.
final class EventStreamReader: Sendable {
    let exchange: Exchange
    let stream: EventStream

    init(exchange: Exchange, stream: EventStream) { (self.exchange, self.stream) = (exchange, stream) }

    /// How many bytes were copied: 0 when the connection was suspended meanwhile, nil at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
        guard !exchange.isStreamCut else { return nil }
        let exchange = exchange
        // Returning nothing without suspension would be asked again at once, for ever.
        let reading = stream.read(into: buffer, whenEmpty: exchange.suspendStream, wake: { exchange.resumeStream() })
        switch reading {
        case .bytes(let count): return count
        case .waiting: return 0
        case .end: return nil
        }
    }
}
