/// What a process gives up: system call filters (libseccomp), the file system and the network (Landlock), and the rest that
/// Glibc has as variadic calls, macros, or not at all.
#ifndef CSECCOMP_SHIM_H
#define CSECCOMP_SHIM_H

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/// Filter actions.
static const uint32_t ccage_allow = SCMP_ACT_ALLOW;
static const uint32_t ccage_refuse = SCMP_ACT_ERRNO(EPERM);

/// Closes every descriptor from `first` on (close_range, Linux 5.9). 0, or -1 with errno.
static inline int ccage_close_from(unsigned first) { return (int)syscall(436, first, ~0U, 0U); }

/// Neither this process nor a program it executes gains privileges (PR_SET_NO_NEW_PRIVS). 0, or -1 with errno.
static inline int ccage_no_new_privileges(void) { return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); }

/// This process ends when the thread that started it does (PR_SET_PDEATHSIG). 0, or -1 with errno.
static inline int ccage_end_with_parent(void) { return prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0); }

/// The ABI version of Landlock in this kernel, -1 with errno where it has none.
static inline int ccage_landlock_version(void) { return (int)syscall(444, NULL, 0, 1U); }

/// Enters a Landlock domain without one rule: every access to the file system and, where the kernel knows them, TCP, abstract
/// sockets and signals out of the domain are refused. Numbers rather than names: headers of Debian 12 know version 2.
/// `version` is that of the kernel. 0, or -1 with errno.
static inline int ccage_landlock(int version) {
    // Rights of the file system: 13 in version 1, then REFER (2), TRUNCATE (3), IOCTL_DEV (5).
    const int fs_rights = version >= 5 ? 16 : version >= 3 ? 15 : version == 2 ? 14 : 13;
    const struct { uint64_t fs, net, scoped; } attributes = {
        .fs = (1ULL << fs_rights) - 1,
        .net = version >= 4 ? 3 : 0,     // BIND_TCP, CONNECT_TCP
        .scoped = version >= 6 ? 3 : 0,  // ABSTRACT_UNIX_SOCKET, SIGNAL
    };
    const size_t size = version >= 6 ? 24 : version >= 4 ? 16 : 8;
    const int rules = (int)syscall(444, &attributes, size, 0U);
    if (rules < 0) return -1;
    const int result = (int)syscall(446, rules, 0U);
    const int failure = errno;
    close(rules);
    errno = failure;
    return result;
}

/// setrlimit(2) of both limits; soft and hard differ by `margin`. 0, or -1 with errno.
static inline int ccage_limit(int resource, uint64_t value, uint64_t margin) {
    struct rlimit now;
    if (getrlimit((__rlimit_resource_t)resource, &now) != 0) return -1;
    struct rlimit wanted = {.rlim_cur = value, .rlim_max = value + margin};
    if (now.rlim_max != RLIM_INFINITY && wanted.rlim_max > now.rlim_max) wanted.rlim_max = now.rlim_max;
    if (wanted.rlim_cur > wanted.rlim_max) wanted.rlim_cur = wanted.rlim_max;
    return setrlimit((__rlimit_resource_t)resource, &wanted);
}

static const int ccage_memory = RLIMIT_AS;
static const int ccage_processor_time = RLIMIT_CPU;
static const int ccage_core = RLIMIT_CORE;
static const int ccage_processes = RLIMIT_NPROC;
static const int ccage_descriptors = RLIMIT_NOFILE;
static const int ccage_file_size = RLIMIT_FSIZE;

/// Attempts that a caged process must not succeed in. Each: 0 when refused, 1 when it was let through.
static inline int ccage_try_open(void) { return open("/etc/passwd", O_RDONLY) >= 0; }
static inline int ccage_try_create(void) { return open("burnd-decode-was-here", O_WRONLY | O_CREAT, 0600) >= 0; }
static inline int ccage_try_socket(int family) { return socket(family, SOCK_STREAM, 0) >= 0; }
static inline int ccage_try_duplicate(void) { return dup(0) >= 0; }
static inline int ccage_try_signal(void) { return kill(getppid(), 0) == 0; }
static inline int ccage_try_fork(void) {
    const pid_t child = fork();
    if (child == 0) _exit(0);
    return child > 0;
}
static inline int ccage_try_execute(void) {
    char *const arguments[] = {(char *)"/bin/true", NULL};
    // Returns only when refused; let through, it ends this process with the status of /bin/true and without a proof.
    execve("/bin/true", arguments, arguments + 1);
    return 0;
}

#endif
