import BurnPlan
import HTTPCore

/// The body of `PATCH /drives/{id}`: a merge patch (RFC 7396) of the members that people decide about. None can be removed,
/// so that null is refused.
struct DrivePatch: Decodable, Sendable {
    /// What the drive is called from now on.
    let label: String?
    /// Whether it takes new jobs.
    let enabled: Bool?
    /// The groups that it is in from now on.
    let pools: [String]?

    enum CodingKeys: String, CodingKey { case label, enabled, pools }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        label = fields.contains(.label) ? try fields.decode(String.self, forKey: .label) : nil
        enabled = fields.contains(.enabled) ? try fields.decode(Bool.self, forKey: .enabled) : nil
        pools = fields.contains(.pools) ? try fields.decode([String].self, forKey: .pools) : nil
    }

    /// Most pools that a drive is in, and the longest name of one: what fits a line.
    private static let mostPools = 16
    private static let longestPool = 32

    /// The pools, which are words that can be typed anywhere.
    ///
    /// - Throws: `invalid-field` for names of other letters, and for too many.
    func validPools() throws(Problem) -> [String]? {
        guard let pools else { return nil }
        let isWord = { (name: String) in
            (1...Self.longestPool).contains(name.utf8.count)
                && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }
        }
        guard pools.count <= Self.mostPools, pools.allSatisfy(isWord) else {
            throw .invalid(
                "pools",
                "at most \(Self.mostPools) names of 1 to \(Self.longestPool) letters, digits, hyphens and underscores")
        }
        return pools
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
        guard words != BurnOrder.anyDrive, BurnOrder.pool(words) == nil, !words.contains("/") else {
            throw .invalid(
                "label", "not any, which stands for every drive, nor pool: and a name; and without a slash")
        }
        return words
    }
}
