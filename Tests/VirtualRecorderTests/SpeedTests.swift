import BinaryCoding
import TestSupport
import Testing

@testable import VirtualRecorder

/// A recorder of 48×, on a clock that stands still until somebody waits.
@Suite struct SpeedTests {
    private static let ready = "00 00 00 00 00 00"
    private static let capacity = "5C 00 00 00 00 00 00 00 0C 00"

    /// Bytes of the buffer and free bytes, as READ BUFFER CAPACITY says.
    private static func buffer(_ bench: Bench) -> (length: Int, free: Int) {
        let reply = bench.send(capacity).data
        func field(_ offset: Int) -> Int { reply[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) } }
        return (field(4), field(8))
    }

    @Test func `what is written stays in the buffer until the laser has had time for it`() throws {
        let bench = try Bench(speed: 48)
        bench.select(Bench.tao())
        bench.write(at: 0, blocks: 27)
        // 27 blocks of 2352 bytes; the pause is the drive's own and takes no room.
        let full = Self.buffer(bench)
        #expect(full.length == 2 << 20 && full.length - full.free == 27 * 2352)
        // The pause of 150 blocks comes first, at 48 × 75 sectors a second, then half of them.
        bench.clock.advance(by: .seconds(150.0 / 3600))
        #expect(abs(full.length - Self.buffer(bench).free - 27 * 2352) <= 1)
        bench.clock.advance(by: .seconds(13.5 / 3600))
        #expect(abs(full.length - Self.buffer(bench).free - 27 * 1176) <= 1)
        bench.clock.advance(by: .seconds(1))
        #expect(Self.buffer(bench).free == 2 << 20)
    }

    @Test func `a full buffer makes WRITE wait no longer than it must`() throws {
        let bench = try Bench(speed: 48)
        bench.select(Bench.tao())
        var lba = 0
        while lba < 3600 {
            #expect(bench.write(at: lba, blocks: 25) == .good([]))
            lba += 25
        }
        // A second of 48× and the pause, less what the buffer holds.
        let sectors = 3750.0 - Double(2 << 20) / 2352
        let expected = Duration.seconds(sectors / 3600)
        #expect(bench.clock.waited > expected - .milliseconds(1) && bench.clock.waited < expected + .milliseconds(1))
    }

    @Test func `a buffer that stays full is a long write in progress, and the same WRITE is taken later`() throws {
        let bench = try Bench(speed: 1)
        bench.select(Bench.tao())
        #expect(bench.write(at: 0, blocks: 700) == .good([]))
        #expect(bench.write(at: 700, blocks: 300) == .refused(2, 0x04, 0x08))
        #expect(bench.nextWritableAddress == 700)
        bench.clock.advance(by: .seconds(5))
        #expect(bench.write(at: 700, blocks: 300) == .good([]))
    }

    @Test func `closing a track at once waits for buffer and run-out`() throws {
        let bench = try Bench(speed: 48)
        bench.select(Bench.tao())
        bench.write(at: 0, blocks: 300)
        #expect(bench.send("35 00 00 00 00 00 00 00 00 00") == .good([]))
        // Pause, track, run-out.
        let expected = Duration.seconds(452.0 / 3600)
        #expect(bench.clock.waited > expected - .milliseconds(1) && bench.clock.waited < expected + .milliseconds(1))
        #expect(bench.send(Self.ready) == .good([]))
    }

    @Test func `an immediate close goes on by itself, with progress`() throws {
        let bench = try Bench(speed: 48)
        bench.select(Bench.tao())
        bench.track(at: 0, blocks: 300)
        let before = bench.clock.waited
        #expect(bench.send("5B 01 02 00 00 00 00 00 00 00") == .good([]))
        #expect(bench.clock.waited == before)
        // Lead-in of 11635 − 150 + 150 sectors and lead-out of 6750: 5.1 s.
        let total = Duration.seconds(Double(11_485 + 6750) / 3600)
        for cdb in [Self.ready, "51 00 00 00 00 00 00 00 22 00", "43 00 00 00 00 00 00 00 04 00", TrayTests.eject] {
            #expect(bench.send(cdb) == .refused(2, 0x04, 0x08))
        }
        bench.clock.advance(by: total / 2)
        bench.send(Self.ready)
        #expect(bench.lastSense[15] == 0x80 && (0x7F...0x80).contains(bench.lastSense[16]))
        let sense = bench.send("03 00 00 00 12 00").data
        #expect(sense[2] == 2 && sense[12] == 4 && sense[13] == 8 && (0x7F...0x80).contains(sense[16]))
        bench.clock.advance(by: total / 2)
        #expect(bench.send(Self.ready) == .good([]))
        #expect(bench.send("51 00 00 00 00 00 00 00 22 00").data[2] == 0b1110)
    }

    @Test func `busy events tell how long it takes`() throws {
        let bench = try Bench(speed: 48)
        bench.select(Bench.tao())
        bench.track(at: 0, blocks: 300)
        bench.send("4A 01 00 00 10 00 00 00 08 00")
        #expect(bench.send("4A 01 00 00 40 00 00 00 08 00").data == hex("00 06 06 5E 00 00 00 00"))
        bench.send("5B 01 02 00 00 00 00 00 00 00")
        #expect(bench.send("4A 01 00 00 40 00 00 00 08 00").data == hex("00 06 06 5E 01 01 00 32"))  // 5 s in tenths
    }

    @Test(arguments: [
        (0xFFFF, 48), (8496, 48), (8467, 48), (8466, 40), (1451, 8), (1416, 8), (708, 4), (177, 4),
    ])
    func `SET CD SPEED rounds down, and up to the slowest`(request: Int, speed: Int) throws {
        let bench = try Bench(speed: 48)
        let field = UInt16(request).bigEndianBytes
        #expect(bench.send([0xBB, 0] + [0xFF, 0xFF] + field + [0, 0, 0, 0, 0, 0]) == .good([]))
        let page = bench.send("5A 00 2A 00 00 00 00 00 FF 00").data
        #expect(Array(page[36..<38]) == UInt16(speed * 1764 / 10).bigEndianBytes)
    }

    @Test func `GET PERFORMANCE lists all speeds, its length that of the whole list`() throws {
        let bench = try Bench(speed: 48)
        #expect(bench.send("AC 00 00 00 00 00 00 00 00 00 03 00").data == hex("00 00 00 74 00 00 00 00"))
        let reply = bench.send("AC 00 00 00 00 00 00 00 00 07 03 00").data
        #expect(reply.count == 8 + 7 * 16)
        #expect(Array(reply[8..<24]) == hex("02 00 00 00  00 05 7D A8  00 00 21 13  00 00 21 13"))
    }

    @Test func `reading takes its time`() throws {
        let bench = try Bench(speed: 48)
        bench.select(Bench.tao())
        bench.track(at: 0, blocks: 300)
        let before = bench.clock.waited
        bench.read(from: 0, blocks: 36)
        let took = bench.clock.waited - before
        #expect(took > .milliseconds(9.9) && took < .milliseconds(10.1))
    }

    @Test func `without a limit nothing takes any time`() throws {
        let bench = try Bench(speed: nil)
        bench.select(Bench.tao())
        bench.track(at: 0, blocks: 3000)
        bench.send("5B 01 02 00 00 00 00 00 00 00")
        #expect(bench.send(Self.ready) == .good([]))
        bench.read(from: 0, blocks: 100)
        #expect(bench.clock.waited == .zero)
        #expect(Self.buffer(bench).free == 2 << 20)
    }
}
