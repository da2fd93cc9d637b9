"""Runs a program in a process of its own and measures what it costs, the processes that it starts included."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.large_mail import CHECKOUT

_LOOK_SECONDS = 0.02


@dataclass(frozen=True)
class MeasuredRun:
    """`told` is the JSON of the last line of its output."""

    told: dict[str, Any]
    seconds: float
    processor_seconds: float
    parent_peak_bytes: int
    """0 where the system does not say, as on Windows and macOS."""
    total_peak_bytes: int
    """Most resident memory of all processes at once; what they share is counted for each."""


def program_environment() -> dict[str, str]:
    """For programs of this checkout. They may keep their compiled modules, as in an installation."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPATH": str(CHECKOUT), "PYTHONIOENCODING": "utf-8"}


def measure(module: str, argument: str) -> MeasuredRun:
    """Runs `python -m module argument`. Raises RuntimeError, with its last words, where it fails."""
    before = os.times()
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", module, argument],
        env=program_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        watch = _Watch(process.pid)
        out, err = process.communicate()
        seconds = time.perf_counter() - began
        watch.end()
    after = os.times()
    if process.returncode != 0:
        raise RuntimeError(f"{module}: {err.decode(errors='replace').strip()[-2000:]}")
    used = after.children_user + after.children_system - before.children_user - before.children_system
    told = json.loads(out.decode("utf-8").strip().splitlines()[-1])
    return MeasuredRun(told, seconds, used, watch.parent, watch.total)


class _Watch:
    """Looks at the memory of a process and of all below it while they run."""

    def __init__(self, pid: int) -> None:
        self.parent = self.total = 0
        self._pid = pid
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        if Path("/proc/self/status").exists():
            self._thread.start()

    def end(self) -> None:
        self._ended.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(_LOOK_SECONDS):
            family = _family(self._pid)
            self.parent = max(self.parent, _resident(self._pid, "VmHWM:"))
            self.total = max(self.total, sum(_resident(pid, "VmRSS:") for pid in family))


def _family(pid: int) -> list[int]:
    """The process and all below it, whichever of its threads started them."""
    children: list[str] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            children += task.read_text(encoding="ascii").split()
    return [pid, *(one for child in children for one in _family(int(child)))]


def _resident(pid: int, key: str) -> int:
    """In bytes; 0 for a process that has just ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(key)), 0)
