public import BurnPlan
public import FoundationEssentials

/// What a burn was made with, as far as it may matter for how it goes.
public struct BurnSetting: Codable, Hashable, Sendable {
    /// The drive's product revision level.
    public var firmware: String
    /// Kind of the disc, such as `CD-R`.
    public var kind: String
    /// Start of the lead-in in the disc's groove, such as `97m26s66f`, which stands for its maker and dye; nil where the drive
    /// does not tell.
    public var medium: String?
    /// Speed in use as a multiple of playing speed, or what was asked for where the drive does not tell; nil for as fast as it
    /// goes.
    public var times: Int?

    /// A setting.
    public init(firmware: String, kind: String, medium: String? = nil, times: Int? = nil) {
        (self.firmware, self.kind, self.medium, self.times) = (firmware, kind, medium, times)
    }
}

/// One burn as it is remembered of its drive.
public struct RememberedBurn: Equatable, Sendable {
    /// The burn's number: it is remembered once, however often it is told.
    public var burn: Int
    /// Id of the drive.
    public var drive: String
    /// When it was over.
    public var at: Date
    /// What it was made with.
    public var setting: BurnSetting
    /// The laser was at reading power.
    public var isTest: Bool
    /// What went wrong for which drive or disc may be to blame; nil of a good one.
    public var failure: BurnProblem.Kind?
    /// How low the drive's buffer got, 0…100; nil when the drive does not say.
    public var lowestBufferPercent: Double?
    /// How low burnd's own buffer got while there was more to read, 0…100.
    public var lowestReadAheadPercent: Double?
    /// The disc, by the number of changes before it, where nothing was written on it: the next failure may be of the same one.
    public var unwrittenDisc: Int?

    /// A burn.
    public init(
        burn: Int, drive: String, at: Date, setting: BurnSetting, isTest: Bool = false,
        failure: BurnProblem.Kind? = nil, lowestBufferPercent: Double? = nil, lowestReadAheadPercent: Double? = nil,
        unwrittenDisc: Int? = nil
    ) {
        (self.burn, self.drive, self.at, self.setting) = (burn, drive, at, setting)
        (self.isTest, self.failure, self.unwrittenDisc) = (isTest, failure, unwrittenDisc)
        (self.lowestBufferPercent, self.lowestReadAheadPercent) = (lowestBufferPercent, lowestReadAheadPercent)
    }

    /// Below this burnd's own buffer counts as run dry: what starved then was the drive, and not by its own fault.
    static let dryPercent = 5.0

    /// What is to be remembered of a burn that is over; nil when it says nothing about drive and disc: it never came to an
    /// end, somebody cancelled it, it failed for what was ordered or for the station, or it only blanked or closed a disc.
    public init?(_ burn: Burn, of order: BurnOrder) {
        guard order.task == .burn, let seen = burn.seen, let outcome = burn.outcome, let at = burn.finishedAt else {
            return nil
        }
        let record = burn.record
        var failure: BurnProblem.Kind?
        switch outcome.result {
        case .completed: break
        case .cancelled: return nil
        case .failed:
            guard let kind = outcome.problem?.type, kind.mayBeOfTheDrive else { return nil }
            let isDry = record?.lowestReadAheadPercent.map { $0 < Self.dryPercent } ?? false
            guard kind != .bufferUnderrun || !isDry else { return nil }
            failure = kind
        }
        let isUnwritten = outcome.disc == .untouched || outcome.disc == .blank
        self.init(
            burn: burn.id, drive: burn.drive, at: at,
            setting: BurnSetting(
                firmware: seen.firmware, kind: seen.kind, medium: seen.medium,
                times: record?.writeSpeed?.times ?? order.speed.times),
            isTest: order.isTest, failure: failure, lowestBufferPercent: record?.lowestBufferPercent,
            lowestReadAheadPercent: record?.lowestReadAheadPercent,
            unwrittenDisc: failure != nil && isUnwritten ? seen.mediaGeneration : nil)
    }
}

extension BurnProblem.Kind {
    /// A drive, or the disc in it, may be to blame.
    public var mayBeOfTheDrive: Bool {
        switch self {
        case .driveRefused, .powerCalibrationFailed, .eraseFailed, .writeError, .bufferUnderrun, .closeFailed,
            .driveTimeout, .verifyMismatch, .tocMismatch, .subChannelMismatch, .readBackFailed:
            true
        // What was ordered, the wrong disc, a pulled plug, a cancel, or the station itself.
        case .mediaNotBlank, .mediaTooSmall, .mediaIncompatible, .modeNotSupported, .layoutRefused, .imageInvalid,
            .leadInTooShort, .driveOffline, .interruptedByRestart, .workerDied, .cancelledByUser, .decodeFailed,
            .planInvalid:
            false
        }
    }
}

extension BurnRecord.Speed {
    /// As a multiple of playing speed.
    var times: Int? {
        let (whole, part) = max(sectorsPerSecond, 0).quotientAndRemainder(dividingBy: 75)
        let rounded = whole + (part * 2 >= 75 ? 1 : 0)
        return rounded > 0 ? rounded : nil
    }
}

extension WriteSpeed {
    /// As a multiple of playing speed; nil for as fast as it goes.
    public var times: Int? {
        switch self {
        case .max: return nil
        case .times(let times): return times
        case .sectors(let perSecond, _): return Swift.max(perSecond / 75, 1)
        }
    }
}

/// All burns with one setting in one drive, added up.
public struct DriveMemory: Equatable, Sendable {
    /// What they were made with.
    public var setting: BurnSetting
    /// Burns, test writes not among them.
    public var burns: Int
    /// Those of them that failed, by what went wrong.
    public var failures: [String: Int]
    /// Test writes.
    public var tests: Int
    /// Those of them that failed.
    public var failedTests: Int
    /// How low the drive's buffer ever got, 0…100.
    public var lowestBufferPercent: Double?
    /// How low burnd's own buffer ever got, 0…100.
    public var lowestReadAheadPercent: Double?
    /// When one was good last.
    public var lastGoodAt: Date?
    /// When one failed last.
    public var lastFailureAt: Date?

    /// Sums.
    public init(
        setting: BurnSetting, burns: Int = 0, failures: [String: Int] = [:], tests: Int = 0, failedTests: Int = 0,
        lowestBufferPercent: Double? = nil, lowestReadAheadPercent: Double? = nil, lastGoodAt: Date? = nil,
        lastFailureAt: Date? = nil
    ) {
        (self.setting, self.burns, self.failures) = (setting, burns, failures)
        (self.tests, self.failedTests) = (tests, failedTests)
        (self.lowestBufferPercent, self.lowestReadAheadPercent) = (lowestBufferPercent, lowestReadAheadPercent)
        (self.lastGoodAt, self.lastFailureAt) = (lastGoodAt, lastFailureAt)
    }

    /// Burns that failed.
    public var failed: Int { failures.values.reduce(0) { $0.addingReportingOverflow($1).partialValue } }

    /// The last one failed.
    public var endsBadly: Bool {
        guard let lastFailureAt else { return false }
        return lastGoodAt.map { $0 < lastFailureAt } ?? true
    }

    /// What there is to be said before a disc is burned like this again; nil when nothing speaks against it.
    ///
    /// Only what was burned last on discs of this kind at this speed counts, so that a drive that was mended is not held to
    /// its past. Where the medium's code or the speed is not known, nothing is said: it would be guessing.
    ///
    /// - Parameters:
    ///   - memories: of the drive.
    ///   - kind: kind of the disc that is in it.
    ///   - medium: its code.
    ///   - times: the speed that is asked for.
    public static func warning(_ memories: [DriveMemory], kind: String, medium: String, times: Int) -> String? {
        let alike = memories.filter { $0.setting.kind == kind && $0.setting.medium == medium && $0.burns > 0 }
        let same = alike.filter { $0.setting.times == times }
        guard let last = same.max(by: { $0.lastAt < $1.lastAt }), last.endsBadly else { return nil }
        let (burns, failed) = same.reduce(into: (0, 0)) { sum, one in
            sum = (sum.0 + one.burns, sum.1 + one.failed)
        }
        var words =
            burns == 1
            ? "The one disc of this kind (\(medium)) that was burned at \(times)x here failed."
            : "Of \(burns) discs of this kind (\(medium)) burned at \(times)x here \(failed) failed, the last one too."
        let slower = alike.filter { ($0.setting.times ?? .max) < times && !$0.endsBadly }
        if let better = slower.max(by: { ($0.setting.times ?? 0) < ($1.setting.times ?? 0) }),
            let speed = better.setting.times
        {
            words += " At \(speed)x the last one was good."
        }
        return words
    }

    private var lastAt: Date { max(lastGoodAt ?? .distantPast, lastFailureAt ?? .distantPast) }
}
