import Glibc
import POSIX
import ServerSupport
import TestSupport
import Testing

/// Discs read back by other programs, each by its own way: READ CD, READ (10), READ TOC, READ SUB-CHANNEL.
@Suite(.timeLimit(.minutes(5))) struct ReadBackTests {
    private static let why = Peer.why

    /// A disc with everything, by cdrdao in session at once.
    private static func album(in folder: TemporaryFolder) async throws -> RecorderProcess {
        try Album.write(to: folder)
        try Album.write(Album.cdrdaoToc, to: folder, as: "album.toc")
        let recorder = try await RecorderProcess()
        try await Peer.cdrdao.burn(
            ["write", "-n", "--device", "/dev/sr0", "--driver", "generic-mmc:0x10", "album.toc"], on: recorder,
            in: folder)
        return recorder
    }

    /// A data disc by wodim.
    private static func data(in folder: TemporaryFolder, mode: String) async throws -> (RecorderProcess, DataImage) {
        let image = DataImage(seed: 51, sectors: 333)
        try DurableFile.replace(folder.path + "/data.iso", with: image.bytes)
        let recorder = try await RecorderProcess()
        try await Peer.wodim.burn(["dev=/dev/sr0", "gracetime=2", mode, "-data", "data.iso"], on: recorder, in: folder)
        return (recorder, image)
    }

    @Test(.enabled(if: Peer.cdrdao.isReady, why)) func `cdrdao reads back the table of contents that it wrote`()
        async throws
    {
        let folder = TemporaryFolder()
        let recorder = try await Self.album(in: folder)
        try await Peer.cdrdao.burn(["read-toc", "--device", "/dev/sr0", "read.toc"], on: recorder, in: folder)
        let toc = String(
            decoding: try DurableFile.contents(of: folder.path + "/read.toc", limit: 1 << 16), as: UTF8.self)
        let expected = [
            "CATALOG \"\(Album.catalogNumber)\"", "ISRC \"\(Album.recordingCodes[0])\"",
            "ISRC \"\(Album.recordingCodes[1])\"", "TITLE \"Demo Album\"", "TITLE \"First\"", "PERFORMER \"Guest\"",
            "START 00:02:00", "INDEX 00:02:00", "INDEX 00:03:10",
        ]
        for line in expected { #expect(toc.contains(line), "\(line) in \(toc)") }
        // Of the second track only.
        #expect(toc.ranges(of: "\nCOPY").count == 1 && toc.ranges(of: "NO COPY").count == 1, "\(toc)")
    }

    @Test(.enabled(if: Peer.cdrdao.isReady, why)) func `cdrdao reads back all samples`() async throws {
        let folder = TemporaryFolder()
        let recorder = try await Self.album(in: folder)
        try await Peer.cdrdao.burn(
            ["read-cd", "--device", "/dev/sr0", "--read-raw", "--datafile", "read.bin", "read.toc"], on: recorder,
            in: folder)
        let read = try DurableFile.contents(of: folder.path + "/read.bin", limit: 1 << 24)
        let silence = [UInt8](repeating: 0, count: 150 * 2352)
        let burned = Album.first.samples + silence + Album.second.samples
        // cdrdao writes audio big-endian.
        let swapped = stride(from: 0, to: burned.count, by: 2).flatMap { [burned[$0 + 1], burned[$0]] }
        let isSame = read == swapped
        #expect(isSame, "\(read.count) bytes of \(swapped.count)")
    }

    @Test(.enabled(if: Peer.cdrdao.isReady && Peer.cdparanoia.isReady, why))
    func `cdparanoia reads back every track`() async throws {
        let folder = TemporaryFolder()
        let recorder = try await Self.album(in: folder)
        try await Peer.cdparanoia.burn(["-d", "/dev/sr0", "-B", "-w", "-Z"], on: recorder, in: folder)
        let silence = [UInt8](repeating: 0, count: 150 * 2352)
        let isSame =
            try Recording.samples(of: folder.path + "/track01.cdda.wav") == Album.first.samples + silence
            && Recording.samples(of: folder.path + "/track02.cdda.wav") == Album.second.samples
        #expect(isSame)
    }

    @Test(.enabled(if: Peer.cdrdao.isReady && Peer.icedax.isReady, why))
    func `icedax reads samples, codes and indexes`() async throws {
        let folder = TemporaryFolder()
        let recorder = try await Self.album(in: folder)
        let output = try await Peer.icedax.burn(
            ["dev=/dev/sr0", "-t2", "-g", "-v", "catalog,trackid,indices", "-Owav", "read.wav"], on: recorder,
            in: folder)
        let isSame = try Recording.samples(of: folder.path + "/read.wav") == Album.second.samples
        #expect(isSame, "\(output)")
        #expect(output.contains(Album.catalogNumber), "\(output)")
    }

    @Test(.enabled(if: Peer.cdInfo.isReady && Peer.wodim.isReady, why)) func `cd-info recognises a data disc`()
        async throws
    {
        let folder = TemporaryFolder()
        let (recorder, _) = try await Self.data(in: folder, mode: "-dao")
        let output = try await Peer.cdInfo.run(["--no-device-info", "-C", "/dev/sr0"], on: recorder, in: folder).output
        #expect(output.contains("CD-ROM Track List") && output.contains("data"), "\(output)")
    }

    @Test(.enabled(if: Peer.dd.isReady && Peer.wodim.isReady, why), arguments: ["-tao", "-dao", "-raw96r"])
    func `dd reads back a data disc`(mode: String) async throws {
        let folder = TemporaryFolder()
        let (recorder, image) = try await Self.data(in: folder, mode: mode)
        try await Peer.dd.burn(
            ["if=/dev/sr0", "of=read.iso", "bs=2048", "count=\(image.bytes.count / 2048)"], on: recorder, in: folder)
        let isSame = try DurableFile.contents(of: folder.path + "/read.iso", limit: 1 << 24) == image.bytes
        #expect(isSame)
    }

    @Test(.enabled(if: Peer.readom.isReady && Peer.wodim.isReady, why)) func `readom reads back a data disc`()
        async throws
    {
        let folder = TemporaryFolder()
        let (recorder, image) = try await Self.data(in: folder, mode: "-dao")
        try await Peer.readom.burn(["dev=/dev/sr0", "f=read.iso"], on: recorder, in: folder)
        let isSame = try DurableFile.contents(of: folder.path + "/read.iso", limit: 1 << 24).starts(with: image.bytes)
        #expect(isSame)
    }

    @Test(.enabled(if: Peer.sgInq.isReady && Peer.sgRaw.isReady, why)) func `sg3-utils find the drive and its disc`()
        async throws
    {
        let folder = TemporaryFolder()
        let recorder = try await RecorderProcess()
        let inquiry = try await Peer.sgInq.burn(["/dev/sr0"], on: recorder, in: folder)
        #expect(
            inquiry.contains("PQual=0") && inquiry.contains("PDT=5") && inquiry.contains("VIRTUAL CD-RW"), "\(inquiry)")
        let information = try await Peer.sgRaw.burn(
            ["-r", "34", "/dev/sr0", "51", "00", "00", "00", "00", "00", "00", "00", "22", "00"], on: recorder,
            in: folder)
        // A blank: length 32, status 0, track 1, session 1.
        #expect(information.contains("00 20 00 01 01 01 01"), "\(information)")
    }
}
