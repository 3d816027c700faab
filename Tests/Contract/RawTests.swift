import POSIX
import ServerSupport
import TestSupport
import Testing

/// `IDiscFormat2RawCD`: images with a lead-in of their own.
@Suite(.serialized, .sharedStation, .timeLimit(.minutes(3))) struct RawTests {
    let station: ContractStation

    init() throws { station = try .fresh() }

    /// Sectors from 95:00:00 to address 0.
    private static let standardLeadIn = 22_650
    private static let mainBytes = 2_352
    private static let sectorBytes = 2_448

    /// An image of one track of five seconds with everything as it goes onto the disc; its id and its bytes.
    private func image(_ fields: [String] = []) throws -> (id: String, bytes: [UInt8]) {
        let file = try station.image(["sector_type=raw", "mcn=4006381333931"] + fields + [try station.track(375)])
        let path = station.files.path("image-\(file.id.string?.suffix(8) ?? "")")
        let id = try #require(file.id.string)
        let answer = try station.server.curl("/files/\(id)/content", ["-f"])
        _ = try station.files.write(String(path.split(separator: "/").last ?? ""), answer.body)
        return (id, answer.body)
    }

    /// Sectors of an image from an address on, split into main channel and sub-channel.
    private static func split(_ image: [UInt8], from address: Int, count: Int) -> (main: [UInt8], sub: [UInt8]) {
        var (main, sub): ([UInt8], [UInt8]) = ([], [])
        for sector in 0..<count {
            let start = (address + standardLeadIn + sector) * sectorBytes
            main += image[start..<start + mainBytes]
            sub += image[start + mainBytes..<start + sectorBytes]
        }
        return (main, sub)
    }

    /// Whether the disc has these sectors from its first pause on. Asked before it is expected: nobody reads megabytes.
    private func holds(_ sectors: (main: [UInt8], sub: [UInt8])) throws -> Bool {
        try discFile("main.bin").starts(with: sectors.main) && discFile("sub.bin").starts(with: sectors.sub)
    }

    private func discFile(_ name: String) throws -> [UInt8] {
        try DurableFile.contents(of: try station.disc() + "/" + name, limit: .max)
    }

    @Test func `R2: an image from 95:00:00 on is on the disc from this disc's lead-in on, bit by bit`() throws {
        let start = try #require(try station.media().start_of_next_session.int)
        let image = try image()
        let job = try station.burn(["mode=raw", "sector_type=raw", "image=\(image.id)"])
        #expect(job.burns[0].start_of_next_session.int == start && start < -150)
        let leadIn = Self.split(image.bytes, from: start, count: -150 - start)
        let sameLeadIn = try discFile("lead-in-sub.bin") == leadIn.sub && discFile("lead-in-main.bin") == leadIn.main
        #expect(sameLeadIn)
        // Pause and track, from the first block that the disc's files have.
        let programme = Self.split(image.bytes, from: -150, count: 150 + 375)
        let isThere = try holds(programme)
        #expect(isThere)
    }

    @Test func `R3: the same stream with fewer sectors before address 0 makes the same disc`() throws {
        let image = try image()
        let cut = 10_000
        let path = try station.files.write("cut.raw", image.bytes.dropFirst(cut * Self.sectorBytes))
        let fields = ["mode=raw", "sector_type=raw", "image=@\(path)"]
        _ = try station.burn(fields + ["stream_lead_in_sectors=\(Self.standardLeadIn - cut)"])
        let programme = Self.split(image.bytes, from: -150, count: 150 + 375)
        let isThere = try holds(programme)
        #expect(isThere)
    }

    @Test func `R3: a lead-in shorter than the disc's makes the job wait for another disc`() throws {
        let image = try image()
        let cut = 20_000
        let path = try station.files.write("short.raw", image.bytes.dropFirst(cut * Self.sectorBytes))
        let lead = "stream_lead_in_sectors=\(Self.standardLeadIn - cut)"
        let id = try station.order(["mode=raw", "sector_type=raw", "image=@\(path)", lead])
        let job = try station.server.wait(id, ["waiting", "failed"])
        #expect(job.state.string == "waiting" && job.state_reasons.strings == ["media-incompatible"], "\(job)")
        #expect(try station.server.post("/jobs/\(id)/cancel").status == 200)
    }

    @Test(arguments: [-1, 45_151]) func `R3: a count of lead-in sectors that is none is refused`(_ count: Int) throws {
        let path = try station.files.write("few.raw", [UInt8](repeating: 0, count: Self.sectorBytes))
        let answer = try station.form("/jobs", ["mode=raw", "image=@\(path)", "stream_lead_in_sectors=\(count)"])
        #expect(answer.status == 422 && answer.json.errors[0].field.string == "stream_lead_in_sectors", "\(answer)")
        #expect(answer.json.contract_code.string == "0x80070057")
    }

    @Test func `R4: a cancelled image leaves a disc of no use, and the job says so`() throws {
        let (id, fault) = try station.hold("write lba 100..150", ["mode=raw", try station.track(2_000)])
        #expect(try station.server.post("/jobs/\(id)/cancel").problem == "would-spoil-disc")
        #expect(try station.server.post("/jobs/\(id)/cancel?spoil=yes").status == 202)
        try station.control("clear \(fault)")
        let job = try station.wait(id)
        #expect(job.state.string == "cancelled" && job.burns[0].disc.string == "spoiled", "\(job.burns)")
        #expect(try station.server.drive().locked_by == .null)
    }

    @Test func `R5: an image brings its lead-out: the drive is told to write what it holds, and to close nothing`()
        throws
    {
        let closed = try station.fault("close-track-session: slow 1ms")
        let flushed = try station.fault("synchronize-cache: slow 1ms")
        let job = try station.burn(["mode=raw", try station.track()])
        #expect(job.burns[0].disc.string == "good" || job.burns[0].disc.string == "written")
        #expect(try station.acted(closed) == 0)
        #expect(try station.acted(flushed) > 0)
        let drive = try station.server.drive()
        #expect(drive.locked_by == .null && drive.media.status.string == "complete")
    }

    @Test func `R11 and R12: the first session begins before address 0, and the lead-out has a last place`() throws {
        let media = try station.media()
        #expect((media.start_of_next_session.int ?? 0) < -150)
        #expect(media.last_possible_start_of_leadout.int == 359_849)
        let job = try station.burn(["mode=raw", try station.track()])
        #expect(job.burns[0].start_of_next_session == media.start_of_next_session)
        #expect(job.burns[0].last_possible_start_of_leadout == media.last_possible_start_of_leadout)
        try station.load("cd-r-74")
        #expect(try station.media().last_possible_start_of_leadout.int == 333_225)
    }

    @Test func `R12: an image that this disc has no room for makes the job wait for a larger one`() throws {
        let end = try #require(try station.media().last_possible_start_of_leadout.int)
        // Half a minute more than this disc has, most of it silence before the second track.
        let fields = ["mode=raw", try station.track(), try station.track(seed: 2), "track_pregap_sectors=\(end)"]
        let id = try station.order(fields)
        let job = try station.server.wait(id, ["waiting", "failed"])
        #expect(job.state.string == "waiting" && job.state_reasons.strings == ["media-too-small"], "\(job)")
        #expect(try station.server.post("/jobs/\(id)/cancel").status == 200)
    }

    @Test func `R14: a drive tells which layouts of sectors it takes`() throws {
        let types = try station.server.drive().sector_types.strings
        #expect(!types.isEmpty && Set(types).isSubset(of: ["pq", "cooked", "raw"]))
    }

    @Test(arguments: ["pq", "cooked", "raw"])
    func `R15: an image is written in the layout that is asked for`(_ type: String) throws {
        let file = try station.image(["sector_type=\(type)", try station.track(375)])
        let id = try #require(file.id.string)
        let job = try station.burn(["mode=raw", "sector_type=\(type)", "image=\(id)"])
        #expect(job.sector_type.string == type && job.burns[0].sector_type.string == type)
        #expect(try station.listing().sessions[0].tracks.list.map(\.blocks.int) == [375])
    }

    @Test func `R16: an image is cooked unless something else is said`() throws {
        let file = try station.image([try station.track(375)])
        let job = try station.burn(["mode=raw", "image=\(try #require(file.id.string))"])
        #expect(job.burns[0].sector_type.string == "cooked")
    }

    @Test func `R15: an image whose length is not that of whole sectors is refused`() throws {
        let path = try station.files.write("odd.raw", [UInt8](repeating: 0, count: Self.sectorBytes * 30_000 + 1))
        let answer = try station.form("/jobs", ["mode=raw", "image=@\(path)"])
        #expect(answer.status == 422 && answer.json.contract_error.string == "E_IMAPI_DF2RAW_STREAM_NOT_SUPPORTED")
    }
}
