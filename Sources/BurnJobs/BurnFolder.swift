public import BurnPlan
import Glibc
public import POSIX

/// `DATA/burns/<id>`: everything about one attempt to write one disc.
///
/// - `plan.json`: what the disc is to be; written before the worker starts, never changed.
/// - `journal`: what became of it; appended by the worker alone, which holds the lock on it as long as it lives.
/// - `cancel`: appears when the burn is to be cancelled. Its text is `untouched` (only as long as the laser is off) or
///   `spoil` (at any time).
/// - `log`: the worker's words.
public struct BurnFolder: Sendable, Equatable {
    /// The folder.
    public let path: String

    /// The folder of one burn.
    public init(burns: String, burn: Int) { path = "\(burns)/\(burn)" }

    /// Where the journal is.
    public var journalPath: String { path + "/journal" }

    /// Most that a plan may be, in bytes: 99 tracks of long paths are 500 KiB.
    public static let planLimit = 1 << 20

    /// Puts the plan there and makes an empty journal, all of it durable.
    ///
    /// - Returns: the journal, locked: whoever is given this descriptor holds the lock.
    public func prepare(_ plan: BurnPlan) throws -> FileDescriptor {
        try DurableFile.makeFolder(path)
        try DurableFile.replace(path + "/plan.json", with: WireFormat.encode(plan))
        let journal = try FileDescriptor(opening: journalPath, O_RDWR | O_CREAT | O_APPEND)
        guard try journal.lockExclusively() else {
            throw SystemError(call: "lock", number: EAGAIN, subject: journalPath)
        }
        try journal.synchronizeData()
        try DurableFile.synchronizeFolder(of: journalPath)
        try DurableFile.synchronizeFolder(of: path)
        return journal
    }

    /// How a burn may be cancelled.
    public enum Cancellation: String, Sendable {
        /// Only as long as nothing has been written.
        case untouched
        /// At any time, at the price of the disc.
        case spoil
    }

    /// Asks the worker to cancel.
    public func requestCancel(_ cancellation: Cancellation) throws(SystemError) {
        try DurableFile.replace(path + "/cancel", with: Array(cancellation.rawValue.utf8))
    }

    /// What the journal of a burn says whose worker is gone; nil when there is no journal, and `isLocked` when the worker
    /// lives after all.
    public func look() throws -> (history: BurnHistory, isLocked: Bool)? {
        guard access(journalPath, F_OK) == 0 else { return nil }
        let journal = try FileDescriptor(opening: journalPath, O_RDWR)
        // Asked first: a worker that ends in between has written everything by then.
        let isLocked = try journal.isLockedElsewhere()
        var reader = JournalReader()
        var history = BurnHistory()
        for line in try reader.read(DurableFile.contents(of: journalPath, limit: Self.journalLimit)) {
            history.apply(line)
        }
        return (history, isLocked)
    }

    /// Most that a journal is read of. Two lines a second over three hours are 12 MiB.
    private static let journalLimit = 64 << 20
}
