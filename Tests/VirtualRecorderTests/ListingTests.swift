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
                medium  CD-R, lead-in 97:26:65, lead-out up to 79:59:74
                state   finalized

                session 1: lead-out 00:12:14 (764)
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
            "\"pause\" : 150",
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
}
