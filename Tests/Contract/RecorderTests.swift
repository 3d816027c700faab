import POSIX
import ServerSupport
import TestSupport
import Testing

/// `IDiscMaster2` and `IDiscRecorder2`: which recorders there are, what they are, and what they can.
@Suite(.serialized, .sharedStation, .timeLimit(.minutes(3))) struct RecorderTests {
    let station: ContractStation

    init() throws { station = try .fresh() }

    /// A station with one recorder that is started as a program of its own.
    private func station(_ recorder: RecorderProgram) throws -> ServerProcess {
        try ServerProcess { ($0.recorders, $0.arguments) = ([], ["--drive", "unix:" + recorder.socket]) }
    }

    private func drive(_ server: ServerProcess) throws -> JSON { try server.curl("/drives").json.items[0] }

    @Test func `M1 to M3: the list has every drive, by ids that stay`() throws {
        let list = try station.server.curl("/drives").json.items
        #expect(list.list.count == 1)
        let id = try #require(list[0].id.string)
        #expect(try station.server.curl("/drives/\(id)").json.id.string == id)
        #expect(try station.server.curl("/drives/left").json.id.string == id)
        let empty = try ServerProcess { $0.recorders = [] }
        let answer = try empty.curl("/drives")
        #expect(answer.status == 200 && answer.json.items == .array([]))
    }

    @Test func `M4: the environment is one for burning while a drive is there`() throws {
        let features = try station.server.curl("/server").json.features.strings
        #expect(Set(features).isSuperset(of: ["supported-environment", "track-at-once", "raw", "erase"]))
        let empty = try ServerProcess { $0.recorders = [] }
        #expect(try empty.curl("/server").json.features == .array([]))
    }

    @Test func `K7 to K10: a drive says who made it`() throws {
        let drive = try station.server.drive()
        #expect(drive.id.string?.isEmpty == false)
        for name in ["vendor", "product", "firmware"] { #expect(drive[name].string?.isEmpty == false, "\(name)") }
    }

    @Test func `K3 and K13: a tray closes by itself, and a caddy does not`() throws {
        #expect(try station.server.drive().can_load_media.bool == true)
        let profile = try station.files.write("caddy.json", Array(#"{"loading":"caddy"}"#.utf8))
        let recorder = try RecorderProgram(["--profile", profile])
        let server = try station(recorder)
        let drive = try drive(server)
        #expect(drive.can_load_media.bool == false, "\(drive)")
        let id = try #require(drive.id.string)
        #expect(try server.post("/drives/\(id)/eject").status == 200)
        let refused = try server.post("/drives/\(id)/load")
        #expect(refused.status == 409 && refused.problem == "drive-failed", "\(refused)")
    }

    @Test func `K15 to K18 and K20: features, profiles and pages are told, and the disc makes some of them current`()
        throws
    {
        let before = try station.server.drive()
        // Track at once and mastering; CD-ROM, CD-R, CD-RW; write parameters.
        #expect(Set(before.features.list.compactMap(\.code.int)).isSuperset(of: [0x2D, 0x2E]))
        #expect(Set(before.profiles.list.compactMap(\.code.int)).isSuperset(of: [0x08, 0x09, 0x0A]))
        #expect(before.profiles.list.filter { $0.current.bool == true }.map(\.code.int) == [0x09])
        #expect(before.mode_pages.list.contains { $0.code.int == 0x05 })
        try station.load("cd-rw")
        let after = try station.server.drive()
        #expect(after.profiles.list.filter { $0.current.bool == true }.map(\.code.int) == [0x0A])
        #expect(
            after.features.list.map(\.code) == before.features.list.map(\.code) && after.features != before.features)
    }

    @Test func `F1: a drive says in which ways it writes, and one that only reads has none of them`() throws {
        let supports = try station.server.drive().supports
        for way in ["tao", "sao", "raw", "erase"] { #expect(supports[way].bool == true, "\(way)") }
        // Of all profiles CD-ROM, and none of the features of writing.
        let faults = ["feature 0000 00080100", "feature 002D absent", "feature 002E absent"]
        let reader = try RecorderProgram(faults.flatMap { ["--fault", $0] })
        let server = try station(reader)
        let answer = try server.curl("/drives")
        #expect(answer.status == 200)
        let none = answer.json.items[0].supports
        for way in ["tao", "sao", "raw", "erase"] { #expect(none[way].bool == false, "\(way): \(none)") }
    }

    @Test func `F2: what can be written on a disc depends on what is there already`() throws {
        let blank = try station.media()
        #expect(blank.present.bool == true && blank.supports.tao.bool == true && blank.supports.raw.bool == true)
        _ = try station.burn(["mode=tao", try station.track()])
        let written = try station.media()
        #expect(written.supports.tao.bool == false && written.supports.raw.bool == false)
    }

    @Test func `F3 and F4: a blank disc is blank for the drive and by its looks, and a written one is not`() throws {
        let blank = try station.media()
        #expect(blank.blank.bool == true && blank.heuristically_blank.bool == true)
        _ = try station.burn(["mode=tao", try station.track()])
        let written = try station.media()
        #expect(written.blank.bool == false && written.heuristically_blank.bool == false)
    }

    @Test func `F5: kinds of disc are told for each way of writing`() throws {
        let media = try station.server.drive().supported_media
        for way in ["tao", "sao", "raw"] { #expect(Set(media[way].strings) == ["cd-r", "cd-rw"], "\(way)") }
    }

    @Test func `E5 and E6: a drive that goes and comes back is told of, under the same id`() throws {
        let recorder = try RecorderProgram()
        let server = try station(recorder)
        let id = try #require(try drive(server).id.string)
        let events = try EventReader(server)
        #expect(try events.next().name == "snapshot")
        recorder.end()
        let gone = try events.until { $0.name == "drive-removed" }.last?.data.drive
        #expect(gone?.id.string == id && gone?.present.bool == false)
        try recorder.start()
        let back = try events.until { $0.name == "drive-added" }.last?.data.drive
        #expect(back?.id.string == id && back?.present.bool == true)
    }

    @Test func `T7 and R8: a job keeps the wish for a drive beside the drive that it got`() throws {
        let job = try station.burn(["mode=tao", try station.track()])
        let drive = try station.server.drive().id
        #expect(job.requested_drive.string == "any" && job.drive == drive)
    }

    @Test func `R7: a drive that does not write raw is refused by name, with the contract's error`() throws {
        let old = try RecorderProgram(["--profile", "old"])
        let server = try station(old)
        let id = try #require(try drive(server).id.string)
        let fields = ["mode=raw", "drive=\(id)", "track=@\(try station.sound(300))"]
        let answer = try server.curl("/jobs", fields.flatMap { ["-F", $0] })
        #expect(answer.status == 422 && answer.problem == "mode-not-supported", "\(answer)")
        #expect(answer.json.contract_error.string == "E_IMAPI_DF2RAW_RECORDER_NOT_SUPPORTED")
        #expect(answer.json.contract_code.string == "0xC0AA0610")
    }
}
