import ServerSupport
import Testing

/// `IDiscFormat2TrackAtOnce`: tracks, what is asked for them, and what becomes of them.
@Suite(.serialized, .sharedStation, .timeLimit(.minutes(3))) struct TrackTests {
    let station: ContractStation

    init() throws { station = try .fresh() }

    @Test func `T2: one second of audio becomes a track of 300 sectors, and the next begins behind a gap of 150`()
        throws
    {
        let job = try station.burn(["mode=tao", try station.track(75), try station.track(310, seed: 2)])
        #expect(job.proven.strings.contains("audio"))
        let tracks = try station.listing().sessions[0].tracks
        #expect(tracks.list.map(\.blocks.int) == [300, 310])
        let second = try #require(tracks[1].start.int)
        #expect(tracks[0].start.int == 0 && second >= 300 + 150)
    }

    @Test func `T2: a hundredth track is refused with the contract's error`() throws {
        let file = "track=" + (try station.upload(try station.sound(300)))
        let answer = try station.form("/jobs", ["mode=tao"] + [String](repeating: file, count: 100))
        #expect(answer.status == 422 && answer.problem == "too-many-tracks")
        #expect(answer.json.contract_error.string == "E_IMAPI_DF2TAO_TRACK_LIMIT_REACHED")
        #expect(answer.json.contract_code.string == "0xC0AA0508")
    }

    @Test func `T3: a cancelled track stays on the disc as a shorter one, and the disc is counted anew`() throws {
        let tracks = [try station.track(300), try station.track(3_000, seed: 2)]
        // Some way into the second track, which begins at 452.
        let (id, fault) = try station.hold("write lba 1500..1600", ["mode=tao"] + tracks)
        let refused = try station.server.post("/jobs/\(id)/cancel")
        #expect(refused.status == 409 && refused.problem == "would-spoil-disc")
        let accepted = try station.server.post("/jobs/\(id)/cancel?spoil=yes")
        #expect(accepted.status == 202 && accepted.json.state.string == "cancelling")
        try station.control("clear \(fault)")
        let job = try station.wait(id)
        #expect(job.state.string == "cancelled" && job.state_reasons.strings == ["cancelled-by-user"])
        #expect(job.problem.contract_error.string == "E_IMAPI_REQUEST_CANCELLED")
        let onDisc = try station.listing().sessions[0].tracks.list.compactMap(\.blocks.int)
        #expect(onDisc.count == 2 && onDisc[0] == 300 && (1...3_000).contains(onDisc.last ?? 0))
        let sectors = try station.media().sectors
        #expect((sectors.used.int ?? 0) >= onDisc.reduce(0, +) + 150)
        #expect(try station.server.post("/drives/left/eject").status == 200)
    }

    @Test(arguments: ["session", "disc"])
    func `T4 and T14: the session is closed as asked, and the drive let go`(_ close: String) throws {
        let job = try station.burn(["mode=tao", "close=\(close)", try station.track()])
        #expect(job.close.string == close)
        let session = try station.listing().sessions[0]
        #expect(session.stage.string == "closed")
        // What the lead-in says of a next session: that it follows another, or that this is the last.
        #expect((session.following.string == "another") == (close == "session"))
        let drive = try station.server.drive()
        #expect(drive.media.status.string == (close == "session" ? "appendable" : "complete"))
        #expect(drive.locked_by == .null && drive.tray.string == "closed")
    }

    @Test func `T4: a burn that fails lets the drive go, with the tray free`() throws {
        _ = try station.fault("write call 3: sense 3/0C/00")
        let job = try station.wait(try station.order(["mode=tao", try station.track()]))
        #expect(job.state.string == "failed" && job.problem.type.string == "/problems/write-error")
        let drive = try station.server.drive()
        #expect(drive.locked_by == .null && drive.tray.string == "closed" && drive.state.string == "idle")
        #expect(try station.control("status").locked.bool == false)
    }

    @Test func `T5: a speed that the drive lacks is replaced, and the burn says so`() throws {
        let offered = try station.media().write_speeds.list.compactMap(\.sectors_per_second.int)
        let job = try station.burn([
            "mode=tao", #"speed={"sectors_per_second":77,"pure_cav":true}"#, try station.track(),
        ])
        #expect(job.speed.sectors_per_second.int == 77 && job.speed.pure_cav.bool == true)
        let burn = job.burns[0]
        #expect(offered.contains(burn.write_speed.sectors_per_second.int ?? 0), "\(burn)")
        #expect(burn.adjusted.strings.contains("speed"), "\(burn)")
        #expect(burn.write_speed.pure_cav.bool != nil)
    }

    @Test func `T20 and T21: the fastest is asked for unless something else is, and nothing is adjusted`() throws {
        let job = try station.burn(["mode=tao", try station.track()])
        #expect(job.speed.string == "max" && job.speed.pure_cav.bool != true)
        #expect(job.burns[0].adjusted.list.isEmpty)
        let offered = try station.media().write_speeds.list.compactMap(\.sectors_per_second.int)
        #expect(job.burns[0].write_speed.sectors_per_second.int == offered.max())
    }

    @Test(arguments: ["tao", "raw"], [true, false])
    func `T8 and R9: BUFE of the write parameters is the inverse of the field`(_ mode: String, _ disabled: Bool) throws
    {
        // MODE SELECT (10): eight bytes of header, then the page; BUFE is bit 6 of its byte 2. Waiting no time harms nothing.
        let on = try station.fault("mode-select data 8=05/3F,10=40/40: slow 1ms")
        let off = try station.fault("mode-select data 8=05/3F,10=00/40: slow 1ms")
        let fields = ["mode=\(mode)", try station.track()]
        let job = try station.burn(fields + (disabled ? ["buffer_underrun_free_disabled=true"] : []))
        #expect(job.buffer_underrun_free_disabled.bool == disabled)
        let counts = (on: try station.acted(on), off: try station.acted(off))
        #expect(disabled ? counts.on == 0 && counts.off > 0 : counts.on > 0 && counts.off == 0, "\(counts)")
    }

    @Test func `T10 to T13: tracks are counted when they are whole, and sectors stand still meanwhile`() throws {
        let before = try station.media().sectors
        let fields = ["mode=tao", "close=none", try station.track(300), try station.track(1_000, seed: 2)]
        let (id, fault) = try station.hold("write lba 800..900", fields)
        let burn = try station.server.job(id).burns[0]
        #expect(burn.tracks.list.map(\.number.int) == [1])
        // A track, two sectors of run-out and the gap of 150 are gone; of the second track nothing yet.
        let free = (before.free.int ?? 0) - 452
        #expect(burn.sectors.free.int == free && burn.sectors.used.int == 452, "\(burn)")
        let frozen = try station.server.curl("/drives/left/media").json
        #expect(frozen.frozen.bool == true && frozen.sectors == before)
        try station.control("clear \(fault)")
        let job = try station.wait(id)
        #expect(job.burns[0].tracks.list.map(\.number.int) == [1, 2])
        let after = try station.media().sectors
        #expect((after.free.int ?? .max) <= free - 1_150 && after.total.int == before.total.int)
    }

    @Test func `T10: a burn that has written nothing has no tracks`() throws {
        let (id, fault) = try station.hold("write call 1", ["mode=tao", try station.track()])
        #expect(try station.server.job(id).burns[0].tracks.list.isEmpty)
        #expect(try station.server.job(id).burns[0].toc == .null)
        try station.control("clear \(fault)")
        #expect(try station.wait(id).state.string == "completed")
    }

    @Test func `T16: there is no table of contents before the first track, and then one entry for each`() throws {
        #expect(try station.media().toc == .null)
        let job = try station.burn(["mode=tao", try station.track(300), try station.track(400, seed: 2)])
        // Behind the track and its two sectors of run-out. The reply has its length without itself, first and last track,
        // then eight bytes for each track and the lead-out.
        let onDisc = try station.media().toc
        #expect(onDisc.lead_out.lba.int == 452 + 400 + 2 && onDisc.raw.string?.hasPrefix("ABoBAg") == true)
        for toc in [try station.media().toc, job.burns[0].toc] {
            #expect(toc.tracks.list.map(\.number.int) == [1, 2] && toc.tracks.list.map(\.start_lba.int) == [0, 452])
        }
    }

    @Test func `T17: blanks of either kind have their name and number`() throws {
        let recordable = try station.media()
        #expect(recordable.kind.string == "CD-R" && recordable.physical_type.int == 2)
        try station.load("cd-rw")
        let rewritable = try station.media()
        #expect(rewritable.kind.string == "CD-RW" && rewritable.physical_type.int == 3)
    }

    @Test(arguments: ["a/b", "", String(repeating: "x", count: 64), "Büro"])
    func `T18: a client name that other programs could not show is refused`(_ name: String) throws {
        let answer = try station.form("/jobs", ["mode=tao", "client_name=\(name)", try station.track()])
        #expect(answer.status == 422 && answer.json.errors[0].field.string == "client_name")
        #expect(answer.json.contract_error.string == "E_IMAPI_RECORDER_CLIENT_NAME_IS_NOT_VALID")
    }

    @Test func `T24 and T25: speeds are those of drive and disc`() throws {
        let speeds = try station.media().write_speeds.list
        #expect(speeds.compactMap(\.sectors_per_second.int).max() == 48 * 75)
        #expect(speeds.allSatisfy { $0.kind.string == "CD-R" && $0.pure_cav.bool != nil })
        try station.load("cd-rw")
        let slower = try station.media().write_speeds.list
        #expect(slower.allSatisfy { $0.kind.string == "CD-RW" } && slower != speeds && !slower.isEmpty)
    }
}
