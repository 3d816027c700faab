import HTTPCore

/// The body of `PATCH /drives/{id}`: a merge patch (RFC 7396) of the two members that people decide about. Neither can be
/// removed, so that null is refused.
struct DrivePatch: Decodable, Sendable {
    /// What the drive is called from now on.
    let label: String?
    /// Whether it takes new jobs.
    let enabled: Bool?

    enum CodingKeys: String, CodingKey { case label, enabled }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        label = fields.contains(.label) ? try fields.decode(String.self, forKey: .label) : nil
        enabled = fields.contains(.enabled) ? try fields.decode(Bool.self, forKey: .enabled) : nil
    }

    /// Longest label: what fits a column of a table.
    private static let longestLabel = 64

    /// The label without spaces around it.
    ///
    /// - Throws: `invalid-field` for one that is empty, too long, has control characters, or means something else already.
    func validLabel() throws(Problem) -> String? {
        guard let label else { return nil }
        guard !label.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            throw .invalid("label", "no control characters")
        }
        let words = label.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
        // A character may have any number of combining marks: scalars are counted.
        guard (1...Self.longestLabel).contains(words.unicodeScalars.count) else {
            throw .invalid("label", "1 to \(Self.longestLabel) characters")
        }
        guard words != "any", !words.contains("/") else {
            throw .invalid("label", "not any, which stands for every drive, and without a slash")
        }
        return words
    }
}
