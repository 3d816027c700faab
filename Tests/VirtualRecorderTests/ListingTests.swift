import DiscLayout
import Glibc
import POSIX
import TestSupport
import Testing

@testable import VirtualRecorder

@Suite struct ListingTests {
    private static func burned() throws -> Bench {
        let bench = try Bench()
        bench.select(Bench.tao())
        bench.track(at: 0, blocks: 310)
        bench.select(Bench.tao(control: 3))
        bench.track(at: 462, blocks: 300)
        bench.send("5B 00 02 00 00 00 00 00 00 00")
        return bench
    }

    @Test func `a disc as a table`() throws {
        let bench = try Self.burned()
        #expect(
            try StoredDisc.load(bench.disc).listing().text == """
                disc    \(bench.disc)
                medium  CD-R, lead-in 97:26:65, lead-out up to 79:59:74 (cd-r-80, CMC Magnetics)
                state   finalized

                session 1: tao, lead-in 97:26:65, lead-out 00:12:14 (764)
                  track  start       start   length    sectors  seconds  control
                      1  00:02:00        0  00:04:10      310     4.13  audio
                      2  00:08:12      462  00:04:00      300     4.00  audio, pre-emphasis, copy permitted
                """)
    }

    @Test func `a disc as JSON`() throws {
        let bench = try Self.burned()
        let json = try StoredDisc.load(bench.disc).listing().json
        for line in [
            "\"state\" : \"finalized\"", "\"lead_out\" : 764", "\"start_msf\" : \"00:08:12\"", "\"control\" : 3",
            "\"pause\" : 150", "\"run_out\" : 2", "\"manufacturer\" : \"CMC Magnetics\"", "\"write_type\" : \"tao\"",
            "\"lead_out_msf\" : \"00:12:14\"", "\"form\" : \"audio\"", "\"capacity\" : 359849",
        ] { #expect(json.contains(line)) }
    }

    @Test func `export writes index 1 to the end of every track`() throws {
        let bench = try Self.burned()
        let out = TemporaryFolder(inMemory: true)
        let disc = try StoredDisc.load(bench.disc)
        let paths = try DiscExport.export(disc, to: "\(out.path)/wav")
        #expect(paths == ["\(out.path)/wav/track01.wav", "\(out.path)/wav/track02.wav"])
        let first = try DurableFile.contents(of: paths[0], limit: 1 << 20)
        #expect(
            Array(first.prefix(44))
                == hex(
                    """
                    52 49 46 46 44 20 0B 00 57 41 56 45              // RIFF, 729156 bytes, WAVE
                    66 6D 74 20 10 00 00 00 01 00 02 00              // fmt, PCM, stereo
                    44 AC 00 00 10 B1 02 00 04 00 10 00              // 44100 Hz, 176400 bytes a second, 16 bits
                    64 61 74 61 20 20 0B 00                          // data, 729120 bytes
                    """))
        #expect(Array(first.dropFirst(44)) == (0..<310).flatMap { Bench.block($0) })
        #expect(throws: DiscExport.Failure.system(SystemError(call: "open", number: EEXIST, subject: paths[0]))) {
            _ = try DiscExport.export(disc, to: "\(out.path)/wav")
        }
    }

    @Test func `files shorter than the disc are damage, and no export`() throws {
        let bench = try Self.burned()
        #expect(truncate("\(bench.disc)/main.bin", off_t((150 + 500) * 2352)) == 0)
        let disc = try StoredDisc.load(bench.disc)
        #expect(try disc.listing().damage == ["Track 2 ends at block 764, the files at 500."])
        let out = TemporaryFolder(inMemory: true)
        #expect(throws: DiscExport.Failure.truncated(track: 2, path: bench.disc)) {
            _ = try DiscExport.export(disc, to: out.path)
        }
        #expect(bench.read(from: 600, blocks: 1) == .refused(3, 0x11, 0))
    }

    @Test func `a disc that is being written can be looked at`() throws {
        let bench = try Bench()
        bench.select(Bench.tao())
        bench.write(at: 0, blocks: 27)
        let listing = try StoredDisc.load(bench.disc).listing()
        #expect(listing.state == "appendable" && listing.damage.isEmpty)
        #expect(listing.sessions[0].tracks[0].state == "open" && listing.sessions[0].tracks[0].blocks == 27)
    }

    @Test func `what is special of a session and its tracks is in its lines`() throws {
        var disc = Disc(medium: .cdRWHighSpeed)
        disc.sessions = [
            Disc.Session(
                number: 1, writeType: .sessionAtOnce, start: -150,
                tracks: [
                    Disc.Track(
                        number: 1, control: [.copyPermitted], pauseStart: -150, indexes: [300, 600, 900], blocks: 1000,
                        state: .complete, isrc: "DEABC1234567", isFirstCopy: true),
                    Disc.Track(
                        number: 2, control: [.data], form: .xa, pauseStart: 1300, indexes: [1300], blocks: 300,
                        state: .complete),
                ], stage: .closed(Disc.Closing(leadOut: 1600, following: .another)), discType: 0x20,
                catalogNumber: "4012345678901")
        ]
        let folder = try Self.folder(disc)
        let listing = try StoredDisc.load("\(folder.path)/disc").listing()
        #expect(
            listing.text.split(separator: "\n").dropFirst().joined(separator: "\n") == """
                medium  CD-RW, lead-in 97:34:23, lead-out up to 79:59:74 (cd-rw-high-speed, Mitsubishi, high speed, 4× to 10×)
                state   appendable
                session 1: sao, lead-in 97:34:23, lead-out 00:23:25 (1600), another session can follow, CD-ROM XA, MCN 4012345678901
                  track  start       start   length    sectors  seconds  control
                      1  00:06:00      300  00:13:25     1000    13.33  audio, copy of the first generation, pause 450, ISRC DEABC1234567
                      index 2 at 00:10:00 (600)
                      index 3 at 00:14:00 (900)
                      2  00:19:25     1300  00:04:00      300     4.00  Mode 2 XA, pause 0
                damage: Track 1 ends at block 1300, the files at -150.
                damage: Track 2 ends at block 1600, the files at -150.
                """)
        #expect(listing.sessions[0].tracks.map { $0.indexes.map(\.index) } == [[0, 1, 2, 3], [1]])
    }

    @Test func `a session broken off is damage`() throws {
        var disc = Disc(medium: .cdR80)
        disc.sessions = [Disc.Session(number: 1, writeType: .raw, start: -150, stage: .spoiled)]
        let folder = try Self.folder(disc)
        let listing = try StoredDisc.load("\(folder.path)/disc").listing()
        #expect(listing.sessions[0].stage == "spoiled" && listing.state == "appendable")
        #expect(listing.damage == ["Session 1 was broken off and cannot be ended."])
    }

    /// A folder whose disc has nothing but its `disc.json`.
    static func folder(_ disc: Disc, text: [UInt8] = []) throws -> TemporaryFolder {
        let folder = TemporaryFolder(inMemory: true)
        try DurableFile.makeFolder("\(folder.path)/disc")
        try DurableFile.replace("\(folder.path)/disc/disc.json", with: DiscDocument(disc).bytes)
        if !text.isEmpty { try DurableFile.replace("\(folder.path)/disc/cd-text-1.cdt", with: text) }
        return folder
    }
}

/// Blanks made without a recorder.
@Suite struct BlankMakingTests {
    @Test func `a blank is made where nothing is, and a recorder takes it`() throws {
        let folder = TemporaryFolder(inMemory: true)
        let path = "\(folder.path)/disc"
        #expect(try StoredDisc.makeBlank(at: path, .cdRW).disc == Disc(medium: .cdRW))
        #expect(try Bench(in: folder).nextWritableAddress == 0)
        #expect(try StoredDisc.load(path).disc.medium == .cdRW)
    }

    @Test func `a disc and other things stay as they are`() throws {
        let bench = try Bench()
        #expect(throws: DiscFolderError.isADisc(path: bench.disc)) {
            _ = try StoredDisc.makeBlank(at: bench.disc, .cdRW)
        }
        #expect(throws: DiscFolderError.notADisc(path: bench.folder.path)) {
            _ = try StoredDisc.makeBlank(at: bench.folder.path, .cdRW)
        }
    }
}
