public import DiscLayout

/// A blank as its maker left it: what the wobbled groove says (ATIP; Orange Book part II).
public struct Medium: Equatable, Sendable {
    /// Kinds of media.
    public enum Kind: String, Equatable, Sendable {
        /// Written once.
        case cdR = "CD-R"
    }
    /// The kind.
    public let kind: Kind
    /// Where the first lead-in begins, 80:00:00…99:59:74; it names the maker too.
    public let leadInStart: MSF
    /// The last place where a lead-out may begin.
    public let lastLeadOut: MSF

    /// A medium with the given pre-groove.
    public init(kind: Kind, leadInStart: MSF, lastLeadOut: MSF) {
        (self.kind, self.leadInStart, self.lastLeadOut) = (kind, leadInStart, lastLeadOut)
    }

    /// A CD-R of 80 minutes.
    public static let cdR80 = Medium(
        kind: .cdR, leadInStart: MSF(minutes: 97, seconds: 26, frames: 65),
        lastLeadOut: MSF(minutes: 79, seconds: 59, frames: 74))

    /// Number of blocks from 0 up to the last lead-out.
    public var capacity: Int { lastLeadOut.lba }
}
