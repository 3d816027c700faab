import ArgumentParser

/// `HOST:PORT`, with IPv6 addresses in brackets.
struct ListenAddress: ExpressibleByArgument {
    let host: String
    let port: UInt16

    /// Where burnd listens when nobody says otherwise: on this machine alone.
    static let standard = ListenAddress(host: "127.0.0.1", port: 8080)

    init(host: String, port: UInt16) { (self.host, self.port) = (host, port) }

    init?(argument: String) {
        guard let colon = argument.lastIndex(of: ":"), let port = UInt16(argument[argument.index(after: colon)...])
        else {
            return nil
        }
        var host = String(argument[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        guard !host.isEmpty else { return nil }
        self.init(host: host, port: port)
    }

    var defaultValueDescription: String { "\(host.contains(":") ? "[\(host)]" : host):\(port)" }
}
