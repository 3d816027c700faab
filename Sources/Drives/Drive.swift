import POSIX

/// One attached drive: watched while nobody uses it, lent to a worker when a job has it.
///
/// Everything that talks to the device runs on a blocking thread, one thing after the other.
actor Drive {
    /// How one learns that something is different.
    enum Watching: Sendable {
        /// Nobody tells: by looking again and again.
        case looking(every: Duration)
        /// The system tells of discs and buttons.
        case told

        /// A recorder behind a socket, which is held: a disc put in is noticed within a second, and twenty drives cost
        /// nothing.
        static let held = Watching.looking(every: .milliseconds(500))
        /// A device node of which nobody tells: it is opened for every look, and other programs find it open then.
        static let opened = Watching.looking(every: .seconds(2))
    }

    /// How often a drive is tried that cannot be looked at, or has not come to know its disc, by a drive that is told of
    /// everything else: a file system that is unmounted, for one, tells nobody.
    private static let retryInterval = Duration.seconds(5)
    /// The same for a drive that is getting to know its disc.
    private static let settlingInterval = Duration.seconds(1)
    /// Programs open and close a drive several times in a row: it is left to them until they have not for so long.
    private static let quietTime = Duration.milliseconds(300)

    /// How long a tray that is to be noticed stays out.
    private static let signTime = Duration.seconds(2)

    private(set) var status: DriveStatus
    private let device: DriveDevice
    private let report: @Sendable (DriveStatus) -> Void
    private let watching: Watching
    private var last: Task<Void, Never>?
    private var polling: Task<Void, Never>?
    private var quiet: Task<Void, Never>?
    private var retry: Task<Void, Never>?
    /// The look that waits for the device.
    private var looking: Task<Void, Never>?
    /// Why it is taken.
    private var due: DriveDevice.Occasion?
    /// The tray moves because somebody wanted it.
    private var isMoving = false
    /// The disc in it is known.
    private var isSettled = true
    /// It was unplugged: nothing is told of it any more.
    private var isRetired = false

    init(
        _ status: DriveStatus, device: DriveDevice, watching: Watching = .held,
        report: @escaping @Sendable (DriveStatus) -> Void
    ) {
        (self.status, self.device, self.watching, self.report) = (status, device, watching, report)
    }

    /// Begins to watch.
    ///
    /// - Parameter closings: hears of other programs that close its nodes; nil where that cannot be heard.
    func watch(_ closings: NodeClosings? = nil) async {
        if let closings, let place = status.place {
            let nodes = [place.node] + (place.sgNode.map { [$0] } ?? [])
            let watch = closings.watch(nodes) { [weak self] closing in
                Task { await self?.nodeClosed(closing) }
            }
            await exclusively { [device] in device.listen(by: watch) }
        }
        guard case .looking(let interval) = watching, !isRetired else { return }
        polling = Task { [weak self] in
            while !Task.isCancelled {
                await self?.look()
                try? await Task.sleep(for: interval)
            }
        }
    }

    /// Of a drive that the system tells of, nobody tells when a file system on it was unmounted, and when it knows its disc.
    private func retryLater() {
        retry?.cancel()
        guard case .told = watching, !isRetired, status.obstacle != nil || !isSettled else { return }
        let interval = status.obstacle == nil ? Self.settlingInterval : Self.retryInterval
        retry = Task { [weak self] in
            try? await Task.sleep(for: interval)
            if !Task.isCancelled { await self?.look() }
        }
    }

    /// Ends watching and closes the device.
    func close() async {
        for task in [polling, quiet, retry] { task?.cancel() }
        await exclusively { [device] in device.close() }
    }

    /// Ends everything, since the drive was unplugged; its last status. A device that hangs is not waited for.
    func retire() -> DriveStatus {
        isRetired = true
        Task { await close() }
        var last = status
        (last.state, last.obstacle, last.media, last.isAttached) = (.offline, nil, nil, false)
        (last.lockedBy, last.holder, last.tray) = (nil, nil, .closed)
        return last
    }

    /// Looks at drive and disc, unless a job has the drive. Occasions that come while a look waits are one.
    func look(_ occasion: DriveDevice.Occasion = .routine) async {
        due = max(due ?? occasion, occasion)
        if let looking { return await looking.value }
        let task = Task {
            await last?.value
            await lookNow()
        }
        looking = task
        await task.value
    }

    private func lookNow() async {
        let occasion = due ?? .routine
        (due, looking) = (nil, nil)
        guard isFree else { return }
        let isPatient = status.obstacle == nil
        let observation = await exclusively { [device] in device.observe(occasion, isPatient: isPatient) }
        // A job may have taken the drive while the device answered: then the answer is old.
        guard isFree else { return }
        apply(observation)
    }

    private var isFree: Bool { status.job == nil && !isMoving && !isRetired }

    /// Another program closed the node. Readers change nothing, but they may have kept everybody else out.
    func nodeClosed(_ closing: NodeClosings.Closing) {
        guard isFree, closing == .writing || status.obstacle != nil else { return }
        quiet?.cancel()
        quiet = Task {
            try? await Task.sleep(for: Self.quietTime)
            guard !Task.isCancelled else { return }
            await look(.otherProgram)
        }
    }

    /// Somebody pressed the eject button. udev's rule has opened the tray by now where it is installed; where not, it is
    /// opened here.
    ///
    /// - Returns: the job that has the drive, and because of which nothing happens.
    func buttonPressed() async -> Int? {
        if let job = status.job { return job }
        await look()
        if isFree, status.state == .idle, status.tray == .closed { try? await moveTray(.eject) }
        return nil
    }

    /// Notes what the system says of where it is.
    func place(_ place: DriveStatus.Place) {
        var next = status
        next.place = place
        set(next)
    }

    private func apply(_ observation: DriveDevice.Observation) {
        var next = status
        switch observation {
        case .failed(let obstacle, let holder):
            next.state = obstacle == .inUseElsewhere ? .stopped : .offline
            (next.obstacle, next.lockedBy, next.holder) = (obstacle, holder?.name, holder)
            next.media = nil
        case .seen(let sighting):
            (next.identity, next.capabilities) = (sighting.identity, sighting.capabilities)
            (next.state, next.obstacle, next.tray, next.media) = (.idle, nil, sighting.tray, sighting.media)
            isSettled = sighting.isSettled
            (next.lockedBy, next.holder) = (nil, nil)
            if sighting.isMediaChanged || status.obstacle != nil { next.mediaGeneration += 1 }
        }
        set(next)
        retryLater()
    }

    private func set(_ next: DriveStatus) {
        guard next != status, !isRetired else { return }
        status = next
        report(next)
    }

    /// Gives the drive to a job: the device is closed here when this returns.
    ///
    /// - Throws: `DriveError.busy` when another job has it or the tray moves.
    func claim(for job: Int, clientName: String) async throws(DriveError) {
        guard isFree else { throw busy }
        adopt(for: job, clientName: clientName)
        await exclusively { [device] in device.close() }
    }

    /// Notes that a job has the drive, whose worker has it open already.
    func adopt(for job: Int, clientName: String) {
        var next = status
        (next.job, next.state, next.tray, next.obstacle) = (job, .busy, .locked, nil)
        (next.lockedBy, next.holder) = (clientName, nil)
        set(next)
    }

    /// Says who is shown to have it, as long as that job does.
    func name(_ clientName: String, of job: Int) {
        guard status.job == job else { return }
        var next = status
        next.lockedBy = clientName
        set(next)
    }

    /// Takes back the lock of the tray that a worker has left behind who died; not of a drive that a job has.
    func unlockTray() async {
        guard status.job == nil else { return }
        await exclusively { [device] in device.unlockTray() }
    }

    /// Takes the drive back from a job and looks at what is in it now. A worker that died has left the tray locked.
    func release() async {
        guard status.job != nil, !isRetired else { return }
        let observation = await exclusively { [device] in
            device.unlockTray()
            return device.observe()
        }
        (status.job, status.lockedBy) = (nil, nil)
        status.tray = .closed
        status.state = .offline
        apply(observation)
    }

    /// Opens or closes the tray.
    func moveTray(_ movement: DriveDevice.TrayMovement) async throws(DriveError) {
        try requireFree()
        guard movement != .load || status.capabilities.canLoadMedia != false else {
            throw .failed(status.id, "it cannot close its tray; a disc goes in by hand")
        }
        isMoving = true
        defer { isMoving = false }
        var next = status
        next.state = .loading
        set(next)
        try await finishMoving(await exclusively { [device] in device.move(movement) })
    }

    /// Shows people which drive it is, and leaves everything as it was.
    func identify() async throws(DriveError) {
        try requireFree()
        isMoving = true
        defer { isMoving = false }
        var next = status
        next.state = .loading
        set(next)
        var failure: DriveDevice.TrayFailure?
        switch await exclusively({ [device, status] in device.beginSign(status.capabilities) }) {
        case .done: break
        case .failed(let reason): failure = reason
        case .trayIsOut:
            next.tray = .open
            set(next)
            // Ended early when nobody waits for the answer any more; the tray is brought back all the same.
            try? await Task.sleep(for: Self.signTime)
            failure = await exclusively { [device] in device.move(.load) }
        }
        try await finishMoving(failure)
    }

    /// Whether people may move things now.
    private func requireFree() throws(DriveError) {
        guard isFree else { throw busy }
        guard status.isPresent else { throw .failed(status.id, obstacleText) }
    }

    /// Looks at what is in the drive now, and says what went wrong.
    private func finishMoving(_ failure: DriveDevice.TrayFailure?) async throws(DriveError) {
        let observation = await exclusively { [device] in device.observe() }
        apply(observation)
        switch failure {
        case .inUse: throw busy
        case .refused(let text): throw .failed(status.id, text)
        case nil: break
        }
    }

    /// Changes what people decide about it. A job that has it goes on.
    ///
    /// - Parameters:
    ///   - label: what it is called from now on; nil leaves it.
    ///   - isEnabled: whether it takes new jobs; nil leaves it.
    ///   - pools: the groups that it is in from now on; nil leaves them.
    func change(label: String?, isEnabled: Bool?, pools: [String]?) {
        var next = status
        if let label { (next.label, next.isLabelGiven) = (label, true) }
        if let isEnabled { next.isEnabled = isEnabled }
        if let pools { next.pools = Set(pools).sorted() }
        set(next)
    }

    /// Notes how its burns have gone.
    func note(_ service: DriveStatus.Service) {
        var next = status
        next.service = service
        set(next)
    }

    private var busy: DriveError { .busy(status.id, lockedBy: status.lockedBy, holder: status.holder) }

    private var obstacleText: String {
        if case .unreachable(let text) = status.obstacle { return text }
        return "it does not answer"
    }

    /// Runs `body` on a blocking thread after everything that was asked for before.
    private func exclusively<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
        let previous = last
        let task = Task {
            await previous?.value
            return await BlockingThread.run(body)
        }
        last = Task { _ = await task.value }
        return await task.value
    }
}

/// Why something could not be done with a drive.
public enum DriveError: Error, Equatable, Sendable {
    /// No drive has that id or label.
    case unknown(String)
    /// A job or another program has it, or its tray moves; who has it, as far as that is known, and of another program what
    /// else is known of it.
    case busy(String, lockedBy: String?, holder: DriveHolder? = nil)
    /// The drive refused or does not answer; what it said.
    case failed(String, String)
    /// Another drive has that label or id.
    case labelTaken(String)
}
