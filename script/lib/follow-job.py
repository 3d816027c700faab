#!/usr/bin/env python3
"""Follows one job to its end, on the event stream that comes in on standard input.

    curl -sN http://127.0.0.1:8080/api/v1/events | follow-job.py JOB

Prints a line for every state of the job, and its progress: in one line that is written anew on a terminal, otherwise
in a line whenever the action or the track changes. Ends with 0 when the job is completed, with 1 when it ends
otherwise, and with 2 when the stream ends first or says nothing of the job for five minutes.
"""

import json
import signal
import sys

SILENCE_LIMIT_SECONDS = 300  # longer than any command to a drive may take; heartbeats do not count
ENDED = {"completed", "failed", "cancelled"}


def events(lines):
    """The events of an SSE stream as (name, data) pairs; comments, ids and retry times are left out."""
    name, data = "message", []
    for raw in lines:
        field, _, value = raw.decode("utf-8", "replace").rstrip("\r\n").partition(":")
        value = value.removeprefix(" ")
        if field == "event":
            name = value
        elif field == "data":
            data.append(value)
        elif field == "" and value == "":
            if data:
                yield name, json.loads("\n".join(data))
            name, data = "message", []


class Terminal:
    """Lines, and one last line that is written anew where that is possible."""

    def __init__(self):
        self.rewrites = sys.stdout.isatty()
        self.kept = None  # What the progress line was last written for, where lines can't be rewritten.

    def line(self, text):
        """A line that stays."""
        print(f"\r\033[K    {text}" if self.rewrites else f"    {text}", flush=True)
        self.kept = None

    def progress(self, topic, text):
        """A line that the next one replaces; without a terminal, only the first line of a topic."""
        if self.rewrites:
            print(f"\r\033[K    {text}", end="", flush=True)
        elif topic != self.kept:
            print(f"    {text}", flush=True)
            self.kept = topic


# Members of a progress event and how they read; a drive need not know each of them.
MEASURES = (
    ("track", "track {}"),
    ("percent", "{:.0f} %"),
    ("rate_x", "{:.1f}x"),
    ("buffer_percent", "buffer {:.0f} %"),
    ("remaining_seconds", "{:.0f} s left"),
)


def words(progress):
    """A progress event in words."""
    known = [form.format(progress[name]) for name, form in MEASURES if progress.get(name)]
    return "  ".join([progress["action"], *known])


def state_in_words(job):
    """A job's state, with the reasons for it and what it needs."""
    text = job["state"]
    if job.get("state_reasons"):
        text += " (" + ", ".join(job["state_reasons"]) + ")"
    needs = job.get("needs")
    if needs:
        text += f": {needs.get('action')} in {needs.get('drive_label') or needs.get('drive') or 'any drive'}"
    return text


def follow(stream, number, terminal):
    """Prints what happens to a job; its last state as the stream tells it."""
    shown = None
    for name, data in events(stream):
        if name == "job-progress" and data.get("job") == number:
            signal.alarm(SILENCE_LIMIT_SECONDS)
            terminal.progress((data.get("phase"), data.get("action"), data.get("track")), words(data))
            continue
        if name == "snapshot":
            job = next((job for job in data.get("jobs", []) if job["id"] == number), None)
        elif name == "job-state-changed" and data["job"]["id"] == number:
            job = data["job"]
        else:
            continue
        if job is None or state_in_words(job) == shown:
            continue
        signal.alarm(SILENCE_LIMIT_SECONDS)
        shown = state_in_words(job)
        terminal.line(shown)
        if job["state"] in ENDED:
            return job
    return None


def silence(_signal, _frame):
    """The end of our patience."""
    print(f"\nnothing was heard of the job for {SILENCE_LIMIT_SECONDS} s", file=sys.stderr)
    sys.exit(2)


def main():
    if len(sys.argv) != 2 or not sys.argv[1].isdigit():
        print(__doc__, file=sys.stderr)
        return 2
    signal.signal(signal.SIGALRM, silence)
    signal.alarm(SILENCE_LIMIT_SECONDS)
    job = follow(sys.stdin.buffer, int(sys.argv[1]), Terminal())
    if job is None:
        print("the event stream ended before the job did", file=sys.stderr)
        return 2
    problem = job.get("problem")
    if problem:
        print("    " + ": ".join(str(problem[key]) for key in ("title", "detail", "hint") if problem.get(key)))
    return 0 if job["state"] == "completed" else 1


if __name__ == "__main__":
    sys.exit(main())
