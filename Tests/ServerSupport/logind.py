"""logind as a burn meets it: grants inhibitors, refuses them, answers late, or never.

A template for python-dbusmock. Parameter "answer": "grant", "refuse", "late" (grants when it gets SIGUSR1) or "never". What
happens is told on standard output, a line each: "ready", "asked WHAT|WHO|WHY|MODE", "released WHY".
"""
import os
import signal

import dbus
import dbus.service
from gi.repository import GLib

BUS_NAME = "org.freedesktop.login1"
MAIN_OBJ = "/org/freedesktop/login1"
MAIN_IFACE = "org.freedesktop.login1.Manager"
SYSTEM_BUS = True

answer = "grant"
# Those who are answered late: functions that grant.
waiting = []


def say(words):
    os.write(1, (words + "\n").encode())


def load(mock, parameters):
    global answer
    answer = parameters.get("answer", "grant")
    GLib.unix_signal_add(GLib.PRIORITY_HIGH, signal.SIGUSR1, grant_all)
    say("ready")


def grant_all():
    while waiting:
        waiting.pop(0)()
    return True


@dbus.service.method(
    MAIN_IFACE, in_signature="ssss", out_signature="h", async_callbacks=("reply", "refuse"))
def Inhibit(_, what, who, why, mode, reply, refuse):
    say(f"asked {what}|{who}|{why}|{mode}")

    def released(fd, _):
        os.close(fd)
        say(f"released {why}")
        return False

    def grant():
        # As logind does: whoever has the writing end, or a copy of it, holds the inhibitor.
        reading, writing = os.pipe()
        GLib.unix_fd_add_full(GLib.PRIORITY_HIGH, reading, GLib.IO_HUP, released)
        reply(dbus.types.UnixFd(writing))
        os.close(writing)

    if answer == "grant":
        grant()
    elif answer == "refuse":
        refuse(dbus.exceptions.DBusException(
            "Interactive authentication required.",
            name="org.freedesktop.DBus.Error.InteractiveAuthorizationRequired"))
    elif answer == "late":
        waiting.append(grant)
