import BinaryCoding
import DiscLayout
import POSIX
import SCSI
import TestSupport
import Testing

@testable import VirtualRecorder

extension Bench {
    /// Sets a fault.
    @discardableResult
    func fault(_ line: String) throws -> Int { try #require(recorder.setFault(try Fault(line))) }

    /// Sends a command; everything that a transport learns of it.
    func outcome(_ cdb: [UInt8], out: [UInt8] = [], room: Int = 65_536) -> (outcome: SCSIOutcome, dataIn: [UInt8]) {
        out.withUnsafeBytes { recorder.execute(CDB(cdb), dataOut: $0, transfer: out.isEmpty ? room : 0) }
    }

    /// A disc with one track of blocks that say their address.
    static func burned(blocks: Int = 300) throws -> Bench {
        let bench = try Bench()
        bench.select(tao())
        bench.track(at: 0, blocks: blocks)
        #expect(bench.send("5B 00 02 00 00 00 00 00 00 00") == .good([]))
        return bench
    }
}

/// When faults act.
@Suite struct FaultConditionTests {
    static let ready = "00 00 00 00 00 00"
    static let failed = Bench.Answer.refused(4, 0x44, 0)

    private static func answers(_ bench: Bench, _ count: Int) -> [Bool] {
        (0..<count).map { _ in bench.send(ready) == failed }
    }

    @Test(arguments: [
        ("call 3", [false, false, true, false, false]), ("call 2..3", [false, true, true, false, false]),
        ("call 4..", [false, false, false, true, true]), ("times 2", [true, true, false, false, false]),
        ("call 2.. times 1", [false, true, false, false, false]),
    ])
    func `calls are counted from the moment when the fault is set`(condition: String, expected: [Bool]) throws {
        let bench = try Bench()
        bench.send(Self.ready)
        try bench.fault("test-unit-ready \(condition): sense 4/44/00")
        #expect(Self.answers(bench, 5) == expected)
    }

    @Test func `only commands that fit all conditions are counted`() throws {
        let bench = try Bench.burned()
        try bench.fault("read lba 100..110 call 2: sense 4/44/00")
        #expect(bench.read(from: 90, blocks: 10).isGood)
        #expect(bench.read(from: 95, blocks: 6).isGood)  // the first that touches block 100
        #expect(bench.send("00 00 00 00 00 00").isGood)
        #expect(bench.read(from: 111, blocks: 10).isGood)
        #expect(bench.read(from: 110, blocks: 1) == Self.failed)
    }

    @Test func `the laser is on from the first WRITE that was taken until the disc leaves`() throws {
        let bench = try Bench()
        try bench.fault("test-unit-ready laser: sense 4/44/00")
        #expect(bench.write(at: 5, blocks: 1) == .refused(5, 0x21, 2))
        #expect(bench.send(Self.ready).isGood)
        bench.select(Bench.tao())
        #expect(bench.write(at: 0, blocks: 1).isGood)
        #expect(bench.send(Self.ready) == Self.failed)
        bench.send("1B 00 00 00 02 00")
        #expect(bench.send(Self.ready) == .refused(2, 0x3A, 2))
    }

    @Test func `bytes of the CDB choose among commands of one code`() throws {
        let bench = try Bench()
        try bench.fault("read-toc cdb 2=04/0F: sense 4/44/00")
        #expect(bench.send("43 00 04 00 00 00 00 00 1C 00") == Self.failed)
        #expect(bench.send("43 00 01 00 00 00 00 00 0C 00") == .refused(5, 0x24, 0))  // a blank has no table
    }

    @Test func `bytes of the data choose a write type to refuse`() throws {
        let bench = try Bench()
        try bench.fault("mode-select data 10=01/0F,11=03/0F: sense 5/26/00")
        #expect(bench.select(Bench.tao(control: 3)) == .refused(5, 0x26, 0))
        #expect(bench.select(Bench.tao()) == .good([]))
    }

    @Test func `of two answers the first one set is given, and the other waits`() throws {
        let bench = try Bench()
        try bench.fault("test-unit-ready times 1: sense 4/44/00")
        try bench.fault("test-unit-ready times 1: sense 4/08/00")
        #expect((0..<3).map { _ in bench.send(Self.ready) } == [Self.failed, .refused(4, 8, 0), .good([])])
    }

    @Test func `what is cleared is over, and what has happened is told`() throws {
        let bench = try Bench()
        let first = try bench.fault("test-unit-ready call 2..: sense 4/44/00")
        let second = try bench.fault("inquiry: busy")
        bench.send(Self.ready)
        bench.send(Self.ready)
        #expect(bench.recorder.faultRecords.map { [$0.id, $0.calls, $0.acted] } == [[first, 2, 1], [second, 0, 0]])
        #expect(bench.recorder.clearFaults(first) == 1 && bench.recorder.clearFaults(first) == 0)
        #expect(bench.send(Self.ready) == .good([]))
        #expect(bench.recorder.clearFaults() == 1)
        #expect(bench.recorder.faultRecords.isEmpty)
    }

    @Test func `there is an end of faults`() throws {
        let bench = try Bench()
        for _ in 0..<256 { try bench.fault("call 9: busy") }
        #expect(bench.recorder.setFault(try Fault("call 9: busy")) == nil)
    }
}

/// What faults do.
@Suite struct FaultTests {
    private static let writeOne: [UInt8] = [0x2A, 0, 0, 0, 0, 0, 0, 0, 1, 0]

    @Test func `a refused WRITE has taken nothing`() throws {
        let bench = try Bench()
        bench.select(Bench.tao())
        try bench.fault("write call 2: sense 3/0C/09")
        #expect(bench.write(at: 0, blocks: 10).isGood)
        #expect(bench.write(at: 10, blocks: 10) == .refused(3, 0x0C, 9))
        #expect(bench.nextWritableAddress == 10)
        #expect(bench.write(at: 10, blocks: 10).isGood)
    }

    @Test func `a WRITE that fails when it is done has taken all`() throws {
        let bench = try Bench()
        bench.select(Bench.tao())
        try bench.fault("write call 1: sense 3/0C/00 done")
        let (outcome, _) = bench.outcome(Self.writeOne, out: Bench.block(0))
        #expect(outcome.status == 2 && outcome.residual == 0)
        #expect(bench.nextWritableAddress == 1)
    }

    @Test func `an error is deferred`() throws {
        let bench = try Bench()
        try bench.fault("test-unit-ready: deferred 3/0C/00")
        #expect(bench.send("00 00 00 00 00 00") == .refused(3, 0x0C, 0))
        #expect(bench.lastSense == hex("71 00 03 00 00 00 00 0A 00 00 00 00 0C 00 00 00 00 00"))
    }

    @Test func `the drive is busy so many times`() throws {
        let bench = try Bench()
        bench.select(Bench.tao())
        try bench.fault("write times 2: busy")
        #expect(
            (0..<3).map { _ in bench.write(at: 0, blocks: 1) } == [.refused(2, 4, 8), .refused(2, 4, 8), .good([])])
    }

    @Test func `a SYNCHRONIZE CACHE that fails leaves the track open`() throws {
        let bench = try Bench()
        bench.select(Bench.tao())
        bench.write(at: 0, blocks: 10)
        try bench.fault("synchronize-cache: sense 3/0C/00")
        #expect(bench.send("35 00 00 00 00 00 00 00 00 00") == .refused(3, 0x0C, 0))
        #expect(bench.nextWritableAddress == 10)
    }

    @Test func `power cannot be calibrated`() throws {
        let bench = try Bench()
        try bench.fault("send-opc: sense 3/73/03")
        #expect(bench.send("54 01 00 00 00 00 00 00 00 00") == .refused(3, 0x73, 3))
    }

    @Test func `a status byte has no sense`() throws {
        let bench = try Bench()
        try bench.fault("inquiry times 1: status 08")
        let (outcome, data) = bench.outcome(hex("12 00 00 00 24 00"), room: 36)
        #expect(outcome == SCSIOutcome(status: 8, residual: 36) && data.isEmpty)
        #expect(bench.send("12 00 00 00 24 00").data.count == 36)
    }

    @Test func `a transport fails before the command or after it`() throws {
        let bench = try Bench()
        bench.select(Bench.tao())
        try bench.fault("write call 1: host 3")
        try bench.fault("write call 2: host 7 done")
        #expect(bench.outcome(Self.writeOne, out: Bench.block(0)).outcome.hostStatus == 3)
        #expect(bench.nextWritableAddress == 0)
        #expect(bench.outcome(Self.writeOne, out: Bench.block(0)).outcome.hostStatus == 7)
        #expect(bench.nextWritableAddress == 1)
    }

    @Test func `a drive that is gone says so to its server`() throws {
        let bench = try Bench()
        try bench.fault("inquiry: disconnect")
        #expect(bench.outcome(hex("12 00 00 00 24 00")).outcome.hostStatus == SCSIOutcome.Host.noConnect)
    }

    @Test func `fewer bytes move than there are, in both directions`() throws {
        let bench = try Bench()
        bench.select(Bench.tao())
        try bench.fault("inquiry: short 4")
        try bench.fault("write: short 2352")
        let (inquiry, data) = bench.outcome(hex("12 00 00 00 24 00"), room: 36)
        #expect(inquiry == SCSIOutcome(residual: 4) && data.count == 32)
        #expect(bench.outcome(Self.writeOne, out: Bench.block(0)).outcome == SCSIOutcome(residual: 2352))
    }

    @Test func `a slow drive takes that much longer`() throws {
        let bench = try Bench()
        try bench.fault("test-unit-ready: slow 2.25s")
        #expect(bench.send("00 00 00 00 00 00") == .good([]))
        #expect(bench.clock.waited == .milliseconds(2250))
    }

    @Test func `blocks that cannot be read are named in the sense`() throws {
        let bench = try Bench.burned()
        try bench.fault("lba 100..110: bad-read")
        #expect(bench.read(from: 90, blocks: 10).isGood)
        #expect(bench.read(from: 95, blocks: 10) == .refused(3, 0x11, 5))
        #expect(bench.lastSense == hex("F0 00 03 00 00 00 64 0A 00 00 00 00 11 05 00 00 00 00"))
        #expect(bench.read(from: 105, blocks: 10) == .refused(3, 0x11, 5))
        #expect(bench.lastSense[6] == 105)
    }

    @Test(arguments: [(flags: 0x12 as UInt8, head: 0), (0x14, 2)])
    func `C2 flags tell of the wrong bytes of a block, and of no other`(flags: UInt8, head: Int) throws {
        let bench = try Bench.burned()
        let sound = bench.read(from: 9, blocks: 3, flags: flags, sub: 2).data
        try bench.fault("lba 10: c2 0..1,100")
        let data = bench.read(from: 9, blocks: 3, flags: flags, sub: 2).data
        let size = 2352 + 294 + head + 16
        var expected = sound
        for position in [0, 1, 100] { expected[size + position] ^= 0xFF }
        expected[size + 2352 + head] = 0xC0
        expected[size + 2352 + head + 12] = 0x08
        if head > 0 { expected[size + 2352] = 0xC8 }
        #expect(data == expected)
    }

    @Test func `C2 flags are found behind the sub-channel where the drive puts them there`() {
        // Two blocks of 2352 + 16 + 294 bytes from 10 on; the second is meant.
        let cdb = hex("BE 00 00 00 00 0A 00 00 02 12 02 00")
        let size = 2352 + 16 + 294
        var reply = [UInt8](repeating: 0, count: 2 * size)
        ReplyEdit.main(ReplyEdit.MainChannelEdit(positions: [8...8], isFlagged: true))
            .apply(to: &reply, of: cdb, blocks: 11...11, isFlagsLast: true)
        var expected = [UInt8](repeating: 0, count: 2 * size)
        expected[size + 8] = 0xFF
        expected[size + 2352 + 16 + 1] = 0x80
        #expect(reply == expected)
    }

    @Test func `bytes are wrong and nothing says so`() throws {
        let bench = try Bench.burned()
        try bench.fault("lba 10: flip 17")
        let data = bench.read(from: 9, blocks: 2, flags: 0x12).data
        var expected = Bench.block(9) + [UInt8](repeating: 0, count: 294) + Bench.block(10)
        expected += [UInt8](repeating: 0, count: 294)
        expected[2352 + 294 + 17] ^= 0xFF
        #expect(data == expected)
    }

    @Test func `Q comes in binary`() throws {
        let bench = try Bench.burned()
        let sound = bench.read(from: 12, blocks: 1, flags: 0, sub: 2).data
        #expect(Array(sound[0..<10]) == hex("01 01 01 00 00 12 00 00 02 12"))
        try bench.fault("q-binary")
        let data = bench.read(from: 12, blocks: 1, flags: 0, sub: 2).data
        #expect(Array(data[0..<10]) == hex("01 01 01 00 00 0C 00 00 02 0C"))
        #expect(data[10...] == sound[10...])
    }

    @Test func `what was never recorded reads as zeros, and the drive knows nothing of it`() throws {
        let bench = try Bench()
        bench.select(Bench.tao())
        try bench.fault("lba 27: no-write")
        bench.track(at: 0, blocks: 300)
        bench.send("5B 00 02 00 00 00 00 00 00 00")
        #expect(bench.read(from: 26, blocks: 1).data == Bench.block(26))
        #expect(bench.read(from: 27, blocks: 27).data == [UInt8](repeating: 0, count: 27 * 2352))
        #expect(bench.read(from: 54, blocks: 1).data == Bench.block(54))
        #expect(try StoredDisc.load(bench.disc).disc.tracks.map(\.isDamaged) == [false])
    }

    @Test func `the disc is gone in the middle, and its track cut off`() throws {
        let bench = try Bench()
        bench.select(Bench.tao())
        bench.send("1E 00 00 00 01 00")
        try bench.fault("write lba 20: remove")
        #expect(bench.write(at: 0, blocks: 20).isGood)
        #expect(bench.write(at: 20, blocks: 10) == .refused(2, 0x3A, 2))
        #expect(bench.recorder.discInTray == nil)
        let track = try StoredDisc.load(bench.disc).disc.tracks.first
        #expect(track?.state == .cutOff && track?.isDamaged == true && track?.blocks == 20)
    }

    @Test func `bytes of any reply are changed`() throws {
        let bench = try Bench()
        let sound = bench.send("51 00 00 00 00 00 00 00 22 00").data
        try bench.fault("read-disc-information: patch 2=02/03,3=07,200=01")
        var expected = sound
        expected[2] |= 2
        expected[3] = 7
        #expect(bench.send("51 00 00 00 00 00 00 00 22 00").data == expected)
    }
}

/// Replies that lie.
@Suite struct LyingReplyTests {
    private static func atip(_ bench: Bench, room: UInt8 = 0x1C) -> [UInt8] {
        bench.send([0x43, 0, 4, 0, 0, 0, 0, 0, room, 0]).data
    }

    @Test func `the pre-groove says nothing`() throws {
        let bench = try Bench()
        let length = Self.atip(bench).count
        try bench.fault("atip zero")
        #expect(Self.atip(bench) == [0, 26, 0, 0] + [UInt8](repeating: 0, count: length - 4))
        #expect(Self.atip(bench, room: 4) == [0, 26, 0, 0])
    }

    @Test func `the pre-groove has other times, or BCD`() throws {
        let bench = try Bench()
        let other = try bench.fault("atip 97:15:10 74:05:00")
        #expect(Array(Self.atip(bench)[8..<16]) == [97, 15, 10, 0, 74, 5, 0, 0])
        bench.recorder.clearFaults(other)
        try bench.fault("atip bcd")
        #expect(Array(Self.atip(bench)[8..<16]) == hex("97 26 65 00 79 59 74 00"))
    }

    /// Codes of the features in a reply to GET CONFIGURATION, those that are current only.
    private static func features(_ bench: Bench, type: UInt8 = 0, from first: UInt8 = 0) -> [Int: [UInt8]] {
        let reply = bench.send([0x46, type, 0, first, 0, 0, 0, 0xFF, 0xFF, 0]).data
        #expect(reply.count == 4 + Int(reply[2]) << 8 + Int(reply[3]))
        var (offset, found) = (8, [Int: [UInt8]]())
        while offset + 4 <= reply.count {
            let end = offset + 4 + Int(reply[offset + 3])
            found[Int(reply[offset]) << 8 | Int(reply[offset + 1])] = Array(reply[offset + 2..<end])
            offset = end
        }
        return found
    }

    @Test func `a feature is left out however it is asked for`() throws {
        let bench = try Bench()
        let before = Self.features(bench)
        try bench.fault("feature 002D absent")
        #expect(Self.features(bench) == before.filter { $0.key != 0x2D })
        #expect(Self.features(bench, type: 2, from: 0x2D).isEmpty)
        #expect(bench.send("46 00 00 00 00 00 00 00 08 00").data.count == 8)
    }

    @Test func `a feature is not current, so that it is not among those which are`() throws {
        let bench = try Bench()
        #expect(Self.features(bench, type: 1)[0x2D] != nil)
        try bench.fault("feature 002D not-current")
        #expect(Self.features(bench, type: 1)[0x2D] == nil)
        #expect(Self.features(bench)[0x2D].map { $0[0] & 1 } == 0)
    }

    @Test(arguments: [(type: 0 as UInt8, first: 0 as UInt8), (1, 0x20), (2, 0x77)])
    func `a feature is claimed in its place`(type: UInt8, first: UInt8) throws {
        let bench = try Bench()
        try bench.fault("feature 0077 6F000C80")
        let features = Self.features(bench, type: type, from: first)
        #expect(features[0x77] == [0x01, 4, 0x6F, 0, 0x0C, 0x80])
        #expect(Self.features(bench, type: type, from: 0x78)[0x77] == nil)
    }

    @Test func `a feature is claimed to be current with its own data`() throws {
        let bench = try Bench()
        let own = try #require(Self.features(bench)[0x1E])
        #expect(own[0] & 1 == 0)  // nothing can be read from a blank
        try bench.fault("feature 001E current")
        #expect(Self.features(bench, type: 1)[0x1E] == [own[0] | 1] + own[1...])
    }

    @Test func `a request type that there is not is refused as before`() throws {
        let bench = try Bench()
        try bench.fault("feature 002E absent")
        #expect(bench.send("46 03 00 00 00 00 00 00 FF 00") == .refused(5, 0x24, 0))
    }

    @Test(arguments: [0x2A as UInt8, 0x3F]) func `a bit of a mode page lies, alone and among all pages`(page: UInt8)
        throws
    {
        let bench = try Bench()
        let cdb: [UInt8] = [0x5A, 0, page, 0, 0, 0, 0, 0, 0xFF, 0]
        let sound = bench.send(cdb).data
        try bench.fault("page 2A 3=10/11")
        let data = bench.send(cdb).data
        let start = try #require(Self.start(ofPage: 0x2A, in: sound))
        var expected = sound
        expected[start + 3] = sound[start + 3] & ~0x11 | 0x10
        #expect(data == expected && data != sound)
        #expect(bench.send([0x5A, 0, page, 0, 0, 0, 0, 0, 8, 0]).data == Array(sound.prefix(8)))
    }

    private static func start(ofPage code: UInt8, in reply: [UInt8]) -> Int? {
        var offset = 8
        while offset + 2 <= reply.count {
            if reply[offset] & 0x3F == code { return offset }
            offset += 2 + Int(reply[offset + 1])
        }
        return nil
    }
}
