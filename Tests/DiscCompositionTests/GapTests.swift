import BurnPlan
import DiscComposition
import DiscLayout
import Testing

@Suite struct GapTests {
    /// Two files of 60 s, as three burning programs and the contract write them: index 0 and 1 of track 2, lead-out.
    @Test(arguments: [
        (GapMode.index0, 4350, 4500, 9000), (.none, 4500, 4500, 9000), (.silence, 4500, 4650, 9150),
    ]) func `two files make the disc that the gap says`(gap: GapMode, index0: Int, index1: Int, leadOut: Int) throws {
        var orders = Orders(.dao, sectors: [4500, 4500])
        orders.order.gap = gap
        let disc = try orders.composed()
        #expect(disc.addresses(0) == [-150, 0])
        #expect(disc.addresses(1) == (index0 == index1 ? [index1] : [index0, index1]))
        #expect(disc.layout?.leadOut == leadOut)
        #expect(disc.demand.sectors == leadOut)
    }

    @Test func `index 0 is the end of the track before, with its sound`() throws {
        var orders = Orders(.dao, sectors: [1000, 500])
        orders.order.gap = .index0
        let disc = try orders.composed()
        #expect(disc.tracks[0].content == [.init(file: "a0", count: 850 * 2352)])
        #expect(disc.tracks[1].pregapContent == [.init(file: "a0", offset: 850 * 2352, count: 150 * 2352)])
        #expect(disc.tracks[1].content == [.init(file: "a1", count: 500 * 2352)])
    }

    @Test func `track at once the drive's run-out and pause stand between tracks`() throws {
        let disc = try Orders(.tao, sectors: [4500, 4500]).composed()
        #expect(disc.layout?.trackStart(1) == 4500 + 152)
        #expect(disc.demand.sectors == 9000 + 152)
        #expect(disc.tracks.map(\.pregap) == [0, 0])
        #expect(disc.tracks.allSatisfy { $0.pregapContent.isEmpty })
    }

    @Test func `joined tracks are cut anew where the samples of the next begin`() throws {
        // 500 sectors and 88 samples, 400 sectors, and 300 sectors and 1 sample.
        let disc = try Orders(.dao, frames: [294_088, 235_200, 176_401]).composed()
        #expect(disc.tracks.map(\.sectors) == [500, 400, 301])
        #expect(disc.tracks[0].content == [.init(file: "a0", count: 500 * 2352)])
        let second: [BurnPlan.Piece] = [
            .init(file: "a0", offset: 500 * 2352, count: 88 * 4), .init(file: "a1", count: 400 * 2352 - 88 * 4),
        ]
        #expect(disc.tracks[1].content == second)
        // Silence at the very end only.
        let end: [BurnPlan.Piece] = [
            .init(file: "a1", offset: 400 * 2352 - 88 * 4, count: 88 * 4), .init(file: "a2", count: 176_401 * 4),
            .zeros(301 * 2352 - 88 * 4 - 176_401 * 4),
        ]
        #expect(disc.tracks[2].content == end)
    }

    @Test func `a track before silence is filled up at its own end`() throws {
        var orders = Orders(.sao, frames: [294_001, 294_001])
        orders.order.tracks[1].gap = .silence
        let disc = try orders.composed()
        #expect(disc.tracks[0].content == [.init(file: "a0", count: 294_001 * 4), .zeros(2352 - 4)])
        #expect(disc.tracks[1].pregapContent == [.zeros(150 * 2352)])
    }

    @Test func `a track's own word stands above the order's`() throws {
        var orders = Orders(.dao, sectors: [600, 600, 600])
        orders.order.gap = .silence
        orders.order.tracks[1].gap = GapMode.none
        let disc = try orders.composed()
        #expect(disc.tracks.map(\.pregap) == [150, 0, 150])
    }

    @Test func `a short track is filled up to four seconds, whatever follows it`() throws {
        let disc = try Orders(.dao, frames: [588 * 10 + 1, 588 * 400]).composed()
        #expect(disc.tracks.map(\.sectors) == [300, 400])
        #expect(disc.tracks[1].content == [.init(file: "a1", count: 400 * 2352)])
        #expect(disc.notes == [.filledUp(track: 0, sectors: 290)])
    }

    @Test func `a hidden track lies between two seconds of silence and index 1`() throws {
        var orders = Orders(.dao, sectors: [600])
        orders.order.tracks[0].pregap = .init(file: "h", name: "h.wav")
        orders.files["h"] = FileFacts(bytes: 1, sampleFrames: 588 * 200 + 10)
        let disc = try orders.composed()
        #expect(disc.addresses(0) == [-150, 201])
        let content: [BurnPlan.Piece] = [
            .zeros(150 * 2352), .init(file: "h", count: (588 * 200 + 10) * 4), .zeros(578 * 4),
        ]
        #expect(disc.tracks[0].pregapContent == content)
        orders.files["h"]?.sampleFrames = 588 * 149
        let rule = OrderFault.Rule.pregapTooShort(sectors: 149, minimum: 150)
        #expect(orders.rules() == ["#/source/tracks/0/pregap": rule])
    }

    @Test func `a pre-gap may have any length`() throws {
        var orders = Orders(.dao, sectors: [600, 600])
        orders.order.tracks[0].pregapSectors = 200
        orders.order.tracks[1].pregapSectors = 75
        let disc = try orders.composed()
        #expect(disc.addresses(0) == [-150, 50] && disc.addresses(1) == [650, 725])
        orders.order.tracks[0].pregapSectors = 149
        orders.order.tracks[1].pregapSectors = -1
        #expect(orders.rules().count == 2)
    }
}
