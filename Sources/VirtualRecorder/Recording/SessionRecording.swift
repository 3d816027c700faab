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

    /// Takes the blocks of a WRITE. What is refused changes nothing.
    func write(_ command: Command, on drive: Drive, _ folder: DiscFolder) throws(CheckCondition)

    /// SYNCHRONIZE CACHE: ends the session if everything is there, and does nothing before that.
    ///
    /// - Returns: the blocks that the laser still has to write, or nil when the session goes on.
    func synchronize(on drive: Drive, _ folder: DiscFolder) throws(CheckCondition) -> Int?

    /// The disc leaves the drive, or the drive is told to do something else: ends the session as it is.
    func breakOff(on drive: Drive, _ folder: DiscFolder)
}

extension Drive {
    /// Longest that a WRITE waits for room in the buffer before it answers LONG WRITE IN PROGRESS: programs that only know
    /// waiting and programs that only know retrying both get on.
    private static let longestHold: Duration = .seconds(1)

    /// Waits until bytes fit into the buffer, but not for long.
    func waitForRoom(for bytes: Int) throws(CheckCondition) {
        let time = speed.timeUntilRoom(for: bytes, at: clock.now())
        guard time > .zero else { return }
        clock.wait(min(time, Self.longestHold))
        guard time <= Self.longestHold else { throw .longWriteInProgress(nil) }
    }

    /// Lets the time pass that the laser needs for what is in the buffer and `sectors` more: at once for who waits, later
    /// for who does not. What was done is durable already, so an end of the recorder in between undoes nothing.
    func finish(sectors: Int, isImmediate: Bool) {
        let end = speed.begin(sectors: sectors, at: clock.now())
        if !isImmediate { clock.wait(end - clock.now()) }
    }

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
