import BurnJobs
import BurnPlan
import Drives
import HTTPCore
import JobQueue
import POSIX
import SCSITransports
import StationSupport
import TestSupport
import Testing
import VirtualRecorder

/// What a drive and its disc can say over HTTP, by the members of the contract.
@Suite struct DriveResourceTests {
    /// A server with a virtual recorder in this process.
    private struct Desk {
        let folder = TemporaryFolder()
        let recorder: VirtualRecorder
        let harness: StationHarness
        let api: APIHarness

        init(
            _ profile: RecorderProfile = .modern, blank: Medium = .cdR80, worker: ScriptedWorker = .good
        ) async throws {
            recorder = try VirtualRecorder(
                .init(disc: folder.path + "/disc", name: "left", profile: profile, blank: blank, maximumSpeed: nil))
            harness = try StationHarness(recorder)
            api = try await APIHarness(worker, files: StationHarness.Files(), harness: harness)
        }

        func drive() async throws -> APIHarness.Answer { try await api.send(.get, "/api/v1/drives/left") }
        func media() async throws -> APIHarness.Answer { try await api.send(.get, "/api/v1/drives/left/media") }
        func post(_ action: String) async throws -> APIHarness.Answer {
            try await api.send(.post, "/api/v1/drives/left/\(action)")
        }
        func patch(_ body: String, drive: String = "left") async throws -> APIHarness.Answer {
            try await api.send(
                .patch, "/api/v1/drives/\(drive)", headers: ["Content-Type": "application/json"],
                body: HTTPBytesBody(Array(body.utf8)))
        }
    }

    /// Waits for the drive to be seen in some way; events drive it, the deadline only ends a test that would hang.
    private func awaitDrive(_ station: Station, _ fits: () async throws -> Bool) async throws {
        let (changes, changed) = AsyncStream.makeStream(of: Void.self)
        let listener = station.feed.listen { _ in changed.yield() }
        defer { if let listener { station.feed.ignore(listener) } }
        let deadline = Task {
            try await Task.sleep(for: .seconds(60))
            changed.finish()
        }
        defer { deadline.cancel() }
        if try await fits() { return }
        for await _ in changes where try await fits() { return }
        Issue.record("the drive is never seen so")
    }

    @Test func `F1, F5 and R14: a drive says what it writes, on what, and in which blocks`() async throws {
        let drive = try await Desk().drive()
        for mode in ["tao", "sao", "raw"] {
            #expect(try drive.member("supports", mode) == true)
            #expect(try drive.member("supported_media", mode) == ["cd-r", "cd-rw"])
        }
        #expect(try drive.member("supports", "erase") == true)
        #expect(try drive.member("sector_types") == ["pq", "cooked", "raw"])
        let old = try await Desk(.old).drive()
        #expect(try old.member("supports", "raw") == false && old.member("supported_media", "raw") == [])
        #expect(try old.member("sector_types") == [])
    }

    @Test func `F2: an empty tray is an answer and no failure`() async throws {
        let desk = try await Desk()
        #expect(try await desk.post("eject").status == 200)
        let media = try await desk.media()
        #expect(media.status == 200)
        #expect(try media.member("present") == false && media.member("supports", "tao") == .null)
        #expect(try media.member("kind") == .null && media.member("physical_type") == 0)
    }

    @Test func `F2, F3, F4, T17, R13 and Z3: a blank is blank, of a kind, and can be written on`() async throws {
        let media = try await Desk(blank: .cdRW).media()
        #expect(try media.member("present") == true && media.member("frozen") == false)
        #expect(try media.member("blank") == true && media.member("heuristically_blank") == true)
        #expect(try media.member("kind") == "CD-RW" && media.member("physical_type") == 3)
        #expect(try media.member("erasable") == true && media.member("write_protected") == false)
        #expect(try media.member("supports") == ["tao": true, "sao": true, "raw": true])
        #expect(try media.member("toc") == .null && media.member("cd_text") == .null)
    }

    @Test func `T11 to T13, R11 and R12: a disc has room, and places`() async throws {
        let media = try await Desk(blank: .cdR74).media()
        #expect(try media.member("sectors") == ["total": 333_225, "free": 333_225, "used": 0])
        // 97:26:65 in the groove is 11 485 sectors before the address 0, and 150 are the pause.
        #expect(try media.member("start_of_next_session") == -11_635)
        #expect(try media.member("last_possible_start_of_leadout") == 333_225)
        #expect(try media.member("next_writable_address") == 0)
        #expect(try media.member("atip", "lead_in", "msf") == "97:26:65")
        #expect(try media.member("atip", "manufacturer") == "CMC Magnetics")
    }

    @Test func `T22 to T25, R21 to R24 and W1 to W3: speeds have a rate, a rotation and a disc`() async throws {
        let desk = try await Desk()
        let media = try await desk.media()
        #expect(
            try media.member("write_speeds", "0") == ["sectors_per_second": 3600, "pure_cav": false, "kind": "CD-R"])
        #expect(try media.member("current_write_speed", "kind") == "CD-R")
        #expect(try await Desk(.old).media().member("current_write_speed", "sectors_per_second") == 600)
    }

    @Test func `M1 to M4: drives are listed by ids that stay, and the server says whether it has one`() async throws {
        let desk = try await Desk()
        let list = try await desk.api.send(.get, "/api/v1/drives")
        let id = try await desk.drive().member("id")
        #expect(try list.member("items", "0", "id") == id)
        let server = try await desk.api.send(.get, "/api/v1/server")
        #expect(try server.member("features", "0") == "supported-environment")
        #expect(try server.member("api_versions") == ["v1"] && server.member("limits", "tracks") == 99)
        desk.harness.unplug()
        try await awaitDrive(desk.api.station) { try await desk.drive().member("present") == false }
        let without = try await desk.api.send(.get, "/api/v1/server")
        #expect(try without.status == 200 && without.member("features") == [])
    }

    @Test func `E5, E6 and M1: a drive that is unplugged goes and comes back with its id`() async throws {
        let desk = try await Desk()
        let names = Lock<[String]>([])
        let listener = desk.api.station.feed.listen { event in
            if case .state(let stored) = event { names.withLock { $0.append(stored.name) } }
        }
        defer { if let listener { desk.api.station.feed.ignore(listener) } }
        let id = try await desk.drive().member("id")
        desk.harness.unplug()
        try await awaitDrive(desk.api.station) { names.withLock { $0.contains("drive-removed") } }
        #expect(try await desk.drive().member("present") == false)
        try desk.harness.plug(desk.recorder)
        try await awaitDrive(desk.api.station) { names.withLock { $0.contains("drive-added") } }
        let back = try await desk.drive()
        #expect(try back.member("id") == id && back.member("present") == true)
        #expect(
            names.withLock { $0.filter { $0 == "drive-removed" || $0 == "drive-added" } } == [
                "drive-removed", "drive-added",
            ])
    }

    @Test func `K1, K2, K3 and K7: a drive that another program holds is shown, and its tray is left alone`()
        async throws
    {
        let desk = try await Desk()
        #expect(try await desk.post("eject").status == 200)
        let id = try await desk.drive().member("id")
        // The lock that stands for it, as another program takes it.
        try await desk.api.drives.claim("left", for: 1)
        let other = try DriveAddress(desk.harness.address).open(exclusive: true)
        try await desk.api.drives.release("left")
        let drive = try await desk.drive()
        #expect(try drive.status == 200 && drive.member("state") == "stopped")
        #expect(try drive.member("id") == id && drive.member("reasons", "0") == "drive-busy-elsewhere")
        #expect(try await desk.media().member("present") == .null)
        #expect(try await desk.post("load").slug == "drive-busy")
        withExtendedLifetime(other) {}
    }

    @Test func `K2, K4, K19, K21, T13: a job holds its drive by name, its disc is frozen, and both are free after it`()
        async throws
    {
        let worker = ScriptedWorker { desk in
            try desk.write(.started(pid: 1))
            try desk.write(.phase(.preparing))
            _ = desk.awaitCancellation()
            try desk.write(.outcome(BurnOutcome(.cancelled, disc: .untouched)))
        }
        let desk = try await Desk(worker: worker)
        let before = try await desk.media()
        #expect(try await desk.drive().member("locked_by") == .null)
        let submitted = try await desk.harness.submit(desk.api.station)
        try await awaitDrive(desk.api.station) { try await desk.drive().member("job") == .integer(submitted.id) }
        let drive = try await desk.drive()
        #expect(try drive.member("locked_by") == "burnd" && drive.member("tray") == "locked")
        let media = try await desk.media()
        #expect(try media.member("frozen") == true && media.member("job") == .integer(submitted.id))
        #expect(try media.member("burn") == 1 && media.member("sectors") == before.member("sectors"))
        #expect(try await desk.post("identify").slug == "drive-busy")
        let refusal = try await desk.post("eject")
        #expect(refusal.status == 409 && refusal.slug == "drive-busy")
        #expect(try refusal.member("locked_by") == "burnd")
        #expect(try await desk.api.send(.post, "/api/v1/jobs/\(submitted.id)/cancel").status < 300)
        _ = try await job(submitted.id, in: desk.api.station, becomes: .cancelled)
        try await awaitDrive(desk.api.station) { try await desk.drive().member("job") == .null }
        #expect(try await desk.drive().member("locked_by") == .null)
        #expect(try await desk.media().member("frozen") == false)
    }

    @Test func `K13: a drive that a disc is put into by hand does not load`() async throws {
        var profile = RecorderProfile.modern
        profile.loading = .caddy
        let desk = try await Desk(profile)
        #expect(try await desk.drive().member("can_load_media") == false)
        #expect(try await desk.post("eject").status == 200)
        let refusal = try await desk.post("load")
        #expect(refusal.status == 409 && refusal.slug == "drive-failed")
        #expect(try await Desk().drive().member("can_load_media") == true)
    }

    @Test func `K8 to K10, K15 to K18 and K20: names, features, profiles and pages`() async throws {
        let desk = try await Desk()
        let drive = try await desk.drive()
        #expect(try drive.member("vendor") == "BURND" && drive.member("product") == "VIRTUAL CD-RW")
        #expect(try drive.member("firmware") == "1.0")
        #expect(
            try drive.member("features", "1")
                == ["code": 1, "name": "core", "version": 2, "persistent": true, "current": true])
        #expect(try drive.member("profiles", "1") == ["code": 9, "name": "cd-r", "current": true])
        #expect(try drive.member("mode_pages", "1") == ["code": 5, "name": "write-parameters"])
        let empty = try await desk.post("eject")
        #expect(try empty.member("profiles", "1", "current") == false)
    }

    @Test func `a drive tells its firmware's date, its wire, its speeds and the groove of its disc`() async throws {
        let desk = try await Desk()
        let drive = try await desk.drive()
        #expect(try drive.member("firmware_date") == "2026-11-21T00:00:00" && drive.member("interface") == "sata")
        #expect(try drive.member("loading") == "tray")
        #expect(try drive.member("write_speeds", "0") == ["sectors_per_second": 3600, "pure_cav": false])
        #expect(try drive.member("max_write_sectors_per_second") == 3600)
        #expect(try drive.member("media", "blank") == true && drive.member("media", "appendable") == false)
        #expect(try drive.member("media", "atip", "lead_in", "msf") == "97:26:65")
        #expect(try drive.member("media", "atip", "last_lead_out", "lba") == 359_849)
        #expect(try drive.member("media", "atip", "strategy") == "short")
        #expect(try await desk.media().member("atip") == drive.member("media", "atip"))
        let empty = try await desk.post("eject")
        #expect(try empty.member("media") == .null && empty.member("write_speeds", "0", "sectors_per_second") == 3600)
        let old = try await Desk(.old).drive()
        #expect(try old.member("firmware_date") == .null && old.member("interface") == "atapi")
    }

    @Test func `a drive tells what burnd does otherwise with its kind, why, and on whose word`() async throws {
        var profile = RecorderProfile.modern
        profile.vendor = "RICOH"
        let drive = try await Desk(profile).drive()
        #expect(try drive.member("quirks", "0", "id") == "calibration-refusal-tolerated")
        #expect(try drive.member("quirks", "0", "source") == "cdrecord's notes on Ricoh drives")
        #expect(try await Desk().drive().member("quirks") == [])
    }

    @Test func `a drive shows which one it is, and refuses where there is nothing to show it by`() async throws {
        let desk = try await Desk()
        let before = try await desk.drive()
        let shown = try await desk.post("identify")
        #expect(try shown.status == 200 && shown.member("state") == "idle")
        #expect(try shown.member("media") == before.member("media"))
        _ = try await desk.post("eject")
        let refusal = try await desk.post("identify")
        #expect(refusal.status == 409 && refusal.slug == "drive-failed")
        let unknown = try await desk.api.send(.post, "/api/v1/drives/nowhere/identify")
        #expect(unknown.slug == "drive-not-found")
    }

    @Test func `a label and a disabling stay over a restart`() async throws {
        let desk = try await Desk()
        let changed = try await desk.patch(#"{"label": " Left  drive ", "enabled": false}"#)
        #expect(try changed.member("label") == "Left drive" && changed.member("enabled") == false)
        #expect(try changed.member("reasons") == ["drive-disabled"])
        await desk.api.drives.close()
        let again = try await APIHarness(harness: desk.harness)
        let drive = try await again.send(.get, "/api/v1/drives/Left%20drive")
        #expect(try drive.member("enabled") == false && drive.member("id") == changed.member("id"))
        #expect(try await again.send(.post, "/api/v1/drives/Left%20drive/enable").member("enabled") == true)
        #expect(try await again.send(.post, "/api/v1/drives/Left%20drive/disable").member("enabled") == false)
        await again.drives.close()
    }

    @Test(arguments: [
        #"{"label": ""}"#, #"{"label": "any"}"#, #"{"label": "a/b"}"#, #"{"label": null}"#, #"{"label": "a\u0007"}"#,
        #"{"enabled": "no"}"#, #"{"nonsense": 1}"#, "[]", "",
    ])
    func `a patch that means nothing is refused`(_ body: String) async throws {
        let desk = try await Desk()
        #expect(try await desk.patch(body).status == 400)
        #expect(try await desk.patch(body, drive: "nowhere").slug == "drive-not-found")
        #expect(try await desk.drive().member("label") == "left")
    }
}
