import Testing

@testable import VirtualRecorder

/// Speed over the radius.
@Suite struct SpeedCurveTests {
    private static let end = 359_849

    private static func near(_ value: Double, _ expected: Double, _ tolerance: Double) -> Bool {
        abs(value - expected) <= tolerance
    }

    @Test func `the program area of 80 minutes lies between 25 and 58 mm`() {
        #expect(DiscGeometry.radius(at: 0) == 25)
        #expect(Self.near(DiscGeometry.radius(at: 360_000), 58, 1e-9))
        // A lead-in of two and a half minutes begins at some 23 mm.
        #expect(Self.near(DiscGeometry.radius(at: -11_635), 23, 0.3))
        for lba in [0.0, 1, 1000, 123_456, 359_848] {
            #expect(Self.near(DiscGeometry.address(atRadius: DiscGeometry.radius(at: lba)), lba, 1e-6))
        }
    }

    @Test func `constant linear velocity is the same everywhere`() {
        let curve = SpeedCurve(speed: 4, rotation: .constantLinear)
        #expect(curve.stretches(upTo: Self.end) == [.init(sectors: 0..<Self.end, startSpeed: 4, endSpeed: 4)])
        #expect(curve.seconds(from: 0, to: 300) == 1 && curve.seconds(from: 300_000, to: 300_300) == 1)
    }

    @Test func `constant angular velocity grows with the radius to the chosen speed at the edge`() {
        let curve = SpeedCurve(speed: 48, rotation: .constantAngular)
        #expect(Self.near(curve.speed(at: 0), 48 * 25 / 58, 1e-9))
        #expect(Self.near(curve.speed(at: 360_000), 48, 1e-9))
        // A whole disc takes as long as the mean of inner and outer speed says, since the time goes with the radius.
        let inner = 48.0 * 25 / 58
        let seconds = 4800 / ((inner + 48) / 2)
        #expect(Self.near(curve.seconds(from: 0, to: 360_000), seconds, 1e-6))
        // Short stretches take what their speed says.
        for lba in [-11_000.0, 0, 100_000, 350_000] {
            #expect(Self.near(1 / curve.seconds(from: lba, to: lba + 75), curve.speed(at: lba), 0.01))
        }
    }

    @Test func `zones are faster from the inside out, the last as fast as was chosen`() {
        let curve = SpeedCurve(speed: 40, rotation: .zoned)
        let stretches = curve.stretches(upTo: Self.end)
        // 33.25, 41.5, 49.75 and 58 mm of 58.
        #expect(stretches.map(\.startSpeed) == [23, 29, 34, 40] && stretches.map(\.endSpeed) == [23, 29, 34, 40])
        #expect(stretches.first?.sectors.lowerBound == 0 && stretches.last?.sectors.upperBound == Self.end)
        for (one, next) in zip(stretches, stretches.dropFirst()) {
            #expect(one.sectors.upperBound == next.sectors.lowerBound)
        }
        let sum = stretches.reduce(0) { $0 + Double($1.sectors.count) / 75 / $1.startSpeed }
        #expect(Self.near(curve.seconds(from: 0, to: Double(Self.end)), sum, 0.01))
    }

    @Test func `a short disc has the zones that it reaches`() {
        #expect(SpeedCurve(speed: 40, rotation: .zoned).stretches(upTo: 100_000).map(\.startSpeed) == [23, 29])
    }

    @Test(arguments: [RecorderProfile.Rotation.constantLinear, .zoned, .constantAngular])
    func `an address after a time is the time to the address`(rotation: RecorderProfile.Rotation) {
        let curve = SpeedCurve(speed: 32, rotation: rotation)
        for (start, end) in [(-11_635.0, 0.0), (0, 1), (0, 359_849), (62_000, 64_000), (359_000, 420_000)] {
            let seconds = curve.seconds(from: start, to: end)
            #expect(Self.near(curve.address(from: start, after: seconds), end, 1e-3))
        }
        #expect(curve.seconds(from: 10, to: 10) == 0 && curve.seconds(from: 10, to: 5) == 0)
        #expect(curve.address(from: 10, after: 0) == 10)
    }
}
