import BurnPlan
import DiscLayout
import POSIX
import SectorCoding

/// A random legal disc, the same for the same seed: tracks, gaps, hidden sound, indexes, codes, flags, texts, sub-code, data.
struct RandomDisc: Sendable, CustomStringConvertible {
    /// How it is written.
    enum Way: Sendable {
        case tao
        case sao
        case raw(RawSectorType)

        static let all: [Way] = [.tao, .sao, .raw(.pq), .raw(.cooked), .raw(.raw)]
    }

    let way: Way
    /// What it is to be. Track at once the drive puts gaps of its own into it.
    var layout: SessionLayout
    var packs: [TextPack] = []
    /// User data of each track from index 0 on.
    var contents: [[UInt8]] = []
    /// 96 symbols a sector from index 0 on; empty where there are none.
    var symbols: [[UInt8]] = []
    /// Zeros at the end of each track that the plan has without a file.
    private(set) var fills: [Int] = []

    var description: String { "\(way): \(layout), \(packs.count) packs" }

    init(seed: Int) throws {
        way = Way.all[seed % Way.all.count]
        layout = SessionLayout(tracks: [])
        var random = Random(seed: seed)
        try make(&random)
    }

    /// SplitMix64 (Steele, Lea and Flood 2014).
    private struct Random: RandomNumberGenerator {
        private var state: UInt64

        init(seed: Int) { state = UInt64(truncatingIfNeeded: seed) }

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var word = state
            word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
            word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
            return word ^ word >> 31
        }
    }

    var isTrackAtOnce: Bool { if case .tao = way { true } else { false } }

    private mutating func make(_ random: inout Random) throws {
        let count = Int.random(in: 1...8, using: &random)
        let first = isTrackAtOnce || Bool.random(using: &random) ? 1 : Int.random(in: 2...92, using: &random)
        let hasData = Bool.random(using: &random)
        for place in 0..<count {
            layout.tracks.append(track(first + place, place, hasData: hasData, &random))
        }
        if Bool.random(using: &random) {
            let digits = (0..<12).map { _ in UInt8.random(in: 0...9, using: &random) }
            layout.catalogNumber = try CatalogNumber(
                digits.map(String.init).joined() + "\(CatalogNumber.checkDigit(of: digits))")
        }
        for track in layout.tracks { fill(track, &random) }
        if takesText, Bool.random(using: &random) { packs = Self.text(&random) }
    }

    private mutating func track(
        _ number: Int, _ place: Int, hasData: Bool, _ random: inout Random
    ) -> SessionLayout.Track {
        let isData = hasData && Int.random(in: 0..<3, using: &random) == 0
        var track = SessionLayout.Track(
            number: number, form: isData ? .mode1 : .audio, sectors: Int.random(in: 300...420, using: &random))
        if !isData {
            track.copy = SessionLayout.CopyPermission.allCases.randomElement(using: &random) ?? .scms
            track.hasPreEmphasis = Bool.random(using: &random)
            if Bool.random(using: &random) {
                track.recordingCode = RecordingCode("DEAB\(Int.random(in: 10_000_000...99_999_999, using: &random))")
            }
        }
        if isTrackAtOnce { return track }
        let isChange = place > 0 && layout.tracks[place - 1].form != track.form
        let gaps = place == 0 ? [150, 150, 151, 290] : isChange ? [150, 225] : [0, 0, 1, 2, 20, 150, 225]
        track.pregap = gaps.randomElement(using: &random) ?? 150
        if !isData, Bool.random(using: &random) {
            track.indexes = Array(stride(from: Int.random(in: 10...90, using: &random), to: track.sectors - 10, by: 61))
        }
        track.subCode = subCodes.randomElement(using: &random) ?? .none
        return track
    }

    private var subCodes: [SessionLayout.SubCode] {
        switch way {
        case .tao, .raw(.pq): [.none]
        case .raw(.cooked): [.none, .packs]
        case .sao, .raw(.raw): [.none, .none, .packs, .raw]
        }
    }

    private var takesText: Bool {
        switch way {
        case .sao, .raw(.raw): true
        case .tao, .raw(.pq), .raw(.cooked): false
        }
    }

    /// Noise, in the pause before the disc silence.
    private mutating func fill(_ track: SessionLayout.Track, _ random: inout Random) {
        let size = track.form.userBytes
        let isFirst = contents.isEmpty
        let fill = Bool.random(using: &random) ? Int.random(in: 1...3000, using: &random) * 4 : 0
        let hasSilentGap = isFirst && track.pregap == 150 || track.form == .mode1 || Bool.random(using: &random)
        let gap = hasSilentGap ? [UInt8](repeating: 0, count: track.pregap * size) : noise(track.pregap * size, &random)
        let content = noise(track.sectors * size - fill, &random) + [UInt8](repeating: 0, count: fill)
        contents.append(gap + content)
        fills.append(fill)
        let sectors = track.pregap + track.sectors
        symbols.append(track.subCode == .none ? [] : noise(sectors * 96, &random).map { $0 & 0x3F })
    }

    private func noise(_ count: Int, _ random: inout Random) -> [UInt8] {
        let bytes = Bench.samples(seed: random.next() % 1000, count: (count + 3) / 4)
        return Array(bytes.prefix(count))
    }

    private static func text(_ random: inout Random) -> [TextPack] {
        (0..<UInt8.random(in: 1...60, using: &random)).map { number in
            TextPack(
                type: 0x80, track: 1, sequence: number, characterPosition: 0,
                payload: (0..<12).map { _ in UInt8.random(in: 0x20...0x7E, using: &random) })
        }
    }

    // MARK: As a plan

    /// The plan, with its files made in a folder.
    func plan(in folder: String) throws -> BurnPlan {
        let tracks = try layout.tracks.indices.map { try planned($0, folder) }
        var plan = BurnPlan(job: 1, burn: 1, drive: "here", mode: .tao, tracks: tracks)
        switch way {
        case .tao: break
        case .sao: plan.mode = .sao
        case .raw(let type): (plan.mode, plan.sectorType) = (.raw, type)
        }
        plan.catalogNumber = layout.catalogNumber?.description
        plan.text = packs.map { pack in
            pack.bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
        return plan
    }

    private func planned(_ place: Int, _ folder: String) throws -> BurnPlan.Track {
        let (track, content) = (layout.tracks[place], contents[place])
        let gap = track.pregap * track.form.userBytes
        func piece(_ name: String, _ bytes: [UInt8], from offset: Int, _ count: Int) throws -> [BurnPlan.Piece] {
            let path = "\(folder)/\(name)-\(place)"
            try DurableFile.replace(path, with: bytes)
            return [BurnPlan.Piece(file: path, offset: offset, count: count)]
        }
        let fill = fills[place] == 0 ? [] : [BurnPlan.Piece.zeros(fills[place])]
        let isSilent = content.prefix(gap).allSatisfy { $0 == 0 }
        return BurnPlan.Track(
            number: track.number, form: track.form, copy: track.copy, hasPreEmphasis: track.hasPreEmphasis,
            recordingCode: track.recordingCode?.description, pregap: track.pregap, sectors: track.sectors,
            indexes: track.indexes, subCode: track.subCode,
            pregapContent: isSilent ? [] : try piece("gap", Array(content.prefix(gap)), from: 0, gap),
            content: try piece("main", content, from: gap, content.count - gap - fills[place]) + fill,
            symbols: track.subCode == .none ? [] : try piece("symbols", symbols[place], from: 0, symbols[place].count))
    }
}
