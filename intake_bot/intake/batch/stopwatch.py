"""How long each stage of taking mails in takes, so that an admin sees what is slow."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum


class Stage(StrEnum):
    """A stage of a mail's way, in order."""

    FETCH = "fetch"
    """From the server into the spool."""
    READ = "read"
    """A large mail is read while it is fetched; then this is as long."""
    MEASURE = "measure"
    JUDGE = "judge"
    """Prior mail, verdict and letter."""
    FILE = "file"
    """What a whole batch waits for: its files and its transaction made durable."""


class Stopwatch:
    """Seconds on the wall by stage. Those of threads that work at the same time are added."""

    def __init__(self) -> None:
        self._seconds: dict[Stage, float] = dict.fromkeys(Stage, 0.0)
        self._lock = threading.Lock()
        self._within = threading.local()

    @contextmanager
    def time(self, stage: Stage) -> Iterator[None]:
        """Adds the time that the block takes, without that of blocks of other stages within it."""
        began, outer = time.monotonic(), getattr(self._within, "seconds", 0.0)
        self._within.seconds = 0.0
        try:
            yield
        finally:
            spent = time.monotonic() - began
            with self._lock:
                self._seconds[stage] += spent - self._within.seconds
            self._within.seconds = outer + spent

    @property
    def seconds(self) -> Mapping[Stage, float]:
        """Of all stages so far."""
        return dict(self._seconds)
