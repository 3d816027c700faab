import FoundationEssentials
import Glibc
import POSIX
import ServerSupport
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct PeerTests {
    private static let isReady = access("/usr/bin/make", X_OK) == 0 && access("/usr/bin/gcc", X_OK) == 0
    private static let why: Comment = "gcc, make and the burning program must be installed (script/test does it)"
    private static let hasWodim = isReady && Peer.wodim.isInstalled
    private static let hasCdrskin = isReady && Peer.cdrskin.isInstalled
    private static let hasCdrdao = isReady && Peer.cdrdao.isInstalled
    private static let hasCdparanoia = isReady && Peer.cdparanoia.isInstalled

    /// Two that are no whole number of sectors, and one under four seconds.
    private static let album = [
        Recording(seed: 1, stereoSamples: 588 * 310 + 17), Recording(seed: 2, stereoSamples: 588 * 305 + 587),
        Recording(seed: 3, stereoSamples: 588 * 200 + 1),
    ]

    /// Shortest time that wodim lets a user think, in seconds.
    private static let wodimTAO = ["dev=/dev/sr0", "gracetime=2", "-tao", "-audio", "-pad"]

    private static func files(in folder: TemporaryFolder) throws -> [String] {
        try album.enumerated().map { index, recording in
            let name = "in\(index + 1).wav"
            try recording.write(to: folder, as: name)
            return name
        }
    }

    /// A recorder with the album on its disc.
    private static func burned(in folder: TemporaryFolder) async throws -> RecorderProcess {
        let recorder = try await RecorderProcess()
        let burn = try await Peer.wodim.run(wodimTAO + files(in: folder), on: recorder, in: folder)
        try #require(burn.status == 0, "wodim: \(burn.output)")
        return recorder
    }

    private static func exported(_ recorder: RecorderProcess, _ folder: TemporaryFolder, count: Int = album.count)
        async throws -> [[UInt8]]
    {
        let export = try await recorder.listing(["--export", "\(folder.path)/out"])
        try #require(export.status == 0, "burnd disc: \(export.output)")
        return try (1...count).map { try Recording.samples(of: "\(folder.path)/out/track0\($0).wav") }
    }

    @Test(.enabled(if: hasWodim, why)) func `wodim burns an album in TAO that is exported as it was`() async throws {
        let folder = TemporaryFolder()
        let recorder = try await Self.burned(in: folder)
        let tracks = try await Self.exported(recorder, folder)
        for (track, recording) in zip(tracks, Self.album) { #expect(track == recording.padded()) }
    }

    @Test(.enabled(if: hasCdrskin, why)) func `cdrskin burns tracks in TAO that are exported as they were`()
        async throws
    {
        let folder = TemporaryFolder()
        let recorder = try await RecorderProcess()
        let burn = try await Peer.cdrskin.run(
            ["dev=/dev/sr0", "-tao", "-audio", "-pad"] + Self.files(in: folder).prefix(2), on: recorder, in: folder)
        try #require(burn.status == 0, "cdrskin: \(burn.output)")
        let tracks = try await Self.exported(recorder, folder, count: 2)
        for (track, recording) in zip(tracks, Self.album) { #expect(track == recording.padded()) }
    }

    @Test(.enabled(if: hasWodim, why)) func `wodim reads the table of contents with run-out and pause between tracks`()
        async throws
    {
        let folder = TemporaryFolder()
        let recorder = try await Self.burned(in: folder)
        let toc = try await Peer.wodim.run(["dev=/dev/sr0", "-toc"], on: recorder, in: folder)
        // Tracks of 311, 306 and 300 sectors, each 152 behind the end of the one before it; the lead-out is 2 behind.
        #expect(toc.status == 0 && toc.output.ranges(of: "track:").count == 4)
        for start in ["lba:         0", "lba:       463", "lba:       921", "lba:      1223"] {
            #expect(toc.output.contains(start), "\(toc.output)")
        }
    }

    @Test(.enabled(if: hasWodim, why)) func `wodim reads the pre-groove of a blank`() async throws {
        let folder = TemporaryFolder()
        let atip = try await Peer.wodim.run(["dev=/dev/sr0", "-atip"], on: RecorderProcess(), in: folder)
        #expect(atip.status == 0)
        #expect(atip.output.contains("ATIP start of lead in:  -11635 (97:26/65)"))
        #expect(atip.output.contains("ATIP start of lead out: 359849 (79:59/74)"))
        #expect(atip.output.contains("Is not erasable"))
        #expect(atip.output.contains("Supported modes: TAO"))
    }

    @Test(.enabled(if: hasWodim, why)) func `a session left open takes another behind its lead-out`() async throws {
        let folder = TemporaryFolder()
        let recorder = try await RecorderProcess()
        let first = Recording(seed: 11, stereoSamples: 588 * 300)
        let second = Recording(seed: 12, stereoSamples: 588 * 301)
        try first.write(to: folder, as: "first.wav")
        try second.write(to: folder, as: "second.wav")
        let one = try await Peer.wodim.run(Self.wodimTAO + ["-multi", "first.wav"], on: recorder, in: folder)
        try #require(one.status == 0, "wodim: \(one.output)")
        let info = try await Peer.wodim.run(["dev=/dev/sr0", "-msinfo"], on: recorder, in: folder)
        // 300 blocks, run-out 2, lead-out 6750, lead-in 4500, pause 150.
        #expect(info.output.contains("0,11702"), "\(info.output)")
        let two = try await Peer.wodim.run(Self.wodimTAO + ["second.wav"], on: recorder, in: folder)
        try #require(two.status == 0, "wodim: \(two.output)")
        let listing = try await recorder.listing(["--export", "\(folder.path)/out"])
        #expect(listing.status == 0 && listing.output.contains("state   finalized"))
        #expect(try Recording.samples(of: "\(folder.path)/out/track01.wav") == first.samples)
        #expect(try Recording.samples(of: "\(folder.path)/out/track02.wav") == second.samples)
    }

    @Test(.enabled(if: hasWodim && hasCdparanoia, why))
    func `cdparanoia reads the same samples, then the silence of run-out and pause`() async throws {
        let folder = TemporaryFolder()
        let recorder = try await Self.burned(in: folder)
        let rip = try await Peer.cdparanoia.run(["-d", "/dev/sr0", "-B", "-w", "-Z"], on: recorder, in: folder)
        #expect(rip.status == 0, "\(rip.output)")
        // Run-out and pause belong to the track before them for who knows the TOC only; the last has a run-out alone.
        for (index, gap) in [152, 152, 2].enumerated() {
            let samples = try Recording.samples(of: "\(folder.path)/track0\(index + 1).cdda.wav")
            #expect(samples == Self.album[index].padded() + [UInt8](repeating: 0, count: gap * 2352))
        }
    }

    @Test(.enabled(if: hasCdrdao, why)) func `cdrdao finds an empty disc of 80 minutes`() async throws {
        let folder = TemporaryFolder()
        let info = try await Peer.cdrdao.run(["disk-info", "--device", "/dev/sr0"], on: RecorderProcess(), in: folder)
        #expect(info.status == 0)
        #expect(info.output.contains("(359849 blocks"))
        #expect(info.output.split(separator: "\n").contains { $0.hasPrefix("CD-R empty") && $0.hasSuffix("yes") })
    }

    @Test(.enabled(if: hasCdrdao && hasWodim, why)) func `cdrdao finds pauses and control bits in Q`() async throws {
        let folder = TemporaryFolder()
        let recorder = try await Self.burned(in: folder)
        let toc = try await Peer.cdrdao.run(
            ["read-toc", "--device", "/dev/sr0", "album.toc"], on: recorder, in: folder)
        try #require(toc.status == 0, "cdrdao: \(toc.output)")
        #expect(toc.output.contains("data format is BCD"))
        let text = String(
            decoding: try DurableFile.contents(of: "\(folder.path)/album.toc", limit: 1 << 16), as: UTF8.self)
        #expect(text.ranges(of: "TRACK AUDIO").count == 3, "\(text)")
        // Tracks 2 and 3 have an index 0 of two seconds; what lies before track 1 is not asked for.
        #expect(text.ranges(of: "START 00:02:00").count == 2, "\(text)")
    }

    @Test(.enabled(if: hasCdrskin, why)) func `cdrskin sees a blank with all of its room`() async throws {
        let folder = TemporaryFolder()
        let info = try await Peer.cdrskin.run(["dev=/dev/sr0", "-minfo"], on: RecorderProcess(), in: folder)
        #expect(info.status == 0)
        #expect(info.output.contains("disk status:              empty"))
        #expect(info.output.contains("Remaining writable size:            359849"))
    }
}

@Suite(.timeLimit(.minutes(2))) struct ShimTests {
    private static let hasPython = access("/usr/bin/python3", X_OK) == 0 && access("/usr/bin/gcc", X_OK) == 0

    @Test(.enabled(if: hasPython, "python3, gcc and make must be installed (script/test does it)"))
    func `the shim passes its own tests`() async throws {
        let folder = TemporaryFolder()
        for name in try FileManager.default.contentsOfDirectory(atPath: PreloadShim.sources) where !name.hasPrefix("_")
        {
            try FileManager.default.copyItem(atPath: "\(PreloadShim.sources)/\(name)", toPath: "\(folder.path)/\(name)")
        }
        let check = try await Program.run("/usr/bin/make", ["-s", "-C", folder.path, "check"])
        #expect(check.status == 0, "\(check.output)")
    }
}
