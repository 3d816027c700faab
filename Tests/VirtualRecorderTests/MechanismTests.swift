import TestSupport
import Testing

@testable import VirtualRecorder

/// Motor, arm and tray, on a clock that stands still until somebody waits.
@Suite struct MechanismTests {
    private static let ready = "00 00 00 00 00 00"
    private static let information = "51 00 00 00 00 00 00 00 22 00"

    private static func near(_ duration: Duration, _ expected: Duration) -> Bool {
        duration > expected - .milliseconds(1) && duration < expected + .milliseconds(1)
    }

    private static func burned(_ profile: RecorderProfile = .modern) throws -> Bench {
        let bench = try Bench(profile: profile, speed: 48)
        bench.select(Bench.tao())
        bench.track(at: 0, blocks: 300)
        bench.send("5B 00 02 00 00 00 00 00 00 00")
        return bench
    }

    @Test func `a disc that was put in becomes ready, is told of once, and is ready then`() throws {
        let bench = try Bench(speed: 48)
        bench.send("4A 01 00 00 10 00 00 00 08 00")
        bench.send(TrayTests.eject)
        bench.send("4A 01 00 00 10 00 00 00 08 00")
        #expect(Self.near(bench.clock.waited, .seconds(1)))
        bench.send("1B 01 00 00 03 00")
        // A second for the tray and two to spin up.
        for cdb in [Self.ready, Self.information, "43 00 04 00 00 00 00 00 1C 00"] {
            #expect(bench.send(cdb) == .refused(2, 4, 1))
        }
        #expect(bench.send("12 00 00 00 05 00").isGood && bench.send("5A 00 05 00 00 00 00 00 08 00").isGood)
        #expect(bench.send("4A 01 00 00 10 00 00 00 08 00").data == hex("00 06 04 5E 00 02 00 00"))
        #expect(bench.send("4A 01 00 00 40 00 00 00 08 00").data == hex("00 06 06 5E 01 01 00 1E"))  // 3 s in tenths
        bench.clock.advance(by: .milliseconds(1500))
        #expect(bench.send(Self.ready) == .refused(2, 4, 1))
        #expect(Array(bench.lastSense[15...17]) == hex("80 7F FF"))  // half of it
        #expect(bench.send("03 00 00 00 12 00").data == hex("70 00 02 00 00 00 00 0A 00 00 00 00 04 01 00 80 7F FF"))
        bench.clock.advance(by: .milliseconds(1500))
        #expect(bench.send("4A 01 00 00 10 00 00 00 08 00").data == hex("00 06 04 5E 02 02 00 00"))
        #expect(bench.send(Self.ready) == .refused(6, 0x28, 0))
        #expect(bench.send(Self.ready) == .good([]))
        #expect(bench.send("4A 01 00 00 40 00 00 00 08 00").data == hex("00 06 06 5E 01 00 00 00"))
        #expect(bench.send("4A 01 00 00 40 00 00 00 08 00").data == hex("00 06 06 5E 00 00 00 00"))
    }

    @Test func `a disc that is becoming ready can be ejected again`() throws {
        let bench = try Bench(speed: 48)
        bench.send(TrayTests.eject)
        bench.send(TrayTests.load)
        #expect(bench.send(TrayTests.eject) == .good([]))
        // It never became ready, so that there is nothing to tell.
        bench.clock.advance(by: .seconds(10))
        #expect(bench.send(Self.ready) == .refused(2, 0x3A, 2))
    }

    @Test func `START makes a stopped disc turn, at once or in its own time`() throws {
        let bench = try Self.burned()
        bench.send("1B 00 00 00 00 00")
        var before = bench.clock.waited
        #expect(bench.send("1B 00 00 00 01 00") == .good([]))
        #expect(Self.near(bench.clock.waited - before, .seconds(2)))
        bench.send("1B 00 00 00 00 00")
        before = bench.clock.waited
        #expect(bench.send("1B 01 00 00 01 00") == .good([]))
        #expect(bench.clock.waited == before && bench.send(Self.ready) == .refused(2, 4, 1))
        bench.clock.advance(by: .seconds(2))
        #expect(bench.send(Self.ready) == .good([]))
        // A disc that turns already needs no time.
        before = bench.clock.waited
        bench.send("1B 00 00 00 01 00")
        #expect(bench.clock.waited == before)
    }

    @Test func `a disc that nobody used stands still, and reading makes it turn`() throws {
        let bench = try Self.burned()
        bench.read(from: 0, blocks: 27)
        func time(_ lba: Int) -> Duration {
            let before = bench.clock.waited
            bench.read(from: lba, blocks: 27)
            return bench.clock.waited - before
        }
        let reading = Duration.seconds(27.0 / 3600)
        #expect(Self.near(time(27), reading))
        bench.clock.advance(by: .seconds(119))
        #expect(Self.near(time(54), reading))
        bench.clock.advance(by: .seconds(121))
        #expect(Self.near(time(81), reading + .seconds(2)))
        // Page 1Ah sets the time: one second.
        bench.send(
            "55 10 00 00 00 00 00 00 14 00", out: hex("00 00 00 00 00 00 00 00 1A 0A 00 01 00 00 00 00 00 00 00 0A"))
        bench.clock.advance(by: .seconds(2))
        #expect(Self.near(time(108), reading + .seconds(2)))
        // Or never.
        bench.send(
            "55 10 00 00 00 00 00 00 14 00", out: hex("00 00 00 00 00 00 00 00 1A 0A 00 00 00 00 00 00 00 00 00 0A"))
        bench.clock.advance(by: .seconds(10_000))
        #expect(Self.near(time(135), reading))
    }

    @Test func `a seek takes longer the farther it goes`() {
        var mechanism = Mechanism(RecorderProfile.modern.mechanism)
        func time(_ lba: Int) -> Duration { mechanism.access(from: lba, sectors: 1, at: .zero) }
        #expect(time(0) == .zero && time(1) == .zero)
        // From one end to the other, as far as they are 33 mm apart: 200 ms.
        #expect(Self.near(time(359_999), .milliseconds(200)))
        #expect(Self.near(time(0), .milliseconds(200)))
        // A sector back: the arm settles.
        #expect(Self.near(time(0), .milliseconds(20)))
        let near = time(50_000)
        #expect(near > .milliseconds(20) && near < time(300_000))
    }

    @Test func `without a limit nothing takes any time`() throws {
        let bench = try Bench()
        bench.send(TrayTests.eject)
        bench.send(TrayTests.load)
        #expect(bench.send(Self.ready) == .refused(6, 0x28, 0))
        bench.send("1B 00 00 00 00 00")
        bench.send("1B 00 00 00 01 00")
        #expect(bench.clock.waited == .zero && bench.send(Self.ready) == .good([]))
    }

    @Test func `a drive that implies Immed returns at once and is busy then`() throws {
        let bench = try Bench(profile: Bench.profile { $0.quirks = [.impliedImmed] }, speed: 48)
        bench.select(Bench.tao())
        bench.track(at: 0, blocks: 300)
        #expect(bench.clock.waited == .zero)
        #expect(bench.send(Self.ready) == .refused(2, 4, 7))
        bench.clock.advance(by: .seconds(1))
        #expect(bench.send(Self.ready) == .good([]))
    }

    @Test func `a drive that says ready too early knows better when it is asked for the disc`() throws {
        let bench = try Bench(profile: Bench.profile { $0.quirks = [.readyWhileClosing] }, speed: 48)
        bench.select(Bench.tao())
        bench.track(at: 0, blocks: 300)
        bench.send("5B 01 02 00 00 00 00 00 00 00")
        #expect(bench.send(Self.ready) == .good([]))
        #expect(bench.send(Self.information) == .refused(2, 4, 8))
        bench.clock.advance(by: .seconds(10))
        #expect(bench.send(Self.information).isGood)
    }
}
