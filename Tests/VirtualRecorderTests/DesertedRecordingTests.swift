import BinaryCoding
import POSIX
import SCSI
import TestSupport
import Testing

@testable import VirtualRecorder

/// Recordings whose programs have died: what they leave behind is in nobody's way.
@Suite struct DesertedRecordingTests {
    private static let deserter = SCSIInitiator(connection: 1000)
    private static let other = SCSIInitiator(connection: 1001)

    /// WRITE (10) by an initiator with a connection.
    private static func write(
        _ bench: Bench, at lba: Int, blocks: Int, by initiator: SCSIInitiator = deserter
    ) -> UInt8 {
        let cdb = [0x2A, 0] + Int32(lba).bigEndianBytes + [0] + UInt16(blocks).bigEndianBytes + [0]
        return (lba..<lba + blocks).flatMap(Bench.block).withUnsafeBytes {
            bench.recorder.execute(CDB(cdb), dataOut: $0, transfer: 0, from: initiator).outcome.status
        }
    }

    /// A rewritable with the begin of a session at once or of a track on it.
    private static func begun(atOnce: Bool, speed: Int? = nil) throws -> Bench {
        let bench = try Bench(blank: .cdRW, speed: speed)
        bench.select(atOnce ? Bench.sao() : Bench.tao())
        if atOnce { #expect(bench.sendCueSheet(SessionAtOnceTests.sheet) == .good([])) }
        #expect(write(bench, at: atOnce ? -150 : 0, blocks: 27) == 0)
        return bench
    }

    @Test func `MODE SELECT ends a session whose writer has gone, and does what it is for`() throws {
        let bench = try Self.begun(atOnce: true)
        #expect(bench.select(Bench.tao()) == .refused(5, 0x2C, 0))
        bench.recorder.initiatorLeft(Self.deserter)
        #expect(try StoredDisc.load(bench.disc).disc.sessions.first?.stage == .recording)
        #expect(bench.select(Bench.tao(control: 2)) == .good([]))
        #expect(try StoredDisc.load(bench.disc).disc.sessions.first?.stage == .spoiled)
        #expect(bench.send("5A 00 05 00 00 00 00 00 FF 00").data[11] == 2)
    }

    @Test(arguments: [true, false]) func `BLANK works on what a dead program left`(atOnce: Bool) throws {
        let bench = try Self.begun(atOnce: atOnce)
        #expect(bench.send("A1 01 00 00 00 00 00 00 00 00 00 00") == .refused(5, 0x2C, 0))
        bench.recorder.initiatorLeft(Self.deserter)
        #expect(bench.send("A1 01 00 00 00 00 00 00 00 00 00 00") == .good([]))
        // Empty and erasable.
        #expect(bench.discState == 0b1_0000)
    }

    @Test func `a track whose writer has gone is closed with what it has`() throws {
        let bench = try Self.begun(atOnce: false)
        bench.recorder.initiatorLeft(Self.deserter)
        #expect(bench.select(Bench.tao()) == .good([]))
        let track = try #require(try StoredDisc.load(bench.disc).disc.tracks.first)
        // The shortest track has four seconds.
        #expect(track.state == .complete && track.blocks == 300 && !track.isDamaged)
        #expect(bench.nextWritableAddress == 300 + 150 + 2)
    }

    @Test func `a session with all of its blocks is closed when its writer has gone`() throws {
        let bench = try Self.begun(atOnce: true)
        #expect(bench.send(-123..<723, Bench.block) == .good([]))
        #expect(Self.write(bench, at: 723, blocks: 27) == 0)
        bench.recorder.initiatorLeft(Self.deserter)
        #expect(bench.select(Bench.tao(control: 2)) == .good([]))
        #expect(bench.discState == 0b1_1110)
    }

    @Test func `a writer that comes back goes on`() throws {
        let bench = try Self.begun(atOnce: true)
        bench.recorder.initiatorLeft(Self.deserter)
        #expect(Self.write(bench, at: -123, blocks: 27, by: Self.other) == 0)
        #expect(bench.select(Bench.tao()) == .refused(5, 0x2C, 0))
        // One that wrote before and goes now is not the writer any more.
        bench.recorder.initiatorLeft(Self.deserter)
        #expect(bench.select(Bench.tao()) == .refused(5, 0x2C, 0))
        bench.recorder.initiatorLeft(Self.other)
        #expect(bench.select(Bench.tao()) == .good([]))
    }

    @Test(arguments: [true, false]) func `blanking waits for nothing that a dead program left`(atOnce: Bool) throws {
        let bench = try Self.begun(atOnce: atOnce, speed: 4)
        bench.recorder.initiatorLeft(Self.deserter)
        let before = bench.clock.waited
        #expect(bench.send("A1 01 00 00 00 00 00 00 00 00 00 00") == .good([]))
        // 13 000 blocks at 300 a second, and with a track at once its rest: pause, what was missing and run-out.
        #expect(bench.clock.waited - before < .seconds(46))
    }

    @Test(arguments: [true, false])
    func `a recording that ran dry without protection is over for other commands too`(atOnce: Bool) throws {
        let bench = try Bench(profile: Bench.profile { $0.bufferBytes = 1 << 20 }, blank: .cdRW, speed: 4)
        bench.select(atOnce ? Bench.sao(changes: [10: 0x02]) : Bench.tao(changes: [10: 0x01]))
        if atOnce { #expect(bench.sendCueSheet(SessionAtOnceTests.sheet) == .good([])) }
        // More than the buffer has room for, so that the laser begins; it writes the lead-in before it makes room.
        let start = atOnce ? -150 : 0
        var lba = start
        for _ in 0..<200 where lba < start + 648 && Self.write(bench, at: lba, blocks: 27) == 0 { lba += 27 }
        #expect(lba == start + 648)
        #expect(bench.select(Bench.tao()) == .refused(5, 0x2C, 0))
        bench.clock.advance(by: .seconds(300))
        #expect(bench.select(Bench.tao()) == .good([]))
        let disc = try StoredDisc.load(bench.disc).disc
        #expect(disc.tracks.contains { $0.isDamaged || $0.state == .cutOff })
    }
}
