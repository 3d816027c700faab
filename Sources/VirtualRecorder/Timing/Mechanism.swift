/// Motor, arm and tray: how long until the disc turns, and until the laser is where it is wanted.
struct Mechanism: Sendable {
    private let times: RecorderProfile.Mechanism?
    /// Without use for so long the disc stands still; nil for never.
    private var standby: Duration?
    /// When the disc that was put in, or told to turn, can be used.
    private(set) var readyAt: Duration = .zero
    private var isReadyingSince: Duration = .zero
    /// Told to stand still.
    private var isStopped = false
    private var lastUse: Duration = .zero
    /// The address behind the last sector that was read.
    private(set) var position = 0

    /// A short seek takes this share of a full one, however short: the arm has to settle.
    private static let settling = 0.1

    /// - Parameter times: nil when nothing is to take any time.
    init(_ times: RecorderProfile.Mechanism?) {
        self.times = times
        standby = times.flatMap { $0.idle == 0 ? nil : .milliseconds($0.idle) }
    }

    /// Another time until the disc stands still; nil for never.
    mutating func standBy(after time: Duration?) { standby = time }

    private func milliseconds(_ field: KeyPath<RecorderProfile.Mechanism, Int>) -> Duration {
        .milliseconds(times?[keyPath: field] ?? 0)
    }

    /// The way of the tray, in or out.
    var trayTime: Duration { milliseconds(\.tray) }

    /// A disc was put in: it turns after the tray's way and some time.
    mutating func discInserted(at now: Duration) {
        (isReadyingSince, isStopped, position) = (now, false, 0)
        readyAt = now + milliseconds(\.tray) + milliseconds(\.spinUp)
        lastUse = readyAt
    }

    /// Whether the disc has stopped, by command or for want of use.
    func isStandingStill(at now: Duration) -> Bool {
        guard let standby, times != nil, now >= readyAt else { return isStopped }
        return isStopped || now - lastUse > standby
    }

    mutating func stop() { isStopped = true }

    /// The disc is to turn.
    mutating func start(at now: Duration) {
        guard isStandingStill(at: now) else { return }
        (isStopped, isReadyingSince, readyAt) = (false, now, now + milliseconds(\.spinUp))
        lastUse = readyAt
    }

    /// How far spinning up has got, 0…1; nil when the disc can be used.
    func progress(at now: Duration) -> Double? {
        guard now < readyAt else { return nil }
        return (now - isReadyingSince) / (readyAt - isReadyingSince)
    }

    /// The disc was used up to a moment.
    mutating func used(at now: Duration) { (isStopped, lastUse) = (false, max(lastUse, now)) }

    /// Time until the laser is at a sector, the disc turning; it is behind the last of `sectors` then.
    mutating func access(from lba: Int, sectors: Int, at now: Duration) -> Duration {
        var time: Duration = isStandingStill(at: now) ? milliseconds(\.spinUp) : .zero
        if lba != position {
            let way = abs(DiscGeometry.radius(at: Double(lba)) - DiscGeometry.radius(at: Double(position)))
            let share = min(way / (DiscGeometry.outerRadius - DiscGeometry.innerRadius), 1)
            time += milliseconds(\.fullSeek) * (Self.settling + (1 - Self.settling) * share)
        }
        position = lba + sectors
        return time
    }
}
