import BurnPlan
import DiscComposition
import DiscLayout
import Testing

@Suite struct RandomOrderTests {
    /// The same numbers in every run (Marsaglia's xorshift).
    struct Numbers: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
    }

    /// A legal order of up to eight tracks.
    static func order(_ random: inout Numbers) -> Orders {
        let mode = [WriteMode.dao, .sao, .raw, .tao].randomElement(using: &random) ?? .dao
        var orders = Orders(mode, frames: [])
        orders.order.gap = mode == .tao ? nil : GapMode.allCases.randomElement(using: &random)
        for index in 0..<Int.random(in: 1...8, using: &random) {
            if mode != .tao, Int.random(in: 0..<6, using: &random) == 0 {
                orders.addData(Int.random(in: 1...2_000_000, using: &random))
                continue
            }
            let frames = Int.random(in: 1...600_000, using: &random)
            var track = BurnOrder.Track(file: "a\(index)", name: "a")
            orders.files["a\(index)"] = FileFacts(bytes: frames * 4, sampleFrames: frames)
            if mode != .tao { decorate(&track, index, &orders, &random) }
            orders.order.tracks.append(track)
        }
        return orders
    }

    private static func decorate(
        _ track: inout BurnOrder.Track, _ index: Int, _ orders: inout Orders, _ random: inout Numbers
    ) {
        switch Int.random(in: 0..<6, using: &random) {
        case 0:
            track.pregap = .init(file: "p\(index)", name: "p")
            let frames = Int.random(in: 588 * 150...588 * 400, using: &random)
            orders.files["p\(index)"] = FileFacts(bytes: frames * 4, sampleFrames: frames)
        case 1: track.pregapSectors = Int.random(in: 150...500, using: &random)
        case 2:
            track.graphics = .init(file: "g\(index)", name: "g")
            orders.files["g\(index)"] = FileFacts(bytes: Int.random(in: 1...100_000, using: &random))
        case 3: track.indexes = [20, 40, 60].shuffled(using: &random)
        default: break
        }
    }

    @Test func `whatever the order, the pieces are as long as the sectors and lie in their files`() throws {
        var random = Numbers(state: 0x2545_F491_4F6C_DD1D)
        for _ in 0..<400 {
            let orders = Self.order(&random)
            let disc = try orders.composed()
            for track in disc.tracks {
                #expect(track.sectors >= 150 && track.pregap >= 0)
                #expect(Self.bytes(track.content) == track.sectors * track.form.userBytes)
                #expect(Self.bytes(track.pregapContent) == track.pregap * track.form.userBytes)
                let symbols = track.subCode == .none ? 0 : (track.pregap + track.sectors) * 96
                #expect(Self.bytes(track.symbols) == symbols)
                for piece in track.content + track.pregapContent + track.symbols {
                    try Self.expectInFile(piece, orders)
                }
            }
            Self.expectAllSound(disc, orders)
        }
    }

    @Test func `whatever the order, its layout is the plan's and ends where the table of contents says`() throws {
        var random = Numbers(state: 0x9E37_79B9_7F4A_7C15)
        for _ in 0..<200 {
            let orders = Self.order(&random)
            let disc = try orders.composed()
            let layout = try #require(disc.layout)
            #expect(disc.tableOfContents == layout.tableOfContents && disc.demand.sectors == layout.leadOut)
            let choice = try ModeChoice.choose(orders.order, disc.demand, on: nil)
            let plan = disc.plan(job: 1, burn: 1, drive: "unix:/d", orders.order, choice)
            if plan.mode != .tao { #expect(plan.layout() == layout) }
            #expect(plan.sectorsNeeded == disc.demand.sectors)
        }
    }

    private static func bytes(_ pieces: [BurnPlan.Piece]) -> Int { pieces.reduce(0) { $0 + $1.count } }

    private static func expectInFile(_ piece: BurnPlan.Piece, _ orders: Orders) throws {
        #expect(piece.count > 0)
        guard let file = piece.file else { return }
        let facts = try #require(orders.files[file])
        let length = facts.sampleFrames.map { $0 * 4 } ?? facts.bytes
        #expect(piece.offset >= 0 && piece.offset + piece.count <= length)
    }

    /// Every byte of every file is on the disc once and in its order; of graphics those that sound is there for.
    private static func expectAllSound(_ disc: Composition, _ orders: Orders) {
        var next: [String: Int] = [:]
        for piece in disc.tracks.flatMap({ $0.pregapContent + $0.content }) {
            guard let file = piece.file else { continue }
            #expect(piece.offset == next[file, default: 0])
            next[file] = piece.offset + piece.count
        }
        for (name, facts) in orders.files where !name.hasPrefix("g") {
            #expect(next[name] == facts.sampleFrames.map { $0 * 4 } ?? facts.bytes)
        }
    }
}
