import BinaryCoding
import DiscLayout
import POSIX

/// A session that is written in one go, from its lead-in to its lead-out: session at once by a cue sheet, or raw.
///
/// The drive has one from the command that prepares it on (SEND CUE SHEET, or the first WRITE of a raw session) until it is
/// complete or broken off.
protocol SessionRecording: AnyObject {
    /// The laser is on: blocks have been taken.
    var hasBegun: Bool { get }

    /// All blocks have come; only the end is missing.
    var isAllThere: Bool { get }

    /// Takes the blocks of a WRITE. What is refused changes nothing.
    func write(_ command: Command, on drive: Drive, _ folder: DiscFolder) throws(CheckCondition)

    /// SYNCHRONIZE CACHE: ends the session if everything is there, and does nothing before that.
    ///
    /// - Returns: the blocks that the laser still has to write, or nil when there is not everything.
    func synchronize(on drive: Drive, _ folder: DiscFolder) throws(CheckCondition) -> Int?

    /// The disc leaves the drive, or the drive is told to do something else: ends the session as it is.
    func breakOff(on drive: Drive, _ folder: DiscFolder)
}

extension SessionRecording {
    /// False where only the host knows which block is the last.
    var isAllThere: Bool { false }
}

extension Drive {
    /// Runs what touches the disc's files; a failure is told and answered with `condition`.
    func storing<Value>(
        _ condition: CheckCondition, _ body: () throws(SystemError) -> Value
    ) throws(CheckCondition) -> Value {
        do throws(SystemError) {
            return try body()
        } catch {
            report("\(error)")
            throw condition
        }
    }
}
