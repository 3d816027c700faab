import BinaryCoding
import POSIX
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

    @Test func `reading takes its time`() throws {
        let bench = try Bench(speed: 48)
        bench.select(Bench.tao())
        bench.track(at: 0, blocks: 300)
        bench.read(from: 0, blocks: 1)
        let before = bench.clock.waited
        bench.read(from: 1, blocks: 36)
        let took = bench.clock.waited - before
        #expect(took > .milliseconds(9.9) && took < .milliseconds(10.1))
    }

    @Test func `a drive with protection pauses when the host is late, and counts`() throws {
        let bench = try Bench(speed: 48)
        bench.select(Bench.tao())
        for lba in [0, 27, 54] {
            bench.clock.advance(by: .seconds(5))
            #expect(bench.write(at: lba, blocks: 27) == .good([]))
        }
        #expect(bench.recorder.drive.withLock { $0.speed.pauses } == 2)
        #expect(bench.send("35 00 00 00 00 00 00 00 00 00") == .good([]))
    }

    /// A recorder without protection: page 05h without BUFE.
    private static func unprotected() throws -> Bench {
        let bench = try Bench(speed: 8)
        bench.select(Bench.tao(changes: [10: 0x01]))
        return bench
    }

    @Test func `without protection the laser waits until the buffer is full`() throws {
        let bench = try Self.unprotected()
        bench.write(at: 0, blocks: 300)
        bench.clock.advance(by: .seconds(60))
        let (length, free) = Self.buffer(bench)
        #expect(length - free == 300 * 2352)
        #expect(bench.write(at: 300, blocks: 27) == .good([]))
    }

    @Test func `a late host spoils a disc that has no protection`() throws {
        let bench = try Self.unprotected()
        var lba = 0
        // More than the buffer holds: the laser has begun.
        while lba < 1000 {
            bench.write(at: lba, blocks: 25)
            lba += 25
        }
        // The buffer lasts for a second and a half.
        bench.clock.advance(by: .seconds(1))
        #expect(bench.write(at: lba, blocks: 25) == .good([]))
        bench.clock.advance(by: .seconds(2))
        #expect(bench.write(at: lba + 25, blocks: 25) == .refused(3, 0x0C, 9))
        // The track is cut off there: nothing more can be added to it.
        #expect(bench.write(at: lba + 25, blocks: 25) == .refused(5, 0x21, 2))
        let track = bench.send("52 01 00 00 00 01 00 00 30 00").data
        #expect(track[5] & 0x20 == 0x20 && track[7] & 1 == 0)
        // Closed, it is done with; the next one can be written.
        #expect(bench.send("5B 00 01 00 00 FF 00 00 00 00") == .good([]))
        #expect(bench.write(at: lba + 25 + 152, blocks: 25) == .good([]))
    }

    @Test func `a host that has sent everything may take its time to say so`() throws {
        let bench = try Self.unprotected()
        for start in stride(from: 0, to: 1000, by: 25) { bench.write(at: start, blocks: 25) }
        bench.clock.advance(by: .seconds(60))
        #expect(bench.send("35 00 00 00 00 00 00 00 00 00") == .good([]))
        #expect(bench.nextWritableAddress == 1152)
        bench.clock.advance(by: .seconds(60))
        #expect(bench.write(at: 1152, blocks: 25) == .good([]))
    }

    @Test func `the outside of a disc is written faster where the disc turns evenly`() throws {
        let profile = Bench.profile { ($0.rotation, $0.constantLinearLimit) = (.constantAngular, 16) }
        let bench = try Bench(profile: profile, speed: 48)
        bench.select(Bench.tao())
        bench.track(at: 0, blocks: 3000)
        // Pause, track and run-out at 20.7× of 48×, at most a hundredth faster at their end.
        let expected = Duration.seconds(3152 / 75.0 / (48 * 25 / 58))
        #expect(bench.clock.waited < expected + .milliseconds(1) && bench.clock.waited > expected * 0.99)
    }

    @Test func `buffer capacity in blocks counts those that are being written`() throws {
        let bench = try Bench()
        bench.select(Bench.tao())
        // 891 of 2352
        #expect(bench.send("5C 01 00 00 00 00 00 00 0C 00").data == hex("00 0A 00 01  00 00 03 7B  00 00 03 7B"))
        bench.select(Bench.tao(control: 4, changes: [12: 8]))
        // 1024 of 2048
        #expect(bench.send("5C 01 00 00 00 00 00 00 0C 00").data == hex("00 0A 00 01  00 00 04 00  00 00 04 00"))
        #expect(bench.send("5C 00 00 00 00 00 00 00 0C 00").data == hex("00 0A 00 00  00 20 00 00  00 20 00 00"))
        let odd = try Bench(profile: Bench.profile { $0.quirks = [.bufferCapacityGarbage] })
        #expect(odd.send("5C 00 00 00 00 00 00 00 0C 00").data == hex("00 0A 00 00  00 20 00 00  00 40 00 00"))
    }

    @Test func `RAW holds a WRITE back as long as it takes`() throws {
        let bench = try Bench(speed: 1)
        bench.select(Bench.tao(changes: [10: 0x43, 12: 1]))
        bench.recorder.drive.withLock { drive in
            drive.take(sectors: 800, bytes: 800 * 2368, at: 0)
            #expect(throws: Never.self) { try drive.waitForRoom(for: 600 * 2368) }
        }
        // 1400 blocks less what fits, at 75 a second.
        let expected = Duration.seconds((1400 - Double(2 << 20) / 2368) / 75)
        #expect(bench.clock.waited > expected - .milliseconds(1) && bench.clock.waited < expected + .milliseconds(1))
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
