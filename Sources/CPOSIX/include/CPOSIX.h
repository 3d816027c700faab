/// What the Glibc module lacks: calls that are variadic, macros, or behind _GNU_SOURCE.
#ifndef CPOSIX_H
#define CPOSIX_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// Takes an exclusive open-file-description lock on the whole file (fcntl F_OFD_SETLK). 0, or -1 with errno.
int cposix_lock_exclusive(int fd);

/// Asks whether another open file description holds a lock (fcntl F_OFD_GETLK): 1 yes, 0 no, -1 with errno.
int cposix_is_locked(int fd);

/// open(2) with O_CLOEXEC added. A descriptor, or -1 with errno.
int cposix_open(const char *path, int flags, mode_t mode);

/// pipe2(2) with O_CLOEXEC. 0, or -1 with errno.
int cposix_pipe(int ends[2]);

/// socket(2) of AF_UNIX, SOCK_STREAM, with SOCK_CLOEXEC. A descriptor, or -1 with errno.
int cposix_unix_socket(void);

/// bind(2), when `binding` is not 0, or connect(2) to an AF_UNIX path of at most 107 bytes. 0, or -1 with errno
/// (ENAMETOOLONG when it does not fit).
int cposix_unix_address(int fd, const char *path, int binding);

/// accept4(2) with SOCK_CLOEXEC. A descriptor, or -1 with errno.
int cposix_accept(int fd);

/// Takes room for a file's first `length` bytes, whose size stays (fallocate FALLOC_FL_KEEP_SIZE). 0, or -1 with errno.
int cposix_reserve(int fd, off_t length);

/// Asks for a range of a file to be written to the disk, and does not wait for it (sync_file_range
/// SYNC_FILE_RANGE_WRITE). 0, or -1 with errno.
int cposix_begin_writeback(int fd, off_t offset, off_t length);

/// memmem(3), which Glibc declares for _GNU_SOURCE only.
void *cposix_memmem(const void *hay, size_t hay_length, const void *needle, size_t needle_length);

/// From now on SIGTERM and SIGINT do nothing but write their number, one byte, to `fd`. 0, or -1 with errno.
int cposix_catch_termination(int fd);

/// Puts the calling thread, and those that it starts, first among the disk's ordinary readers (ioprio_set, best effort 0).
/// 0, or -1 with errno.
int cposix_read_first(void);

/// The magic number of the type of the file system that `path` is on (statfs(2)), or 0 with errno.
uint64_t cposix_file_system_type(const char *path);

/// POSIX_SPAWN_SETSID, which Glibc declares for _GNU_SOURCE only.
extern const int32_t cposix_spawn_new_session;

#endif
