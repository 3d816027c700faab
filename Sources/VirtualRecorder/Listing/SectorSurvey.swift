import DiscLayout
import SectorCoding

/// What the sectors of a disc are and what is wrong with them, counted by looking at all of them.
public struct SectorSurvey: Encodable, Equatable, Sendable {
    /// Numbers of sectors, by kind and by fault.
    public struct Counts: Encodable, Equatable, Sendable {
        /// Kinds, each sector one: `audio`, `silent`, `mode0`, `mode1`, `mode2`, `form1`, `form2`, `no_sync` for what should
        /// be data and is none. Those that do not occur are left out.
        public internal(set) var sectors: [String: Int] = [:]
        /// Faults, of which a sector can have several: `edc`, `ecc`, `zeros` (bytes that must be zero), `header` (of another
        /// address or mode), `q_crc`, `q_position` (Q says another track, index or address). Those that do not occur are left
        /// out.
        public internal(set) var faults: [String: Int] = [:]
        /// Sectors with something in R to W.
        public internal(set) var packs = 0
    }

    /// The sectors of one track.
    public struct Track: Encodable, Equatable, Sendable {
        /// 1…99.
        public let number: Int
        /// Those of index 0.
        public internal(set) var pause = Counts()
        /// Those from index 1 on.
        public internal(set) var content = Counts()
        /// Link blocks behind it.
        public internal(set) var runOut = Counts()
        /// Sectors that should be in the files and are not.
        public internal(set) var missing = 0
    }

    /// The first lead-in, where a host has written it.
    public struct LeadIn: Encodable, Equatable, Sendable {
        /// Sectors of its sub-channel.
        public internal(set) var sectors = 0
        /// Those whose Q has a wrong CRC.
        public internal(set) var qCRC = 0
        /// Those with something in R to W.
        public internal(set) var packs = 0

        enum CodingKeys: String, CodingKey {
            case sectors, packs
            case qCRC = "q_crc"
        }
    }

    /// Tracks in order.
    public internal(set) var tracks: [Track] = []
    /// Nil when no host has written one.
    public internal(set) var leadIn: LeadIn?
    /// Sectors of lead-outs and lead-ins between sessions, of which only lengths are known.
    public internal(set) var betweenSessions = 0

    /// What is wrong, a sentence each.
    public var damage: [String] {
        tracks.flatMap { track in
            Self.kinds.compactMap { fault, words in
                let count = [track.pause, track.content, track.runOut].reduce(0) { $0 + ($1.faults[fault] ?? 0) }
                return count == 0 ? nil : "Track \(track.number) has \(count) sector\(count == 1 ? "" : "s") \(words)."
            }
        } + (leadIn.map { $0.qCRC > 0 ? ["The lead-in has \($0.qCRC) sectors with a wrong CRC in Q."] : [] } ?? [])
    }

    private static let kinds = [
        (Fault.sync, "of data without sync"), (Fault.edc, "with a wrong EDC"), (Fault.ecc, "with wrong ECC"),
        (Fault.zeros, "with something where zeros must be"), (Fault.header, "whose header is another's"),
        (Fault.qCRC, "with a wrong CRC in Q"), (Fault.qPosition, "where Q says another position"),
    ].map { ($0.0.name, $0.1) }
}

extension SectorSurvey {
    /// Kinds of sectors.
    enum Kind: Int, CaseIterable {
        case audio, silent, mode0, mode1, mode2, form1, form2, withoutSync

        var name: String { self == .withoutSync ? "no_sync" : "\(self)" }

        init(_ kind: SectorIdentity.Kind) {
            switch kind {
            case .mode0: self = .mode0
            case .mode1: self = .mode1
            case .mode2, .reserved: self = .mode2
            case .form1: self = .form1
            case .form2: self = .form2
            }
        }
    }

    /// What can be wrong with a sector.
    enum Fault: Int, CaseIterable {
        case sync, edc, ecc, zeros, header, qCRC, qPosition

        var name: String {
            switch self {
            case .sync: "no_sync"
            case .qCRC: "q_crc"
            case .qPosition: "q_position"
            default: "\(self)"
            }
        }
    }

    /// Counts while they are made: by raw values, since there are many sectors.
    struct Tally {
        var kinds = [Int](repeating: 0, count: Kind.allCases.count)
        var faults = [Int](repeating: 0, count: Fault.allCases.count)
        var packs = 0

        mutating func add(_ kind: Kind) { kinds[kind.rawValue] += 1 }
        mutating func add(_ fault: Fault) { faults[fault.rawValue] += 1 }

        var counts: Counts {
            var counts = Counts(packs: packs)
            for kind in Kind.allCases where kinds[kind.rawValue] > 0 {
                counts.sectors[kind.name] = kinds[kind.rawValue]
            }
            for fault in Fault.allCases where faults[fault.rawValue] > 0 {
                counts.faults[fault.name] = faults[fault.rawValue]
            }
            return counts
        }
    }
}

extension SectorSurvey {
    /// For people.
    var lines: [String] {
        var lines = ["sectors"]
        if let leadIn {
            lines.append(
                "  lead-in: \(leadIn.sectors) of sub-channel\(leadIn.packs > 0 ? ", \(leadIn.packs) with packs" : "")")
        }
        for track in tracks {
            let parts = [("pause", track.pause), ("", track.content), ("run-out", track.runOut)]
            var words = parts.compactMap { name, counts in
                counts.sectors.isEmpty ? nil : (name.isEmpty ? "" : "\(name) ") + counts.words
            }
            if track.missing > 0 { words.append("\(track.missing) missing") }
            lines.append("  track \(track.number): \(words.isEmpty ? "nothing" : words.joined(separator: "; "))")
        }
        if betweenSessions > 0 { lines.append("  between sessions: \(betweenSessions)") }
        return lines
    }
}

extension SectorSurvey.Counts {
    fileprivate var words: String {
        let kinds = SectorSurvey.Kind.allCases.compactMap { kind in sectors[kind.name].map { "\($0) \(kind.words)" } }
        return (kinds + (packs > 0 ? ["\(packs) with packs in R to W"] : [])).joined(separator: ", ")
    }
}

extension SectorSurvey.Kind {
    fileprivate var words: String {
        switch self {
        case .audio: "audio"
        case .silent: "silent"
        case .mode0: "Mode 0"
        case .mode1: "Mode 1"
        case .mode2: "Mode 2"
        case .form1: "Form 1"
        case .form2: "Form 2"
        case .withoutSync: "without sync"
        }
    }
}
