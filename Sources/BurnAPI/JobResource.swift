import BurnJobs
import BurnPlan
import DiscLayout
import FoundationEssentials
import JobQueue

/// A job as the API shows it.
struct JobResource: Encodable, Sendable {
    let id: Int
    let uid: String
    let title: String
    let owner: String
    let mode: WriteMode
    let state: JobState
    let stateReasons: [StateReason]
    let needs: OrNull<NeedsResource>
    let drive: String
    let requestedDrive: String
    let position: OrNull<Int>
    let eta: OrNull<Date>
    let speed: WriteSpeed
    let close: CloseMode
    let eject: Bool
    let source: Source
    let totalSectors: Int
    let createdAt: Date
    let startedAt: OrNull<Date>
    let finishedAt: OrNull<Date>
    let burns: [BurnResource]
    let proven: [BurnOutcome.Proof]
    let problem: OrNull<ProblemResource>
    let progress: OrNull<ProgressResource>

    struct Source: Encodable, Sendable { let tracks: [Track] }

    struct Track: Encodable, Sendable {
        let file: String
        let name: String
        let title: OrNull<String>
        let performer: OrNull<String>
        let sectors: Int
        let seconds: Double
    }

    init(_ view: JobView) {
        let job = view.job
        (id, uid, title, owner) = (job.id, job.uid, job.order.title, job.order.owner)
        (mode, speed, close, eject) = (job.order.mode, job.order.speed, job.order.close, job.order.eject)
        (state, stateReasons) = (job.state, job.reasons)
        needs = OrNull(job.needs.map { NeedsResource($0) })
        (drive, requestedDrive) = (job.drive ?? job.order.drive, job.order.drive)
        (position, eta) = (OrNull(view.position), OrNull(view.eta))
        source = Source(
            tracks: zip(job.order.tracks, job.lengths).map { track, length in
                Track(
                    file: track.file, name: track.name, title: OrNull(track.title), performer: OrNull(track.performer),
                    sectors: length.sectors, seconds: Double(length.sampleFrames) / Double(RedBook.sampleRate))
            })
        totalSectors = job.sectorsNeeded
        (createdAt, startedAt, finishedAt) = (job.createdAt, OrNull(job.startedAt), OrNull(job.finishedAt))
        burns = job.burns.map(BurnResource.init)
        proven = job.burns.last?.outcome?.proven ?? []
        problem = OrNull(job.problem.map(ProblemResource.init))
        progress = OrNull(ProgressResource(view))
    }

    enum CodingKeys: String, CodingKey {
        case id, uid, title, owner, mode, state, needs, drive, position, eta, speed, close, eject, source, burns, proven
        case problem, progress
        case stateReasons = "state_reasons"
        case requestedDrive = "requested_drive"
        case totalSectors = "total_sectors"
        case createdAt = "created_at"
        case startedAt = "started_at"
        case finishedAt = "finished_at"
    }
}

extension JobView {
    /// When the disc will be done: computed from the worker's estimate, nil while nothing runs.
    var eta: Date? {
        guard let progress, let progressAt else { return nil }
        return progressAt.addingTimeInterval(progress.burnRemainingSeconds)
    }
}

/// One attempt to write one disc.
struct BurnResource: Encodable, Sendable {
    let id: Int
    let drive: String
    let startedAt: Date
    let finishedAt: OrNull<Date>
    let outcome: OrNull<BurnOutcome.Result>
    let disc: OrNull<BurnOutcome.Disc>
    let tracksOnDisc: [Int]
    let proven: [BurnOutcome.Proof]
    let problem: OrNull<ProblemResource>

    init(_ burn: Burn) {
        (id, drive) = (burn.id, burn.drive)
        (startedAt, finishedAt) = (burn.startedAt, OrNull(burn.finishedAt))
        (outcome, disc) = (OrNull(burn.outcome?.result), OrNull(burn.outcome?.disc))
        (tracksOnDisc, proven) = (burn.outcome?.tracksOnDisc ?? [], burn.outcome?.proven ?? [])
        problem = OrNull(burn.outcome?.problem.map(ProblemResource.init))
    }

    enum CodingKeys: String, CodingKey {
        case id, drive, outcome, disc, proven, problem
        case startedAt = "started_at"
        case finishedAt = "finished_at"
        case tracksOnDisc = "tracks_on_disc"
    }
}

/// What a waiting job needs.
struct NeedsResource: Encodable, Sendable {
    struct Wanted: Encodable, Sendable {
        let kind: String
        let minSectors: Int
        enum CodingKeys: String, CodingKey {
            case kind
            case minSectors = "min_sectors"
        }
    }

    struct Found: Encodable, Sendable {
        let kind: String
        let status: DiscStatus
    }

    let action: Needs.Action
    let drive: OrNull<String>
    let driveLabel: OrNull<String>
    let media: Wanted
    let found: OrNull<Found>
    let since: Date
    /// The job goes on by itself when the need is met.
    let auto = true
    let choices = ["cancel"]

    init(_ needs: Needs) {
        (action, drive, driveLabel) = (needs.action, OrNull(needs.drive), OrNull(needs.driveLabel))
        media = Wanted(kind: "CD-R", minSectors: needs.minimumSectors)
        found = OrNull(needs.found.map { Found(kind: $0.kind, status: $0.status) })
        since = needs.since
    }

    enum CodingKeys: String, CodingKey {
        case action, drive, media, found, since, auto, choices
        case driveLabel = "drive_label"
    }
}
