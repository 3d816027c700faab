import CMicroHTTPD
import HTTPCore

extension Exchange {
    /// The request that the head describes, or why it is refused.
    func readHead(
        _ pointer: OpaquePointer, method: String, version: UnsafePointer<CChar>
    ) throws(Problem) -> (HTTPRequest, RequestFraming) {
        var headers = HTTPHeaders()
        withUnsafeMutablePointer(to: &headers) { cmhd_headers(pointer, $0, Callbacks.visitHeader) }
        let framing = try RequestFraming(method: method, version: String(cString: version), headers: headers)
        let target: RequestTarget
        do throws(RequestTarget.Fault) {
            guard line.isWhole(upTo: version) else { throw .controlCharacter }
            target = try RequestTarget(parsing: line.target)
        } catch {
            throw error.problem
        }
        let limit = core.configuration.maximumBody
        if let length = framing.declaredLength, length > limit { throw HTTPBodyError.tooLarge(limit: limit).problem }
        let body: any HTTPRequestBody =
            framing.hasBody ? RequestBody(self, declaredLength: framing.declaredLength) : HTTPBytesBody([])
        let request = HTTPRequest(
            method: HTTPMethod(rawValue: method), target: target, headers: headers, body: body, peer: peer(),
            requestID: requestID)
        return (request, framing)
    }

    func peer() -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { text in
            guard let base = text.baseAddress else { return "" }
            cmhd_peer(connection.pointer, base)
            return String(cString: base)
        }
    }
}
