#define _GNU_SOURCE
#include "CSystemd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-bus.h>
#include <time.h>

struct call {
    bool is_answered;
    int fd;
    struct csystemd_failure *failure;
};

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_nsec / 1000;
}

static int on_answer(sd_bus_message *answer, void *context, sd_bus_error *unused) {
    (void)unused;
    struct call *call = context;
    struct csystemd_failure *failure = call->failure;
    call->is_answered = true;
    const sd_bus_error *error = sd_bus_message_get_error(answer);
    if (error) {
        failure->number = sd_bus_error_get_errno(error);
        snprintf(failure->name, sizeof failure->name, "%s", error->name ? error->name : "");
        snprintf(failure->message, sizeof failure->message, "%s", error->message ? error->message : "");
        return 0;
    }
    int borrowed = -1;
    int result = sd_bus_message_read(answer, "h", &borrowed);
    if (result < 0) {
        failure->number = -result;
        return 0;
    }
    // The message's own goes with the message.
    call->fd = fcntl(borrowed, F_DUPFD_CLOEXEC, 3);
    if (call->fd < 0) failure->number = errno;
    return 0;
}

// Not sd_bus_call, which waits for the connection itself for as long as libsystemd likes.
static int wait_for_answer(sd_bus *bus, struct call *call, uint64_t end) {
    while (!call->is_answered) {
        int result = sd_bus_process(bus, NULL);
        if (result < 0) return result;
        if (sd_bus_is_ready(bus) > 0) call->failure->has_bus = true;
        if (result > 0) continue;
        uint64_t time = now();
        if (time >= end) return -ETIMEDOUT;
        result = sd_bus_wait(bus, end - time);
        if (result < 0 && result != -EINTR) return result;
    }
    return 0;
}

int csystemd_inhibit(
    const char *what, const char *who, const char *why, const char *mode, uint64_t microseconds,
    struct csystemd_failure *failure) {
    uint64_t end = now() + microseconds;
    *failure = (struct csystemd_failure){0};
    struct call call = {.is_answered = false, .fd = -1, .failure = failure};
    sd_bus *bus = NULL;
    int result = sd_bus_open_system_with_description(&bus, who);
    if (result >= 0) {
        result = sd_bus_call_method_async(
            bus, NULL, "org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager",
            "Inhibit", on_answer, &call, "ssss", what, who, why, mode);
    }
    if (result >= 0) result = wait_for_answer(bus, &call, end);
    if (result < 0) failure->number = -result;
    // Without a flush: that would wait for a bus that hangs.
    sd_bus_close_unref(bus);
    return call.fd;
}
