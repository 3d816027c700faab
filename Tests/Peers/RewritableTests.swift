import POSIX
import ServerSupport
import TestSupport
import Testing

/// CD-RW in the hands of burning programs: recorded, blanked, recorded again.
@Suite(.timeLimit(.minutes(5))) struct RewritableTests {
    private static let why = Peer.why
    private static let medium = ["--medium", "cd-rw"]

    /// A CD-RW with a song of cdrskin's on it, and the folder with the songs.
    private static func recorded() async throws -> (RecorderProcess, TemporaryFolder) {
        let folder = TemporaryFolder()
        try Album.write(to: folder)
        let recorder = try await RecorderProcess(medium)
        try await Peer.wodim.burn(
            ["dev=/dev/sr0", "gracetime=2", "-tao", "-audio", "1.wav"], on: recorder, in: folder)
        #expect(try recorder.burned().state == "finalized")
        return (recorder, folder)
    }

    /// The second song goes onto what is blank again.
    private static func expectBlank(_ recorder: RecorderProcess, _ folder: TemporaryFolder) async throws {
        #expect(try recorder.burned().state == "blank")
        try await Peer.wodim.burn(
            ["dev=/dev/sr0", "gracetime=2", "-tao", "-audio", "2.wav"], on: recorder, in: folder)
        let disc = try recorder.burned()
        let isSame = disc.main(of: disc.tracks[0]) == Album.second.samples
        #expect(isSame && disc.tracks.count == 1)
    }

    @Test(.enabled(if: Peer.wodim.isReady, why), arguments: ["fast", "all", "session"])
    func `wodim blanks it`(how: String) async throws {
        let (recorder, folder) = try await Self.recorded()
        try await Peer.wodim.burn(["dev=/dev/sr0", "gracetime=2", "blank=\(how)"], on: recorder, in: folder)
        try await Self.expectBlank(recorder, folder)
    }

    @Test(.enabled(if: Peer.cdrdao.isReady && Peer.wodim.isReady, why), arguments: ["minimal", "full"])
    func `cdrdao blanks it`(how: String) async throws {
        let (recorder, folder) = try await Self.recorded()
        try await Peer.cdrdao.burn(
            ["blank", "-n", "--device", "/dev/sr0", "--driver", "generic-mmc", "--blank-mode", how], on: recorder,
            in: folder)
        try await Self.expectBlank(recorder, folder)
    }

    @Test(.enabled(if: Peer.cdrskin.isReady && Peer.wodim.isReady, why)) func `cdrskin blanks it when it must`()
        async throws
    {
        let (recorder, folder) = try await Self.recorded()
        for song in ["2.wav", "1.wav"] {
            try await Peer.cdrskin.burn(
                ["dev=/dev/sr0", "blank=as_needed", "-sao", "-audio", song], on: recorder, in: folder)
        }
        let disc = try recorder.burned()
        let isSame = disc.main(of: disc.tracks[0]) == Album.first.samples
        #expect(isSame && disc.tracks.count == 1 && disc.state == "finalized")
    }

    @Test(.enabled(if: Peer.cdrskin.isReady, why)) func `cdrskin adds sessions`() async throws {
        let folder = TemporaryFolder()
        try Album.write(to: folder)
        let recorder = try await RecorderProcess(Self.medium)
        for song in ["1.wav", "2.wav"] {
            try await Peer.cdrskin.burn(
                ["dev=/dev/sr0", "-multi", "-tao", "-audio", song], on: recorder, in: folder)
        }
        let disc = try recorder.burned()
        #expect(disc.sessions.map(\.following) == ["another", "another"])
        // 400 blocks, run-out 2, lead-out 6750, lead-in 4500, pause 150.
        #expect(disc.tracks.map(\.start) == [0, 11_802])
        let isSame = disc.main(of: disc.tracks[1]) == Album.second.samples
        #expect(isSame)
    }

    @Test(.enabled(if: Peer.wodim.isReady, why)) func `wodim puts data and audio on one disc`() async throws {
        let folder = TemporaryFolder()
        try Album.write(to: folder)
        let image = DataImage(seed: 41, sectors: 310)
        try DurableFile.replace(folder.path + "/data.iso", with: image.bytes)
        let recorder = try await RecorderProcess()
        try await Peer.wodim.burn(
            ["dev=/dev/sr0", "gracetime=2", "-tao", "-data", "data.iso", "-audio", "1.wav", "2.wav"], on: recorder,
            in: folder)
        let disc = try recorder.burned()
        #expect(disc.tracks.map(\.form) == ["mode1", "audio", "audio"])
        let isSame =
            disc.userData(of: disc.tracks[0]) == image.bytes && disc.main(of: disc.tracks[1]) == Album.first.samples
        #expect(isSame)
        try disc.expectSoundQ()
    }

    @Test(.enabled(if: Peer.wodim.isReady, why)) func `a simulated burn of wodim leaves a blank`() async throws {
        let folder = TemporaryFolder()
        try Album.write(to: folder)
        let recorder = try await RecorderProcess()
        for mode in ["-tao", "-dao", "-raw96r"] {
            try await Peer.wodim.burn(
                ["dev=/dev/sr0", "gracetime=2", "-dummy", mode, "-audio", "1.wav", "2.wav"], on: recorder, in: folder)
            #expect(try recorder.burned().state == "blank", "\(mode)")
        }
    }
}
