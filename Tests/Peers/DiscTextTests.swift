import CDText
import SectorCoding
import TestSupport
import Testing

/// CD-TEXT of this project next to that of the burning programs.
@Suite(.timeLimit(.minutes(5))) struct DiscTextTests {
    private static let why = Peer.why

    /// What `Album` says, with a text that repeats the one before.
    private let text = DiscText(blocks: [
        .init(
            disc: .init(title: "Demo Album", performer: "The Band"),
            tracks: [
                .init(title: "First", performer: "The Band"), .init(title: "Second Track", performer: "Guest"),
            ])
    ])

    private func expectOurs(_ recorder: RecorderProcess) throws {
        let theirs = try #require(try recorder.burned().text())
        #expect(try text.packs(tracks: 1...2).packs.map(\.bytes) == theirs)
    }

    @Test(.enabled(if: Peer.cdrdao.isReady, why)) func `cdrdao writes the same packs`() async throws {
        let folder = TemporaryFolder()
        try Album.write(to: folder)
        try Album.write(Album.cdrdaoToc, to: folder, as: "album.toc")
        let recorder = try await RecorderProcess()
        try await Peer.cdrdao.burn(
            ["write", "-n", "--device", "/dev/sr0", "--driver", "generic-mmc:0x10", "album.toc"], on: recorder,
            in: folder)
        try expectOurs(recorder)
    }

    @Test(.enabled(if: Peer.wodim.isReady, why)) func `wodim writes the same packs`() async throws {
        let folder = TemporaryFolder()
        try Album.write(to: folder)
        for (index, song) in [("First", "The Band"), ("Second Track", "Guest")].enumerated() {
            try Album.write(
                """
                Albumperformer='The Band'
                Albumtitle='Demo Album'
                Performer='\(song.1)'
                Tracktitle='\(song.0)'
                Tracknumber=\(index + 1)

                """, to: folder, as: "\(index + 1).inf")
        }
        let recorder = try await RecorderProcess()
        try await Peer.wodim.burn(
            ["dev=/dev/sr0", "gracetime=2", "-dao", "-audio", "-useinfo", "-text", "1.wav", "2.wav"], on: recorder,
            in: folder)
        try expectOurs(recorder)
    }

    @Test(.enabled(if: Peer.cdrskin.isReady, why)) func `cdrskin writes the same packs`() async throws {
        let folder = TemporaryFolder()
        try Album.write(to: folder)
        try Album.write(
            """
            Input Sheet Version = 0.7T
            Text Code           = 8859
            Language Code       = English
            Album Title         = Demo Album
            Artist Name         = The Band
            Track 01 Title      = First
            Track 01 Artist     = The Band
            Track 02 Title      = Second Track
            Track 02 Artist     = Guest

            """, to: folder, as: "sheet.v07t")
        let recorder = try await RecorderProcess()
        try await Peer.cdrskin.burn(
            ["dev=/dev/sr0", "-sao", "input_sheet_v07t=sheet.v07t", "-audio", "1.wav", "2.wav"], on: recorder,
            in: folder)
        try expectOurs(recorder)
    }
}
