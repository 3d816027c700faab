import BurnAPI
import BurnJobs
import BurnPlan
import Drives
import FoundationEssentials
import Glibc
import JobQueue
import POSIX
import StationSupport
import Testing

/// What the scheduler tells of itself.
@Suite(.timeLimit(.minutes(1))) struct TurnTests {
    /// Keeps what it is told.
    private final class Reports: StationReporting {
        let (summaries, told) = AsyncStream.makeStream(of: StationSummary.self)
        let count = Lock(0)
        func turned(_ summary: StationSummary) async {
            count.withLock { $0 += 1 }
            told.yield(summary)
        }
        /// Waits for a summary that is wanted.
        func first(where isWanted: (StationSummary) -> Bool) async -> StationSummary? {
            for await summary in summaries where isWanted(summary) { return summary }
            return nil
        }
    }

    /// Describes events, and stops in the middle of one when it is told to: on the station's own actor.
    private final class Describer: ChangeDescribing {
        let isStuck = Lock(false)
        let hasEntered = Lock(false)
        private let events = EventDescriptions()
        func jobChanged(_ job: JobView, previous: JobState?, at: Date) throws -> [UInt8] {
            while isStuck.withLock({ $0 }) {
                hasEntered.withLock { $0 = true }
                usleep(1000)
            }
            return try events.jobChanged(job, previous: previous, at: at)
        }
        func driveChanged(_ drive: DriveStatus, previous: DriveStatus.State?, at: Date) throws -> [UInt8] {
            try events.driveChanged(drive, previous: previous, at: at)
        }
        func progress(of job: JobView, at: Date) throws -> [UInt8] { try events.progress(of: job, at: at) }
    }

    @Test func `what runs and what waits is told when it changes`() async throws {
        let harness = try StationHarness()
        let reports = Reports()
        let worker = ScriptedWorker { desk in
            try desk.write(.phase(.burning))
            _ = desk.awaitCancellation()
            try desk.write(.outcome(BurnOutcome(.cancelled, disc: .spoiled)))
        }
        let (station, _) = try await harness.station(worker) {
            $0.reporting = reports
            // Too long to be what this test sees.
            $0.turnInterval = .seconds(3600)
        }
        #expect(await reports.first { $0 == StationSummary() } != nil)
        let first = try await harness.submit(station).id
        _ = try await job(first, in: station, becomes: .burning)
        _ = try await harness.submit(station)
        let wanted = StationSummary(working: [.init(job: first, state: .burning, drive: "left")], queued: 1)
        #expect(await reports.first { $0 == wanted } == wanted)
        await station.drain()
        #expect(await reports.first { $0.isDraining } != nil)
        _ = try await station.cancel(first, spoil: true)
        await station.finish()
    }

    @Test func `a station that hangs takes no turn`() async throws {
        let harness = try StationHarness()
        let (reports, describer) = (Reports(), Describer())
        let worker = ScriptedWorker { desk in
            try desk.write(.phase(.burning))
            _ = desk.awaitCancellation()
            try desk.write(.outcome(BurnOutcome(.cancelled, disc: .spoiled)))
        }
        let interval = Duration.milliseconds(5)
        let (station, _) = try await harness.station(worker) {
            ($0.reporting, $0.describe, $0.turnInterval) = (reports, describer, interval)
        }
        let id = try await harness.submit(station).id
        _ = try await job(id, in: station, becomes: .burning)
        // Turns come by themselves.
        for _ in 0..<3 { #expect(await reports.first { _ in true } != nil) }
        describer.isStuck.withLock { $0 = true }
        let cancelling = Task { _ = try? await station.cancel(id, spoil: true) }
        while !describer.hasEntered.withLock({ $0 }) { await Task.yield() }
        let before = reports.count.withLock { $0 }
        // The time of sixty turns. One may have been under way.
        try await Task.sleep(for: interval * 60)
        #expect(reports.count.withLock { $0 } <= before + 1)
        describer.isStuck.withLock { $0 = false }
        await cancelling.value
        #expect(await reports.first { $0 == StationSummary() } != nil)
        await station.finish()
    }
}
