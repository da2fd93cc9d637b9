"""Tasks for the worker, which imports them by their names: a module of tests would take it longer than the task."""

from __future__ import annotations

import ctypes
import math
import os
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Never

from intake_bot.errors import TemporaryFailure
from intake_bot.files.facts import Kind, TextFacts, Trouble, Unreadable
from intake_bot.files.measure import Measurement


def pid() -> int:
    return os.getpid()


def spin() -> Never:
    while True:
        pass


def sleep(seconds: float) -> None:
    time.sleep(seconds)


def sleep_in_c() -> None:
    """As a library that holds the interpreter's lock."""
    ctypes.PyDLL(None).usleep(4_000_000_000)


def end() -> None:
    os._exit(7)


def crash() -> None:
    ctypes.string_at(0)


def take_memory(count: int) -> int:
    return len(bytearray(count))


def recurse(depth: int) -> int:
    return recurse(depth + 1)


def fail_as_disk() -> None:
    raise TemporaryFailure("disk full")


def fail_as_file() -> None:
    raise Unreadable(Trouble.ENCRYPTED)


def fail_as_bug() -> None:
    raise KeyError("a bug")


def say(count: int) -> str:
    return "字" * count


def chatter() -> str:
    os.write(1, b"to stdout")
    sys.stderr.write("to stderr")
    return "heard"


def write(path: Path, count: int) -> int:
    try:
        return path.write_bytes(bytes(count))
    except OSError:
        return -1


def environment() -> set[str]:
    return set(os.environ)


def end_once(trace: Path) -> str:
    """Dies when it is first called, as a worker does that an earlier file has weakened."""
    if not trace.exists():
        trace.touch()
        end()
    return "well"


def start_child(trace: Path) -> None:
    """Starts a process as the archiver is started, and hangs."""
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(100)"])
    trace.write_text(str(child.pid))
    spin()


@dataclass(frozen=True)
class Everything:
    """All that an answer may be made of."""

    text: str
    number: int
    seconds: float
    kind: Kind
    trouble: Trouble | None
    path: Path
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[int]
    facts: TextFacts | None = None
    well: bool = False


EVERYTHING = (
    Everything(
        '"字"\n\x00 \U0001f600',
        2**64 - 1,
        0.1,
        Kind.SEVEN_ZIP,
        Trouble.TOO_DEEP,
        Path("/工作/1"),
        (("a", "b"), (), ("",)),
        frozenset({1, 2}),
        TextFacts("字", 1, links=("http://a",), tables=((("1", "2"),), ())),
        well=True,
    ),
    Everything("", 0, math.inf, Kind.EMPTY, None, Path(), (), frozenset()),
)


def everything() -> tuple[Everything, ...]:
    return EVERYTHING


def say_half_a_pair() -> str:
    return "字\ud83d"


def say_bytes() -> bytes:
    return b"no task has a reason to"


def write_raw(content: bytes) -> str:
    """Writes as a file that has taken the worker over can, into every pipe that the worker has; then ends it."""
    for number in range(3, 32):
        with suppress(OSError):
            os.write(number, content)
    os._exit(0)


def write_raw_texts(content: bytes) -> TextFacts:
    write_raw(content)
    raise AssertionError


def write_raw_and_hang(content: bytes) -> str:
    for number in range(3, 32):
        with suppress(OSError):
            os.write(number, content)
    spin()


def work_and_wait(working: float, waiting: float) -> Measurement:
    """So many processor seconds, and so many without work."""
    end = time.process_time() + working
    while time.process_time() < end:
        pass
    time.sleep(waiting)
    return Measurement()
