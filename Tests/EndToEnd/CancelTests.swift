import POSIX
import ServerSupport
import TestSupport
import Testing

/// `POST /jobs/{id}/cancel`.
@Suite(.serialized, .timeLimit(.minutes(2))) struct CancelTests {
    let files = AudioFiles()

    @Test func `a waiting job is cancelled at once, and only once`() throws {
        let server = try ServerProcess()
        #expect(try server.post("/drives/left/eject").status == 200)
        let id = try server.job([try Album.short(files)])
        try server.wait(id, ["waiting"])
        let answer = try server.post("/jobs/\(id)/cancel")
        #expect(answer.status == 200 && answer.json.state.string == "cancelled")
        #expect(answer.json.burns.list.isEmpty && answer.json.needs == .null)
        let again = try server.post("/jobs/\(id)/cancel")
        #expect(again.status == 409 && again.problem == "job-not-cancellable")
        #expect(try server.post("/jobs/77/cancel").problem == "job-not-found")
    }

    @Test func `a burning job is cancelled at the price of its disc alone, and says which tracks remain`() throws {
        try files.noise("first", seconds: 4)
        try files.noise("second", seconds: 180)
        let server = try ServerProcess { $0.speed = "48" }
        let events = try EventReader(server)
        let id = try server.job([files.path("first.wav"), files.path("second.wav")])
        _ = try events.until {
            $0.name == "job-progress" && $0.data.action.string == "writing" && $0.data.track.int == 2
        }
        let refused = try server.post("/jobs/\(id)/cancel")
        #expect(refused.status == 409 && refused.problem == "would-spoil-disc")
        #expect(refused.json.hint.string?.contains("spoil=yes") == true)
        #expect(try server.post("/jobs/\(id)/cancel?spoil=perhaps").problem == "invalid-field")
        let accepted = try server.post("/jobs/\(id)/cancel?spoil=yes")
        #expect(accepted.status == 202 && accepted.json.state.string == "cancelling", "\(accepted)")

        let heard = try events.until(job: id, ["cancelled", "failed", "completed"])
        let job = try #require(heard.last?.jobs.first)
        #expect(job.state.string == "cancelled" && job.state_reasons.strings == ["cancelled-by-user"])
        #expect(job.burns[0].outcome.string == "cancelled" && job.burns[0].disc.string == "open")
        #expect(job.burns[0].tracks_on_disc.list.map(\.int) == [1])
        #expect(job.problem.detail.string?.contains("Track 2 was cut") == true, "\(job.problem)")
        // What is said to remain is what the disc has: one whole track, and one cut off.
        let expected = try files.samples("first.wav")
        let discs = try Disc.export(server.disc(), files)
        #expect(discs.count == 2 && discs[1].count < 180 * 75 * 2352)
        #expect(expected.isFollowedByZerosAlone(in: discs[0], sectors: 300))
        // The drive is usable again.
        try server.loadBlank()
        let next = try server.job([files.path("first.wav")])
        #expect(try server.wait(next).state.string == "completed")
    }
}
