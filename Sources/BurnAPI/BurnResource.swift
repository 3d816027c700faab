import BurnPlan
import FoundationEssentials
import JobQueue

/// One attempt to write one disc.
struct BurnResource: Encodable, Sendable {
    let id: Int
    let job: Int
    let drive: String
    let startedAt: Date
    let finishedAt: OrNull<Date>
    let outcome: OrNull<BurnOutcome.Result>
    let disc: OrNull<BurnOutcome.Disc>
    let tracksOnDisc: [Int]
    let proven: [BurnOutcome.Proof]
    let problem: OrNull<ProblemResource>

    init(_ burn: Burn, of job: Job) {
        (id, self.job, drive) = (burn.id, job.id, burn.drive)
        (startedAt, finishedAt) = (burn.startedAt, OrNull(burn.finishedAt))
        (outcome, disc) = (OrNull(burn.outcome?.result), OrNull(burn.outcome?.disc))
        (tracksOnDisc, proven) = (burn.outcome?.tracksOnDisc ?? [], burn.outcome?.proven ?? [])
        problem = OrNull(burn.outcome?.problem.map { ProblemResource($0, of: job) })
    }

    enum CodingKeys: String, CodingKey {
        case id, job, drive, outcome, disc, proven, problem
        case startedAt = "started_at"
        case finishedAt = "finished_at"
        case tracksOnDisc = "tracks_on_disc"
    }
}
