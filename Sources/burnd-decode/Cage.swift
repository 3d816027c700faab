import CSeccomp
import DecodeContract
import Glibc

/// The walls around a decoder: whoever takes it over by a crafted file can compute, read that file and write PCM, and nothing
/// else.
enum Cage {
    /// What it may use up.
    struct Limits {
        /// MiB beyond what is mapped when the cage is shut: libraries for the most part.
        var memoryMiB: UInt64 = 256
        /// Seconds of processor time. At the limit the process ends by SIGXCPU.
        var cpuSeconds: UInt64 = 240
    }

    /// Lower than those who serve and burn: nobody waits for a decoder as a laser does.
    private static let niceness: Int32 = 10
    /// Seconds between SIGXCPU, which ends this process, and SIGKILL.
    private static let graceSeconds: UInt64 = 1

    /// Closes what the starter forgot to close: 0, 1 and 2 stay.
    static func closeDescriptors() {
        if ccage_close_from(3) == 0 { return }
        // Kernels before 5.9. Descriptors end at the limit on their number.
        for descriptor in 3..<max(3, Int32(clamping: sysconf(Int32(_SC_OPEN_MAX)))) { close(descriptor) }
    }

    /// Shuts all walls, and returns which stand. Landlock alone may be missing, where the kernel has none: the filter of
    /// system calls lets no file be opened either.
    static func shut(_ limits: Limits) throws(DecodeFailure) -> [String] {
        // An end of the reader is an error of write, not the end of this process without a word; so is a file too large.
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, niceness)
        try require(ccage_end_with_parent(), "PR_SET_PDEATHSIG")
        try require(ccage_no_new_privileges(), "PR_SET_NO_NEW_PRIVS")
        // Before Landlock, which hides /proc.
        let mapped = mappedBytes()
        let landlock = try enterLandlock()
        try limit(limits, mapped: mapped)
        try CallFilter.load()
        return ["limits", "no-new-privileges", landlock, "seccomp"]
    }

    private static func enterLandlock() throws(DecodeFailure) -> String {
        let version = ccage_landlock_version()
        guard version > 0 else { return "no-landlock" }
        try require(ccage_landlock(version), "Landlock")
        return "landlock-\(version)"
    }

    private static func limit(_ limits: Limits, mapped: UInt64) throws(DecodeFailure) {
        let memory = mapped + limits.memoryMiB << 20
        let output = UInt64(DecodeContract.maximumFrames * DecodeContract.bytesPerFrame)
        try require(ccage_limit(ccage_memory, memory, 0), "RLIMIT_AS")
        try require(ccage_limit(ccage_processor_time, limits.cpuSeconds, graceSeconds), "RLIMIT_CPU")
        try require(ccage_limit(ccage_core, 0, 0), "RLIMIT_CORE")
        try require(ccage_limit(ccage_processes, 0, 0), "RLIMIT_NPROC")
        try require(ccage_limit(ccage_file_size, output, 0), "RLIMIT_FSIZE")
        // 0, 1 and 2 are open; none more can be had.
        try require(ccage_limit(ccage_descriptors, 3, 0), "RLIMIT_NOFILE")
    }

    /// Address space in use, from /proc/self/statm (pages, first number). Without it the default of a process with these
    /// libraries.
    private static func mappedBytes() -> UInt64 {
        let usual: UInt64 = 1 << 30
        let descriptor = open("/proc/self/statm", O_RDONLY)
        guard descriptor >= 0 else { return usual }
        defer { close(descriptor) }
        var text = [UInt8](repeating: 0, count: 128)
        let count = read(descriptor, &text, text.count)
        let digits = text.prefix(max(0, count)).prefix { $0 != UInt8(ascii: " ") }
        guard let pages = UInt64(String(decoding: digits, as: UTF8.self)) else { return usual }
        return pages * UInt64(sysconf(Int32(_SC_PAGESIZE)))
    }

    private static func require(_ result: Int32, _ wall: String) throws(DecodeFailure) {
        guard result == 0 else {
            throw DecodeFailure(.internal, "the cage: \(wall): \(String(cString: strerror(errno)))")
        }
    }
}
