import BurnPlan
import DiscLayout

/// Counts what is done and guesses what is left. A value: it is told the time.
struct ProgressMeter {
    /// Rates are taken over this much of the past.
    private static let window: Duration = .seconds(3)
    /// Less of the past says nothing about speed.
    private static let shortestSpan: Duration = .seconds(1)
    /// What a lead-in and a lead-out take, in sectors: 11 500 and 6 750.
    private static let closingSectors = 18_250
    /// Sectors a second that are assumed while nothing is known: 16x.
    private static let assumedRate = 16.0 * Double(RedBook.framesPerSecond)

    /// Sectors of a disc of 80 minutes, and seconds that blanking it quickly takes.
    private static let wholeDisc = 360_000
    private static let quickErasing = 60.0

    private let plan: BurnPlan
    private let interval: Duration
    private var phase = BurnPhase.preparing
    private var action = BurnProgress.Action.opening
    private var track: Int?
    private var startLBA = 0
    private var sectorCount = 0
    private var lastReadLBA = 0
    private var lastWrittenLBA = 0
    private var buffer = BurnProgress.Buffer(total: 0, used: 0)
    private var sectorsDone = 0
    /// Sectors of everything that is sent.
    private var sectorsToWrite: Int
    /// Sectors of everything that is read back.
    private var sectorsToRead: Int
    /// Of an operation without sectors, where the drive tells.
    private var fractionDone: Double?
    private var operationBegan = Duration.zero
    private var operationDone = 0
    private var lastReport: Duration?
    private var samples: [(at: Duration, sectors: Int)] = []
    private var usualRate: Double?
    /// How full the drive says its buffer is.
    var driveBufferPercent: Double?
    /// The drive has not refused to say it yet.
    var asksDriveBuffer = true

    init(plan: BurnPlan, interval: Duration) {
        (self.plan, self.interval) = (plan, interval)
        (sectorsToWrite, sectorsToRead) = (plan.sectors, plan.sectors)
    }

    /// A part of the burn begins.
    mutating func begin(_ phase: BurnPhase, at now: Duration) {
        self.phase = phase
        sectorsDone = 0
        samples = []
        if phase == .preparing { begin(.opening, at: now) }
    }

    /// An operation begins; `count` sectors from `start` on are its.
    mutating func begin(
        _ action: BurnProgress.Action, track: Int? = nil, start: Int = 0, count: Int = 0, at now: Duration
    ) {
        (self.action, self.track, startLBA, sectorCount) = (action, track, start, count)
        (operationBegan, operationDone, lastReport, fractionDone) = (now, 0, nil, nil)
        if Self.countsSectors(action) { (lastReadLBA, lastWrittenLBA) = (start - 1, start - 1) }
        if !Self.countsSectors(action) { driveBufferPercent = nil }
    }

    private static func countsSectors(_ action: BurnProgress.Action) -> Bool {
        switch action {
        case .writing, .writingLeadIn, .writingLeadOut, .reading: true
        case .opening, .calibrating, .erasing, .flushing, .closingTrack, .closingSession, .reloading: false
        }
    }

    /// So many sectors will be sent in all.
    mutating func willWrite(_ sectors: Int) { sectorsToWrite = sectors }

    /// So many sectors will be read back.
    mutating func willRead(_ sectors: Int) { sectorsToRead = sectors }

    /// The drive has taken sectors.
    ///
    /// - Parameters:
    ///   - byteCount: their bytes.
    ///   - waiting: bytes in the ring behind them.
    mutating func wrote(_ addresses: Range<Int>, _ byteCount: Int, waiting: Int) {
        sectorsDone += addresses.count
        // A WRITE may hold the beginning of the next operation too, which is none of this one's.
        let end = sectorCount > 0 ? min(addresses.upperBound, startLBA + sectorCount) : addresses.upperBound
        operationDone += max(end - addresses.lowerBound, 0)
        lastWrittenLBA = end - 1
        let blocksWaiting = waiting * addresses.count / max(byteCount, 1)
        lastReadLBA = max(min(lastWrittenLBA + blocksWaiting, startLBA + sectorCount - 1), lastWrittenLBA)
        buffer = BurnProgress.Buffer(
            total: ReadAheadBuffer.capacity, used: min(waiting, ReadAheadBuffer.capacity))
    }

    /// How much of an operation is done that counts no sectors.
    mutating func did(_ fraction: Double) { fractionDone = min(max(fraction, 0), 1) }

    /// Sectors were read back.
    mutating func read(_ sectors: Int, last: Int) {
        sectorsDone += sectors
        operationDone += sectors
        lastReadLBA = last
        buffer = BurnProgress.Buffer(total: 0, used: 0)
    }

    /// Whether the next progress would be told.
    func isDue(at now: Duration) -> Bool { lastReport.map { now - $0 >= interval } ?? true }

    /// The state of affairs, when it is time to tell it: at once when an operation has begun, then at every interval.
    mutating func progress(at now: Duration) -> BurnProgress? {
        guard isDue(at: now) else { return nil }
        lastReport = now
        samples.append((now, sectorsDone))
        while samples.count > 2, now - samples[0].at > Self.window { samples.removeFirst() }
        let rate = currentRate
        let operation = remainingOfOperation(rate, at: now)
        return BurnProgress(
            action: action, track: track, tracks: plan.tracks.count, startLBA: startLBA, sectorCount: sectorCount,
            lastReadLBA: lastReadLBA, lastWrittenLBA: lastWrittenLBA, buffer: buffer,
            driveBufferPercent: driveBufferPercent, sectorsDone: sectorsDone,
            sectorsTotal: sectorsOfPhase,
            rate: rounded(rate / Double(RedBook.framesPerSecond)),
            elapsedSeconds: rounded((now - operationBegan).inSeconds), remainingSeconds: rounded(operation),
            burnRemainingSeconds: rounded(operation + remainingAfterOperation))
    }

    private var sectorsOfPhase: Int {
        switch phase {
        case .burning: sectorsToWrite
        case .verifying: sectorsToRead
        case .preparing, .finalizing, .cancelling: 0
        }
    }

    /// Sectors a second over the last seconds; 0 while nothing moves.
    private var currentRate: Double {
        mutating get {
            guard let first = samples.first, let last = samples.last, last.at > first.at else { return 0 }
            let span = last.at - first.at
            // What an empty drive buffer swallows in the first moment is no speed: it counts as the work of a second.
            let rate = Double(last.sectors - first.sectors) / max(span, Self.shortestSpan).inSeconds
            if rate > 0, span >= Self.shortestSpan { usualRate = rate }
            return rate
        }
    }

    private var guessedRate: Double {
        if let usualRate { return usualRate }
        if case .times(let times) = plan.speed { return Double(times * RedBook.framesPerSecond) }
        return Self.assumedRate
    }

    private func remainingOfOperation(_ rate: Double, at now: Duration) -> Double {
        switch action {
        case .writing, .writingLeadIn, .writingLeadOut, .reading:
            max(Double(sectorCount - operationDone), 0) / guessedRate
        case .closingSession: max(Double(Self.closingSectors) / guessedRate - (now - operationBegan).inSeconds, 0)
        case .erasing: remainingOfErasing(elapsed: (now - operationBegan).inSeconds)
        case .opening, .calibrating, .closingTrack, .flushing, .reloading: 0
        }
    }

    /// By how much is done, where the drive tells, else by what a minute or a whole disc take.
    private func remainingOfErasing(elapsed: Double) -> Double {
        if let fractionDone, fractionDone > 0 { return elapsed / fractionDone * (1 - fractionDone) }
        let estimate = plan.erase == .full ? Double(Self.wholeDisc) / guessedRate : Self.quickErasing
        return max(estimate - elapsed, 0)
    }

    /// What follows the running operation: the rest of this phase, and the phases after it.
    private var remainingAfterOperation: Double {
        let whole = Double(plan.sectors) / guessedRate
        let closing = plan.close == .none ? 0 : Double(Self.closingSectors) / guessedRate
        let restOfPhase = Double(sectorsOfPhase - sectorsDone - max(sectorCount - operationDone, 0)) / guessedRate
        return switch phase {
        case .preparing: whole + closing + whole
        case .burning: max(restOfPhase, 0) + closing + whole
        case .finalizing: whole
        case .verifying: max(restOfPhase, 0)
        case .cancelling: 0
        }
    }

    private func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}
