import DiscLayout
import POSIX
import SectorCoding
import TestSupport
import Testing

@testable import VirtualRecorder

/// What a drive does not take in RAW, and what it makes of a disc that is not as it must be.
@Suite struct RawRefusalTests {
    private let disc = RawDisc.audio()

    private func block(_ lba: Int) -> [UInt8] { disc.block(at: lba, .raw) }

    // MARK: Refused

    @Test(arguments: [-301, -12_000, -150, -149, 0, 900])
    func `a first block that is not in the lead-in`(lba: Int) throws {
        let bench = try Bench.raw()
        bench.selectRaw(3)
        #expect(bench.writeRaw(at: lba, block(max(lba, -300)), count: 1) == .refused(5, 0x21, 2))
        #expect(bench.send("51 00 00 00 00 00 00 00 22 00").data[2] == 0)
    }

    @Test func `a first block behind the begin of the groove, unless it has a lead-in's Q`() throws {
        let bench = try Bench.raw()
        bench.selectRaw(3)
        #expect(bench.writeRaw(at: -290, block(0), count: 1) == .refused(5, 0x21, 2))
        #expect(bench.writeRaw(at: -290, [UInt8](repeating: 0, count: 2448), count: 1) == .refused(5, 0x21, 2))
        #expect(bench.write(disc, .raw, -290..<disc.end) == .good([]))
        #expect(bench.synchronize() == .good([]))
        #expect(try bench.lastEvent().hasSuffix("; 10 blocks before the lead-in are blank"))
        #expect(try bench.stored().tracks.count == 2)
    }

    @Test func `a block that does not follow the last`() throws {
        let bench = try Bench.raw()
        bench.selectRaw(3)
        #expect(bench.write(disc, .raw, -300 ..< -200) == .good([]))
        for lba in [-300, -201, -199, -150, 0] {
            #expect(bench.writeRaw(at: lba, block(lba), count: 1) == .refused(5, 0x21, 2), "\(lba)")
        }
        // Nothing has changed by that.
        #expect(bench.write(disc, .raw, -200..<disc.end) == .good([]))
        #expect(bench.synchronize() == .good([]))
        #expect(try bench.lastEvent() == "session 1 closed, lead-in -300, lead-out 900 to 7650")
    }

    @Test(arguments: [(1, 2448), (1, 2352), (2, 2352), (3, 2368), (3, 2447)])
    func `data of another length than the block type has`(type: UInt8, bytes: Int) throws {
        let bench = try Bench.raw()
        bench.selectRaw(type)
        #expect(bench.writeRaw(at: -300, [UInt8](repeating: 0, count: bytes), count: 1) == .refused(5, 0x24, 0))
        #expect(bench.writeRaw(at: -299, [UInt8](repeating: 0, count: bytes), count: 1) == .refused(5, 0x24, 0))
    }

    @Test func `no blocks at all are no begin`() throws {
        let bench = try Bench.raw()
        bench.selectRaw(3)
        #expect(bench.writeRaw(at: -300, [], count: 0) == .good([]))
        #expect(bench.send("51 00 00 00 00 00 00 00 22 00").data[2] == 0)
        #expect(bench.selectRaw(1) == .good([]))
    }

    @Test func `blocks behind the groove`() throws {
        // A lead-out may begin at 300 at the latest.
        let bench = try Bench.raw(lastLeadOut: MSF(minutes: 0, seconds: 6, frames: 0))
        var disc = RawDisc()
        disc.tracks = [.init(number: 1, pauseStart: -150, indexes: [0])]
        disc.leadOut = 300
        bench.selectRaw(1)
        #expect(bench.write(disc, .pq, -300..<7_040) == .good([]))
        let blocks = (7_040..<7_051).map { disc.block(at: $0, .pq) }
        #expect(bench.writeRaw(at: 7_040, blocks.flatMap { $0 }, count: 11) == .refused(5, 0x21, 0))
        #expect(bench.writeRaw(at: 7_040, blocks[..<10].flatMap { $0 }, count: 10) == .good([]))
        #expect(bench.writeRaw(at: 7_050, blocks[10], count: 1) == .refused(5, 0x21, 0))
        #expect(bench.synchronize() == .good([]))
        #expect(try bench.stored().tracks[0].blocks == 300)
    }

    @Test(arguments: [0 as UInt8, 4, 8, 10, 13]) func `block types that RAW does not have`(type: UInt8) throws {
        #expect(try Bench.raw().selectRaw(type) == .refused(5, 0x26, 0))
    }

    @Test func `a disc that is not blank`() throws {
        let bench = try Bench.raw()
        bench.select(Bench.tao(multiSession: 3))
        bench.track(at: 0, blocks: 300)
        bench.selectRaw(3)
        #expect(bench.writeRaw(at: -300, block(-300), count: 1) == .refused(5, 0x30, 5))
        bench.send("5B 00 02 00 00 00 00 00 00 00")
        #expect(bench.writeRaw(at: -300, block(-300), count: 1) == .refused(5, 0x30, 5))
    }

    @Test(arguments: [
        ("closing a session", "5B 00 02 00 00 00 00 00 00 00", 0x2C as UInt8),
        ("closing a track", "5B 00 01 00 00 01 00 00 00 00", 0x2C),
        ("reserving a track", "53 00 00 00 00 00 00 01 2C 00", 0x2C),
        ("the table of contents", "43 00 00 00 00 00 00 00 04 00", 0x24),
    ])
    func `in the middle of a session`(what: String, cdb: String, code: UInt8) throws {
        let bench = try Bench.raw()
        bench.selectRaw(3)
        bench.write(disc, .raw, -300..<100)
        #expect(bench.send(cdb) == .refused(5, code, 0), "\(what)")
        #expect(bench.selectRaw(1) == .refused(5, 0x2C, 0))
        #expect(bench.write(disc, .raw, 100..<disc.end) == .good([]))
    }

    @Test func `anything behind the end`() throws {
        let bench = try Bench.raw()
        bench.burn(disc)
        #expect(bench.writeRaw(at: 7_650, block(7_649), count: 1) == .refused(5, 0x30, 5))
    }

    @Test func `a disc whose buffer is flushed before the lead-out is broken off`() throws {
        let bench = try Bench.raw()
        bench.selectRaw(3)
        bench.write(disc, .raw, -300..<900)
        #expect(bench.synchronize() == .good([]))
        #expect(try bench.stored().sessions[0].stage == .spoiled)
        #expect(bench.select(Bench.tao()) == .good([]))
    }

    @Test func `one block of lead-out is enough to end a disc, though not well`() throws {
        let bench = try Bench.raw()
        bench.selectRaw(3)
        bench.write(disc, .raw, -300..<901)
        #expect(bench.synchronize() == .good([]))
        #expect(try bench.stored().sessions[0].closing?.leadOut == 900)
        #expect(try bench.stored().tracks.map(\.isDamaged) == [false, true])
        #expect(try bench.lastEvent().hasSuffix("; 6749 blocks of the lead-out are missing"))
    }

    // MARK: Cut off

    @Test(arguments: [-200, 300, 650, 900]) func `a disc that is ejected in the middle is spoiled`(end: Int) throws {
        let bench = try Bench.raw()
        bench.selectRaw(3)
        bench.write(disc, .raw, -300..<end)
        #expect(bench.send("1B 00 00 00 02 00") == .good([]))
        let session = try bench.stored().sessions[0]
        #expect(session.stage == .spoiled)
        #expect(session.tracks.map(\.number) == (end < -150 ? [] : end < 400 ? [1] : [1, 2]))
        #expect(session.tracks.last?.state == (end < -150 ? nil : .cutOff))
        #expect(try bench.lastEvent() == "recording cut off: broken off at \(end)")
        let stored = try bench.stored()
        #expect(try Disc.parse(DiscDocument(stored).bytes) == stored)
    }

    @Test func `a recorder that dies leaves a spoiled session`() throws {
        let folder = TemporaryFolder(inMemory: true)
        do {
            let bench = try Bench(in: folder)
            bench.selectRaw(1)
            var disc = RawDisc.audio()
            disc.leadInStart = -11_635
            bench.write(disc, .pq, -11_635..<0)
        }
        let bench = try Bench(in: folder)
        #expect(try bench.stored().sessions.map(\.stage) == [.spoiled])
        #expect(bench.send("43 00 00 00 00 00 00 00 04 00") == .refused(5, 0x24, 0))
        bench.selectRaw(1)
        #expect(bench.writeRaw(at: -11_635, disc.block(at: -300, .pq), count: 1) == .refused(5, 0x30, 5))
    }

    @Test func `a CD-RW is blanked and taken anew`() throws {
        let bench = try Bench.raw(kind: .cdRW)
        bench.burn(disc)
        #expect(bench.send("A1 01 00 00 00 00 00 00 00 00 00 00") == .good([]))
        bench.burn(disc, .pq)
        #expect(try bench.stored().tracks.count == 2)
    }

    @Test func `a buffer that runs empty without protection ends the session`() throws {
        let bench = try Bench.raw(speed: 4)
        #expect(bench.selectRaw(3, isProtected: false) == .good([]))
        // More than the buffer holds, so that the laser begins.
        #expect(bench.write(disc, .raw, -300..<899) == .good([]))
        bench.clock.advance(by: .seconds(60))
        #expect(bench.writeRaw(at: 899, block(899), count: 1) == .refused(3, 0x0C, 9))
        #expect(try bench.stored().sessions[0].stage == .spoiled)
        #expect(try bench.stored().tracks.map(\.state) == [.complete, .cutOff])
        #expect(bench.writeRaw(at: 899, block(899), count: 1) == .refused(5, 0x30, 5))
    }

    @Test func `a full buffer holds a WRITE back and refuses none`() throws {
        let bench = try Bench.raw(speed: 1)
        bench.selectRaw(3)
        let range = -300..<899
        // All at once: far more than the buffer holds takes more than a second to make room for.
        let blocks = range.flatMap { disc.block(at: $0, .raw) }
        #expect(bench.writeRaw(at: range.lowerBound, blocks, count: range.count) == .good([]))
        #expect(bench.writeRaw(at: 899, block(899), count: 1) == .good([]))
        #expect(bench.clock.waited > .seconds(4))
    }
}
