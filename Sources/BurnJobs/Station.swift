public import BurnPlan
public import Drives
import FoundationEssentials
public import JobQueue
public import Logging
import POSIX

/// The station: all jobs, all drives, and who gets which.
///
/// The target carries jobs out. Decisions are `Scheduling`'s; this actor keeps the state that they are made of, writes every
/// change to the store before anybody hears of it, starts workers and follows their journals. It holds no device open
/// while one of them is burning.
///
/// State changes before anything is awaited, and what is to be stored goes through one chain (`inOrder`), so that events
/// are numbered in the order of the changes.
public actor Station {
    /// Where things are, and who does them.
    public struct Configuration: Sendable {
        /// `DATA/burns`.
        public var burnsFolder: String
        /// Keeps jobs and events.
        public var store: any JobStoring
        /// The drives.
        public var drives: DriveRegistry
        /// Gives the files of orders.
        public var files: any OrderFilesProviding
        /// Starts workers.
        public var workers: any BurnWorkerStarting
        /// Words for events.
        public var describe: any ChangeDescribing
        /// For whoever runs the station.
        public var log: Logger
        /// Told after every turn of the scheduler; nil for nobody.
        public var reporting: (any StationReporting)?
        /// Longest time between two turns.
        public var turnInterval: Duration = .seconds(10)

        /// Everything that has to be there.
        public init(
            burnsFolder: String, store: any JobStoring, drives: DriveRegistry, files: any OrderFilesProviding,
            workers: any BurnWorkerStarting, describe: any ChangeDescribing, log: Logger
        ) {
            (self.burnsFolder, self.store, self.drives, self.files) = (burnsFolder, store, drives, files)
            (self.workers, self.describe, self.log) = (workers, describe, log)
        }
    }

    /// Why a job could not be accepted or changed.
    public enum Refusal: Error, Equatable, Sendable {
        /// burnd is about to end.
        case draining
        /// No such job.
        case unknownJob(Int)
        /// It is over, or at a point where nothing can stop it.
        case notCancellable(Int, JobState)
        /// The laser is on.
        case wouldSpoilDisc(Int)
        /// A drive has it already, or it is over: nothing of its order changes any more.
        case notEditable(Int, JobState)
        /// Its order is another one than whoever changes it has seen.
        case changedMeanwhile(Int)
        /// No drive that it may use can do it.
        case modeNotSupported(BurnProblem)
    }

    /// A worker that died this often before it came near a disc will not do better the next time.
    static let startsPerJob = 3

    let configuration: Configuration
    /// Everyone who listens.
    public nonisolated let feed = EventFeed()

    var jobs: [Int: JobView] = [:]
    var drives: [String: DriveStatus] = [:]
    /// Drives that a job has or is about to have, before the drive itself knows.
    var reserved: [String: Int] = [:]
    var refusals: [Scheduling.Refusal: StateReason] = [:]
    /// Drives whose worker died before this server began: nobody has taken back the lock of their trays.
    var abandoned: Set<String> = []
    /// Jobs that are to be cancelled before their worker starts.
    var cancelled: Set<Int> = []
    var starts: [Int: Int] = [:]
    /// Burns whose folder is there, so that their worker can be told things.
    var prepared: Set<Int> = []
    /// How the drives have done, by their ids.
    var standings: [String: DriveStanding] = [:]
    /// Burns that the store does not remember yet.
    var unremembered: [RememberedBurn] = []
    /// Drives whose standing is not stored yet.
    var changedStandings: Set<String> = []
    /// Jobs whose latest state the store has refused; tried again with the next change.
    private var unsaved: Set<Int> = []
    /// Nothing new is started.
    public internal(set) var isDraining = false
    /// Whether the machine can be kept awake: what came of asking last. Nil as long as nobody has.
    public internal(set) var inhibitor: PowerInhibitor?
    /// Asks for a turn of the scheduler; several that were asked for are one.
    private nonisolated let wake: AsyncStream<Void>.Continuation
    nonisolated let turns: AsyncStream<Void>
    private var tail: Task<Void, Never>?
    private var running: [Int: Task<Void, Never>] = [:]
    private var background: [Task<Void, Never>] = []

    /// A station without jobs.
    public init(_ configuration: Configuration) {
        self.configuration = configuration
        (turns, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    // MARK: Life

    /// Begins to hand out drives, after `recover` and after the drives were attached.
    public func start() async {
        for status in await configuration.drives.absent() { drives[status.id] = status }
        for status in await configuration.drives.statuses() { await driveChanged(status) }
        background.append(
            Task {
                for await status in configuration.drives.changes { await driveChanged(status) }
            })
        background.append(
            Task {
                while !Task.isCancelled {
                    try? await Task.sleep(for: Self.heartbeatInterval)
                    await heartbeat()
                }
            })
        if let reporting = configuration.reporting {
            background.append(Task { await takeTurns(reporting) })
            background.append(
                Task { [wake, interval = configuration.turnInterval] in
                    while !Task.isCancelled {
                        wake.yield()
                        try? await Task.sleep(for: interval)
                    }
                })
        }
        schedule()
    }

    /// Proxies cut connections that are silent for a minute; pages call data stale after 40 s.
    private static let heartbeatInterval = Duration.seconds(15)

    private func heartbeat() async {
        if !unsaved.isEmpty || !changedStandings.isEmpty { await commit([], []) }
        let sequence = (try? await configuration.store.latestEvent()) ?? 0
        let data = "{\"at\":\"\(WireFormat.timestamp(Date()))\",\"seq\":\(sequence)}"
        feed.publish(.heartbeat(data: Array(data.utf8)))
    }

    /// Notes what came of asking whether burns can be protected; a burn that has asked since knows better.
    public func noteInhibitor(_ answer: PowerInhibitor) { inhibitor = inhibitor ?? answer }

    /// Starts nothing new from now on; what is on a drive goes on.
    public func drain() {
        isDraining = true
        schedule()
        wake.yield()
    }

    /// Waits until no job is on a drive, then ends the feed.
    public func finish() async {
        while let task = running.values.first { await task.value }
        for task in background { task.cancel() }
        await tail?.value
        feed.publish(.end)
    }

    /// Runs a job's task and remembers it until it ends.
    func run(_ job: Int, _ body: @escaping @Sendable (Station) async -> Void) {
        running[job] = Task {
            await body(self)
            self.running[job] = nil
        }
    }

    // MARK: Keeping and telling

    /// Runs `body` after everything that was given before.
    func inOrder<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let previous = tail
        let task = Task {
            await previous?.value
            return try await body()
        }
        tail = Task { _ = await task.result }
        return try await task.value
    }

    /// Stores jobs with the events that tell of them, then tells everyone. A store that refuses stops no burn: the jobs
    /// are stored with the next change.
    func commit(_ changed: [Job], _ drafts: [StoredEvent.Draft]) async {
        let ids = unsaved.union(changed.map(\.id))
        let values = ids.compactMap { id in changed.first { $0.id == id } ?? jobs[id]?.job }
        let (burns, drives) = (unremembered, changedStandings)
        let standings = drives.compactMap { self.standings[$0] }
        (unsaved, unremembered, changedStandings) = ([], [], [])
        let store = configuration.store
        do {
            try await inOrder { [feed] in
                let events = try await store.save(
                    values, announcing: drafts, remembering: burns, standings: standings)
                for event in events { feed.publish(.state(event)) }
            }
        } catch {
            unsaved.formUnion(ids)
            unremembered = burns + unremembered
            changedStandings.formUnion(drives)
            configuration.log.error("the store refused a change", metadata: ["error": "\(error)"])
        }
    }

    /// Changes a job, stores it and tells everyone. The change itself happens before anything is awaited.
    func update(_ id: Int, _ change: (inout JobView) -> Void) async {
        guard var view = jobs[id] else { return }
        let previous = view.job
        let position = view.position
        change(&view)
        jobs[id] = view.job.state.isTerminal ? nil : view
        guard view.job != previous || view.position != position else { return }
        wake.yield()
        await commit([view.job], announce(view, previous: previous.state))
    }

    func announce(_ view: JobView, previous: JobState?) -> [StoredEvent.Draft] {
        do {
            let data = try configuration.describe.jobChanged(view, previous: previous, at: Date())
            return [.init(name: "job-state-changed", data: data)]
        } catch {
            configuration.log.error("a job cannot be described", metadata: ["error": "\(error)"])
            return []
        }
    }

    // MARK: Drives

    func driveChanged(_ status: DriveStatus) async {
        await takeUp(status)
        let last = drives[status.id]
        let before = last?.isAttached == true ? last : nil
        guard status.isAttached else { return await driveRemoved(status, before) }
        // A drive that is free again is told of when its job has been told to be over, by `release`. One that was plugged in
        // again is another matter.
        guard status.job != nil || reserved[status.id] == nil || (last != nil && before == nil) else { return }
        drives[status.id] = status
        var drafts: [StoredEvent.Draft] = []
        let describe = configuration.describe
        if (before?.isPresent ?? false) != status.isPresent,
            let data = try? describe.driveChanged(status, previous: nil, at: Date())
        {
            drafts.append(.init(name: status.isPresent ? "drive-added" : "drive-removed", data: data))
        }
        if before?.media != status.media || before?.mediaGeneration != status.mediaGeneration,
            let data = try? describe.driveChanged(status, previous: nil, at: Date())
        {
            drafts.append(.init(name: "drive-media-changed", data: data))
        }
        var known = before
        known?.media = status.media
        known?.mediaGeneration = status.mediaGeneration
        if known != status,
            let data = try? describe.driveChanged(status, previous: before?.state ?? .offline, at: Date())
        {
            drafts.append(.init(name: "drive-state-changed", data: data))
        }
        if !drafts.isEmpty { await commit([], drafts) }
        if let standing = standings[status.id], status.service != DriveStatus.Service(standing) {
            await tellStanding(of: status.id)
        }
        if status.identity != nil, before?.identity != status.identity || before?.place != status.place {
            await remember(status.id)
        }
        schedule()
    }

    /// A drive was unplugged: it is no more in any list. A job that has it ends by its worker's word.
    private func driveRemoved(_ status: DriveStatus, _ before: DriveStatus?) async {
        drives[status.id] = status
        if before != nil, let data = try? configuration.describe.driveChanged(status, previous: nil, at: Date()) {
            await commit([], [.init(name: "drive-removed", data: data)])
        }
        schedule()
    }

    /// Does with a drive what only this server knows: a worker of an earlier one has it for somebody, or has died and left its
    /// tray locked.
    private func takeUp(_ status: DriveStatus) async {
        guard status.isPresent else { return }
        if let job = status.job {
            guard let name = jobs[job]?.job.order.clientName, status.lockedBy != name else { return }
            try? await configuration.drives.name(name, of: job, on: status.id)
        } else if abandoned.remove(status.id) != nil {
            try? await configuration.drives.unlockTray(status.id)
        }
    }

    /// Keeps the drive as it is now: it may have been given another label since it was seen.
    private func remember(_ id: String) async {
        guard let status = try? await configuration.drives.status(id), let known = KnownDrive(status) else { return }
        do {
            try await configuration.store.save(known)
        } catch {
            configuration.log.error("the store refused a drive", metadata: ["error": "\(error)"])
        }
    }

    /// Takes a drive back and learns at once what is in it now.
    ///
    /// - Parameter id: the job that had it; nothing happens when that has given it back already.
    func release(_ drive: String, from id: Int) async {
        guard reserved[drive] == id else { return }
        try? await configuration.drives.release(drive)
        let status = try? await configuration.drives.status(drive)
        // Both at once: a drive that is free must not be seen with the disc that was in it before.
        reserved[drive] = nil
        if let status {
            await driveChanged(status)
        } else if var last = drives[drive] {
            // Unplugged, and perhaps not told of yet.
            (last.state, last.job, last.lockedBy, last.media, last.isAttached) = (.offline, nil, nil, nil, false)
            await driveChanged(last)
        }
    }

    // MARK: Scheduling

    /// Decides about every job that has no worker, and acts.
    func schedule() {
        let decisions = Scheduling.decide(
            jobs: jobs.values.map(\.job), drives: drives.values.sorted { $0.id < $1.id }.map(situation),
            refusals: refusals, isDraining: isDraining, now: Date())
        for (id, decision) in decisions.sorted(by: { $0.key < $1.key }) {
            switch decision {
            case .start(let drive): begin(id, on: drive)
            case .queue(let position, let reasons): hold(id, .queued, position: position, reasons, needs: nil)
            case .wait(let needs, let reasons): hold(id, .waiting, position: nil, reasons, needs: needs)
            case .refuse(let problem): refuse(id, problem)
            }
        }
    }

    private func hold(_ id: Int, _ state: JobState, position: Int?, _ reasons: [StateReason], needs: Needs?) {
        guard let view = jobs[id] else { return }
        if view.job.state == state, view.position == position, view.job.reasons == reasons, view.job.needs == needs {
            return
        }
        Task {
            await update(id) { view in
                // Between decision and here the job may have been started or cancelled.
                guard view.job.state == .queued || view.job.state == .waiting, reserved.values.contains(id) == false
                else { return }
                view.position = position
                (view.job.state, view.job.reasons, view.job.needs) = (state, reasons, needs)
            }
        }
    }

    private func refuse(_ id: Int, _ problem: BurnProblem) {
        Task {
            guard let state = jobs[id]?.job.state, state == .queued || state == .waiting,
                !reserved.values.contains(id)
            else { return }
            await end(id, .failed, problem, [.modeNotSupported])
        }
    }

    func situation(_ status: DriveStatus) -> DriveSituation {
        DriveSituation(
            id: status.id, label: status.label, isPresent: status.isPresent, isEnabled: status.isEnabled,
            isBusy: status.state == .stopped || status.state == .loading, isTrayOpen: status.tray == .open,
            media: status.media.map(DriveSituation.Media.init), mediaGeneration: status.mediaGeneration,
            job: reserved[status.id] ?? status.job, abilities: RecorderAbilities(status.capabilities),
            pools: status.pools, isAttached: status.isAttached, isFailing: standings[status.id]?.outSince != nil)
    }
}
