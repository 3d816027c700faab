import BurnPlan
public import FoundationEssentials

/// How a drive has done so far, and whether it is trusted with further discs: a value, to which burns are added one by one.
public struct DriveStanding: Codable, Equatable, Sendable {
    /// So many burns that fail one after the other take a drive out of service. One bad disc is nothing, and a second may be
    /// the next of the same spindle; after a third every further disc is most likely lost too, whether it is the drive or the
    /// discs, and a person has to find out which.
    public static let failuresUntilOut = 3

    /// Id of the drive.
    public let drive: String
    /// Burns, test writes not among them.
    public private(set) var burns = 0
    /// Those of them that failed for what drive or disc may be to blame for.
    public private(set) var failures = 0
    /// Discs on which burns failed since the last good one, or since the drive was enabled.
    public private(set) var failuresInARow = 0
    /// When a burn was good last.
    public private(set) var lastGoodAt: Date?
    /// When one failed last.
    public private(set) var lastFailureAt: Date?
    /// What went wrong then: a slug of a problem.
    public private(set) var lastFailure: String?
    /// Since when it is out of service; nil while it is in service.
    public private(set) var outSince: Date?
    /// Number of the last burn that was added.
    private var lastBurn = 0
    /// The disc of the last failure where nothing was written on it.
    private var unwrittenDisc: Int?

    /// A drive that nothing is known of.
    public init(drive: String) { self.drive = drive }

    /// Adds a burn, unless it was added before: burns of one drive have rising numbers. Test writes are left out, since they
    /// cost no disc.
    ///
    /// - Returns: true when this is what takes the drive out of service.
    public mutating func add(_ burn: RememberedBurn) -> Bool {
        guard burn.drive == drive, burn.burn > lastBurn else { return false }
        lastBurn = burn.burn
        guard !burn.isTest else { return false }
        burns += 1
        guard let failure = burn.failure else {
            (failuresInARow, lastGoodAt, unwrittenDisc) = (0, burn.at, nil)
            return false
        }
        failures += 1
        (lastFailureAt, lastFailure) = (burn.at, failure.rawValue)
        // A disc on which nothing could be written stays in the drive, and several jobs may fail on that one.
        let isSameDisc = failuresInARow > 0 && burn.unwrittenDisc != nil && burn.unwrittenDisc == unwrittenDisc
        unwrittenDisc = burn.unwrittenDisc
        if !isSameDisc { failuresInARow += 1 }
        guard failuresInARow >= Self.failuresUntilOut, outSince == nil else { return false }
        outSince = burn.at
        return true
    }

    /// Somebody vouches for the drive: it is in service, and failures are counted anew.
    public mutating func returnToService() { (failuresInARow, outSince, unwrittenDisc) = (0, nil, nil) }

    /// Why the drive takes no discs, and what to do; nil while it does.
    public var sentence: String? {
        guard outSince != nil else { return nil }
        return "\(failuresInARow) discs in a row failed. Look at the drive and at the discs, then enable the drive."
    }
}

extension DriveStanding {
    enum CodingKeys: String, CodingKey {
        case drive, burns, failures, failuresInARow, lastGoodAt, lastFailureAt, lastFailure, outSince, lastBurn
        case unwrittenDisc
    }

    /// More burns than a drive can make; what a damaged row says above that is cut, so that counting on is safe.
    private static let mostBurns = 1_000_000_000

    /// Reads a standing.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        func count(_ key: CodingKeys) throws -> Int {
            min(max(try fields.decodeIfPresent(Int.self, forKey: key) ?? 0, 0), Self.mostBurns)
        }
        drive = try fields.decode(String.self, forKey: .drive)
        (burns, failures) = (try count(.burns), try count(.failures))
        (failuresInARow, lastBurn) = (try count(.failuresInARow), try count(.lastBurn))
        lastGoodAt = try fields.decodeIfPresent(Date.self, forKey: .lastGoodAt)
        lastFailureAt = try fields.decodeIfPresent(Date.self, forKey: .lastFailureAt)
        lastFailure = try fields.decodeIfPresent(String.self, forKey: .lastFailure)
        outSince = try fields.decodeIfPresent(Date.self, forKey: .outSince)
        unwrittenDisc = try fields.decodeIfPresent(Int.self, forKey: .unwrittenDisc)
    }
}
