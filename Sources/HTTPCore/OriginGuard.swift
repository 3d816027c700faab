/// Refuses what other web sites make a browser do, in front of another handler.
///
/// A multipart upload needs no CORS preflight, so any page that someone visits could burn a disc; and a name that is made to
/// resolve to this machine (DNS rebinding) would make such a page same-origin. So the host must be one of ours, and a
/// request that changes something must come from a page of ours or from no page at all.
public struct OriginGuard: HTTPHandler {
    private let names: Set<String>
    private let next: any HTTPHandler

    /// Guards `next`.
    ///
    /// - Parameters:
    ///   - hostName: of this machine, as `gethostname(2)` says; `<hostName>.local` is let in too.
    ///   - aliases: further names under which people reach it, such as those of a proxy.
    public init(hostName: String, aliases: [String] = [], next: any HTTPHandler) {
        let short = String(hostName.asciiLowercased.split(separator: ".").first ?? "")
        names = Set(
            ["localhost", hostName.asciiLowercased, short, short + ".local"].filter { !$0.isEmpty && $0 != ".local" }
                + aliases.map(\.asciiLowercased))
        self.next = next
    }

    /// Passes the request on, or answers 400 `bad-host` or 403 `cross-origin`.
    public func respond(to request: HTTPRequest) async -> HTTPResponse {
        do throws(Problem) {
            try check(request)
        } catch {
            return .problem(error, requestID: request.requestID)
        }
        return await next.respond(to: request)
    }

    private func check(_ request: HTTPRequest) throws(Problem) {
        let host = request.headers["Host"] ?? ""
        guard let name = Self.name(of: host), names.contains(name) || Self.isIPLiteral(name) else {
            throw Problem(
                .badRequest, type: "bad-host", detail: "This machine does not answer to “\(host.prefix(255))”.",
                hint: "Use its address, or add the name to the server's aliases.")
        }
        guard request.method.isSafe || Self.isOwnPageOrNone(request.headers, host: host) else {
            throw Problem(
                .forbidden, type: "cross-origin",
                detail: "Another web site's page sent this; that may change nothing here.")
        }
    }

    /// Sec-Fetch-Site is set by browsers only and cannot be forged by a page; older ones send Origin. Programs send neither.
    private static func isOwnPageOrNone(_ headers: HTTPHeaders, host: String) -> Bool {
        if let site = headers["Sec-Fetch-Site"] { return site == "same-origin" || site == "none" }
        guard let origin = headers["Origin"] else { return true }
        return ["http://", "https://"].contains { origin.asciiLowercased == $0 + host.asciiLowercased }
    }

    /// The host without its port, in lower case and without the dot at its end; brackets of IPv6 stay.
    static func name(of host: String) -> String? {
        let text = host.asciiLowercased
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]"), isPort(text[text.index(after: end)...]) else { return nil }
            return String(text[...end])
        }
        let colon = text.firstIndex(of: ":") ?? text.endIndex
        guard isPort(text[colon...]) else { return nil }
        let name = text[..<colon]
        return name.isEmpty ? nil : String(name.hasSuffix(".") ? name.dropLast() : name)
    }

    private static func isPort(_ text: Substring) -> Bool {
        text.isEmpty || text.first == ":" && text.dropFirst().utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    /// An address in digits cannot be rebound by somebody's name server.
    static func isIPLiteral(_ name: String) -> Bool {
        if name.hasPrefix("[") { return IPAddress.isIPv6(String(name.dropFirst().dropLast())) }
        return IPAddress.isIPv4(name)
    }
}
