#define _GNU_SOURCE
#include <stddef.h>
#include <sys/epoll.h>

/// libmicrohttpd 0.9.75 to 1.0.1 read events in batches of this size and ask again when a batch was full, with the long
/// timeout and before they have handled the batch. If exactly as many sockets were ready, nothing else wakes them: all 128
/// wait until the timeout.
enum { mhd_batch = 128 };

/// The epoll set whose last batch was full, on this thread.
static __thread int full = -1;

/// Takes the place of the C library's epoll_wait for the whole process, libmicrohttpd included: the wait that follows a
/// full batch must not block. For every other caller and size it is epoll_wait(2), which is epoll_pwait(2) without a mask.
int epoll_wait(int epoll, struct epoll_event *events, int count, int timeout) {
    if (count == mhd_batch && full == epoll) timeout = 0;
    int ready = epoll_pwait(epoll, events, count, timeout, NULL);
    full = count == mhd_batch && ready == count ? epoll : -1;
    return ready;
}
