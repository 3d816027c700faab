public import BurnPlan
import DiscLayout
public import FoundationEssentials

/// Who gets which drive: a pure function of the jobs, the drives and the discs in them.
///
/// Jobs are served in the order of their ids, so a disc put in goes to the first that it suits. A job that waits for a
/// disc does not hold back those behind it when they can go on, even with the very disc that it has no use for; but a
/// person is asked for one disc a drive at a time.
public enum Scheduling {
    /// What is to happen to one unfinished job that has no worker.
    public enum Decision: Equatable, Sendable {
        /// Start it on this drive.
        case start(drive: String)
        /// It waits for a drive that is busy.
        case queue(position: Int, reasons: [StateReason])
        /// It waits for a person.
        case wait(Needs, reasons: [StateReason])
        /// No drive that it may use can do it, and none is to be expected to.
        case refuse(BurnProblem)
    }

    /// A disc that a worker refused for a job, untouched; it is not tried again for that job.
    public struct Refusal: Hashable, Sendable {
        /// The job.
        public let job: Int
        /// The drive.
        public let drive: String
        /// Which disc.
        public let mediaGeneration: Int

        /// A refusal.
        public init(job: Int, drive: String, mediaGeneration: Int) {
            (self.job, self.drive, self.mediaGeneration) = (job, drive, mediaGeneration)
        }
    }

    /// Decides about every job of `jobs` that is queued or waiting.
    ///
    /// - Parameters:
    ///   - refusals: the discs that were found unfit by a worker.
    ///   - isDraining: true when nothing new is to be started.
    public static func decide(
        jobs: [Job], drives: [DriveSituation], refusals: [Refusal: StateReason], isDraining: Bool, now: Date
    ) -> [Int: Decision] {
        var taken = Set(drives.filter { $0.job != nil }.map(\.id))
        /// Drives whose tray somebody was asked to fill for an earlier job.
        var awaited: Set<String> = []
        var decisions: [Int: Decision] = [:]
        var position = 0
        for job in jobs.filter({ $0.state == .queued || $0.state == .waiting }).sorted(by: { $0.id < $1.id }) {
            position += 1
            let named = drives.filter { $0.isMeant(by: job.order.drive) }
            let meant = named.filter { lack(of: $0, for: job.order, job.demand) == nil }
            let free = meant.filter { $0.takesJobs && !$0.isBusy && !taken.contains($0.id) }
            if isDraining {
                decisions[job.id] = .queue(position: position, reasons: [.draining])
            } else if meant.isEmpty, let problem = incapable(drives, for: job.order, job.demand) {
                decisions[job.id] = .refuse(problem)
            } else if let ready = free.first(where: { obstacle(for: job, on: $0, refusals) == nil }) {
                taken.insert(ready.id)
                decisions[job.id] = .start(drive: ready.id)
            } else if let empty = free.first(where: { !awaited.contains($0.id) }) {
                awaited.insert(empty.id)
                decisions[job.id] = wait(job, on: empty, refusals, now)
            } else if meant.contains(where: \.takesJobs) {
                let elsewhere = meant.allSatisfy { $0.isBusy && $0.job == nil }
                decisions[job.id] = .queue(position: position, reasons: [elsewhere ? .driveBusyElsewhere : .driveBusy])
            } else {
                decisions[job.id] = wait(job, forOneOf: meant, now)
            }
        }
        return decisions
    }

    /// None of the drives that a job may use takes jobs now.
    private static func wait(_ job: Job, forOneOf drives: [DriveSituation], _ now: Date) -> Decision {
        let failing = drives.filter { $0.isPresent && $0.isFailing }
        // Where one drive has to be looked at, it is named.
        let drive = failing.count == 1 ? failing[0] : drives.count == 1 ? drives[0] : nil
        let action: Needs.Action = failing.isEmpty ? .attachDrive : .fixDrive
        let needs = Needs(
            action, drive: drive?.id, driveLabel: drive?.label, minimumSectors: job.sectorsNeeded, found: nil,
            since: job.needs?.action == action ? job.needs?.since ?? now : now)
        if !failing.isEmpty { return .wait(needs, reasons: [.driveFailing]) }
        let isDisabled = drives.contains { $0.isPresent && !$0.isEnabled }
        return .wait(needs, reasons: [isDisabled ? .driveDisabled : .driveOffline])
    }

    /// What a drive lacks for an order; nil when it can do it, or nobody knows yet.
    public static func lack(
        of drive: DriveSituation, for order: BurnOrder, _ demand: ContentDemand
    ) -> ModeChoice.Lack? {
        do throws(ModeChoice.Lack) {
            _ = try ModeChoice.choose(order, demand, on: drive.abilities)
            return nil
        } catch { return error }
    }

    /// Why none of the drives that an order may use can do it; nil when one can, be it one that is unplugged now, or when there
    /// is none.
    ///
    /// - Parameter drives: all that there are.
    public static func incapable(
        _ drives: [DriveSituation], for order: BurnOrder, _ demand: ContentDemand
    ) -> BurnProblem? {
        let drives = drives.filter { $0.mayBeMeant(by: order.drive) }
        let lacks = drives.compactMap { drive in lack(of: drive, for: order, demand).map { (drive.label, $0) } }
        guard let first = lacks.first, lacks.count == drives.count else { return nil }
        let words = lacks.count == 1 ? "Drive \(first.0): \(first.1.sentence)" : "Of all drives: \(first.1.sentence)"
        return BurnProblem(
            .modeNotSupported, words,
            hint: "The disc is untouched. Order it in another mode, or attach a drive that can do it.")
    }

    /// Why the disc in a drive cannot be used for a job; nil when it can.
    private static func obstacle(
        for job: Job, on drive: DriveSituation, _ refusals: [Refusal: StateReason]
    ) -> StateReason? {
        if drive.isTrayOpen { return .doorOpen }
        guard let media = drive.media else { return .mediaNeeded }
        if let reason = obstacle(for: job, media) { return reason }
        return refusals[Refusal(job: job.id, drive: drive.id, mediaGeneration: drive.mediaGeneration)]
    }

    private static func obstacle(for job: Job, _ media: DriveSituation.Media) -> StateReason? {
        switch job.order.task {
        case .erase: return media.isErasable ? nil : unfit(media) ?? .mediaIncompatible
        case .close: return media.status == .appendable ? nil : unfit(media) ?? .mediaNotOpen
        case .burn: break
        }
        // Blanking mends also what cannot be read.
        if media.status != .blank, media.isErasable, job.order.blank == .eraseIfRewritable {
            return room(media.capacitySectors, for: job)
        }
        if let reason = unfit(media) { return reason }
        switch media.status {
        case .blank: return room(media.freeSectors, for: job)
        case .appendable where job.order.blank == .appendIfOpen:
            guard media.trackCount + job.demand.tracks <= RedBook.maximumTracks else { return .mediaTooSmall }
            return room(media.freeSectors, for: job)
        case .appendable, .complete, .unreadable: return .mediaNotBlank
        }
    }

    private static func room(_ sectors: Int, for job: Job) -> StateReason? {
        sectors < job.sectorsNeeded ? .mediaTooSmall : nil
    }

    private static func unfit(_ media: DriveSituation.Media) -> StateReason? {
        guard media.status == .unreadable else { return nil }
        return media.kind == "CD-ROM" ? .mediaIncompatible : .mediaUnreadable
    }

    private static func wait(
        _ job: Job, on drive: DriveSituation, _ refusals: [Refusal: StateReason], _ now: Date
    ) -> Decision {
        let reason = obstacle(for: job, on: drive, refusals) ?? .mediaNeeded
        let action: Needs.Action =
            switch job.order.task {
            case .burn: .loadBlank
            case .erase: .loadRewritable
            case .close: .loadOpenDisc
            }
        let needs = Needs(
            action, drive: drive.id, driveLabel: drive.label, minimumSectors: job.sectorsNeeded, found: drive.media,
            since: job.needs?.drive == drive.id ? job.needs?.since ?? now : now)
        return .wait(needs, reasons: [reason])
    }
}
