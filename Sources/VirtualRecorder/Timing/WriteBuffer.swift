import DiscLayout

/// The buffer between host and laser: what has come, what the drive adds of its own, and how far the laser is with it. All
/// of it is arithmetic on moments; nothing runs.
struct WriteBuffer: Sendable {
    /// Consecutive sectors on their way to the disc.
    private struct Run {
        /// Address of the first that is left. Fractions are sectors half written.
        var start: Double
        var end: Double
        /// Bytes that each takes in the buffer; 0 where the drive makes it itself.
        let bytesPerSector: Double
        var bytes: Double { (end - start) * bytesPerSector }
    }

    /// Bytes that fit.
    let capacity: Int
    private var runs: [Run] = []
    /// The moment that the runs are true for.
    private var moment: Duration = .zero
    /// More is expected: an empty buffer is too early.
    private var isExpectant = false
    /// The laser is at work. Without protection it begins only when the buffer is full or complete.
    private var isBurning = false
    private var isProtected = true
    /// It has run empty since the last sectors came.
    private var isStarving = false
    /// The address behind the last that was written.
    private(set) var head = 0.0
    /// How often the laser had to pause for want of data, since the recorder was switched on.
    private(set) var pauses = 0
    /// The laser had nothing left to write and could not pause: the recording is spoiled.
    private(set) var hasUnderrun = false

    init(capacity: Int) { self.capacity = capacity }

    /// Bytes from the host in it.
    private var fill: Double { runs.reduce(0) { $0 + $1.bytes } }

    private func seconds(_ curve: SpeedCurve) -> Double {
        runs.reduce(0) { $0 + curve.seconds(from: $1.start, to: $1.end) }
    }

    /// Lets the laser go on to a moment. It never goes back.
    mutating func advance(to now: Duration, _ curve: SpeedCurve) {
        guard now > moment else { return }
        var left = (now - moment) / .seconds(1)
        moment = now
        guard isBurning else { return }
        while let run = runs.first {
            let needed = curve.seconds(from: run.start, to: run.end)
            if needed > left {
                runs[0].start = curve.address(from: run.start, after: left)
                head = runs[0].start
                return
            }
            left -= needed
            head = run.end
            runs.removeFirst()
        }
        guard isExpectant else { return }
        isStarving = true
        if !isProtected { hasUnderrun = true }
    }

    /// Takes sectors from the host, or from the drive itself when they take no bytes.
    mutating func accept(sectors: Int, bytes: Int, from lba: Int, isProtected: Bool) {
        guard sectors > 0 else { return }
        if isStarving { pauses += 1 }
        // The first of a recording: without protection the laser waits until there is enough.
        if runs.isEmpty, !isExpectant { isBurning = false }
        (isStarving, isExpectant, self.isProtected) = (false, true, isProtected)
        if isProtected { isBurning = true }
        append(sectors: sectors, bytes: bytes, from: Double(lba))
    }

    private mutating func append(sectors: Int, bytes: Int, from start: Double) {
        let perSector = Double(bytes) / Double(sectors)
        if let last = runs.last, last.end == start, last.bytesPerSector == perSector {
            runs[runs.count - 1].end += Double(sectors)
        } else {
            runs.append(Run(start: start, end: start + Double(sectors), bytesPerSector: perSector))
        }
    }

    /// What is in it is all there is for now: the laser writes it, then so many sectors of the drive's own from `lba` on, or
    /// where it is then. An empty buffer is no fault any more.
    mutating func complete(with sectors: Int = 0, from lba: Int? = nil) {
        if sectors > 0 { append(sectors: sectors, bytes: 0, from: lba.map(Double.init) ?? runs.last?.end ?? head) }
        (isExpectant, isBurning, isStarving, hasUnderrun) = (false, true, false, false)
    }

    /// Nothing of it is to be written any more.
    mutating func clear() {
        runs = []
        (isExpectant, isBurning, isStarving, hasUnderrun) = (false, false, false, false)
    }

    /// Bytes from the host that have not been written, 0…`capacity`.
    var filledBytes: Int { min(max(Int(fill.rounded()), 0), capacity) }

    /// Seconds until everything is written.
    func secondsUntilEmpty(_ curve: SpeedCurve) -> Double { seconds(curve) }

    /// Seconds until so many more bytes fit; everything has to be out for more than there is room for at all. Who waits for
    /// that makes the laser begin.
    mutating func secondsUntilRoom(for bytes: Int, _ curve: SpeedCurve) -> Double {
        // Half a byte forgives what fractions of sectors lose.
        var surplus = fill + Double(bytes) - Double(capacity) - 0.5
        guard surplus > 0 else { return 0 }
        isBurning = true
        var seconds = 0.0
        for run in runs {
            guard run.bytes > surplus else {
                seconds += curve.seconds(from: run.start, to: run.end)
                surplus -= run.bytes
                if surplus <= 0 { break }
                continue
            }
            return seconds + curve.seconds(from: run.start, to: run.start + surplus / run.bytesPerSector)
        }
        return seconds
    }
}
