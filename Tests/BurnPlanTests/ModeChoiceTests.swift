import BurnPlan
import Testing

@Suite struct ModeChoiceTests {
    static func order(
        _ mode: WriteMode, type: RawSectorType? = nil, close: CloseMode = .disc, test: Bool = false
    ) -> BurnOrder {
        var order = BurnOrder(mode: mode, close: close, tracks: [])
        (order.sectorType, order.isTest) = (type, test)
        return order
    }

    static let graphics = ContentDemand(hasGraphics: true)
    static let wished = ContentDemand(text: .wished)
    static let demanded = ContentDemand(text: .demanded)
    static let noRW = RecorderAbilities(writesSubCodeInSAO: false)
    static let noText = RecorderAbilities(writesTextInSAO: false)
    static let rawOnly = RecorderAbilities(modes: [.raw, .tao])

    @Test(arguments: [
        (order(.tao), ContentDemand(), RecorderAbilities(), ModeChoice(mode: .tao, reason: .demanded)),
        (order(.sao), wished, RecorderAbilities(), ModeChoice(mode: .sao, reason: .demanded, writesText: true)),
        (order(.sao), wished, noText, ModeChoice(mode: .sao, reason: .demanded)),
        (order(.raw), ContentDemand(), RecorderAbilities(), ModeChoice(mode: .raw, sectorType: .pq, reason: .demanded)),
        (
            order(.raw), demanded, RecorderAbilities(),
            ModeChoice(mode: .raw, sectorType: .raw, reason: .demanded, writesText: true)
        ),
        (
            order(.raw), wished, RecorderAbilities(sectorTypes: [.pq]),
            ModeChoice(mode: .raw, sectorType: .pq, reason: .demanded)
        ),
        (order(.dao), graphics, RecorderAbilities(), ModeChoice(mode: .sao, reason: .sessionAtOnce)),
        (order(.dao), graphics, noRW, ModeChoice(mode: .raw, sectorType: .raw, reason: .graphics)),
        (
            order(.dao), graphics, RecorderAbilities(sectorTypes: [.pq, .cooked], writesSubCodeInSAO: false),
            ModeChoice(mode: .raw, sectorType: .cooked, reason: .graphics)
        ),
        (order(.dao), ContentDemand(), rawOnly, ModeChoice(mode: .raw, sectorType: .pq, reason: .noSessionAtOnce)),
        (
            order(.dao), demanded, noText,
            ModeChoice(mode: .raw, sectorType: .raw, reason: .text, writesText: true)
        ),
        (order(.dao), wished, noText, ModeChoice(mode: .sao, reason: .sessionAtOnce)),
        (
            order(.dao), ContentDemand(hasImage: true), RecorderAbilities(),
            ModeChoice(mode: .raw, sectorType: .cooked, reason: .image)
        ),
        (
            order(.dao, type: .pq), ContentDemand(), RecorderAbilities(),
            ModeChoice(mode: .raw, sectorType: .pq, reason: .sectorType)
        ),
    ]) func `an order is written as its content needs and the drive can`(
        order: BurnOrder, demand: ContentDemand, drive: RecorderAbilities, choice: ModeChoice
    ) throws {
        #expect(try ModeChoice.choose(order, demand, on: drive) == choice)
        #expect(choice.reason.sentence.hasSuffix("."))
    }

    @Test(arguments: [
        (order(.tao), ContentDemand(), RecorderAbilities(modes: [.sao]), ModeChoice.Lack.mode(.tao)),
        (order(.sao), graphics, noRW, .subCodeInSAO),
        (order(.sao), demanded, noText, .textInSAO),
        (order(.dao), ContentDemand(), RecorderAbilities(modes: [.tao]), .discAtOnce),
        (order(.dao), graphics, RecorderAbilities(modes: [.tao, .sao], writesSubCodeInSAO: false), .subCodeInSAO),
        (
            order(.dao), graphics, RecorderAbilities(sectorTypes: [.pq], writesSubCodeInSAO: false),
            .sectorType([.raw, .cooked])
        ),
        (order(.dao, close: .session), ContentDemand(), rawOnly, .mode(.sao)),
        (order(.raw, type: .cooked), ContentDemand(), RecorderAbilities(sectorTypes: [.raw]), .sectorType([.cooked])),
        (order(.dao, test: true), ContentDemand(), RecorderAbilities(testModes: [.tao]), .testWrite(.sao)),
    ]) func `what a drive lacks is said`(
        order: BurnOrder, demand: ContentDemand, drive: RecorderAbilities, lack: ModeChoice.Lack
    ) {
        #expect(throws: lack) { try ModeChoice.choose(order, demand, on: drive) }
        #expect(lack.sentence.hasSuffix("."))
    }

    @Test func `a drive that does session at once badly writes whole discs raw, unless told otherwise`() throws {
        let drive = RecorderAbilities(prefersRaw: true)
        func mode(_ order: BurnOrder, on drive: RecorderAbilities = drive) throws -> RecordingMode {
            try ModeChoice.choose(order, Self.wished, on: drive).mode
        }
        let choice = try ModeChoice.choose(Self.order(.dao), Self.wished, on: drive)
        #expect(choice == ModeChoice(mode: .raw, sectorType: .raw, reason: .sessionAtOnceUnreliable, writesText: true))
        #expect(choice.reason.sentence.hasSuffix("."))
        #expect(try mode(Self.order(.sao)) == .sao)
        #expect(try mode(Self.order(.dao, close: .session)) == .sao)
        #expect(try mode(Self.order(.dao), on: RecorderAbilities(modes: [.tao, .sao], prefersRaw: true)) == .sao)
        let tests = RecorderAbilities(testModes: [.tao, .sao], prefersRaw: true)
        #expect(try mode(Self.order(.dao, test: true), on: tests) == .sao)
    }

    @Test func `a drive that nobody has asked yet counts as able`() throws {
        #expect(try ModeChoice.choose(Self.order(.dao), Self.graphics, on: nil).mode == .sao)
    }

    @Test func `only a drive that rewrites erases`() {
        var order = Self.order(.tao)
        order.task = .erase
        #expect(throws: ModeChoice.Lack.rewriting) {
            try ModeChoice.choose(order, ContentDemand(), on: RecorderAbilities(rewrites: false))
        }
    }
}
