import BurnJobs
import BurnPlan
import HTTPCore
import JobQueue
import POSIX
import StationSupport
import Testing

/// Whether the machine is kept awake, as clients see it.
@Suite struct InhibitorTests {
    /// A worker that asked logind, and burns until somebody cancels.
    private static func worker(_ answer: PowerInhibitor) -> ScriptedWorker {
        ScriptedWorker { desk in
            var record = BurnRecord()
            record.inhibitor = answer
            try desk.write(.phase(.preparing))
            try desk.write(.record(record))
            try desk.write(.phase(.burning))
            try desk.write(.laserOn)
            try desk.write(
                .progress(
                    BurnProgress(
                        action: .writing, track: 1, tracks: 1, startLBA: 0, sectorCount: 2, lastReadLBA: 1,
                        lastWrittenLBA: 0, buffer: .init(total: 1, used: 1), driveBufferPercent: nil, sectorsDone: 1,
                        sectorsTotal: 2, rate: 1, elapsedSeconds: 1, remainingSeconds: 1, burnRemainingSeconds: 1)))
            _ = desk.awaitCancellation()
            try desk.write(.outcome(BurnOutcome(.cancelled, disc: .spoiled)))
        }
    }

    private func burning(_ answer: PowerInhibitor) async throws -> (APIHarness, Int) {
        let api = try await APIHarness(Self.worker(answer), files: StationHarness.Files())
        let id = try await api.harness.submit(api.station).id
        _ = try await job(id, in: api.station, becomes: .burning)
        return (api, id)
    }

    private func end(_ id: Int, _ api: APIHarness) async throws -> APIHarness.Answer {
        _ = try await api.send(.post, "/api/v1/jobs/\(id)/cancel?spoil=yes")
        _ = try await job(id, in: api.station, becomes: .cancelled)
        return try await api.send(.get, "/api/v1/jobs/\(id)")
    }

    @Test func `a job is inhibited while its worker holds the inhibitor, and the burn says so ever after`()
        async throws
    {
        let (api, id) = try await burning(PowerInhibitor(.granted))
        let running = try await api.send(.get, "/api/v1/jobs/\(id)")
        #expect(try running.member("inhibited") == true && running.member("inhibitor", "result") == "granted")
        let over = try await end(id, api)
        #expect(try over.member("inhibited") == false && over.member("inhibitor") == .null)
        #expect(try over.member("burns", "0", "inhibited") == true)
        #expect(try over.member("burns", "0", "inhibitor", "result") == "granted")
    }

    @Test func `a job without it says why, with the machine's words and what would help`() async throws {
        let (api, id) = try await burning(PowerInhibitor(.refused, words: "Interactive authentication required."))
        let running = try await api.send(.get, "/api/v1/jobs/\(id)")
        #expect(try running.member("inhibited") == false && running.member("inhibitor", "result") == "refused")
        guard case .string(let detail)? = try running.member("inhibitor", "detail"),
            case .string(let hint)? = try running.member("inhibitor", "hint")
        else {
            Issue.record("\(running.text)")
            return
        }
        #expect(detail.contains("Interactive authentication required.") && hint.contains("50-burnd.rules"))
        let over = try await end(id, api)
        #expect(try over.member("burns", "0", "inhibited") == false)
    }

    @Test func `the change is an event of its own, before the laser is on`() async throws {
        let heard = Lock<[String]>([])
        let api = try await APIHarness(Self.worker(PowerInhibitor(.granted)), files: StationHarness.Files())
        let listener = api.station.feed.listen { item in
            if case .state(let event) = item {
                let text = String(decoding: event.data, as: UTF8.self)
                heard.withLock { $0.append(text) }
            }
        }
        defer { if let listener { api.station.feed.ignore(listener) } }
        let id = try await api.harness.submit(api.station).id
        _ = try await job(id, in: api.station, becomes: .burning)
        let events = heard.withLock { $0 }
        let first = events.first { $0.contains("\"inhibited\":true") }
        #expect(first?.contains("\"state\":\"preparing\"") == true, "\(events)")
    }

    @Test(arguments: [(PowerInhibitor.Result.granted, false), (.timedOut, true)])
    func `the text status warns of a machine that may go to sleep`(result: PowerInhibitor.Result, warns: Bool)
        async throws
    {
        let (api, id) = try await burning(PowerInhibitor(result))
        _ = try await view(id, in: api.station) { $0.progress != nil }
        let text = try await api.send(.get, "/api/v1/status.txt").text
        #expect(text.contains("1.0x") && text.contains("not kept awake") == warns, "\(text)")
    }

    /// Waits for a job that looks as wanted; progress is told to all who listen.
    private func view(_ id: Int, in station: Station, _ isWanted: (JobView) -> Bool) async throws {
        let (changes, changed) = AsyncStream.makeStream(of: Void.self)
        let listener = station.feed.listen { _ in changed.yield() }
        defer { if let listener { station.feed.ignore(listener) } }
        changed.yield()
        for await _ in changes where try await isWanted(station.view(id)) { return }
    }

    @Test func `the server's features say whether burns would be protected, as of the last time somebody asked`()
        async throws
    {
        let (api, id) = try await burning(PowerInhibitor(.refused, words: "no"))
        // What came of asking at the start comes late: a burn has asked since.
        await api.station.noteInhibitor(PowerInhibitor(.granted))
        let server = try await api.send(.get, "/api/v1/server")
        #expect(server.text.contains("\"logind\"") && !server.text.contains("\"inhibitor\"]"))
        #expect(try server.member("inhibitor", "result") == "refused")
        _ = try await end(id, api)
    }

    @Test func `a server that has not asked yet promises nothing`() async throws {
        let api = try await APIHarness()
        #expect(try await api.send(.get, "/api/v1/server").member("inhibitor") == .null)
        await api.station.noteInhibitor(PowerInhibitor(.granted))
        let server = try await api.send(.get, "/api/v1/server")
        guard case .array(let features)? = try server.member("features") else {
            Issue.record("\(server.text)")
            return
        }
        #expect(features.contains("logind") && features.contains("inhibitor"))
    }
}
