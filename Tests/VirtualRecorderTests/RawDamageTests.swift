import DiscLayout
import POSIX
import SectorCoding
import TestSupport
import Testing

@testable import VirtualRecorder

/// What becomes of discs in RAW that are not as they must be: they are recorded all the same, and the journal tells.
@Suite struct RawDamageTests {
    private let disc = RawDisc.audio()

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

    @Test func `zeros are no codes`() throws {
        let bench = try Bench.raw()
        var disc = RawDisc()
        disc.tracks = [.init(number: 1, pauseStart: -150, indexes: [0], isrc: "000000000000")]
        (disc.leadOut, disc.catalogNumber) = (310, "0000000000000")
        bench.burn(disc)
        #expect(try bench.stored().sessions[0].catalogNumber == nil)
        #expect(try bench.stored().tracks.map(\.isrc) == [nil])
        #expect(try bench.stored().tracks.map(\.isDamaged) == [false])
    }

    @Test func `as many tracks and indexes as there can be`() throws {
        let bench = try Bench.raw()
        var disc = RawDisc()
        // Three of each entry need 306 blocks, and a lead-in has 150: one of each.
        let running = MSF(minutes: 99, seconds: 58, frames: 0)
        disc.tracks = (0..<99).map {
            .init(number: $0 + 1, pauseStart: $0 * 100, indexes: (1..<100).map { [start = $0 * 100] in start + $0 })
        }
        disc.tracks[0].pauseStart = -150
        (disc.leadOut, disc.leadOutBlocks) = (9_900, 1)
        let general: [LeadInEntry] = [
            .firstTrack(1, discType: 0), .lastTrack(99), .leadOut(MSF(frameCount: 10_050)),
        ]
        let all = general + disc.tracks.map { .track($0.number, start: MSF(frameCount: $0.indexes[0] + 150)) }
        for (place, entry) in all.enumerated() {
            disc.frames[-300 + place] = .tableOfContents(entry, control: [], running: running)
        }
        bench.burn(disc)
        let tracks = try bench.stored().tracks
        #expect(tracks.count == 99 && tracks.allSatisfy { $0.indexes.count == 99 })
        #expect(tracks.map(\.isDamaged) == Array(repeating: false, count: 98) + [true])
        #expect(try bench.lastEvent().hasSuffix("; 6749 blocks of the lead-out are missing"))
    }
}
