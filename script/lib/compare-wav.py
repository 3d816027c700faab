#!/usr/bin/env python3
"""Compares a track exported from a disc with the lossless file that it was made of.

    compare-wav.py EXPORT.wav SOURCE

SOURCE is decoded by sox, which shares no decoder with burnd. Every sample has to be equal. What the disc has beyond
the end of SOURCE has to be zeros, and no more of them than fill the last sector and a track of under four seconds.
Ends with 0 when that is so; with 1, and the first difference in words, when not; with 2 when it can't tell.
"""

import os
import subprocess
import sys
import wave

SAMPLES_PER_SECTOR = 588
BYTES_PER_SAMPLE = 4  # 16 bits for each of two channels
SHORTEST_TRACK_SECTORS = 300  # Red Book: four seconds


class CannotTell(Exception):
    """The files can't be compared at all."""


def exported_samples(path):
    """The samples of a WAV file as bytes."""
    try:
        with wave.open(path, "rb") as file:
            form = (file.getframerate(), file.getsampwidth(), file.getnchannels())
            if form != (44100, 2, 2):
                raise CannotTell(f"{path} is no CD audio: rate, sample width and channels are {form}")
            return file.readframes(file.getnframes())
    except (OSError, EOFError, wave.Error) as error:
        raise CannotTell(f"{path}: {error}") from error


def run(*command):
    """What a command prints, as bytes."""
    try:
        return subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise CannotTell(str(error)) from error


def source_samples(path):
    """The samples of a lossless audio file, by sox, without dither."""
    form = tuple(int(run("soxi", option, path)) for option in ("-r", "-b", "-c"))
    if form != (44100, 16, 2):
        raise CannotTell(f"{path} is resampled on its way to the disc, so it can't be equal: {form}")
    return run("sox", "-D", path, "-t", "raw", "-e", "signed-integer", "-b", "16", "-L", "-")


def difference(exported, source):
    """What is different between the two, in words, or nothing."""
    sectors = max(-(-len(source) // (SAMPLES_PER_SECTOR * BYTES_PER_SAMPLE)), SHORTEST_TRACK_SECTORS)
    expected_samples = sectors * SAMPLES_PER_SECTOR
    if len(exported) != expected_samples * BYTES_PER_SAMPLE:
        return f"has {len(exported) // BYTES_PER_SAMPLE} samples instead of {expected_samples} ({sectors} sectors)"
    expected = source.ljust(len(exported), b"\0")
    if exported == expected:
        return None
    at = next(i for i, (a, b) in enumerate(zip(exported, expected)) if a != b) // BYTES_PER_SAMPLE
    where = "sample" if at * BYTES_PER_SAMPLE < len(source) else "fill-up sample"
    return f"differs from {where} {at} on (sector {at // SAMPLES_PER_SECTOR})"


def main():
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    export, source = sys.argv[1:]
    try:
        exported, decoded = exported_samples(export), source_samples(source)
    except CannotTell as reason:
        print(f"cannot compare: {reason}", file=sys.stderr)
        return 2
    found = difference(exported, decoded)
    if found:
        print(f"{os.path.basename(export)}: {found}")
        return 1
    samples = len(decoded) // BYTES_PER_SAMPLE
    fill = len(exported) // BYTES_PER_SAMPLE - samples
    print(f"{os.path.basename(export)}: {samples} samples equal to {os.path.basename(source)}, then {fill} zeros")
    return 0


if __name__ == "__main__":
    sys.exit(main())
