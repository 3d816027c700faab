import Glibc

/// Waiting for what cannot be heard, only looked at: files, processes.
public enum Deadline {
    /// Between two looks, in microseconds.
    private static let pause: UInt32 = 5_000

    /// Looks until it is so.
    ///
    /// - Throws: `ServerProcess.Failure` at the deadline, with `words`.
    @discardableResult
    public static func waiting(
        _ what: String, within patience: Duration = ServerProcess.patience, _ words: @autoclosure () -> String = "",
        until isSo: () throws -> Bool
    ) throws -> Bool {
        let end = ContinuousClock.now + patience
        while try !isSo() {
            guard ContinuousClock.now < end else {
                throw ServerProcess.Failure(description: "waited in vain for \(what). \(words())")
            }
            usleep(pause)
        }
        return true
    }
}
