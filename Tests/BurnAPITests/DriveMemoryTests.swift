import BurnJobs
import BurnPlan
import Drives
import HTTPCore
import JobQueue
import StationSupport
import TestSupport
import Testing
import VirtualRecorder

/// What the API says of how drives burn.
@Suite(.timeLimit(.minutes(2))) struct DriveMemoryResourceTests {
    /// A station with a virtual recorder, whose burns all end alike.
    private struct Desk {
        let folder = TemporaryFolder()
        let api: APIHarness

        init(_ outcome: BurnOutcome) async throws {
            let recorder = try VirtualRecorder(.init(disc: folder.path + "/disc", name: "left", maximumSpeed: nil))
            let worker = ScriptedWorker { desk in
                try desk.write(.started(pid: 1))
                try desk.write(.outcome(outcome))
            }
            api = try await APIHarness(
                worker, files: StationHarness.Files(), harness: StationHarness(recorder))
        }

        func burn() async throws {
            var order = StationHarness.order
            order.speed = .times(16)
            let id = try await api.station.submit(order, files: StationHarness.files).job.id
            _ = try await job(id, in: api.station, becomes: .completed, .failed, .waiting)
        }

        func patch(_ body: String) async throws -> APIHarness.Answer {
            try await api.send(
                .patch, "/api/v1/drives/left", headers: ["Content-Type": "application/json"],
                body: HTTPBytesBody(Array(body.utf8)))
        }

        func get(_ path: String = "") async throws -> APIHarness.Answer {
            try await api.send(.get, "/api/v1/drives/left\(path)")
        }
    }

    private static let good = BurnOutcome(.completed, disc: .good)
    private static let bad = BurnOutcome(
        .failed, disc: .spoiled, problem: BurnProblem(.verifyMismatch, "It differs.", hint: "Burn it anew."))

    @Test func `a drive that has burned nothing says so`() async throws {
        let desk = try await Desk(Self.good)
        let memory = try await desk.get("/memory")
        #expect(try memory.member("total", "burns") == 0 && memory.member("settings") == .array([]))
        #expect(try memory.member("total", "last_good_at") == .null)
        #expect(try await desk.api.send(.get, "/api/v1/drives/nowhere/memory").slug == "drive-not-found")
    }

    @Test func `burns are listed by firmware, medium and speed, and summed up in the drive`() async throws {
        let desk = try await Desk(Self.good)
        for _ in 0..<2 { try await desk.burn() }
        let memory = try await desk.get("/memory")
        #expect(try memory.member("settings", "0", "firmware") == "1.0")
        #expect(try memory.member("settings", "0", "kind") == "CD-R")
        guard case .string(let medium)? = try memory.member("settings", "0", "medium") else {
            Issue.record("no medium in \(memory.text)")
            return
        }
        #expect(medium.hasPrefix("97m"), "\(medium)")
        #expect(try memory.member("settings", "0", "speed_x") == 16)
        #expect(try memory.member("settings", "0", "burns") == 2)
        #expect(try memory.member("settings", "0", "failures_by_type") == .object([:]))
        let drive = try await desk.get()
        #expect(try drive.member("service") == memory.member("total"))
        #expect(try drive.member("service", "burns") == 2)
    }

    @Test func `a drive out of service says it in every way, and is enabled by a patch too`() async throws {
        let desk = try await Desk(Self.bad)
        for _ in 0..<4 { try await desk.burn() }
        let drive = try await desk.get()
        #expect(try drive.member("enabled") == false && drive.member("reasons") == ["drive-failing"])
        #expect(try drive.member("service", "last_failure") == "verify-mismatch")
        let text = try await desk.api.send(.get, "/api/v1/status.txt").text
        #expect(text.contains("drive-failing") && text.contains("OUT OF SERVICE: 3 discs in a row failed."), "\(text)")
        let disabled = try await desk.patch(#"{"enabled": false}"#)
        #expect(try disabled.member("reasons") == ["drive-failing", "drive-disabled"])
        let enabled = try await desk.patch(#"{"enabled": true}"#)
        #expect(try enabled.member("enabled") == true && enabled.member("reasons") == .array([]), "\(enabled.text)")
        #expect(try enabled.member("service", "failures") == 3)
        #expect(try enabled.member("service", "failures_in_a_row") == 0)
    }

    @Test func `a label given to a drive out of service leaves it so`() async throws {
        let desk = try await Desk(Self.bad)
        for _ in 0..<3 { try await desk.burn() }
        let named = try await desk.patch(#"{"label": "Old one"}"#)
        #expect(try named.member("reasons") == ["drive-failing"] && named.member("enabled") == false)
    }

    @Test func `a check warns where the last disc of this kind failed at this speed`() async throws {
        func warning(_ desk: Desk, speed: String) async throws -> JSONValue? {
            let parts = [
                APIHarness.Part("speed", speed),
                APIHarness.Part("track", file: "a.wav", APIHarness.wav(frames: 588 * 400, seed: 3)),
            ]
            return try await desk.api.form("/api/v1/jobs:check", parts).member("drives", "0", "warning")
        }
        let bad = try await Desk(Self.bad)
        try await bad.burn()
        guard case .string(let words)? = try await warning(bad, speed: "16") else {
            Issue.record("no warning")
            return
        }
        #expect(words.hasPrefix("The one disc of this kind (97m") && words.hasSuffix("at 16x here failed."), "\(words)")
        #expect(try await warning(bad, speed: "8") == .null)
        #expect(try await warning(bad, speed: "max") == .null)
        let good = try await Desk(Self.good)
        try await good.burn()
        #expect(try await warning(good, speed: "16") == .null)
    }
}
