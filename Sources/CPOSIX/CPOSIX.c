#define _GNU_SOURCE
#include "CPOSIX.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

static struct flock whole_file(void) {
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 0, .l_pid = 0};
    return lock;
}

int cposix_lock_exclusive(int fd) {
    struct flock lock = whole_file();
    return fcntl(fd, F_OFD_SETLK, &lock);
}

int cposix_is_locked(int fd) {
    struct flock lock = whole_file();
    if (fcntl(fd, F_OFD_GETLK, &lock) < 0) return -1;
    return lock.l_type != F_UNLCK;
}

int cposix_open(const char *path, int flags, mode_t mode) { return open(path, flags | O_CLOEXEC, mode); }

int cposix_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int cposix_unix_socket(void) { return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0); }

int cposix_unix_address(int fd, const char *path, int binding) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(path);
    if (length >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(address.sun_path, path, length + 1);
    const struct sockaddr *generic = (const struct sockaddr *)&address;
    return binding ? bind(fd, generic, sizeof address) : connect(fd, generic, sizeof address);
}

int cposix_accept(int fd) { return accept4(fd, NULL, NULL, SOCK_CLOEXEC); }

int cposix_reserve(int fd, off_t length) { return fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, length); }

int cposix_begin_writeback(int fd, off_t offset, off_t length) {
    return sync_file_range(fd, offset, length, SYNC_FILE_RANGE_WRITE);
}

static volatile int termination_fd = -1;

static void note_termination(int number) {
    int saved = errno;
    unsigned char byte = (unsigned char)number;
    // The pipe is full only when it has been told often enough.
    ssize_t written = write(termination_fd, &byte, 1);
    (void)written;
    errno = saved;
}

int cposix_catch_termination(int fd) {
    termination_fd = fd;
    struct sigaction action = {.sa_handler = note_termination, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    if (sigaction(SIGTERM, &action, NULL) < 0) return -1;
    return sigaction(SIGINT, &action, NULL);
}

int cposix_read_first(void) {
    // linux/ioprio.h: IOPRIO_WHO_PROCESS, 0 for the calling thread, IOPRIO_CLASS_BE << IOPRIO_CLASS_SHIFT | 0.
    return (int)syscall(SYS_ioprio_set, 1, 0, 2 << 13);
}

const int32_t cposix_spawn_new_session = POSIX_SPAWN_SETSID;

void *cposix_memmem(const void *hay, size_t hay_length, const void *needle, size_t needle_length) {
    return memmem(hay, hay_length, needle, needle_length);
}

uint64_t cposix_file_system_type(const char *path) {
    struct statfs system;
    // Types are 32 bits wide, and some are negative numbers.
    return statfs(path, &system) == 0 ? (uint32_t)system.f_type : 0;
}
