import BurnJobs
import BurnPlan
import HTTPCore
import JobQueue
import StationSupport
import Testing

@Suite struct ResourceTests {
    @Test func `a label works wherever an id does`() async throws {
        let api = try await APIHarness()
        let byLabel = try await api.send(.get, "/api/v1/drives/left")
        #expect(try byLabel.member("id") == "tests-looking-drive-s1")
        #expect(try await api.send(.get, "/api/v1/drives/tests-looking-drive-s1").text == byLabel.text)
        #expect(try await api.send(.get, "/api/v1/drives/right").slug == "drive-not-found")
    }

    @Test func `status has drives, jobs, counts and the number of the latest event`() async throws {
        let api = try await APIHarness()
        let status = try await api.send(.get, "/api/v1/status")
        #expect(try status.member("drives", "0", "media", "status") == "blank")
        #expect(try status.member("counts", "queued") == 0)
        #expect(try status.member("server", "draining") == false)
        guard case .integer(let sequence)? = try status.member("seq") else {
            Issue.record("no number in \(status.text)")
            return
        }
        #expect(sequence > 0)
    }

    @Test func `the text status keeps terminals safe from titles`() async throws {
        let api = try await APIHarness()
        let order = BurnOrder(title: "x\u{1B}[2Jy", tracks: [.init(file: "sha256:00", name: "a")])
        _ = try await api.station.submit(order, files: StationHarness.files)
        let text = try await api.send(.get, "/api/v1/status.txt").text
        #expect(text.contains("x?[2Jy") && !text.contains("\u{1B}"))
    }

    @Test func `the list of jobs goes on where its cursor says`() async throws {
        let api = try await APIHarness()
        for _ in 0..<3 { _ = try await api.harness.submit(api.station) }
        let first = try await api.send(.get, "/api/v1/jobs?limit=2")
        #expect(try first.member("items", "0", "id") == 3)
        #expect(try first.member("next_cursor") == "2")
        let second = try await api.send(.get, "/api/v1/jobs?limit=2&cursor=2")
        #expect(try second.member("items", "0", "id") == 1)
        #expect(try second.member("next_cursor") == .null)
    }

    @Test(arguments: ["limit=0", "limit=501", "limit=x", "cursor=-1", "state=burned", "state=", "colour=red"])
    func `a query that means nothing is refused`(_ query: String) async throws {
        #expect(try await APIHarness().send(.get, "/api/v1/jobs?\(query)").status == 400)
    }

    @Test func `cancelling what burns is a conflict that names its price`() async throws {
        let worker = ScriptedWorker { desk in
            try desk.write(.phase(.burning))
            try desk.write(.laserOn)
            _ = desk.awaitCancellation()
            try desk.write(.outcome(BurnOutcome(.cancelled, disc: .spoiled)))
        }
        let api = try await APIHarness(worker, files: StationHarness.Files())
        let id = try await api.harness.submit(api.station).id
        _ = try await job(id, in: api.station, becomes: .burning)
        let refused = try await api.send(.post, "/api/v1/jobs/\(id)/cancel")
        #expect(refused.status == 409 && refused.slug == "would-spoil-disc")
        #expect(try await api.send(.post, "/api/v1/jobs/\(id)/cancel?spoil=perhaps").status == 400)
        // 202 while the worker stops, 200 when it has stopped by then.
        #expect([200, 202].contains(try await api.send(.post, "/api/v1/jobs/\(id)/cancel?spoil=yes").status))
        _ = try await job(id, in: api.station, becomes: .cancelled)
        #expect(try await api.send(.post, "/api/v1/jobs/\(id)/cancel").slug == "job-not-cancellable")
    }

    @Test(arguments: ["0", "x", "99999999999999999999", "17", "+1", "01"]) func `a job that is none is not found`(
        _ id: String
    ) async throws {
        #expect(try await APIHarness().send(.get, "/api/v1/jobs/\(id)").slug == "job-not-found")
    }
}
