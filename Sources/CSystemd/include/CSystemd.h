/// libsystemd, and what Swift cannot call of it: sd-bus, whose functions are variadic.
#ifndef CSYSTEMD_H
#define CSYSTEMD_H

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-daemon.h>

/// Why a call over the system bus gave nothing.
struct csystemd_failure {
    /// The bus had taken us in; false when it is the bus itself that cannot be had.
    bool has_bus;
    /// errno of the failure; ETIMEDOUT when the time was up.
    int number;
    /// The D-Bus error that came as the answer, as `org.freedesktop.DBus.Error.AccessDenied`; "" when none came.
    char name[256];
    /// Its words.
    char message[512];
};

/// org.freedesktop.login1.Manager.Inhibit on the system bus. Never asks a person for a password.
///
/// @param microseconds longest that all of it may take, connecting included.
/// @return the descriptor that holds the inhibitor, close-on-exec, to be closed by the caller; -1 with `failure` filled in.
int csystemd_inhibit(
    const char *what, const char *who, const char *why, const char *mode, uint64_t microseconds,
    struct csystemd_failure *failure);

#endif
