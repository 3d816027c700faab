import BurnJobs
import BurnPlan
import DiscLayout
import FoundationEssentials
import JobQueue

/// A job as the API shows it.
struct JobResource: Encodable, Sendable {
    let id: Int
    let uid: String
    let task: BurnPlan.Task
    let order: OrderResource
    let state: JobState
    let stateReasons: [StateReason]
    let needs: OrNull<NeedsResource>
    let drive: String
    let requestedDrive: String
    let position: OrNull<Int>
    let eta: OrNull<Date>
    let totalSectors: Int
    let createdAt: Date
    let startedAt: OrNull<Date>
    let finishedAt: OrNull<Date>
    let inhibited: Bool
    let inhibitor: OrNull<InhibitorResource>
    let burns: [BurnResource]
    let proven: [BurnOutcome.Proof]
    let problem: OrNull<ProblemResource>
    let progress: OrNull<ProgressResource>

    init(_ view: JobView) {
        let job = view.job
        (id, uid, task) = (job.id, job.uid, job.order.task)
        order = OrderResource(job)
        (state, stateReasons) = (job.state, job.reasons)
        needs = OrNull(job.needs.map { NeedsResource($0) })
        (drive, requestedDrive) = (job.drive ?? job.order.drive, job.order.drive)
        (position, eta) = (OrNull(view.position), OrNull(view.eta))
        totalSectors = job.sectorsNeeded
        (createdAt, startedAt, finishedAt) = (job.createdAt, OrNull(job.startedAt), OrNull(job.finishedAt))
        let running = job.runningBurn?.record?.inhibitor
        (inhibited, inhibitor) = (running?.result == .granted, OrNull(running.map(InhibitorResource.init)))
        burns = job.burns.map { BurnResource($0, of: job) }
        proven = job.burns.last?.outcome?.proven ?? []
        problem = OrNull(job.problem.map { ProblemResource($0, of: job) })
        progress = OrNull(ProgressResource(view))
    }

    enum CodingKeys: String, CodingKey {
        case id, uid, task, state, needs, drive, position, eta, inhibited, inhibitor, burns, proven, problem, progress
        case stateReasons = "state_reasons"
        case requestedDrive = "requested_drive"
        case totalSectors = "total_sectors"
        case createdAt = "created_at"
        case startedAt = "started_at"
        case finishedAt = "finished_at"
    }

    /// The members of the order are members of the job.
    func encode(to encoder: any Encoder) throws {
        try order.encode(to: encoder)
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(id, forKey: .id)
        try members.encode(uid, forKey: .uid)
        try members.encode(task, forKey: .task)
        try members.encode(state, forKey: .state)
        try members.encode(stateReasons, forKey: .stateReasons)
        try members.encode(needs, forKey: .needs)
        try members.encode(drive, forKey: .drive)
        try members.encode(requestedDrive, forKey: .requestedDrive)
        try members.encode(position, forKey: .position)
        try members.encode(eta, forKey: .eta)
        try members.encode(totalSectors, forKey: .totalSectors)
        try members.encode(createdAt, forKey: .createdAt)
        try members.encode(startedAt, forKey: .startedAt)
        try members.encode(finishedAt, forKey: .finishedAt)
        try members.encode(inhibited, forKey: .inhibited)
        try members.encode(inhibitor, forKey: .inhibitor)
        try members.encode(burns, forKey: .burns)
        try members.encode(proven, forKey: .proven)
        try members.encode(problem, forKey: .problem)
        try members.encode(progress, forKey: .progress)
    }
}

extension JobView {
    /// When the disc will be done: computed from the worker's estimate, nil while nothing runs.
    var eta: Date? {
        guard let progress, let progressAt else { return nil }
        return progressAt.addingTimeInterval(progress.burnRemainingSeconds)
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
