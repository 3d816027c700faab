import Glibc
import POSIX
import ServerSupport
import TestSupport
import Testing

/// Discs whose sub-channel and lead-in burning programs make themselves.
@Suite(.timeLimit(.minutes(5))) struct RawTests {
    private static let why = Peer.why

    @Test(.enabled(if: Peer.wodim.isReady, why), arguments: ["-raw16", "-raw96p", "-raw96r"])
    func `wodim burns an album in every raw mode`(mode: String) async throws {
        let folder = TemporaryFolder()
        try Album.write(to: folder)
        let recorder = try await RecorderProcess()
        try await Peer.wodim.burn(
            ["dev=/dev/sr0", "gracetime=2", mode, "-audio", "1.wav", "2.wav"], on: recorder, in: folder)
        let disc = try recorder.burned()
        #expect(disc.sessions.map(\.write_type) == ["raw"] && disc.sessions[0].lead_out == 750)
        #expect(disc.tracks.map(\.start) == [0, 400] && disc.state == "finalized")
        let isSame = disc.main(0..<750) == Album.first.samples + Album.second.samples
        #expect(isSame)
        try disc.expectSoundQ()
    }

    @Test(.enabled(if: Peer.wodim.isReady, why), arguments: ["-raw16", "-raw96r"])
    func `wodim makes data sectors that the recorder takes apart`(mode: String) async throws {
        let folder = TemporaryFolder()
        let image = DataImage(seed: 31, sectors: 320)
        try DurableFile.replace(folder.path + "/data.iso", with: image.bytes)
        let recorder = try await RecorderProcess()
        try await Peer.wodim.burn(["dev=/dev/sr0", "gracetime=2", mode, "-data", "data.iso"], on: recorder, in: folder)
        let disc = try recorder.burned()
        #expect(disc.tracks.map(\.form) == ["mode1"] && disc.tracks.map(\.control) == [4])
        let isSame = disc.userData(of: disc.tracks[0]).starts(with: image.bytes)
        #expect(isSame)
        try disc.expectSoundQ()
    }

    /// R to W of a track as cdrdao reads them from a file: beside every 2352 bytes 96 more.
    @Test(.enabled(if: Peer.cdrdao.isReady, why), arguments: ["generic-mmc", "generic-mmc-raw"])
    func `raw R to W of cdrdao are on the disc bit by bit`(driver: String) async throws {
        let folder = TemporaryFolder()
        let symbols = Recording(seed: 33, stereoSamples: 350 * 24).samples.map { $0 & 0x3F }
        let blocks = (0..<350).flatMap { block -> [UInt8] in
            // cdrdao takes audio in data files as big-endian.
            let audio = Album.second.samples[block * 2352..<(block + 1) * 2352]
            let swapped = stride(from: audio.startIndex, to: audio.endIndex, by: 2).flatMap {
                [audio[$0 + 1], audio[$0]]
            }
            return swapped + symbols[block * 96..<(block + 1) * 96]
        }
        try DurableFile.replace(folder.path + "/graphics.bin", with: blocks)
        try Album.write("CD_DA\nTRACK AUDIO RW_RAW\nDATAFILE \"graphics.bin\"\n", to: folder, as: "graphics.toc")
        let recorder = try await RecorderProcess()
        try await Peer.cdrdao.burn(
            ["write", "-n", "--device", "/dev/sr0", "--driver", driver, "graphics.toc"], on: recorder, in: folder)
        let disc = try recorder.burned()
        let isSame = disc.main(0..<350) == Album.second.samples
        #expect(isSame && disc.sessions[0].lead_out == 350)
        let isSameSub = (0..<350).allSatisfy { disc.rw($0) == Array(symbols[$0 * 96..<($0 + 1) * 96]) }
        #expect(isSameSub)
        try disc.expectSoundQ()
    }
}

/// Data that is like no other, in sectors of 2048 bytes.
struct DataImage {
    let bytes: [UInt8]

    init(seed: UInt64, sectors: Int) {
        bytes = Array(Recording(seed: seed, stereoSamples: sectors * 512).samples)
    }
}
