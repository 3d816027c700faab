import Glibc
import ServerSupport
import TestSupport
import Testing

/// Between PrepareMedia and ReleaseMedia: who has the drive, and what can no longer be changed.
@Suite(.serialized, .sharedStation, .timeLimit(.minutes(3))) struct PreparedTests {
    let station: ContractStation

    init() throws { station = try .fresh() }

    @Test(arguments: ["tao", "raw"])
    func `T1 and R1: while a job works the drive is taken under its client name, with the tray locked`(
        _ mode: String
    ) throws {
        let fields = ["mode=\(mode)", "client_name=desk 3", try station.track()]
        let (id, fault) = try station.hold("write call 1", fields)
        let drive = try station.server.drive()
        #expect(drive.locked_by.string == "desk 3" && drive.tray.string == "locked" && drive.job.int == id, "\(drive)")
        #expect(try station.control("status").locked.bool == true)
        let second = try station.order(["mode=tao", try station.track()])
        #expect(try station.server.job(second).state.string == "queued")
        #expect(try station.server.post("/jobs/\(second)/cancel").status == 200)
        try station.control("clear \(fault)")
        #expect(try station.wait(id).state.string == "completed")
        #expect(try station.server.drive().locked_by == .null)
        #expect(try station.control("status").locked.bool == false)
    }

    @Test func `T1: a disc that is written on makes the job wait, and a blank lets it go on`() throws {
        _ = try station.burn(["mode=tao", try station.track()])
        let id = try station.order(["mode=tao", try station.track()])
        let waiting = try station.server.wait(id, ["waiting"])
        #expect(waiting.state_reasons.strings == ["media-not-blank"])
        #expect(waiting.needs.action.string == "load-blank" && waiting.needs.found.status.string == "complete")
        try station.server.loadBlank()
        #expect(try station.wait(id).state.string == "completed")
    }

    /// What is put before PrepareMedia, and refused behind it.
    static let puts = [
        ("T6", #"{"drive":"any"}"#), ("T8", #"{"buffer_underrun_free_disabled":true}"#),
        ("T14", #"{"close":"session"}"#),
        ("T18", #"{"client_name":"other"}"#), ("R15", #"{"sector_type":"pq"}"#), ("T5", #"{"speed":8}"#),
    ]

    @Test func `T6 and R7: what is put in a job can be changed until it prepares, and not while it writes`() throws {
        #expect(try station.server.post("/drives/left/eject").status == 200)
        let early = try station.order(["mode=tao", try station.track()])
        try station.server.wait(early, ["waiting"])
        let patched = try patch(early, #"{"close":"session","client_name":"other"}"#)
        #expect(patched.status == 200 && patched.json.close.string == "session", "\(patched)")
        #expect(patched.json.client_name.string == "other")
        #expect(try station.server.post("/jobs/\(early)/cancel").status == 200)
        try station.control("load")
        try Deadline.waiting("the disc") { try station.server.drive().media != .null }

        let (id, fault) = try station.hold("write call 1", ["mode=tao", try station.track()])
        for (member, body) in Self.puts {
            let refused = try patch(id, body)
            #expect(refused.status == 409 && refused.problem == "job-not-editable", "\(member): \(refused)")
            #expect(refused.json.contract_error.string == "E_IMAPI_DF2TAO_WRITE_IN_PROGRESS", "\(member)")
        }
        try station.control("clear \(fault)")
        #expect(try station.wait(id).state.string == "completed")
    }

    private func patch(_ job: Int, _ body: String) throws -> Answer {
        try station.server.curl("/jobs/\(job)", ["-X", "PATCH", "--json", body])
    }

    @Test func `K2 and K4: nothing moves the tray of a drive that a job has, and the answer names who`() throws {
        let (id, fault) = try station.hold("write call 1", ["mode=tao", "client_name=desk 3", try station.track()])
        for verb in ["eject", "load", "erase"] {
            let refused = try station.server.post("/drives/left/\(verb)")
            #expect(refused.status == 409 && refused.problem == "drive-busy", "\(verb): \(refused)")
            #expect(refused.json.locked_by.string == "desk 3", "\(verb): \(refused)")
        }
        // K1: asking for it is answered all the same.
        #expect(try station.server.curl("/drives/left").status == 200)
        try station.control("clear \(fault)")
        #expect(try station.wait(id).state.string == "completed")
        #expect(try station.server.post("/drives/left/eject").json.tray.string == "open")
    }

    @Test func `K21: a worker that dies lets the drive go, and the tray is free again`() throws {
        let (id, fault) = try station.hold("write call 3", ["mode=tao", try station.track()])
        let workers = station.server.workers()
        #expect(workers.count == 1)
        for worker in workers { kill(worker, SIGKILL) }
        try station.control("clear \(fault)")
        let job = try station.wait(id)
        #expect(job.state.string == "failed" && job.problem.type.string == "/problems/worker-died", "\(job.problem)")
        let drive = try station.server.drive()
        #expect(drive.locked_by == .null && drive.job == .null, "\(drive)")
        #expect(try station.server.post("/drives/left/eject").status == 200)
        #expect(try station.control("status").tray.string == "open")
    }

    @Test func `K5 and K6: no change of media is told while a job has the drive, and the next one is again`() throws {
        let events = try EventReader(station.server)
        let id = try station.order(["mode=tao", try station.track()])
        let states = try events.until(job: id, ["completed", "failed"])
        let began = states.firstIndex { $0.jobs.contains { $0.id.int == id && $0.state.string == "burning" } } ?? 0
        #expect(!states[began...].contains { $0.name == "drive-media-changed" })
        #expect(try station.server.post("/drives/left/eject").status == 200)
        _ = try events.until { $0.name == "drive-media-changed" && $0.data.drive.tray.string == "open" }
        #expect(try ContractTable.reason(of: ["K5", "K6"]))
    }

    @Test func `F2: an empty tray is no error, and a job says that it needs a disc`() throws {
        #expect(try station.server.post("/drives/left/eject").status == 200)
        let answer = try station.server.curl("/drives/left/media")
        #expect(answer.status == 200 && answer.json.present.bool == false && answer.json.kind == .null)
        let id = try station.order(["mode=tao", try station.track()])
        let job = try station.server.wait(id, ["waiting"])
        #expect(
            job.state_reasons.strings.contains { ["media-needed", "door-open"].contains($0) }, "\(job.state_reasons)")
        #expect(job.needs.action.string == "load-blank")
        #expect(try station.server.post("/jobs/\(id)/cancel").status == 200)
    }
}
