import FoundationEssentials
import Glibc
import POSIX
import TestSupport
import Testing

/// Discs that leave the recorder that wrote them: for another recorder, or as files for another program.
@Suite(.timeLimit(.minutes(5))) struct CarriedDiscTests {
    private static let isReady = access("/usr/bin/make", X_OK) == 0 && access("/usr/bin/gcc", X_OK) == 0
    private static let why: Comment = "gcc, make and the burning programs must be installed (script/test does it)"
    private static let hasWodim = isReady && Peer.wodim.isInstalled
    private static let hasBoth = isReady && Peer.cdrdao.isInstalled && Peer.cdrskin.isInstalled

    @Test(.enabled(if: hasWodim, why)) func `a recorder goes on with the disc that another ended with`() async throws {
        let (work, first) = (TemporaryFolder(), Recording(seed: 21, stereoSamples: 588 * 300))
        let second = Recording(seed: 22, stereoSamples: 588 * 310)
        try first.write(to: work, as: "first.wav")
        try second.write(to: work, as: "second.wav")
        let options = ["dev=/dev/sr0", "gracetime=2", "-tao", "-audio", "-pad"]
        let one = try await RecorderProcess()
        let burn = try await Peer.wodim.run(options + ["-multi", "first.wav"], on: one, in: work)
        try #require(burn.status == 0, "wodim: \(burn.output)")
        // Not while it is in the first.
        let early = try await Program.run(
            "\(Program.products)/burnd", ["virtual-recorder", "--socket", "\(work.path)/s", "--disc", one.disc])
        #expect(early.status == 1 && early.output.contains("in use by another recorder"))
        one.end(by: SIGTERM)

        let other = try await RecorderProcess(in: TemporaryFolder(), ["--disc", one.disc])
        let append = try await Peer.wodim.run(options + ["second.wav"], on: other, in: work)
        try #require(append.status == 0, "wodim: \(append.output)")
        let listing = try await one.listing(["--check", "--export", "\(work.path)/out"])
        #expect(listing.status == 0 && listing.output.contains("session 2: tao"), "\(listing.output)")
        #expect(try Recording.samples(of: "\(work.path)/out/track01.wav") == first.samples)
        #expect(try Recording.samples(of: "\(work.path)/out/track02.wav") == second.samples)
    }

    /// Hidden audio, pauses, indexes, codes, flags, and texts in two languages.
    private static let toc = #"""
        CD_DA
        CATALOG "4012345678901"
        CD_TEXT {
          LANGUAGE_MAP { 0 : EN 1 : 8 }
          LANGUAGE 0 { TITLE "Demo \"Album\" \344" PERFORMER "The Band" DISC_ID "XY1" GENRE { 0, 14, 0 } }
          LANGUAGE 1 { TITLE "Vorf\374hrung" PERFORMER "Die Band" DISC_ID "XY1" GENRE { 0, 14, 0 } }
        }
        TRACK AUDIO
        COPY
        ISRC "DEABC1234567"
        CD_TEXT {
          LANGUAGE 0 { TITLE "One" PERFORMER "The Band" }
          LANGUAGE 1 { TITLE "Eins" PERFORMER "Die Band" }
        }
        FILE "one.wav" 0
        START 00:01:00
        INDEX 00:02:00
        TRACK AUDIO
        PRE_EMPHASIS
        ISRC "DEABC1234568"
        CD_TEXT { LANGUAGE 0 { TITLE "Two" PERFORMER "" } LANGUAGE 1 { TITLE "Zwei" PERFORMER "" } }
        FILE "two.wav" 0
        START 00:02:00
        INDEX 00:01:00
        INDEX 00:02:00

        """#

    /// A recorder with that on its disc, written by cdrdao in session-at-once.
    private static func album(in work: TemporaryFolder) async throws -> RecorderProcess {
        try Recording(seed: 31, stereoSamples: 588 * 400).write(to: work, as: "one.wav")
        try Recording(seed: 32, stereoSamples: 588 * 500).write(to: work, as: "two.wav")
        try DurableFile.replace("\(work.path)/album.toc", with: Array(toc.utf8))
        return try await burned("album.toc", in: work)
    }

    private static func burned(_ toc: String, in work: TemporaryFolder) async throws -> RecorderProcess {
        let recorder = try await RecorderProcess()
        let burn = try await Peer.cdrdao.run(
            ["write", "--device", "/dev/sr0", "--driver", "generic-mmc:0x10", "-n", toc], on: recorder, in: work)
        try #require(burn.status == 0, "cdrdao: \(burn.output)")
        return recorder
    }

    private static func expectSame(_ one: RecorderProcess, _ other: RecorderProcess) throws {
        for name in ["disc.json", "main.bin", "sub.bin", "cd-text-1.cdt"] {
            let files = try [one, other].map { try DurableFile.contents(of: "\($0.disc)/\(name)", limit: 1 << 24) }
            #expect(files[0] == files[1] && !files[0].isEmpty, "\(name)")
        }
    }

    @Test(.enabled(if: hasBoth, why)) func `a disc exported for cdrdao is burned as the same disc`() async throws {
        let work = TemporaryFolder()
        let recorder = try await Self.album(in: work)
        let export = try await recorder.listing(["--check", "--export-toc", "\(work.path)/copy.toc"])
        try #require(export.status == 0, "burnd disc: \(export.output)")
        for word in ["title “Vorführung”", "index 3 at 00:11:25", "MCN 4012345678901", "genre “jazz”"] {
            #expect(export.output.contains(word), "\(export.output)")
        }
        try Self.expectSame(recorder, try await Self.burned("copy.toc", in: work))
    }

    @Test(.enabled(if: hasBoth, why)) func `a disc exported as a cue sheet is burned by cdrskin as the same disc`()
        async throws
    {
        let work = TemporaryFolder()
        let recorder = try await Self.album(in: work)
        let export = try await recorder.listing(["--export-cue", "\(work.path)/copy.cue"])
        try #require(export.status == 0, "burnd disc: \(export.output)")
        let other = try await RecorderProcess()
        let burn = try await Peer.cdrskin.run(
            ["dev=/dev/sr0", "-sao", "-text", "cuefile=copy.cue"], on: other, in: work)
        try #require(burn.status == 0, "cdrskin: \(burn.output)")
        try Self.expectSame(recorder, other)
    }

    @Test(.enabled(if: hasBoth, why)) func `sub-channel with packs goes through a toc file unharmed`() async throws {
        let work = TemporaryFolder()
        let recorder = try await Self.album(in: work)
        recorder.end(by: SIGTERM)
        // Something in R to W of track 2, which begins at block 400.
        let sub = try FileDescriptor(opening: "\(recorder.disc)/sub.bin", O_RDWR)
        for block in 400..<900 {
            var bytes = [UInt8](repeating: 0, count: 96)
            try bytes.withUnsafeMutableBytes { buffer in
                _ = try sub.read(into: buffer, at: (150 + block) * 96)
                for index in buffer.indices { buffer[index] |= UInt8((index + block) % 64) }
                try sub.writeAll(UnsafeRawBufferPointer(buffer), at: (150 + block) * 96)
            }
        }
        let export = try await recorder.listing(["--check", "--export-toc", "\(work.path)/packs.toc"])
        #expect(export.status == 0 && export.output.contains("350 with packs in R to W"), "\(export.output)")
        try Self.expectSame(recorder, try await Self.burned("packs.toc", in: work))
    }
}
