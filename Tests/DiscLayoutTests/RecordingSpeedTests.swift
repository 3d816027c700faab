import DiscLayout
import Testing

@Suite struct RecordingSpeedTests {
    /// Multiples of playing speed, sectors a second, the rate of so many, the rate that drives tell, what to ask for.
    static let rows: [(times: Int, sectors: Int, rate: Int, told: Int, request: UInt16)] = [
        (1, 75, 176, 176, 177), (2, 150, 353, 352, 354), (4, 300, 706, 705, 708), (8, 600, 1411, 1411, 1416),
        (10, 750, 1764, 1764, 1770), (16, 1200, 2822, 2822, 2832), (24, 1800, 4234, 4233, 4248),
        (32, 2400, 5645, 5644, 5664), (40, 3000, 7056, 7056, 7080), (48, 3600, 8467, 8467, 8496),
        (52, 3900, 9173, 9172, 9204),
    ]

    @Test(arguments: rows.indices) func `a rate and sectors a second are one speed`(_ index: Int) {
        let row = Self.rows[index]
        #expect(RecordingSpeed(sectorsPerSecond: row.sectors).kilobytesPerSecond == row.rate)
        let told = RecordingSpeed(kilobytesPerSecond: row.told)
        #expect(told.sectorsPerSecond == row.sectors && told.times == row.times && told.request == row.request)
        #expect(RecordingSpeed(kilobytesPerSecond: row.rate).sectorsPerSecond == row.sectors)
    }

    @Test func `an hour at playing speed takes an hour`() throws {
        let seconds = try #require(RecordingSpeed(kilobytesPerSecond: 176).seconds(sectors: 270_000))
        #expect(abs(seconds - 3608.18) < 0.01)
        #expect(RecordingSpeed(kilobytesPerSecond: 0).seconds(sectors: 1) == nil)
    }

    @Test func `speeds beyond all sense do not overflow`() {
        #expect(RecordingSpeed(sectorsPerSecond: .max).request == 0xFFFE)
        #expect(RecordingSpeed(kilobytesPerSecond: .max).sectorsPerSecond > 0)
        #expect(RecordingSpeed(kilobytesPerSecond: .min).sectorsPerSecond == 0)
        #expect(RecordingSpeed(sectorsPerSecond: .min).kilobytesPerSecond == 0)
        #expect(RecordingSpeed(kilobytesPerSecond: -1).times == 0)
    }

    @Test func `a speed reads as people say it`() {
        #expect(RecordingSpeed(kilobytesPerSecond: 1411).description == "8x CLV (1411 kB/s)")
        #expect(RecordingSpeed(kilobytesPerSecond: 8467, isPureCAV: true).description == "48x CAV (8467 kB/s)")
    }

    static let offers = [
        RecordingSpeed(kilobytesPerSecond: 8467, isPureCAV: true), RecordingSpeed(kilobytesPerSecond: 4233),
        RecordingSpeed(kilobytesPerSecond: 2822), RecordingSpeed(kilobytesPerSecond: 2822, isPureCAV: true),
        RecordingSpeed(kilobytesPerSecond: 1411),
    ]

    func choice(_ sectors: Int?, _ isPureCAV: Bool?) -> (Int, Bool, Bool, Bool)? {
        RecordingSpeed.nearest(sectorsPerSecond: sectors, isPureCAV: isPureCAV, among: Self.offers)
            .map { ($0.speed.times, $0.speed.isPureCAV, $0.isSpeedAdjusted, $0.isRotationAdjusted) }
    }

    @Test func `a speed that is offered is taken as it is`() throws {
        #expect(try #require(choice(1200, false)) == (16, false, false, false))
        #expect(try #require(choice(1200, true)) == (16, true, false, false))
    }

    @Test func `the nearest speed is taken, of two as near the slower`() throws {
        #expect(try #require(choice(1300, false)) == (16, false, true, false))
        #expect(try #require(choice(900, false)) == (8, false, true, false))
        #expect(try #require(choice(1, false)) == (8, false, true, false))
        #expect(try #require(choice(.max, true)) == (48, true, true, false))
        #expect(try #require(choice(.min, false)) == (8, false, true, false))
    }

    @Test func `another rotation is taken where the speed has no other`() throws {
        #expect(try #require(choice(600, true)) == (8, false, false, true))
        #expect(try #require(choice(3700, false)) == (48, true, true, true))
    }

    @Test func `the fastest is not an adjustment, its rotation is when one was asked for`() throws {
        #expect(try #require(choice(nil, nil)) == (48, true, false, false))
        #expect(try #require(choice(nil, true)) == (48, true, false, false))
        #expect(try #require(choice(nil, false)) == (48, true, false, true))
    }

    @Test func `of no offers there is no choice`() {
        let none: [RecordingSpeed] = []
        #expect(RecordingSpeed.nearest(sectorsPerSecond: 600, among: none) == nil)
    }
}
