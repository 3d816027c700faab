import BurnPlan
import CDText
import DiscLayout
import POSIX
import TestSupport
import Testing

/// Discs that burnd wrote, in the hands of other programs.
@Suite(.timeLimit(.minutes(5))) struct ReadElsewhereTests {
    /// A mode, and what a sector holds in raw.
    struct Way: Sendable, CustomTestStringConvertible {
        let mode: RecordingMode
        var type: RawSectorType?
        /// Whether the mode has indexes and pauses of one's own, and texts.
        var isDiscAtOnce: Bool { mode != .tao }
        var hasText: Bool { mode == .sao || type == .raw }
        var testDescription: String { "\(mode.rawValue) \(type?.rawValue ?? "")" }
    }

    static let ways = [Way(mode: .tao), Way(mode: .sao), Way(mode: .raw, type: .pq), Way(mode: .raw, type: .raw)]

    /// All there is to say: codes, texts, a pause, indexes, a copy bit; track at once codes and the bit.
    private static func disc(_ way: Way) -> SameDisc {
        let pause = way.isDiscAtOnce ? [Material.silence(150)] : []
        let indexes = way.isDiscAtOnce ? [75, 160] : []
        let tracks = [
            Material.track(1, "1.pcm", 0..<460, pregap: pause, code: Album.recordingCodes[0]),
            Material.track(
                2, "2.pcm", 0..<305, pregap: pause, copy: .permitted, code: Album.recordingCodes[1], indexes: indexes),
        ]
        let text = DiscText(blocks: [
            .init(
                disc: .init(title: "Demo Album", performer: "The Band"),
                tracks: [
                    .init(title: "First", performer: "The Band"), .init(title: "Second Track", performer: "Guest"),
                ])
        ])
        return SameDisc(
            name: "everything", tracks: tracks, catalogNumber: Album.catalogNumber,
            text: way.hasText ? text : DiscText(), senders: [])
    }

    /// The disc, which burnd itself has to call good first.
    private static func burned(_ way: Way, in folder: TemporaryFolder) async throws -> RecorderProcess {
        try Material.write(to: folder)
        let recorder = try await RecorderProcess()
        let plan = try disc(way).plan(in: folder, mode: way.mode, sectorType: way.type, verify: .full)
        let burn = try await Worker.burn(plan, on: recorder, in: folder)
        let outcome = try #require(burn.outcome, "\(burn.output)")
        try #require(outcome.result == .completed && outcome.disc == .good, "\(burn.output) \(outcome)")
        return recorder
    }

    /// Sectors of silence that stand between the end of the first track and index 1 of the second: the pause, and track at
    /// once the run-out before it.
    private static func gap(_ way: Way) -> Int { way.isDiscAtOnce ? 150 : 152 }

    @Test(.enabled(if: Peer.wodim.isReady, Peer.why), arguments: ways)
    func `the files of the disc tell of what was ordered`(way: Way) async throws {
        let folder = TemporaryFolder()
        let recorder = try await Self.burned(way, in: folder)
        let disc = try recorder.burned()
        #expect(disc.sessions.map(\.write_type) == [way.mode.rawValue] && disc.state == "finalized")
        let second = 460 + Self.gap(way)
        let inner = way.isDiscAtOnce ? [second + 75, second + 160] : []
        #expect(disc.tracks.map(\.lbas) == [[-150, 0], [second - 150, second] + inner])
        #expect(disc.tracks.map(\.control) == [0, 2] && disc.sessions[0].mcn == Album.catalogNumber)
        #expect(disc.tracks.map(\.isrc) == Album.recordingCodes)
        let isSame =
            disc.main(of: disc.tracks[0]).starts(with: Material.first.samples)
            && disc.main(of: disc.tracks[1]).starts(with: Material.second.samples)
        #expect(isSame)
        let packs = try disc.text()
        #expect(packs.map { Array($0.prefix(3)) as [[UInt8]] } == (way.hasText ? Album.textPacks : nil))
        if way.isDiscAtOnce { try disc.expectSoundQ() }
    }

    @Test(.enabled(if: Peer.cdrdao.isReady, Peer.why), arguments: ways)
    func `cdrdao reads pauses, indexes, codes and texts`(way: Way) async throws {
        let folder = TemporaryFolder()
        let recorder = try await Self.burned(way, in: folder)
        try await Peer.cdrdao.burn(
            ["read-cd", "--device", "/dev/sr0", "--read-raw", "--datafile", "read.bin", "read.toc"], on: recorder,
            in: folder)
        // The other of its commands finds indexes and pauses in Q; this one finds a pause late.
        try await Peer.cdrdao.burn(["read-toc", "--device", "/dev/sr0", "disc.toc"], on: recorder, in: folder)
        let toc = String(
            decoding: try DurableFile.contents(of: folder.path + "/disc.toc", limit: 1 << 16), as: UTF8.self)
        var expected = ["CATALOG \"\(Album.catalogNumber)\"", "START 00:02:00"]
        expected += Album.recordingCodes.map { "ISRC \"\($0)\"" }
        if way.isDiscAtOnce { expected += ["INDEX 00:01:00", "INDEX 00:02:10"] }
        if way.hasText { expected += ["TITLE \"Demo Album\"", "TITLE \"First\"", "PERFORMER \"Guest\""] }
        for line in expected { #expect(toc.contains(line), "\(line) in \(toc)") }
        #expect(toc.ranges(of: "\nCOPY").count == 1 && toc.ranges(of: "NO COPY").count == 1, "\(toc)")
        let silence = [UInt8](repeating: 0, count: Self.gap(way) * 2352)
        let burned = Material.first.samples + silence + Material.second.samples
        let read = try DurableFile.contents(of: folder.path + "/read.bin", limit: 1 << 24)
        // cdrdao writes audio big-endian.
        let swapped = stride(from: 0, to: burned.count, by: 2).flatMap { [burned[$0 + 1], burned[$0]] }
        let isSame = read.starts(with: swapped)
        #expect(isSame, "\(read.count) bytes of \(swapped.count)")
    }

    @Test(
        .enabled(if: Peer.cdparanoia.isReady && Peer.icedax.isReady && Peer.cdInfo.isReady, Peer.why), arguments: ways)
    func `cdparanoia and icedax read the sound, cd-info the texts`(way: Way) async throws {
        let folder = TemporaryFolder()
        let recorder = try await Self.burned(way, in: folder)
        try await Peer.cdparanoia.burn(["-d", "/dev/sr0", "-B", "-w", "-Z"], on: recorder, in: folder)
        let isSame =
            try Recording.samples(of: folder.path + "/track01.cdda.wav").starts(with: Material.first.samples)
            && Recording.samples(of: folder.path + "/track02.cdda.wav").starts(with: Material.second.samples)
        #expect(isSame)
        let output = try await Peer.icedax.burn(
            ["dev=/dev/sr0", "-t2", "-g", "-v", "catalog,trackid,indices", "-Owav", "read.wav"], on: recorder,
            in: folder)
        let isSameAgain = try Recording.samples(of: folder.path + "/read.wav").starts(with: Material.second.samples)
        #expect(isSameAgain && output.contains(Album.catalogNumber), "\(output)")
        let information = try await Peer.cdInfo.run(["--no-device-info", "-C", "/dev/sr0"], on: recorder, in: folder)
        #expect(information.output.contains(Album.catalogNumber), "\(information.output)")
        #expect(information.output.contains("Second Track") == way.hasText, "\(information.output)")
    }

    @Test(.enabled(if: Peer.dd.isReady && Peer.readom.isReady, Peer.why), arguments: ways)
    func `dd and readom read a data disc`(way: Way) async throws {
        let folder = TemporaryFolder()
        try Material.write(to: folder)
        var track = SameDisc.dataTrack
        if !way.isDiscAtOnce { (track.pregap, track.pregapContent) = (0, []) }
        let recorder = try await RecorderProcess()
        let plan = try SameDisc(name: "data", tracks: [track], senders: []).plan(
            in: folder, mode: way.mode, sectorType: way.type, verify: .full)
        let burn = try await Worker.burn(plan, on: recorder, in: folder)
        try #require(burn.outcome?.result == .completed && burn.outcome?.disc == .good, "\(burn.output)")
        try await Peer.dd.burn(["if=/dev/sr0", "of=dd.iso", "bs=2048", "count=310"], on: recorder, in: folder)
        try await Peer.readom.burn(["dev=/dev/sr0", "f=readom.iso"], on: recorder, in: folder)
        let isSame =
            try DurableFile.contents(of: folder.path + "/dd.iso", limit: 1 << 24) == Material.data.bytes
            && DurableFile.contents(of: folder.path + "/readom.iso", limit: 1 << 24).starts(with: Material.data.bytes)
        #expect(isSame)
    }
}
