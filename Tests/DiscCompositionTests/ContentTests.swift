import BurnPlan
import CDText
import DiscComposition
import DiscLayout
import RawRecording
import Testing

@Suite struct ContentTests {
    @Test func `data is filled up, and two seconds of the following form stand where forms change`() throws {
        var orders = Orders(.dao, sectors: [])
        orders.addData(2048 * 299 + 1)
        orders.order.tracks += Orders(.dao, sectors: [600]).order.tracks
        orders.files["a0"] = FileFacts(bytes: 1, sampleFrames: 600 * 588)
        orders.order.tracks[1].name = "a0"
        let disc = try orders.composed()
        #expect(disc.tracks.map(\.form) == [.mode1, .audio])
        #expect(disc.tracks.map(\.pregap) == [150, 150])
        #expect(disc.tracks[0].pregapContent == [.zeros(150 * 2048)])
        #expect(disc.tracks[0].content == [.init(file: "d0", count: 2048 * 299 + 1), .zeros(2047)])
        #expect(disc.tracks[1].pregapContent == [.zeros(150 * 2352)])
        #expect(disc.notes == [.unevenData(track: 0), .gapForData(track: 1)])
        #expect(disc.demand.hasData)
    }

    @Test func `an ISO image is one data track, and a raw image is burned as it is`() throws {
        var orders = Orders(.dao, sectors: [])
        orders.order.image = .init(file: .init(file: "i", name: "i.iso"))
        orders.files["i"] = FileFacts(bytes: 2048 * 400, isISO: true)
        let data = try orders.composed()
        #expect(data.tracks.map(\.form) == [.mode1] && data.image == nil)
        let facts = ImageFacts(
            sectorType: .cooked, leadInSectors: 22_650, leadOut: 600, tracks: [.init(number: 1, control: 0, start: 0)])
        orders.files["i"] = FileFacts(bytes: 2448 * (22_650 + 600 + 6750), image: facts)
        let raw = try orders.composed()
        #expect(raw.image == .init(file: "i", sectors: 30_000, leadInSectors: 22_650))
        #expect(raw.demand == ContentDemand(sectors: 600, tracks: 1, hasImage: true))
        orders.order.sectorType = .pq
        let length = OrderFault.Rule.imageLength(bytes: 2448 * 30_000, sectorBytes: 2368)
        #expect(orders.rules() == ["#/source/image": length])
        orders.order.sectorType = nil
        orders.order.catalogNumber = "0123456789012"
        #expect(orders.rules() == ["#/source/mcn": .conflict(with: "image")])
        (orders.order.catalogNumber, orders.order.mode) = (nil, .tao)
        #expect(orders.rules() == ["#/source/image": .needsRaw])
    }

    @Test func `an image that would make no disc is refused in its own words`() {
        var orders = Orders(.dao, sectors: [])
        orders.order.image = .init(file: .init(file: "i", name: "i"), leadInSectors: 12_000)
        let facts = ImageFacts(sectorType: .cooked, leadInSectors: 12_000, leadOut: nil, faults: ["No table."])
        orders.files["i"] = FileFacts(bytes: 2448 * 20_000, image: facts)
        #expect(orders.rules() == ["#/source/image": .image("No table.")])
        orders.order.image?.leadInSectors = 150
        #expect(orders.rules() == ["#/source/stream_lead_in_sectors": .leadInSectors(150)])
    }

    @Test func `graphics begin with the track and end with its sound`() throws {
        var orders = Orders(.dao, sectors: [600, 400])
        orders.order.gap = .index0
        orders.order.tracks[0].graphics = .init(file: "g", name: "g.cdg")
        orders.files["g"] = FileFacts(bytes: 700 * 96 + 5)
        let disc = try orders.composed()
        #expect(disc.tracks.map(\.subCode) == [.packs, .packs])
        #expect(disc.tracks[0].symbols == [.zeros(150 * 96), .init(file: "g", count: 450 * 96)])
        // The sound of the first track goes on in the second one's index 0, and so do its graphics.
        let second: [BurnPlan.Piece] = [.init(file: "g", offset: 450 * 96, count: 150 * 96), .zeros(400 * 96)]
        #expect(disc.tracks[1].symbols == second)
        let notes: [Composition.Note] = [.graphicsUneven(track: 0), .graphicsCut(track: 0, sectors: 100)]
        #expect(disc.notes == notes)
        #expect(disc.demand.hasGraphics)
    }

    @Test func `graphics that end early are followed by nothing`() throws {
        var orders = Orders(.raw, sectors: [600, 400])
        orders.order.tracks[1].graphics = .init(file: "g", name: "g.cdg")
        orders.files["g"] = FileFacts(bytes: 96 * 10 + 24)
        let disc = try orders.composed()
        #expect(disc.tracks.map(\.subCode) == [.none, .packs])
        #expect(disc.tracks[1].symbols == [.init(file: "g", count: 984), .zeros(400 * 96 - 984)])
        #expect(disc.notes == [.graphicsShort(track: 1, sectors: 389)])
    }

    @Test func `titles are wished and a sheet is demanded`() throws {
        var orders = Orders(.dao, sectors: [600, 400])
        #expect(try orders.composed().demand.text == .none)
        orders.order.title = "Łódź"
        orders.order.tracks[1].title = "Two"
        let wished = try orders.composed()
        #expect(wished.demand.text == .wished && wished.text.count == 4)
        #expect(wished.textChanges.map(\.after) == ["Lódz"])
        orders.order.textSheet = #"{"blocks":[{"disc":{"title":"One"}},{"language":"de","disc":{"title":"Eins"}}]}"#
        let demanded = try orders.composed()
        #expect(demanded.demand.text == .demanded)
        let read = DiscText.Read(packs: demanded.text).text
        #expect(read.blocks.map(\.disc.title) == ["One", "Eins"])
        #expect(read.blocks[0].tracks.map(\.title) == [nil, "Two"])
        orders.order.textSheet = nil
        orders.order.hasText = false
        #expect(try orders.composed().text.isEmpty)
    }

    @Test func `titles track at once are a note, and too long ones a fault`() throws {
        var orders = Orders(.tao, sectors: [600, 400])
        orders.order.title = "Live"
        let disc = try orders.composed()
        #expect(disc.text.isEmpty && disc.notes == [.noTextTrackAtOnce] && disc.demand.text == .none)
        orders.order.mode = .dao
        orders.order.title = String(repeating: "x", count: 4000)
        #expect(orders.faults().map(\.place.pointer) == ["#/source/cd_text"])
        orders.order.title = "x"
        orders.order.tracks[1].title = "a\nb"
        #expect(orders.faults().map(\.place.pointer) == ["#/source/tracks/1/title"])
    }

    @Test func `a plan has what its mode has room for`() throws {
        var orders = Orders(.dao, sectors: [600])
        (orders.order.title, orders.order.catalogNumber) = ("Live", "123456789012")
        orders.order.tracks[0].recordingCode = "us-k7y-98-12345"
        orders.order.blank = .eraseIfRewritable
        let disc = try orders.composed()
        let choice = try ModeChoice.choose(orders.order, disc.demand, on: nil)
        let plan = disc.plan(job: 1, burn: 2, drive: "unix:/d", orders.order, choice)
        #expect(plan.mode == .sao && plan.text.count == 4)
        #expect(plan.text.allSatisfy { $0.utf8.count == 36 })
        #expect(plan.catalogNumber == "0123456789012")
        #expect(plan.tracks[0].recordingCode == "USK7Y9812345")
        #expect(plan.erase == .quick && !plan.mayAppend)
        let silent = try ModeChoice.choose(
            orders.order, disc.demand, on: RecorderAbilities(writesTextInSAO: false))
        #expect(disc.plan(job: 1, burn: 2, drive: "unix:/d", orders.order, silent).text.isEmpty)
    }

    @Test func `sub-code for the whole disc takes the place of texts`() throws {
        var orders = Orders(.dao, sectors: [600])
        orders.order.title = "Live"
        orders.order.subCode = .init(file: "s", name: "s")
        let bytes = RawImageRules.imageSectors(leadOut: 600) * 96
        orders.files["s"] = FileFacts(bytes: bytes)
        let disc = try orders.composed()
        #expect(disc.symbols == .init(file: "s", count: bytes) && disc.text.isEmpty)
        #expect(disc.imageSectors == 22_650 + 600 + 6750)
        let choice = try ModeChoice.choose(orders.order, disc.demand, on: nil)
        #expect(choice == ModeChoice(mode: .raw, sectorType: .raw, reason: .subCode))
    }
}
