public import DiscLayout

/// A blank as its maker left it: what the wobbled groove says (ATIP; Orange Book parts II and III).
public struct Medium: Equatable, Sendable {
    /// Kinds of media.
    public enum Kind: String, Equatable, Sendable, CaseIterable {
        /// Written once.
        case cdR = "CD-R"
        /// Written, blanked, and written again.
        case cdRW = "CD-RW"
    }
    /// The sub-type of a CD-RW, which says what recorders and speeds it is made for (ATIP byte 6, bits 5…3).
    public enum Rewritability: Int, Equatable, Sendable, CaseIterable {
        /// 1× to 4×.
        case standard = 0
        /// 4× to 10×.
        case highSpeed = 1
        /// 8× to 24×.
        case ultraSpeed = 2
        /// 8× to 32×.
        case ultraSpeedPlus = 3
    }
    /// The kind.
    public let kind: Kind
    /// Where the first lead-in begins, 90:00:00…99:59:74; it names the maker too.
    public let leadInStart: MSF
    /// The last place where a lead-out may begin, as the groove says.
    public let lastLeadOut: MSF
    /// Sectors of groove behind that place that a recorder can use all the same: over-burning.
    public let spareSectors: Int
    /// Made for this; standard for CD-R, where it says nothing.
    public let rewritability: Rewritability
    /// The slowest and fastest speed that the groove names, as the nibbles of ATIP's A1 (or A2 for ultra speed); 0 when it
    /// names none.
    public let speedCode: UInt8

    /// A medium with the given pre-groove.
    public init(
        kind: Kind, leadInStart: MSF, lastLeadOut: MSF, spareSectors: Int = 0,
        rewritability: Rewritability = .standard, speedCode: UInt8 = 0
    ) {
        (self.kind, self.leadInStart, self.lastLeadOut) = (kind, leadInStart, lastLeadOut)
        (self.spareSectors, self.rewritability, self.speedCode) = (spareSectors, rewritability, speedCode)
    }

    /// Number of blocks from 0 up to the last lead-out.
    public var capacity: Int { lastLeadOut.frameCount - RedBook.pauseSectors }
    /// The same with the groove behind it.
    public var limit: Int { capacity + spareSectors }
    /// It can be blanked.
    public var isErasable: Bool { kind == .cdRW }
}

extension Medium {
    /// The lead-in of a maker of cyanine discs, used by every medium here unless another is asked for: 97:26:65.
    private static let usualLeadIn = MSF(minutes: 97, seconds: 26, frames: 65)
    /// Groove behind the last lead-out that discs commonly have: about half a minute.
    private static let usualSpare = 2_250

    private static func cdR(
        _ minutes: UInt8, _ seconds: UInt8, _ frames: UInt8, spare: Int = usualSpare
    ) -> Medium {
        Medium(
            kind: .cdR, leadInStart: usualLeadIn,
            lastLeadOut: MSF(minutes: minutes, seconds: seconds, frames: frames), spareSectors: spare)
    }

    private static func cdRW(_ rewritability: Rewritability, _ leadIn: MSF, speedCode: UInt8) -> Medium {
        Medium(
            kind: .cdRW, leadInStart: leadIn, lastLeadOut: MSF(minutes: 79, seconds: 59, frames: 74),
            spareSectors: usualSpare, rewritability: rewritability, speedCode: speedCode)
    }

    /// A CD-R of 63 minutes.
    public static let cdR63 = cdR(63, 2, 0)
    /// A CD-R of 74 minutes.
    public static let cdR74 = cdR(74, 5, 0)
    /// A CD-R of 80 minutes.
    public static let cdR80 = cdR(79, 59, 74)
    /// A CD-R of 90 minutes. Its groove says 80: that is how such discs are made, and the rest is over-burnt.
    public static let cdR90 = cdR(79, 59, 74, spare: 45_000)
    /// A CD-R of 99 minutes. Its groove says 80 as well; the end leaves room for the lead-out before 99:59:74.
    public static let cdR99 = cdR(79, 59, 74, spare: 82_500)
    /// A CD-RW of 80 minutes for 1× to 4×: A1 says 2 to 4×.
    public static let cdRW = cdRW(.standard, MSF(minutes: 97, seconds: 26, frames: 65), speedCode: 0x12)
    /// A CD-RW of 80 minutes for 4× to 10×: A1 says 4 to 10×.
    public static let cdRWHighSpeed = cdRW(
        .highSpeed, MSF(minutes: 97, seconds: 34, frames: 23), speedCode: 0x24)
    /// A CD-RW of 80 minutes for 8× to 24×: A2 says 8 to 24×.
    public static let cdRWUltraSpeed = cdRW(
        .ultraSpeed, MSF(minutes: 97, seconds: 34, frames: 23), speedCode: 0x38)

    /// Every medium that can be asked for, by name.
    public static let named: [(name: String, medium: Medium)] = [
        ("cd-r-63", .cdR63), ("cd-r-74", .cdR74), ("cd-r-80", .cdR80), ("cd-r-90", .cdR90), ("cd-r-99", .cdR99),
        ("cd-rw", .cdRW), ("cd-rw-high-speed", .cdRWHighSpeed), ("cd-rw-ultra-speed", .cdRWUltraSpeed),
    ]

    /// The medium of a name; nil when there is none of that name.
    public init?(name: String) {
        guard let medium = Self.named.first(where: { $0.name == name })?.medium else { return nil }
        self = medium
    }
}
