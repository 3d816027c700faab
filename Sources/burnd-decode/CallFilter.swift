import CSeccomp
import DecodeContract
import Glibc

/// The system calls that a decoder may make; every other answers EPERM.
enum CallFilter {
    /// Memory, time, and the end. `mmap` and `mprotect` come with a condition below.
    private static let free = [
        "brk", "munmap", "mremap", "madvise", "futex", "clock_gettime", "clock_getres", "gettimeofday", "getrandom",
        "sched_yield", "sched_getaffinity", "getpid", "gettid", "rt_sigprocmask", "rt_sigreturn", "restart_syscall",
        "exit", "exit_group",
    ]

    /// Loads the filter. There is no way back.
    static func load() throws(DecodeFailure) {
        guard let filter = seccomp_init(ccage_refuse) else { throw failure("seccomp_init", ENOMEM) }
        defer { seccomp_release(filter) }
        for call in free { try allow(call, filter, nil) }
        // The input is read, the output and the report are written.
        try allow("read", filter, argument(0, SCMP_CMP_EQ, 0))
        try allow("pread64", filter, argument(0, SCMP_CMP_EQ, 0))
        try allow("lseek", filter, argument(0, SCMP_CMP_EQ, 0))
        try allow("write", filter, argument(0, SCMP_CMP_EQ, 1))
        try allow("write", filter, argument(0, SCMP_CMP_EQ, 2))
        // No memory becomes code: argument 2 is what may be done with it.
        let noCode = argument(2, SCMP_CMP_MASKED_EQ, UInt64(PROT_EXEC), 0)
        try allow("mmap", filter, noCode)
        try allow("mprotect", filter, noCode)
        let loaded = seccomp_load(filter)
        guard loaded == 0 else { throw failure("seccomp_load", -loaded) }
    }

    private static func argument(
        _ number: UInt32, _ comparison: scmp_compare, _ first: UInt64, _ second: UInt64 = 0
    ) -> scmp_arg_cmp {
        scmp_arg_cmp(arg: number, op: comparison, datum_a: first, datum_b: second)
    }

    private static func allow(
        _ call: String, _ filter: scmp_filter_ctx, _ condition: scmp_arg_cmp?
    ) throws(DecodeFailure) {
        let number = seccomp_syscall_resolve_name(call)
        var conditions = condition.map { [$0] } ?? []
        let added = seccomp_rule_add_array(filter, ccage_allow, number, UInt32(conditions.count), &conditions)
        guard added == 0 else { throw failure("seccomp_rule_add \(call)", -added) }
    }

    private static func failure(_ call: String, _ number: Int32) -> DecodeFailure {
        DecodeFailure(.internal, "the cage: \(call): \(String(cString: strerror(number)))")
    }
}
