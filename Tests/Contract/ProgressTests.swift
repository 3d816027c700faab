import ServerSupport
import Testing

/// The events of the writers, and what their arguments say.
@Suite(.serialized, .sharedStation, .timeLimit(.minutes(3))) struct ProgressTests {
    let station: ContractStation

    init() throws { station = try .fresh() }

    /// Data of the `job-progress` of a job whose recorder takes its time for every WRITE, so that some are seen.
    private func progress(_ fields: [String]) throws -> [JSON] {
        _ = try station.fault("write: slow 30ms")
        let events = try EventReader(station.server)
        let id = try station.order(fields)
        let heard = try events.until(job: id, ["completed", "failed", "cancelled"])
        #expect(heard.last?.jobs.first?.state.string == "completed")
        return heard.filter { $0.name == "job-progress" && $0.data.job.int == id }.map(\.data)
    }

    private func agrees(_ progress: JSON) -> Bool {
        guard let start = progress.start_lba.int, let count = progress.sector_count.int,
            let read = progress.last_read_lba.int, let written = progress.last_written_lba.int,
            let total = progress.buffer.total.int, let used = progress.buffer.used.int,
            let free = progress.buffer.free.int
        else { return false }
        return read >= written && written >= start - 1 && written < start + count && total > 0 && total == used + free
    }

    @Test func `E1: while tracks are written, events tell addresses, buffer, track, action and times`() throws {
        let all = try progress(["mode=tao", try station.track(600), try station.track(1_500, seed: 2)])
        let writing = all.filter { $0.action.string == "writing" }
        #expect(!writing.isEmpty && writing.allSatisfy(agrees))
        // The second track begins behind the first, two sectors of run-out and a gap of 150.
        let places = [1: (0, 600), 2: (752, 1_500)]
        for event in writing {
            let place = try #require(event.track.int.flatMap { places[$0] })
            #expect(event.start_lba.int == place.0 && event.sector_count.int == place.1)
        }
        #expect(all.allSatisfy { $0.elapsed_seconds.double != nil && $0.remaining_seconds.double != nil })
        #expect(all.allSatisfy { ($0.elapsed_seconds.double ?? -1) >= 0 && ($0.remaining_seconds.double ?? -1) >= 0 })
        #expect(Set(all.compactMap(\.action.string)).isSuperset(of: ["writing", "closing-session"]))
    }

    @Test
    func `E2: while a raw disc is written, events begin at a negative address, and no track is named for the lead-in`()
        throws
    {
        let start = try #require(try station.media().start_of_next_session.int)
        let all = try progress(["mode=raw", try station.track(1_500)])
        let writing = all.filter { $0.action.string?.hasPrefix("writing") == true }
        #expect(!writing.isEmpty && writing.allSatisfy(agrees))
        let first = try #require(writing.first)
        #expect(first.action.string == "writing-lead-in" && first.start_lba.int == start && start < 0)
        #expect(writing.allSatisfy { $0.action.string == "writing" || $0.track == .null })
    }

    @Test(arguments: ["none", "quick", "full"])
    func `V1: nothing, the tables or every sample is proven, as the order says`(_ level: String) throws {
        let job = try station.burn(["mode=tao", "verify=\(level)", try station.track()])
        #expect(job.verify.string == level && job.burns[0].disc.string == (level == "none" ? "written" : "good"))
        let expected = ["none": [], "quick": ["toc"], "full": ["toc", "audio", "indexes"]]
        #expect(job.proven.strings == expected[level])
    }

    @Test func `V1: a disc that does not hold what was sent is never completed`() throws {
        _ = try station.fault("read lba 100: flip 17")
        let job = try station.wait(try station.order(["mode=tao", try station.track()]))
        #expect(job.state.string == "failed" && job.problem.type.string == "/problems/verify-mismatch")
        #expect(job.problem.contract_error.string == "E_IMAPI_BURN_VERIFICATION_FAILED")
    }
}
