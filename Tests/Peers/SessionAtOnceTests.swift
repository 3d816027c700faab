import Glibc
import POSIX
import ServerSupport
import TestSupport
import Testing

/// Discs that burning programs write in one go by a cue sheet.
@Suite(.timeLimit(.minutes(5))) struct SessionAtOnceTests {
    private static let why = Peer.why

    /// 250…399: the last two seconds of the first song, which wodim makes the pause of the second.
    @Test(.enabled(if: Peer.wodim.isReady, why)) func `wodim burns an album without gaps`() async throws {
        let folder = TemporaryFolder()
        try Album.write(to: folder)
        let recorder = try await RecorderProcess()
        try await Peer.wodim.burn(
            ["dev=/dev/sr0", "gracetime=2", "-dao", "-audio", "1.wav", "2.wav"], on: recorder, in: folder)
        let disc = try recorder.burned()
        #expect(disc.sessions.map(\.write_type) == ["sao"] && disc.sessions[0].lead_out == 750)
        #expect(disc.tracks.map(\.lbas) == [[-150, 0], [250, 400]])
        let isSame = disc.main(0..<750) == Album.first.samples + Album.second.samples
        #expect(isSame && disc.main(-150..<0).allSatisfy { $0 == 0 })
        try disc.expectSoundQ()
    }

    @Test(.enabled(if: Peer.cdrskin.isReady, why)) func `cdrskin burns an album without gaps`() async throws {
        let folder = TemporaryFolder()
        try Album.write(to: folder)
        let recorder = try await RecorderProcess()
        try await Peer.cdrskin.burn(["dev=/dev/sr0", "-sao", "-audio", "1.wav", "2.wav"], on: recorder, in: folder)
        let disc = try recorder.burned()
        #expect(disc.tracks.map(\.lbas) == [[-150, 0], [400, 400]])
        let isSame = disc.main(0..<750) == Album.first.samples + Album.second.samples
        #expect(isSame && disc.sessions[0].lead_out == 750)
        try disc.expectSoundQ()
    }

    @Test(
        .enabled(if: Peer.cdrdao.isReady, why),
        arguments: ["generic-mmc", "generic-mmc:0x10", "generic-mmc-raw"])
    func `cdrdao burns texts, codes, a pause and indexes with every driver`(driver: String) async throws {
        let folder = TemporaryFolder()
        try Album.write(to: folder)
        try Album.write(Album.cdrdaoToc, to: folder, as: "album.toc")
        let recorder = try await RecorderProcess()
        try await Peer.cdrdao.burn(
            ["write", "-n", "--device", "/dev/sr0", "--driver", driver, "album.toc"], on: recorder, in: folder)
        let disc = try recorder.burned()
        #expect(disc.sessions.map(\.write_type) == [driver.hasSuffix("raw") ? "raw" : "sao"])
        // A pause of 150 between 400 and 550; index 2 two seconds in, index 3 a second and ten frames later.
        #expect(disc.tracks.map(\.lbas) == [[-150, 0], [400, 550, 700, 785]])
        #expect(disc.tracks.map(\.control) == [0, 2] && disc.sessions[0].lead_out == 900)
        #expect(disc.tracks.map(\.isrc) == Album.recordingCodes && disc.sessions[0].mcn == Album.catalogNumber)
        let isSame = disc.main(0..<400) == Album.first.samples && disc.main(550..<900) == Album.second.samples
        #expect(isSame && disc.main(400..<550).allSatisfy { $0 == 0 })
        if driver == "generic-mmc" {
            // Without its option 10h this driver leaves texts out.
            #expect(try disc.text() == nil)
        } else {
            let packs = try #require(try disc.text())
            #expect(Album.titles(in: packs) == ["Demo Album", "First", "Second Track"])
            #expect(Array(packs.prefix(3)) == Album.textPacks)
        }
        try disc.expectSoundQ()
    }

    /// A data track, then audio behind a pause of its own: what cdrdao calls a mixed disc.
    @Test(.enabled(if: Peer.cdrdao.isReady, why), arguments: ["generic-mmc", "generic-mmc-raw"])
    func `cdrdao burns data and audio on one disc`(driver: String) async throws {
        let folder = TemporaryFolder()
        try Album.write(to: folder)
        let image = DataImage(seed: 61, sectors: 310)
        try DurableFile.replace(folder.path + "/data.iso", with: image.bytes)
        try Album.write(
            """
            CD_ROM
            TRACK MODE1
            DATAFILE "data.iso"
            ZERO 00:02:00
            TRACK AUDIO
            PREGAP 00:02:00
            FILE "1.wav" 0

            """, to: folder, as: "mixed.toc")
        let recorder = try await RecorderProcess()
        try await Peer.cdrdao.burn(
            ["write", "-n", "--device", "/dev/sr0", "--driver", driver, "mixed.toc"], on: recorder, in: folder)
        let disc = try recorder.burned()
        #expect(disc.tracks.map(\.form) == ["mode1", "audio"] && disc.tracks.map(\.control) == [4, 0])
        // 310 sectors and 150 of zeros, then a pause of 150.
        #expect(disc.tracks.map(\.lbas) == [[-150, 0], [460, 610]])
        let isSame =
            disc.userData(of: disc.tracks[0]) == image.bytes + [UInt8](repeating: 0, count: 150 * 2048)
            && disc.main(of: disc.tracks[1]) == Album.first.samples
        #expect(isSame)
        try disc.expectSoundQ()
    }

    @Test(.enabled(if: Peer.cdrdao.isReady, why), arguments: ["MODE2_FORM1", "MODE2_FORM_MIX", "MODE2"])
    func `cdrdao burns every kind of Mode 2`(mode: String) async throws {
        let folder = TemporaryFolder()
        let bytes = mode == "MODE2_FORM1" ? 2048 : 2336
        var data = Recording(seed: 71, stereoSamples: 310 * bytes / 4).samples
        // The form bit of both sub-headers of a mixed track clear: Form 1.
        if mode == "MODE2_FORM_MIX" {
            for block in 0..<310 {
                for index in 0..<4 {
                    data[block * bytes + index] = index == 2 ? 8 : 0
                    data[block * bytes + 4 + index] = index == 2 ? 8 : 0
                }
            }
        }
        try DurableFile.replace(folder.path + "/data.bin", with: data)
        let type = mode == "MODE2" ? "CD_ROM" : "CD_ROM_XA"
        try Album.write("\(type)\nTRACK \(mode)\nDATAFILE \"data.bin\"\n", to: folder, as: "mode2.toc")
        let recorder = try await RecorderProcess()
        try await Peer.cdrdao.burn(
            ["write", "-n", "--device", "/dev/sr0", "--driver", "generic-mmc", "mode2.toc"], on: recorder, in: folder)
        let disc = try recorder.burned()
        let track = try #require(disc.tracks.first)
        #expect(track.blocks == 310 && track.control == 4 && track.form == (mode == "MODE2" ? "mode2" : "xa"))
        // Where the file's bytes stand in a sector, and how many of each block are its own: EDC and ECC are the drive's.
        let (start, count) = mode == "MODE2_FORM1" ? (24, 2048) : mode == "MODE2" ? (16, 2336) : (16, 2056)
        let isSame = (0..<310).allSatisfy { block in
            disc.main(block..<block + 1)[start..<start + count]
                .elementsEqual(data[block * bytes..<block * bytes + count])
        }
        #expect(isSame)
        try disc.expectSoundQ()
    }

    @Test(.enabled(if: Peer.cdrdao.isReady, why)) func `cdrdao hides a song before the first track`() async throws {
        let folder = TemporaryFolder()
        try Album.write(to: folder)
        try Album.write(
            "CD_DA\nTRACK AUDIO\nFILE \"1.wav\" 0\nSTART\nFILE \"2.wav\" 0\n", to: folder, as: "hidden.toc")
        let recorder = try await RecorderProcess()
        try await Peer.cdrdao.burn(
            ["write", "-n", "--device", "/dev/sr0", "--driver", "generic-mmc", "hidden.toc"], on: recorder, in: folder)
        let disc = try recorder.burned()
        #expect(disc.tracks.map(\.lbas) == [[-150, 400]] && disc.sessions[0].lead_out == 750)
        let isSame = disc.main(0..<750) == Album.first.samples + Album.second.samples
        #expect(isSame)
        try disc.expectSoundQ()
    }

    @Test(.enabled(if: Peer.cdrdao.isReady, why)) func `cdrdao leaves a disc open and adds a session`() async throws {
        let folder = TemporaryFolder()
        try Album.write(to: folder)
        for song in 1...2 {
            try Album.write("CD_DA\nTRACK AUDIO\nFILE \"\(song).wav\" 0\n", to: folder, as: "\(song).toc")
        }
        let recorder = try await RecorderProcess()
        let options = ["write", "-n", "--device", "/dev/sr0", "--driver", "generic-mmc"]
        try await Peer.cdrdao.burn(options + ["--force", "--multi", "1.toc"], on: recorder, in: folder)
        try await Peer.cdrdao.burn(options + ["--force", "2.toc"], on: recorder, in: folder)
        let disc = try recorder.burned()
        // The lead-out at 400, then 6750 of it, 4500 of lead-in and the pause.
        #expect(disc.tracks.map(\.lbas) == [[-150, 0], [11_650, 11_800]])
        let isSame =
            disc.main(of: disc.tracks[0]) == Album.first.samples
            && disc.main(of: disc.tracks[1]) == Album.second.samples
        #expect(isSame && disc.sessions.map(\.following).first == "another" && disc.state == "finalized")
    }

    @Test(.enabled(if: Peer.cdrdao.isReady, why)) func `a simulated burn leaves a blank`() async throws {
        let folder = TemporaryFolder()
        try Album.write(to: folder)
        try Album.write(Album.cdrdaoToc, to: folder, as: "album.toc")
        let recorder = try await RecorderProcess()
        for driver in ["generic-mmc", "generic-mmc-raw"] {
            try await Peer.cdrdao.burn(
                ["simulate", "-n", "--device", "/dev/sr0", "--driver", driver, "album.toc"], on: recorder, in: folder)
            let disc = try recorder.burned()
            #expect(disc.state == "blank" && disc.sessions.isEmpty, "\(driver)")
        }
    }

    /// For titles in ASCII the packs of the three programs are the same.
    @Test(.enabled(if: Peer.wodim.isReady && Peer.cdrskin.isReady, why))
    func `wodim and cdrskin write the same texts`() async throws {
        let folder = TemporaryFolder()
        try Album.write(to: folder)
        let songs = [("First", "The Band"), ("Second Track", "Guest")]
        for (index, song) in songs.enumerated() {
            try Album.write(
                """
                Albumperformer='The Band'
                Albumtitle='Demo Album'
                Performer='\(song.1)'
                Tracktitle='\(song.0)'
                Tracknumber=\(index + 1)

                """, to: folder, as: "\(index + 1).inf")
        }
        let wodim = try await RecorderProcess()
        try await Peer.wodim.burn(
            ["dev=/dev/sr0", "gracetime=2", "-dao", "-audio", "-useinfo", "-text", "1.wav", "2.wav"], on: wodim,
            in: folder)
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
        let cdrskin = try await RecorderProcess()
        try await Peer.cdrskin.burn(
            ["dev=/dev/sr0", "-sao", "input_sheet_v07t=sheet.v07t", "-audio", "1.wav", "2.wav"], on: cdrskin, in: folder
        )
        let (one, other) = (try #require(try wodim.burned().text()), try #require(try cdrskin.burned().text()))
        #expect(Array(one.prefix(3)) == Album.textPacks && Array(other.prefix(3)) == Album.textPacks)
        #expect(Album.titles(in: one, type: 0x81) == Album.titles(in: other, type: 0x81))
        #expect(one.count == other.count)
    }

    @Test(.enabled(if: Peer.cdrskin.isReady, why)) func `cdrskin burns a cue sheet`() async throws {
        let folder = TemporaryFolder()
        try DurableFile.replace(folder.path + "/album.bin", with: Album.first.samples + Album.second.samples)
        try Album.write(
            """
            CATALOG \(Album.catalogNumber)
            TITLE "Demo Album"
            FILE "album.bin" BINARY
              TRACK 01 AUDIO
                TITLE "First"
                ISRC \(Album.recordingCodes[0])
                INDEX 01 00:00:00
              TRACK 02 AUDIO
                TITLE "Second Track"
                FLAGS DCP
                ISRC \(Album.recordingCodes[1])
                INDEX 00 00:04:00
                INDEX 01 00:05:25
                INDEX 02 00:07:00

            """, to: folder, as: "album.cue")
        let recorder = try await RecorderProcess()
        try await Peer.cdrskin.burn(["dev=/dev/sr0", "-sao", "-text", "cuefile=album.cue"], on: recorder, in: folder)
        let disc = try recorder.burned()
        #expect(disc.tracks.map(\.lbas) == [[-150, 0], [300, 400, 525]])
        #expect(disc.tracks.map(\.control) == [0, 2])
        #expect(disc.tracks.map(\.isrc) == Album.recordingCodes && disc.sessions[0].mcn == Album.catalogNumber)
        let isSame = disc.main(0..<750) == Album.first.samples + Album.second.samples
        let packs = try #require(try disc.text())
        #expect(isSame && Album.titles(in: packs) == ["Demo Album", "First", "Second Track"])
        try disc.expectSoundQ()
    }
}
