/// The name under which a file was sent, as a label: no path, no control characters, not endless.
enum FileName {
    /// As on most file systems.
    static let longest = 255

    /// The last part of what a client sent; `unnamed` when nothing is left.
    static func label(_ sent: String) -> String {
        let last = sent.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) ?? ""
        let clean = last.unicodeScalars.filter {
            $0.properties.generalCategory != .control && $0.properties.generalCategory != .format
        }
        let label = String(String(String.UnicodeScalarView(clean)).prefix(longest))
        return label.isEmpty ? "unnamed" : label
    }
}
