import POSIX
import ServerSupport
import TestSupport
import Testing

/// `IRawCDImageCreator` and `IRawCDImageTrackInfo`: what `/jobs:check` says of a disc, and what `/files:image` makes of it.
@Suite(.serialized, .sharedStation, .timeLimit(.minutes(3))) struct ImageTests {
    let station: ContractStation

    init() throws { station = try .fresh() }

    private func refusal(_ fields: [String]) throws -> Answer { try station.form("/files:image", fields) }

    // MARK: The image

    @Test func `C1: the same request makes the same image, from 95:00:00 to the end of the lead-out`() throws {
        let tracks = [try station.track(300), try station.track(310, seed: 2)]
        for (type, bytes) in [("pq", 2_368), ("cooked", 2_448), ("raw", 2_448)] {
            let first = try station.image(["sector_type=\(type)"] + tracks)
            let length = try #require(first.bytes.int)
            // Lead-in, tracks without a gap, and a lead-out of ninety seconds.
            #expect(length % bytes == 0 && length / bytes >= 22_650 + 610 + 6_750, "\(length)")
            #expect(try station.image(["sector_type=\(type)"] + tracks).id == first.id)
        }
    }

    @Test func `C2: a track of 299 sectors is refused in an image, and filled up track at once`() throws {
        let short = try station.track(299)
        let answer = try refusal([short])
        #expect(answer.status == 422 && answer.json.errors[0].field.string == "track", "\(answer)")
        #expect(answer.json.contract_code.string == "0x80070057")
        #expect(try station.check(["mode=tao", short]).tracks[0].sector_count.int == 300)
        #expect(try refusal([try station.track(300)]).status == 201)
    }

    @Test func `C2: what would end behind sector 398099 is too long`() throws {
        let track = try station.track()
        let answer = try refusal([track, track, "track_pregap_sectors=397501"])
        #expect(answer.status == 422 && answer.problem == "disc-too-long", "\(answer)")
        #expect(answer.json.contract_error.string == "E_IMAPI_RAW_IMAGE_INSUFFICIENT_SPACE")
        #expect(answer.json.contract_code.string == "0x80AA0A05")
        let longest = try station.check(["mode=raw", track, track, "track_pregap_sectors=397500"])
        #expect(longest.last_user_sector.int == 398_099)
    }

    @Test func `C3: a hidden track has 150 sectors or more, and the first track begins behind it`() throws {
        let track = try station.track()
        let answer = try refusal([track, "pregap=@\(try station.sound(149, seed: 3))"])
        #expect(answer.status == 422 && answer.json.errors[0].field.string == "pregap", "\(answer)")
        let hidden = "pregap=@\(try station.sound(500, seed: 3))"
        let check = try station.check(["mode=raw", track, hidden])
        // It begins at 00:02:00; what is before that stays a pause.
        #expect(check.tracks[0].start_lba.int == 500)
        _ = try station.burn(["mode=raw", track, hidden])
        let main = try DurableFile.contents(of: try station.disc() + "/main.bin", limit: .max)
        let sounds = Sound.samples(500, 3) + Sound.samples(300)
        let isThere = main.dropFirst(150 * 2_352).starts(with: sounds)
        #expect(isThere)
    }

    /// R to W for the image of one track of 300 sectors: as many sectors as the image itself has.
    private func symbols(_ image: JSON, changed: (Int, UInt8)? = nil) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: try #require(image.bytes.int) / 2_448 * 96)
        for index in stride(from: 22_650 * 96, to: bytes.count, by: 24) { bytes[index] = 0x09 }
        if let changed { bytes[changed.0] = changed.1 }
        return bytes
    }

    @Test func `C4: R to W come with 96 bytes for every sector, P and Q clear, and go onto the disc`() throws {
        let track = try station.track()
        let plain = try station.image(["sector_type=cooked", track])
        let good = try station.files.write("good.rw", try symbols(plain))
        let with = try station.image(["sector_type=cooked", track, "subcode=@\(good)"])
        #expect(with.bytes == plain.bytes && with.id != plain.id)
        for (index, value) in [(7, UInt8(0x80)), (96 * 29_000, 0x40)] {
            let path = try station.files.write("bits.rw", try symbols(plain, changed: (index, value)))
            let answer = try refusal(["sector_type=cooked", track, "subcode=@\(path)"])
            #expect(answer.status == 422 && answer.json.errors[0].field.string == "subcode", "\(answer)")
        }
        let short = try station.files.write("short.rw", try symbols(plain).dropLast(96))
        #expect(try refusal(["sector_type=cooked", track, "subcode=@\(short)"]).status == 422)
    }

    @Test func `C5: the layout is cooked unless said, and pq has no room for R to W`() throws {
        let track = try station.track()
        let cooked = try station.image([track])
        #expect(try station.image(["sector_type=cooked", track]).id == cooked.id)
        #expect(try station.image(["sector_type=pq", track]).bytes.int == (cooked.bytes.int ?? 0) / 2_448 * 2_368)
        let path = try station.files.write("any.rw", try symbols(cooked))
        let answer = try refusal(["sector_type=pq", track, "subcode=@\(path)"])
        #expect(answer.status == 422 && answer.json.contract_code.string == "0x80070057", "\(answer)")
    }

    // MARK: The disc

    @Test func `C6, C7 and C13: the lead-out begins behind the last user sector, and the limit holds for that`() throws
    {
        let track = try station.track(400)
        let check = try station.check(["mode=raw", track])
        #expect(check.last_user_sector.int == 399 && check.start_of_leadout.int == 400)
        #expect(try station.check(["mode=raw", "start_of_leadout_limit=399", track]).start_of_leadout.int == 400)
        let tight = try refusal(["start_of_leadout_limit=398", track])
        #expect(tight.status == 422 && tight.problem == "disc-too-long", "\(tight)")
        let wrong = try refusal(["start_of_leadout_limit=398100", track])
        #expect(wrong.status == 422 && wrong.json.errors[0].field.string == "start_of_leadout_limit")
    }

    @Test func `C8: a catalogue number has thirteen digits, and the last one is checked`() throws {
        let track = try station.track()
        let short = try station.burn(["mode=raw", "mcn=123456789012", track])
        #expect(short.source.mcn.string == "0123456789012" && short.proven.strings.contains("mcn"))
        #expect(try station.listing().sessions[0].mcn.string == "0123456789012")
        let wrong = try refusal(["mcn=0123456789013", track])
        #expect(wrong.status == 422 && wrong.json.errors[0].field.string == "mcn")
        #expect(wrong.json.contract_error.string == "E_IMAPI_DF2TAO_INVALID_MCN")
    }

    @Test func `C9: tracks are numbered from the first number on, up to 99`() throws {
        let track = try station.track()
        let check = try station.check(["mode=raw", "first_track_number=7", track, track])
        #expect(check.tracks.list.map(\.number.int) == [7, 8])
        #expect(try station.check(["mode=raw", track]).tracks[0].number.int == 1)
        #expect(try refusal(["first_track_number=99", track, track]).status == 422)
    }

    @Test func `C10: gaps are words, and what was the end of a track can be the pause of the next`() throws {
        let tracks = [try station.track(500), try station.track(310, seed: 2)]
        let starts = try ["none", "silence", "index0"].map { gap in
            try station.check(["mode=raw", "gap=\(gap)"] + tracks).tracks[1].start_lba.int
        }
        // Two seconds are added, or none; those of index 0 are the last of the track before.
        #expect(starts == [500, 650, 500])
        #expect(try station.check(["mode=raw"] + tracks).tracks[1].start_lba.int == 500)
        _ = try station.burn(["mode=raw", "gap=index0"] + tracks)
        let second = try station.listing().sessions[0].tracks[1]
        #expect(second.indexes.list.first { $0.index.int == 0 }?.lba.int == 350)
        #expect(try refusal(["gap=true"] + tracks).status == 400)
    }

    @Test func `C11, C12 and C20 to C23: the check lists tracks with address, length, number and type`() throws {
        let check = try station.check([
            "mode=raw", "gap=silence", try station.track(400), try station.track(310, seed: 2),
        ])
        #expect(check.tracks.list.count == 2)
        #expect(check.tracks.list.map(\.start_lba.int) == [0, 550])
        #expect(check.tracks.list.map(\.sector_count.int) == [400, 310])
        #expect(check.tracks.list.map(\.number.int) == [1, 2])
        #expect(check.tracks.list.map(\.type.string) == ["audio", "audio"])
    }

    @Test func `C14: the table of contents that the check expects is the one that the disc has`() throws {
        let fields = ["mode=raw", try station.track(400), try station.track(310, seed: 2)]
        let expected = try station.check(fields).toc
        _ = try station.burn(fields)
        let found = try station.media().toc
        #expect(expected.raw.string != nil && expected.raw == found.raw)
        #expect(expected.tracks == found.tracks && expected.lead_out == found.lead_out)
        #expect(try station.form("/jobs:check", ["mode=raw"]).status == 400)
    }

    // MARK: Tracks

    @Test func `C24: a recording code comes with or without hyphens, and goes onto the disc`() throws {
        let first = [try station.track(), "track_isrc=USK7Y9812345"]
        let second = [try station.track(seed: 2), "track_isrc=us-k7y-98-12346"]
        let check = try station.check(["mode=raw"] + first + second)
        #expect(check.tracks.list.map(\.isrc.string) == ["US-K7Y-98-12345", "US-K7Y-98-12346"])
        let job = try station.burn(["mode=raw"] + first + second)
        #expect(job.proven.strings.contains("isrc"))
        let written = try station.listing().sessions[0].tracks.list.compactMap(\.isrc.string)
        #expect(written.map { $0.filter { $0 != "-" } } == ["USK7Y9812345", "USK7Y9812346"])
        let wrong = try refusal([try station.track(), "track_isrc=USK7Y981234"])
        #expect(wrong.status == 422 && wrong.json.contract_error.string == "E_IMAPI_DF2TAO_INVALID_ISRC")
    }

    @Test func `C25 and C26: copy bit and pre-emphasis are on the disc as asked for`() throws {
        var fields = ["mode=raw"]
        for copy in ["permitted", "prohibited", "scms"] { fields += [try station.track(), "track_copy=\(copy)"] }
        fields += [try station.track(), "track_preemphasis=true"]
        let check = try station.check(fields)
        #expect(check.tracks.list.prefix(3).map(\.copy.string) == ["permitted", "prohibited", "scms"])
        #expect(check.tracks.list.map(\.preemphasis.bool) == [false, false, false, true])
        _ = try station.burn(fields)
        let tracks = try station.listing().sessions[0].tracks.list
        // Bit 1 of CONTROL permits digital copies, bit 0 says pre-emphasis; a copy of a copy alternates.
        #expect(tracks.prefix(2).map { ($0.control.int ?? 0) & 2 } == [2, 0])
        #expect(tracks[2].first_copy.bool == true)
        #expect((tracks[3].control.int ?? 0) & 1 == 1)
    }

    @Test func `C27 to C29: indexes are ten sectors apart, doubles count once, and offset 0 is implied`() throws {
        let track = try station.track(400)
        let check = try station.check(["mode=raw", track, "track_indexes=40,20,40,0"])
        #expect(check.tracks[0].indexes.list.map(\.int) == [0, 20, 40])
        let job = try station.burn(["mode=raw", track, "track_indexes=20,40"])
        #expect(job.proven.strings.contains("indexes"))
        let indexes = try station.listing().sessions[0].tracks[0].indexes.list
        #expect(indexes.filter { ($0.index.int ?? 0) > 1 }.map(\.lba.int) == [20, 40])
        for wrong in ["9", "20,29", "391"] {
            let answer = try refusal([track, "track_indexes=\(wrong)"])
            #expect(answer.status == 422 && answer.json.errors[0].field.string == "track_indexes", "\(answer)")
            #expect(
                answer.json.contract_error.string == "E_IMAPI_RAW_IMAGE_TRACK_INDEX_TOO_CLOSE_TO_OTHER_INDEX",
                "\(wrong)")
        }
    }
}
