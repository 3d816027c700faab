import POSIX

/// One attached drive: watched while nobody uses it, lent to a worker when a job has it.
///
/// Everything that talks to the device runs on a blocking thread, one thing after the other.
actor Drive {
    /// How often an idle drive is looked at. A disc put in is noticed within a second, and twenty drives cost nothing.
    private static let pollInterval = Duration.milliseconds(500)

    /// How long a tray that is to be noticed stays out.
    private static let signTime = Duration.seconds(2)

    private(set) var status: DriveStatus
    private let device: DriveDevice
    private let report: @Sendable (DriveStatus) -> Void
    private var last: Task<Void, Never>?
    private var polling: Task<Void, Never>?

    init(_ status: DriveStatus, device: DriveDevice, report: @escaping @Sendable (DriveStatus) -> Void) {
        (self.status, self.device, self.report) = (status, device, report)
    }

    /// Begins to watch.
    func watch() {
        polling = Task { [weak self] in
            while !Task.isCancelled {
                await self?.look()
                try? await Task.sleep(for: Self.pollInterval)
            }
        }
    }

    /// Ends watching and closes the device.
    func close() async {
        polling?.cancel()
        await exclusively { [device] in device.close() }
    }

    /// Looks at drive and disc, unless a job has the drive.
    func look() async {
        guard status.job == nil, status.state != .loading else { return }
        let observation = await exclusively { [device] in device.observe() }
        // A job may have taken the drive while the device answered: then the answer is old.
        guard status.job == nil, status.state != .loading else { return }
        apply(observation)
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
            (next.lockedBy, next.holder) = (nil, nil)
            if sighting.isMediaChanged || status.obstacle != nil { next.mediaGeneration += 1 }
        }
        set(next)
    }

    private func set(_ next: DriveStatus) {
        guard next != status else { return }
        status = next
        report(next)
    }

    /// Gives the drive to a job: the device is closed here when this returns.
    ///
    /// - Throws: `DriveError.busy` when another job has it or the tray moves.
    func claim(for job: Int, clientName: String) async throws(DriveError) {
        guard status.job == nil, status.state != .loading else { throw busy }
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

    /// Takes the drive back from a job and looks at what is in it now. A worker that died has left the tray locked.
    func release() async {
        guard status.job != nil else { return }
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
        var next = status
        next.state = .loading
        set(next)
        try await finishMoving(await exclusively { [device] in device.move(movement) })
    }

    /// Shows people which drive it is, and leaves everything as it was.
    func identify() async throws(DriveError) {
        try requireFree()
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
        guard status.job == nil, status.state != .loading else { throw busy }
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
    func change(label: String?, isEnabled: Bool?) {
        var next = status
        if let label { (next.label, next.isLabelGiven) = (label, true) }
        if let isEnabled { next.isEnabled = isEnabled }
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
