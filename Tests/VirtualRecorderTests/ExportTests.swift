import DiscLayout
import Glibc
import POSIX
import SectorCoding
import TestSupport
import Testing

@testable import VirtualRecorder

/// Discs as files of other programs.
@Suite struct ExportTests {
    private static func contents(_ path: String) throws -> [UInt8] {
        try DurableFile.contents(of: path, limit: 1 << 26)
    }
    private static func text(_ path: String) throws -> String { String(decoding: try contents(path), as: UTF8.self) }

    @Test func `a cue sheet says what is on the disc, and its file holds it from 00:02:00 on`() throws {
        let made = try MadeDisc(MadeDisc.album(), text: TextBlockTests.album)
        let out = "\(made.folder.path)/out"
        let paths = try DiscExport.exportCue(try StoredDisc.load(made.path), to: "\(out).cue")
        #expect(paths == ["\(out).cue", "\(out).bin", "\(out).cdt"])
        #expect(
            try Self.text("\(out).cue") == """
                CATALOG 4012345678901
                CDTEXTFILE "out.cdt"
                TITLE "Demo Album"
                PERFORMER "The Band"
                FILE "out.bin" BINARY
                  TRACK 01 AUDIO
                    TITLE "First"
                    PERFORMER "The Band"
                    FLAGS DCP
                    ISRC DEABC1234567
                    INDEX 00 00:00:00
                    INDEX 01 00:01:00
                    INDEX 02 00:03:00
                  TRACK 02 AUDIO
                    TITLE "Second Track"
                    PERFORMER "Guest"
                    FLAGS PRE
                    INDEX 00 00:05:25
                    INDEX 01 00:07:25
                    INDEX 02 00:08:50
                    INDEX 03 00:09:25
                  TRACK 03 AUDIO
                    FLAGS SCMS
                    INDEX 01 00:11:25

                """)
        #expect(try Self.contents("\(out).cdt") == TextBlockTests.album)
        #expect(try Self.contents("\(out).bin") == (0..<1160).flatMap { Bench.block($0) })
    }

    @Test func `a cue sheet of two sessions, with data and run-outs`() throws {
        let made = try MadeDisc(MadeDisc.mixed(.xa))
        let out = "\(made.folder.path)/out"
        _ = try DiscExport.exportCue(made.stored, to: "\(out).cue")
        #expect(
            try Self.text("\(out).cue") == """
                REM SESSION 01
                REM PREGAP 00:02:00
                FILE "out.bin" BINARY
                  TRACK 01 MODE2/2352
                    INDEX 01 00:00:00
                  TRACK 02 AUDIO
                    INDEX 00 00:04:02
                    INDEX 01 00:06:02
                REM LEAD-OUT 01:30:00
                REM SESSION 02
                REM LEAD-IN 01:00:00
                REM PREGAP 00:02:00
                  TRACK 03 MODE1/2352
                    INDEX 01 00:10:04
                REM LEAD-OUT 00:30:00

                """)
        let bin = try Self.contents("\(out).bin")
        #expect(bin.count == (302 + 150 + 302 + 302) * 2352)
        let tracks = made.disc.tracks
        #expect(Array(bin[0..<2352]) == MadeDisc.block(0, of: tracks[0]))
        #expect(Array(bin[754 * 2352..<755 * 2352]) == MadeDisc.block(tracks[2].start, of: tracks[2]))
    }

    @Test func `a toc file and its blocks`() throws {
        let made = try MadeDisc(MadeDisc.album(), text: TextBlockTests.album, packs: 2)
        let out = "\(made.folder.path)/out"
        let paths = try DiscExport.exportTOC(try StoredDisc.load(made.path), to: "\(out).toc")
        #expect(paths == ["\(out).toc", "\(out).bin"])
        #expect(try Self.text("\(out).toc") == Self.albumTOC)
        let bin = try Self.contents("\(out).bin")
        #expect(bin.count == 400 * 2352 + 450 * 2448 + 310 * 2352)
        func swapped(_ bytes: [UInt8]) -> [UInt8] { bytes.indices.map { bytes[$0 ^ 1] } }
        #expect(Array(bin[7 * 2352..<8 * 2352]) == swapped(Bench.block(7)))
        let second = Array(bin[400 * 2352 + 2448..<400 * 2352 + 2 * 2448])
        #expect(Array(second[..<2352]) == swapped(Bench.block(401)))
        // R to W alone: bytes 96 to 191 of the track's sub-channel, modulo 61.
        #expect(Array(second[2352...]) == (96..<192).map { UInt8($0 % 61) })
    }

    private static let albumTOC = #"""
        CD_DA
        CATALOG "4012345678901"
        CD_TEXT {
          LANGUAGE_MAP { 0 : 9 }
          LANGUAGE 0 {
            TITLE "Demo Album"
            PERFORMER "The Band"
          }
        }

        // Track 1
        TRACK AUDIO
        COPY
        NO PRE_EMPHASIS
        TWO_CHANNEL_AUDIO
        ISRC "DEABC1234567"
        CD_TEXT {
          LANGUAGE 0 {
            TITLE "First"
            PERFORMER "The Band"
          }
        }
        FILE "out.bin" #0 0 00:05:25
        START 00:01:00
        INDEX 00:02:00

        // Track 2
        TRACK AUDIO RW_RAW
        NO COPY
        PRE_EMPHASIS
        TWO_CHANNEL_AUDIO
        CD_TEXT {
          LANGUAGE 0 {
            TITLE "Second Track"
            PERFORMER "Guest"
          }
        }
        DATAFILE "out.bin" #940800 00:06:00
        START 00:02:00
        INDEX 00:01:25
        INDEX 00:02:00

        // Track 3
        TRACK AUDIO
        // SCMS: the copy bit alternates, for which there is no word
        NO COPY
        NO PRE_EMPHASIS
        TWO_CHANNEL_AUDIO
        CD_TEXT {
          LANGUAGE 0 {
            TITLE ""
            PERFORMER ""
          }
        }
        FILE "out.bin" #2042400 0 00:04:10

        """#

    @Test func `a toc file for every session`() throws {
        let made = try MadeDisc(MadeDisc.mixed(.mode1))
        let out = "\(made.folder.path)/out"
        let paths = try DiscExport.exportTOC(made.stored, to: "\(out).toc")
        #expect(paths == ["\(out).toc", "\(out).bin", "\(out)-2.toc", "\(out)-2.bin"])
        #expect(
            try Self.text("\(out)-2.toc") == """
                CD_ROM

                // Track 3
                TRACK MODE1_RAW
                NO COPY
                DATAFILE "out-2.bin" #0 00:04:02

                """)
    }

    @Test func `sub-channel stands channel by channel`() throws {
        let made = try MadeDisc(MadeDisc.album())
        let path = "\(made.folder.path)/out.sub"
        #expect(try DiscExport.exportSubChannel(made.stored, to: path) == [path])
        let sub = try Self.contents(path)
        #expect(sub.count == 1160 * 96)
        // Block 550 is the first of track 2: P is set, Q says track 2, index 1.
        let block = Array(sub[550 * 96..<551 * 96])
        #expect(Array(block[..<12]) == [UInt8](repeating: 0xFF, count: 12))
        #expect(Array(block[12..<22]) == hex("11 02 01 00 00 00 00 00 09 25"))
        #expect(block[24...].allSatisfy { $0 == 0 })
    }

    @Test(arguments: [
        (SectorForm.mode1, "iso", 2048), (.mode2, "bin", 2352), (.mode0, "bin", 2352), (.xa, "bin", 2352),
    ])
    func `data tracks as files of user data, or of sectors where that has no one size`(
        form: SectorForm, ending: String, bytes: Int
    ) throws {
        let made = try MadeDisc(MadeDisc.mixed(form))
        let out = "\(made.folder.path)/out"
        let paths = try DiscExport.export(made.stored, to: out)
        #expect(paths == ["\(out)/track01.\(ending)", "\(out)/track02.wav", "\(out)/track03.iso"])
        #expect(try Self.contents(paths[0]).count == 300 * bytes)
        let third = try Self.contents(paths[2])
        let start = made.disc.tracks[2].start
        #expect(
            third == (start..<start + 300).flatMap { [UInt8](repeating: UInt8(truncatingIfNeeded: $0), count: 2048) })
    }

    @Test func `a track of Form 1 alone is a file of user data`() throws {
        let bench = try Bench()
        bench.select(Bench.tao(control: 4, changes: [12: 10, 16: 0x20]))
        let blocks = (0..<300).flatMap { [UInt8](repeating: UInt8(truncatingIfNeeded: $0), count: 2048) }
        #expect(bench.send("2A 00 00 00 00 00 00 01 2C 00", out: blocks).isGood)
        bench.send("35 00 00 00 00 00 00 00 00 00")
        let paths = try DiscExport.export(StoredDisc.load(bench.disc), to: "\(bench.folder.path)/out")
        #expect(paths == ["\(bench.folder.path)/out/track01.iso"])
        #expect(try Self.contents(try #require(paths.first)) == blocks)
    }
}

/// Exports that do not work.
@Suite struct ExportFailureTests {
    private typealias Export = @Sendable (StoredDisc, String) throws -> [String]
    private static let exports: [(String, Export)] = [
        ("out.cue", { try DiscExport.exportCue($0, to: $1) }), ("out.toc", { try DiscExport.exportTOC($0, to: $1) }),
        ("out.sub", { try DiscExport.exportSubChannel($0, to: $1) }),
    ]

    /// Names in the folder of a disc, that of the disc itself left out.
    private static func names(_ made: MadeDisc) -> [String] {
        ["out.cue", "out.bin", "out.cdt", "out.toc", "out-2.toc", "out-2.bin", "out.sub"]
            .filter { access("\(made.folder.path)/\($0)", F_OK) == 0 }
    }

    @Test(arguments: 0..<3) func `files that are there are left alone`(index: Int) throws {
        let made = try MadeDisc(MadeDisc.album())
        let (name, export) = Self.exports[index]
        let path = "\(made.folder.path)/\(name)"
        try DurableFile.replace(path, with: [1])
        #expect(throws: DiscExport.Failure.system(SystemError(call: "open", number: EEXIST, subject: path))) {
            _ = try export(made.stored, path)
        }
        #expect(try DurableFile.contents(of: path, limit: 10) == [1] && Self.names(made) == [name])
    }

    @Test(arguments: 0..<2) func `an image file that is there stops the sheet too`(index: Int) throws {
        let made = try MadeDisc(MadeDisc.album())
        let (name, export) = Self.exports[index]
        try DurableFile.replace("\(made.folder.path)/out.bin", with: [1])
        #expect(throws: DiscExport.Failure.self) { _ = try export(made.stored, "\(made.folder.path)/\(name)") }
        #expect(Self.names(made) == ["out.bin"])
    }

    @Test(arguments: 0..<3) func `a disc whose files are short leaves nothing behind`(index: Int) throws {
        let made = try MadeDisc(MadeDisc.album())
        for (file, bytes) in [("main.bin", 2352), ("sub.bin", 96)] {
            #expect(truncate("\(made.path)/\(file)", off_t(1000 * bytes)) == 0)
        }
        let (name, export) = Self.exports[index]
        #expect(throws: DiscExport.Failure.truncated(track: 3, path: made.path)) {
            _ = try export(made.stored, "\(made.folder.path)/\(name)")
        }
        #expect(Self.names(made) == [])
    }

    @Test(arguments: 0..<3) func `of a blank, and of a session that is being written, there is nothing`(index: Int)
        throws
    {
        let made = try MadeDisc(Disc(medium: .cdR80))
        var recording = MadeDisc.album()
        recording.sessions[0].stage = .recording
        for stored in [made.stored, StoredDisc(path: made.path, disc: recording)] {
            #expect(throws: DiscExport.Failure.nothing(path: made.path)) {
                _ = try Self.exports[index].1(stored, "\(made.folder.path)/\(Self.exports[index].0)")
            }
        }
        #expect(Self.names(made) == [])
    }

    @Test(arguments: 0..<2) func `what a sheet has no word for is an error`(index: Int) throws {
        let made = try MadeDisc(MadeDisc.mixed(.mode0))
        let (name, export) = Self.exports[index]
        let error = #expect(throws: DiscExport.Failure.self) {
            _ = try export(made.stored, "\(made.folder.path)/\(name)")
        }
        #expect("\(error.map { "\($0)" } ?? "")".hasPrefix("track 1: a "), "\(name)")
        #expect(Self.names(made) == [])
    }

    @Test func `a name with a quote is no name for a sheet`() throws {
        let made = try MadeDisc(MadeDisc.album())
        #expect(throws: DiscExport.Failure.name("a\"b.bin")) {
            _ = try DiscExport.exportCue(made.stored, to: "\(made.folder.path)/a\"b.cue")
        }
    }

    @Test func `an open session is exported up to its last complete track, indexes that were never reached left out`()
        throws
    {
        var disc = MadeDisc.album()
        disc.sessions[0].stage = .recording
        disc.spoilSession(recordedUpTo: 600)
        let made = try MadeDisc(disc)
        #expect(try DiscExport.exportCue(made.stored, to: "\(made.folder.path)/out.cue").count == 2)
        let bin = try DurableFile.contents(of: "\(made.folder.path)/out.bin", limit: 1 << 26)
        #expect(bin.count == 400 * 2352)
    }
}

/// Discs whose disc.json says something else than is there.
@Suite struct ContradictedDiscTests {
    @Test func `no number in disc.json makes a listing, a look at the sectors or an export crash`() throws {
        let made = try MadeDisc(MadeDisc.album(), text: TextBlockTests.album)
        let sound = Array(try DurableFile.contents(of: "\(made.path)/disc.json", limit: 1 << 20))
        var opened = 0
        for number in Self.numbers(in: sound) {
            guard let value = Int(String(decoding: sound[number], as: UTF8.self)) else { continue }
            for other in [-1, 0, value + 1, value - 1, 449_850, Int.max] {
                let changed = sound[..<number.lowerBound] + Array("\(other)".utf8) + sound[number.upperBound...]
                guard let disc = try? Disc.parse(Array(changed)) else { continue }
                opened += 1
                let stored = StoredDisc(path: made.path, disc: disc)
                let listing = try stored.checkedListing()
                #expect(!listing.text.isEmpty && !listing.json.isEmpty)
                let out = TemporaryFolder(inMemory: true)
                _ = try? DiscExport.exportCue(stored, to: "\(out.path)/out.cue")
                _ = try? DiscExport.exportSubChannel(stored, to: "\(out.path)/out.sub")
            }
        }
        #expect(opened > 20)
    }

    /// Where the integers of a JSON text stand, outside of strings.
    private static func numbers(in text: [UInt8]) -> [Range<Int>] {
        var (ranges, isInString): ([Range<Int>], Bool) = ([], false)
        for (index, byte) in text.enumerated() {
            if byte == 0x22 { isInString.toggle() }
            guard !isInString, byte == 0x2D || (0x30...0x39).contains(byte) else { continue }
            if let last = ranges.last, last.upperBound == index {
                ranges[ranges.count - 1] = last.lowerBound..<index + 1
            } else {
                ranges.append(index..<index + 1)
            }
        }
        return ranges
    }
}
