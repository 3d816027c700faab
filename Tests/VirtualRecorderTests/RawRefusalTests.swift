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

    @Test func `a disc without a lead-out is not complete`() throws {
        let bench = try Bench.raw()
        bench.selectRaw(3)
        bench.write(disc, .raw, -300..<900)
        #expect(bench.synchronize() == .good([]))
        #expect(try bench.stored().sessions[0].stage == .recording)
        // It goes on, and one block of lead-out is enough to end it, though not well.
        bench.write(disc, .raw, 900..<901)
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

    // MARK: Wrong discs

    @Test func `a table of contents and a Q that disagree`() throws {
        let bench = try Bench.raw()
        var disc = disc
        // The lead-in has track 2 ten blocks later, and the lead-out five blocks later.
        let running = MSF(minutes: 99, seconds: 58, frames: 0)
        let said: [LeadInEntry] = [
            .firstTrack(1, discType: 0), .lastTrack(2), .leadOut(MSF(frameCount: 1_055)),
            .track(1, start: MSF(frameCount: 150)), .track(2, start: MSF(frameCount: 710)),
        ]
        disc.entries = said.map { .tableOfContents($0, control: $0.point == 2 ? .copyPermitted : [], running: running) }
        bench.burn(disc)
        let tracks = try bench.stored().tracks
        // The lead-in wins.
        #expect(tracks.map(\.start) == [0, 560] && tracks.map(\.pauseStart) == [-150, 400])
        #expect(tracks[1].indexes == [560, 700] && tracks[1].blocks == 905 - 560)
        #expect(try bench.stored().sessions[0].closing?.leadOut == 905)
        #expect(tracks.map(\.isDamaged) == [true, true])
        let event = try bench.lastEvent()
        #expect(event.contains("; the lead-out begins at 900 by Q, at 905 by the table of contents"))
        #expect(event.contains("blocks from 400 on have another track, index or relative time in Q than by"))
    }

    private static func time(_ lba: Int) -> MSF { MSF(frameCount: lba + 150) }
    private static let anotherNumber: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3]
    private static let itsNumber: [UInt8] = [4, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]
    private static let oddities: [(Int, QFrame, String, Int)] = [
        // The time of the block before.
        (
            510,
            .position(
                control: .copyPermitted, track: 2, index: 0, relative: MSF(frameCount: 39), absolute: time(509)),
            "another time in Q than their own", 1
        ),
        (
            10,
            .position(control: [], track: 1, index: 1, relative: MSF(frameCount: 11), absolute: time(10)),
            "another track, index or relative time in Q than by the table of contents", 1
        ),
        (
            10,
            .position(control: .preEmphasis, track: 1, index: 1, relative: MSF(frameCount: 10), absolute: time(10)),
            "other control bits in Q than the table of contents", 1
        ),
        (
            10, .tableOfContents(.lastTrack(2), control: [], running: time(10)), "a Q frame of a lead-in", 1
        ),
        (
            10, .catalogNumber(anotherNumber, control: [], absolute: time(10)),
            "another MCN or ISRC than before them", 1
        ),
        (
            720, .recordingCode(Array("DEABC1234567".utf8), control: [], absolute: time(720)),
            "another MCN or ISRC than before them", 2
        ),
        (720, QFrame(hex("01 02 02 00 00 00 00 00 00 00 00 00")), "a Q frame that cannot be read", 2),
        (
            720, .catalogNumber(itsNumber, control: [], absolute: time(721)), "another time in Q than their own", 2
        ),
    ]

    @Test(arguments: oddities)
    func `one wrong frame damages its track`(lba: Int, frame: QFrame, what: String, track: Int) throws {
        let bench = try Bench.raw()
        var disc = disc
        disc.frames[lba] = frame
        bench.burn(disc)
        let tracks = try bench.stored().tracks
        // A pause is in the track before it by the lead-in, which knows nothing of pauses.
        #expect(tracks.filter(\.isDamaged).map(\.number) == [track])
        #expect(try bench.lastEvent().hasSuffix("; 1 blocks from \(lba) on have \(what)"))
    }

    @Test func `data that was not scrambled has no header of its own`() throws {
        let bench = try Bench.raw()
        var disc = RawDisc()
        disc.tracks = [.init(number: 1, control: .data, pauseStart: -150, indexes: [0])]
        disc.leadOut = 310
        bench.selectRaw(3)
        bench.write(disc, .raw, -300..<16)
        #expect(bench.writeRaw(at: 16, disc.main(at: 16) + disc.sub(at: 16), count: 1) == .good([]))
        bench.write(disc, .raw, 17..<disc.end)
        bench.synchronize()
        #expect(try bench.stored().tracks[0].isDamaged)
        #expect(try bench.lastEvent().contains("; 1 blocks from 16 on have another address in their header"))
    }

    @Test func `a lead-in that says nothing spoils the session`() throws {
        let bench = try Bench.raw()
        var disc = disc
        disc.entries = [QFrame([UInt8](repeating: 0, count: 12))]
        bench.burn(disc)
        #expect(try bench.stored().sessions.map(\.stage) == [.spoiled])
        #expect(try bench.lastEvent() == "recording cut off: no table of contents: no POINT A2")
        #expect(bench.send("43 00 00 00 00 00 00 00 04 00") == .refused(5, 0x24, 0))
        #expect(bench.send("51 00 00 00 00 00 00 00 22 00").data[2] & 3 == 1)
    }

    /// Numbers that are always the same (Vigna, splitmix64).
    private struct Noise: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
            return value ^ value >> 31
        }
    }

    @Test(arguments: [RawBlockType.pq, .packed, .raw]) func `noise makes no disc`(type: RawBlockType) throws {
        let bench = try Bench.raw()
        var noise = Noise(state: UInt64(type.rawValue))
        bench.selectRaw(type.rawValue)
        for lba in stride(from: -300, to: 600, by: 30) {
            let blocks = (0..<30 * type.bytes / 8).flatMap { _ in withUnsafeBytes(of: noise.next()) { Array($0) } }
            #expect(bench.writeRaw(at: lba, blocks, count: 30) == .good([]))
        }
        #expect(bench.synchronize() == .good([]))
        #expect(bench.send("1B 00 00 00 02 00") == .good([]))
        #expect(try bench.stored().sessions.map(\.stage) == [.spoiled])
    }

    @Test func `frames that are right and say anything make no trap, and a disc that can be opened`() throws {
        for seed: UInt64 in 0..<8 {
            let bench = try Bench.raw()
            var noise = Noise(state: seed)
            var disc = disc
            disc.leadOutBlocks = 10
            // Most blocks as they must be, so that the disc comes to its end, and among them all kinds of frames.
            for lba in -300..<disc.end where noise.next() % 4 == 0 {
                var bytes = disc.frame(at: lba).bytes
                for _ in 0..<1 + noise.next() % 3 {
                    bytes[Int(noise.next() % 10)] = UInt8(truncatingIfNeeded: noise.next())
                }
                disc.frames[lba] = QFrame(bytes).repairingCRC
            }
            #expect(bench.selectRaw(3) == .good([]))
            #expect(bench.write(disc, .raw, -300..<disc.end) == .good([]))
            #expect(bench.synchronize() == .good([]))
            bench.send("1B 00 00 00 02 00")
            let stored = try bench.stored()
            #expect(stored.sessions.count == 1)
            #expect(stored.tracks.contains { $0.isDamaged } || stored.sessions[0].stage == .spoiled)
        }
    }
}
