import CPOSIX
import Glibc

/// Being served before others, as far as the system permits it to this user.
public enum Priority {
    /// Nice value of a thread that must not wait for others.
    public static let urgent: Int32 = -10
    /// How much less likely the process is chosen when memory runs out (−1000…1000).
    private static let spared = "-500"

    /// Raises the calling thread, and the threads that it starts from now on, and keeps the process from being chosen when
    /// memory runs out. Returns what was not permitted, in words.
    public static func raise() -> [String] {
        var refused: [String] = []
        if setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, urgent) != 0 {
            refused.append("\(SystemError.last("setpriority"))")
        }
        if cposix_read_first() != 0 { refused.append("\(SystemError.last("ioprio_set"))") }
        do throws(SystemError) {
            try FileDescriptor(opening: "/proc/self/oom_score_adj", O_WRONLY).writeAll(Array(spared.utf8))
        } catch {
            refused.append("oom_score_adj: \(error)")
        }
        return refused
    }
}
