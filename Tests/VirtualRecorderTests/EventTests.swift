import TestSupport
import Testing

@testable import VirtualRecorder

/// GET EVENT STATUS NOTIFICATION, the button, and what keeps a disc in.
@Suite struct EventTests {
    private static let ready = "00 00 00 00 00 00"

    private static func event(_ bench: Bench, _ mask: UInt8, room: UInt8 = 8) -> [UInt8] {
        bench.send([0x4A, 1, 0, 0, mask, 0, 0, 0, room, 0]).data
    }

    @Test func `without a class that is there only the header comes`() throws {
        let bench = try Bench()
        #expect(Self.event(bench, 0x00) == hex("00 02 80 5E"))
        #expect(Self.event(bench, 0xA1) == hex("00 02 80 5E"))
    }

    @Test func `of several classes the one with the lowest number that has an event is told`() throws {
        let bench = try Bench()
        // The disc that was in at power-on.
        #expect(Self.event(bench, 0x5E) == hex("00 06 04 5E 02 02 00 00"))
        // None has one: the first, as things are.
        #expect(Self.event(bench, 0x5E) == hex("00 06 01 5E 00 00 00 00"))
        bench.send("1B 00 00 00 30 00")  // standby
        bench.send(TrayTests.eject)
        #expect(Self.event(bench, 0x5E) == hex("00 06 01 5E 02 00 00 01"))  // features changed
        #expect(Self.event(bench, 0x5E) == hex("00 06 02 5E 01 03 00 00"))  // power changed: standby
        #expect(Self.event(bench, 0x5E) == hex("00 06 04 5E 03 01 00 00"))  // medium removed, tray open
        #expect(Self.event(bench, 0x5E) == hex("00 06 01 5E 00 00 00 00"))
    }

    @Test func `events that nobody asked for stay in order, the oldest of too many lost`() throws {
        let bench = try Bench()
        bench.send(TrayTests.eject)
        bench.send(TrayTests.load)
        #expect((0..<4).map { _ in Self.event(bench, 0x10)[4] } == [2, 3, 2, 0])
        for _ in 0..<5 {
            bench.send(TrayTests.eject)
            bench.send(TrayTests.load)
            bench.send(Self.ready)
        }
        #expect((0..<9).map { _ in Self.event(bench, 0x10)[4] } == [3, 2, 3, 2, 3, 2, 3, 2, 0])
    }

    @Test func `a reply without the event does not use it up`() throws {
        let bench = try Bench()
        #expect(Self.event(bench, 0x10, room: 4) == hex("00 06 04 5E"))
        #expect(Self.event(bench, 0x10, room: 0) == [])
        #expect(Self.event(bench, 0x10)[4] == 2)
    }

    @Test func `power conditions`() throws {
        let bench = try Bench()
        #expect(Self.event(bench, 0x04) == hex("00 06 02 5E 00 01 00 00"))  // active
        for (condition, state) in [("20", 2), ("30", 3), ("50", 4), ("10", 1)] as [(String, UInt8)] {
            #expect(bench.send("1B 00 00 00 \(condition) 00") == .good([]))
            #expect(Self.event(bench, 0x04) == [0, 6, 2, 0x5E, 1, state, 0, 0])
        }
        #expect(bench.send("1B 00 00 00 40 00") == .refused(5, 0x24, 0))
        // Using the disc makes it active.
        bench.send("1B 00 00 00 50 00")
        bench.send("51 00 00 00 00 00 00 00 22 00")
        #expect(Self.event(bench, 0x04)[5] == 1)
    }

    @Test func `the button opens and closes`() throws {
        let bench = try Bench()
        _ = Self.event(bench, 0x10)
        #expect(try bench.recorder.pressButton() == .opened)
        #expect(Self.event(bench, 0x10) == hex("00 06 04 5E 03 01 00 00"))
        #expect(bench.send(Self.ready) == .refused(2, 0x3A, 2))
        #expect(try bench.recorder.pressButton() == .closed)
        #expect(bench.send(Self.ready) == .refused(6, 0x28, 0))
        #expect(bench.send(Self.ready) == .good([]))
    }

    @Test(arguments: ["1E 00 00 00 01 00", "1E 00 00 00 03 00"])
    func `the button of a locked tray tells that somebody wants the disc`(lock: String) throws {
        let bench = try Bench()
        _ = Self.event(bench, 0x10)
        bench.send(lock)
        #expect(try bench.recorder.pressButton() == .requested)
        #expect(bench.send(Self.ready) == .refused(6, 0x5A, 1))
        #expect(bench.send(Self.ready) == .good([]))
        #expect(Self.event(bench, 0x10) == hex("00 06 04 5E 01 02 00 00"))  // eject request, medium present
        let persistent: UInt8 = lock.contains("03") ? 0x80 : 0
        #expect(Self.event(bench, 0x08) == [0, 6, 3, 0x5E, 1, persistent, 0, 0])  // key down
        #expect(Self.event(bench, 0x08) == [0, 6, 3, 0x5E, 2, persistent, 0, 0])  // key up
        #expect(Self.event(bench, 0x08)[4] == 0)
    }

    @Test func `who has read the eject request gets no attention for it`() throws {
        let bench = try Bench()
        _ = Self.event(bench, 0x10)
        bench.send("1E 00 00 00 01 00")
        _ = try bench.recorder.pressButton()
        #expect(Self.event(bench, 0x10)[4] == 1)
        #expect(bench.send(Self.ready) == .good([]))
    }

    @Test func `the button disturbs no recording`() throws {
        let bench = try Bench(speed: 48)
        bench.select(Bench.tao())
        bench.write(at: 0, blocks: 27)
        #expect(try bench.recorder.pressButton() == .requested)
        #expect(bench.write(at: 27, blocks: 27) == .good([]))
        bench.send("35 02 00 00 00 00 00 00 00 00")
        // The track is being closed.
        #expect(try bench.recorder.pressButton() == .requested)
        #expect(bench.send(Self.ready) == .refused(2, 4, 8))
    }

    @Test func `each kind of prevention is ended by its own command`() throws {
        let bench = try Bench()
        for (lock, other, own) in [("01", "02", "00"), ("03", "00", "02")] {
            bench.send("1E 00 00 00 \(lock) 00")
            bench.send("1E 00 00 00 \(other) 00")
            #expect(bench.send(TrayTests.eject) == .refused(5, 0x53, 2))
            #expect(bench.send("A6 00 00 00 02 00 00 00 00 00 00 00") == .refused(5, 0x53, 2))
            bench.send("1E 00 00 00 \(own) 00")
            #expect(bench.send(TrayTests.eject) == .good([]))
            bench.send(TrayTests.load)
            bench.send(Self.ready)
        }
    }

    @Test func `persistent prevention outlives the disc, the plain one does not`() throws {
        let bench = try Bench()
        for (lock, isLocked) in [("01", false), ("03", true)] {
            bench.send("1E 00 00 00 \(lock) 00")
            try bench.recorder.removeDisc()
            try bench.recorder.loadDisc()
            bench.send(Self.ready)
            #expect(bench.send(TrayTests.eject) == (isLocked ? .refused(5, 0x53, 2) : .good([])))
            bench.send(TrayTests.load)
            bench.send(Self.ready)
        }
    }

    @Test func `LOAD/UNLOAD moves the tray of the only slot`() throws {
        let bench = try Bench()
        #expect(bench.send("A6 00 00 00 02 00 00 00 00 00 00 00") == .good([]))
        #expect(bench.recorder.discInTray == nil)
        #expect(bench.send("A6 00 00 00 01 00 00 00 00 00 00 00") == .refused(2, 0x3A, 2))
        #expect(bench.send("A6 01 00 00 03 00 00 00 00 00 00 00") == .good([]))
        #expect(bench.recorder.discInTray == bench.disc)
        #expect(bench.send(Self.ready) == .refused(6, 0x28, 0))
        #expect(bench.send("A6 00 00 00 02 00 00 00 01 00 00 00") == .refused(5, 0x24, 0))
    }

    @Test func `a caddy goes in by hand only`() throws {
        let bench = try Bench(profile: Bench.profile { $0.loading = .caddy })
        #expect(bench.send("46 02 00 03 00 00 00 00 FF 00").data.suffix(4) == hex("09 00 00 00")[...])
        #expect(bench.send(TrayTests.load) == .good([]))
        bench.send(TrayTests.eject)
        #expect(bench.send(TrayTests.load) == .refused(5, 0x24, 0))
        #expect(try bench.recorder.pressButton() == .closed)
    }

    @Test func `a drive that goes wrong with immediate trays refuses them`() throws {
        let bench = try Bench(profile: Bench.profile { $0.quirks = [.immediateTrayRefused] })
        #expect(bench.send("1B 01 00 00 02 00") == .refused(5, 0x24, 0))
        #expect(bench.send("1B 01 00 00 01 00") == .good([]))
        #expect(bench.send(TrayTests.eject) == .good([]))
    }

    @Test func `mechanism status says what moves, and where the laser is`() throws {
        let bench = try Bench(speed: 48)
        let status = "BD 00 00 00 00 00 00 00 00 08 00 00"
        #expect(bench.send(status).data == hex("00 00 00 00 00 00 00 00"))
        bench.select(Bench.tao())
        bench.write(at: 0, blocks: 300)
        #expect(bench.send(status).data == hex("00 60 00 00 00 00 00 00"))  // at work
        bench.send("35 00 00 00 00 00 00 00 00 00")
        bench.send("5B 00 02 00 00 00 00 00 00 00")
        bench.read(from: 100, blocks: 50)
        #expect(bench.send(status).data == hex("00 00 00 00 96 00 00 00"))  // behind block 149
        bench.send(TrayTests.eject)
        #expect(bench.send(status).data == hex("00 10 00 00 00 00 00 00"))
    }
}
