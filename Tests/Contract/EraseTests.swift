import ServerSupport
import TestSupport
import Testing

/// `IDiscFormat2Erase`.
@Suite(.serialized, .sharedStation, .timeLimit(.minutes(3))) struct EraseTests {
    let station: ContractStation

    init() throws { station = try .fresh() }

    private func erase(_ body: String = "{}") throws -> Answer {
        try station.server.curl("/drives/left/erase", ["--json", body])
    }

    private func written() throws {
        try station.load("cd-rw")
        _ = try station.burn(["mode=tao", "verify=none", try station.track()])
        #expect(try station.media().blank.bool == false)
    }

    @Test(arguments: [false, true])
    func `Z2 and Z5: a written CD-RW is blanked, by its table of contents or as a whole`(_ isFull: Bool) throws {
        try written()
        let disc = try station.disc()
        // BLANK: byte 1 has 000b for all of it, 001b for the least.
        let whole = try station.fault("blank cdb 1=00/07: slow 1ms")
        let answer = try erase(isFull ? #"{"full":true}"# : "{}")
        #expect(answer.status == 202 && answer.json.task.string == "erase", "\(answer)")
        #expect(answer.json.media.erase.string == (isFull ? "full" : "quick"))
        let job = try station.wait(try #require(answer.json.id.int))
        #expect(job.state.string == "completed" && job.burns[0].disc.string == "blank", "\(job.problem)")
        #expect(try station.acted(whole) == (isFull ? 1 : 0))
        #expect(try station.media().blank.bool == true)
        #expect(try station.disc() == disc)
    }

    @Test func `Z1: a second erasing of the same drive is refused, and the first goes to its end`() throws {
        try written()
        let fault = try station.fault("blank: stuck")
        let id = try #require(try erase().json.id.int)
        try station.held(fault)
        try station.server.wait(id, ["burning"])
        let refused = try erase()
        #expect(refused.status == 409 && refused.problem == "drive-busy", "\(refused)")
        let cancel = try station.server.post("/jobs/\(id)/cancel?spoil=yes")
        #expect(cancel.status == 409 && cancel.problem == "job-not-cancellable", "\(cancel)")
        try station.control("clear \(fault)")
        #expect(try station.wait(id).state.string == "completed")
    }

    @Test func `Z1: what can only be written once is not erased`() throws {
        let answer = try erase()
        if answer.status == 202 {
            let job = try station.server.wait(try #require(answer.json.id.int), ["waiting", "failed"])
            #expect(job.state.string == "waiting" && job.state_reasons.strings == ["media-incompatible"], "\(job)")
            #expect(try station.server.post("/jobs/\(job.id.int ?? 0)/cancel").status == 200)
        } else {
            #expect(answer.status == 409 && answer.problem == "media-incompatible", "\(answer)")
        }
        #expect(try station.media().blank.bool == true)
    }

    @Test func `Z4: the drive is erased under the client name of the request`() throws {
        try written()
        let fault = try station.fault("blank: stuck")
        let id = try #require(try erase(#"{"client_name":"desk 4"}"#).json.id.int)
        try station.held(fault)
        #expect(try station.server.drive().locked_by.string == "desk 4")
        try station.control("clear \(fault)")
        #expect(try station.wait(id).client_name.string == "desk 4")
        #expect(try erase(#"{"client_name":"a/b"}"#).status == 422)
    }

    @Test func `E3: blanking tells what it does, for how long, and how long it will take`() throws {
        try written()
        let events = try EventReader(station.server)
        let fault = try station.fault("test-unit-ready times 3: slow 700ms")
        let id = try #require(try erase(#"{"full":true}"#).json.id.int)
        let heard = try events.until(job: id, ["completed", "failed"])
        let progress = heard.filter { $0.name == "job-progress" && $0.data.action.string == "erasing" }.map(\.data)
        #expect(!progress.isEmpty)
        #expect(progress.allSatisfy { $0.elapsed_seconds.double != nil && $0.remaining_seconds.double != nil })
        #expect(progress.allSatisfy { $0.job.int == id && $0.track == .null })
        try station.control("clear \(fault)")
    }
}
