public import DiscLayout

extension Medium {
    /// The name by which it can be asked for; nil when no medium of its kind has one.
    public var name: String? { Self.named.first { $0.medium == self }?.name }

    /// Who made it, by where its lead-in begins (Orange Book part II, ATIP).
    public var manufacturer: String? { DiscManufacturer.name(leadIn: leadInStart) }

    /// The slowest and the fastest speed that the groove names, as multiples of 75 sectors a second; nil for one it does not
    /// name (Orange Book parts II and III: A1, for ultra speed A2).
    public var speeds: (lowest: Int?, highest: Int?) {
        let table = Self.speedTable(of: rewritability)
        return (table[Int(speedCode >> 4 & 7)], table[Int(speedCode & 0x0F)])
    }

    private static func speedTable(of rewritability: Rewritability) -> [Int: Int] {
        switch rewritability {
        case .standard: [1: 2, 2: 4, 3: 6, 4: 8]
        case .highSpeed: [1: 2, 2: 4, 3: 6, 4: 10]
        case .ultraSpeed, .ultraSpeedPlus: [1: 2, 2: 4, 3: 8, 6: 16, 8: 24, 9: 32, 10: 40, 11: 48]
        }
    }

    /// The same medium with another pre-groove: a wrong or an odd disc.
    ///
    /// - Returns: nil when the lead-in does not begin from 90:00:00 on, or the last lead-out not within 00:02:01…89:59:74.
    ///   Where the groove behind the last lead-out would reach beyond 100 minutes it is shorter.
    public func with(leadInStart: MSF? = nil, lastLeadOut: MSF? = nil) -> Medium? {
        let (leadIn, leadOut) = (leadInStart ?? self.leadInStart, lastLeadOut ?? self.lastLeadOut)
        guard leadIn.lba < DiscFolder.baseLBA, leadOut.minutes < 90, leadOut.lba > 0 else { return nil }
        return Medium(
            kind: kind, leadInStart: leadIn, lastLeadOut: leadOut,
            spareSectors: min(spareSectors, DiscFolder.endLBA - 1 - leadOut.lba), rewritability: rewritability,
            speedCode: speedCode)
    }
}

extension Medium.Rewritability {
    /// What media of it are called.
    public var name: String {
        switch self {
        case .standard: "standard"
        case .highSpeed: "high speed"
        case .ultraSpeed: "ultra speed"
        case .ultraSpeedPlus: "ultra speed plus"
        }
    }
}
