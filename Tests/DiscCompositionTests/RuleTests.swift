import BurnPlan
import DiscComposition
import DiscLayout
import RawRecording
import Testing

@Suite struct RuleTests {
    /// One order a rule: what is done to a legal one, and what is said of it.
    struct Breach: Sendable, CustomTestStringConvertible {
        let mode: WriteMode
        let pointer: String
        let rule: OrderFault.Rule
        let change: @Sendable (inout Orders) -> Void
        var testDescription: String { "\(mode) \(pointer) \(rule)" }

        init(
            _ mode: WriteMode, _ pointer: String, _ rule: OrderFault.Rule,
            _ change: @escaping @Sendable (inout Orders) -> Void
        ) { (self.mode, self.pointer, self.rule, self.change) = (mode, pointer, rule, change) }
    }

    static let trackAtOnce: [Breach] = [
        Breach(.tao, "#/gap", .needsDiscAtOnce) { $0.order.gap = GapMode.none },
        Breach(.tao, "#/gap", .needsDiscAtOnce) { $0.order.gap = .index0 },
        Breach(.tao, "#/source/tracks/1/gap", .needsDiscAtOnce) { $0.order.tracks[1].gap = .index0 },
        Breach(.tao, "#/source/tracks/0/indexes", .needsDiscAtOnce) { $0.order.tracks[0].indexes = [20] },
        Breach(.tao, "#/source/tracks/0/pregap_sectors", .needsDiscAtOnce) { $0.order.tracks[0].pregapSectors = 150 },
        Breach(.tao, "#/source/tracks/0/cdg", .needsDiscAtOnce) {
            $0.order.tracks[0].graphics = .init(file: "g", name: "g")
        },
        Breach(.tao, "#/source/tracks/0/copy", .needsDiscAtOnce) { $0.order.tracks[0].copy = .scms },
        Breach(.tao, "#/source/tracks/2/form", .needsDiscAtOnce) { $0.addData(2048 * 400) },
        Breach(.tao, "#/source/text_sheet", .needsDiscAtOnce) { $0.order.textSheet = "{}" },
        Breach(.tao, "#/source/first_track_number", .needsDiscAtOnce) { $0.order.firstTrackNumber = 2 },
        Breach(.tao, "#/sector_type", .needsRaw) { $0.order.sectorType = .raw },
        Breach(.sao, "#/source/subcode", .needsRaw) {
            $0.order.subCode = .init(file: "s", name: "s")
            $0.files["s"] = FileFacts(bytes: RawImageRules.imageSectors(leadOut: 1200) * 96)
        },
    ]

    static let discAtOnce: [Breach] = [
        Breach(.dao, "#/close", .needsTrackAtOnce) { $0.order.close = .none },
        Breach(.sao, "#/media", .needsTrackAtOnce) { $0.order.blank = .appendIfOpen },
        Breach(.raw, "#/close", .notRaw) { $0.order.close = .session },
        Breach(.dao, "#/media", .conflict(with: "test_write")) {
            ($0.order.isTest, $0.order.blank) = (true, .eraseIfRewritable)
        },
        Breach(.dao, "#/client_name", .clientName) { $0.order.clientName = "a/b" },
        Breach(.dao, "#/source/mcn", .catalogNumberCheckDigit(expected: 2)) {
            $0.order.catalogNumber = "0123456789013"
        },
        Breach(.dao, "#/source/mcn", .catalogNumberForm) { $0.order.catalogNumber = "no" },
        Breach(.dao, "#/source/tracks/1/isrc", .recordingCode) { $0.order.tracks[1].recordingCode = "US-K7Y-98-1234" },
        Breach(.dao, "#/source/first_track_number", .lastTrackNumber(100)) { $0.order.firstTrackNumber = 99 },
        Breach(.dao, "#/source/first_track_number", .firstTrackNumber(0)) { $0.order.firstTrackNumber = 0 },
        Breach(.dao, "#/source/first_track_number", .numberedData) {
            $0.addData(2048 * 400)
            $0.order.firstTrackNumber = 2
        },
        Breach(.dao, "#/source/tracks/0/file", .notAudio) { $0.files["a0"]?.sampleFrames = nil },
        Breach(.dao, "#/source/tracks/0/file", .empty) { $0.files["a0"]?.sampleFrames = 0 },
        Breach(.dao, "#/source/tracks/0/file", .unknownFile) { $0.files["a0"] = nil },
        Breach(.dao, "#/source/tracks", .nothingToWrite) { $0.order.tracks = [] },
        Breach(.dao, "#/source/tracks/0/indexes/1", .indexTooClose(offset: 29)) {
            $0.order.tracks[0].indexes = [20, 29]
        },
        Breach(.dao, "#/source/tracks/0/indexes/0", .indexTooLate(offset: 591, sectors: 600)) {
            $0.order.tracks[0].indexes = [591]
        },
        Breach(.dao, "#/source/tracks/1/pregap_sectors", .conflict(with: "pregap")) {
            $0.order.tracks[1].pregapSectors = 20
            $0.order.tracks[1].pregap = .init(file: "a0", name: "a0")
        },
        Breach(.dao, "#/source/tracks/1/gap", .conflict(with: "pregap_sectors")) {
            $0.order.tracks[1].pregapSectors = 20
            $0.order.tracks[1].gap = .silence
        },
        Breach(.dao, "#/source/tracks/1/pregap_sectors", .pregapTooLong(sectors: 1_000_000_000)) {
            $0.order.tracks[1].pregapSectors = 1_000_000_000
        },
        Breach(.dao, "#/source/tracks/0/gap", .gapNeeded) { $0.order.tracks[0].gap = .index0 },
        Breach(.dao, "#/source/tracks/2/gap", .gapNeeded) {
            $0.addData(2048 * 400)
            $0.order.tracks[2].gap = GapMode.none
        },
        Breach(.dao, "#/source/tracks/2/isrc", .audioOnly) {
            $0.addData(2048 * 400)
            $0.order.tracks[2].recordingCode = "USK7Y9812345"
        },
        Breach(.dao, "#/source/tracks/1", .discTooLong(needed: 398_101, available: 398_100)) {
            $0.files["a1"]?.sampleFrames = (398_101 - 600) * 588
        },
        Breach(.dao, "#/source/tracks/1", .discTooLong(needed: 1200, available: 1199)) { $0.order.leadOutLimit = 1198 },
        Breach(.dao, "#/start_of_leadout_limit", .leadOutLimit(398_100)) { $0.order.leadOutLimit = 398_100 },
        Breach(.dao, "#/source/text_sheet", .conflict(with: "cd_text")) {
            ($0.order.textSheet, $0.order.hasText) = ("{\"blocks\":[]}", false)
        },
        Breach(.dao, "#/source/text_sheet", .text("It is no sheet of texts.")) { $0.order.textSheet = "{" },
        Breach(.dao, "#/source/tracks/99", .tooManyTracks(100)) { orders in
            orders.order.tracks = [BurnOrder.Track](repeating: orders.order.tracks[0], count: 100)
        },
        Breach(.raw, "#/source/subcode", .subCodeBits(offset: 7)) {
            $0.order.subCode = .init(file: "s", name: "s")
            $0.files["s"] = FileFacts(bytes: 96, firstByteWithPQ: 7)
        },
        Breach(.raw, "#/source/subcode", .subCodeLength(bytes: 96, expected: (22_650 + 1200 + 6750) * 96)) {
            $0.order.subCode = .init(file: "s", name: "s")
            $0.files["s"] = FileFacts(bytes: 96)
        },
        Breach(.raw, "#/sector_type", .noRoomForSubCode) {
            $0.order.sectorType = .pq
            $0.order.tracks[0].graphics = .init(file: "s", name: "s")
            $0.files["s"] = FileFacts(bytes: 96)
        },
    ]

    @Test(arguments: trackAtOnce + discAtOnce) func `a rule that is broken is told with its place`(breach: Breach) {
        var orders = Orders(breach.mode, sectors: [600, 600])
        #expect(orders.rules().isEmpty)
        breach.change(&orders)
        #expect(orders.rules()[breach.pointer] == breach.rule)
        #expect(!breach.rule.detail.isEmpty)
    }

    @Test func `everything that is wrong is told at once`() {
        var orders = Orders(.dao, sectors: [600, 600])
        orders.order.catalogNumber = "1"
        orders.order.tracks[0].recordingCode = "x"
        orders.order.tracks[1].pregapSectors = -5
        #expect(orders.faults().count == 3)
    }

    @Test func `an image refuses what a burn fills up`() {
        let orders = Orders(.raw, sectors: [299, 300])
        #expect(orders.rules().isEmpty)
        let rule = OrderFault.Rule.trackTooShort(sectors: 299, minimum: 300)
        #expect(orders.rules(for: .image) == ["#/source/tracks/0/file": rule])
    }

    @Test func `a mixed disc is no image`() {
        var orders = Orders(.raw, sectors: [600])
        orders.addData(2048 * 300)
        #expect(orders.rules().isEmpty)
        #expect(orders.rules(for: .image) == ["#/source/tracks/1/form": .mixedImage])
    }

    @Test func `indexes are sorted, kept once, and the one at 0 is implied`() throws {
        var orders = Orders(.dao, sectors: [600])
        orders.order.tracks[0].indexes = [0, 300, 20, 300]
        #expect(try orders.composed().tracks[0].indexes == [20, 300])
    }

    @Test func `copies are permitted unless somebody says otherwise, but track at once`() throws {
        #expect(try Orders(.dao, sectors: [600]).composed().tracks[0].copy == .permitted)
        #expect(try Orders(.tao, sectors: [600]).composed().tracks[0].copy == .prohibited)
        var orders = Orders(.dao, sectors: [600])
        orders.order.tracks[0].copy = .scms
        #expect(try orders.composed().tracks[0].copy == .scms)
    }

    @Test func `erasing and closing take nothing`() throws {
        for task in [BurnPlan.Task.erase, .close] {
            var orders = Orders(.tao, sectors: [])
            orders.order.task = task
            #expect(try orders.composed().tracks.isEmpty)
            orders.order.tracks = Orders(.tao, sectors: [300]).order.tracks
            #expect(orders.rules() == ["#/source/tracks": .notForTask(task)])
        }
    }

    @Test(arguments: [("burnd", true), ("", false), ("a_b-c.d,e:f;g h", true), ("é", false)])
    func `names for other programs have few letters`(name: String, isLegal: Bool) {
        #expect(ClientName.isLegal(name) == isLegal)
        #expect(ClientName.isLegal(ClientName.nearest(to: name)))
        #expect(!ClientName.isLegal(String(repeating: "a", count: 63)))
    }
}
