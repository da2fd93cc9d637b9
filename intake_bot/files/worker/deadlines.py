"""Ends what takes too long. One thread watches all tasks: to start a timer for each takes longer than many a task."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Deadlines:
    """Calls a function for each block that is still running at its deadline."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._ends: dict[object, tuple[float, Callable[[], object]]] = {}
        """By block: its deadline in seconds of the monotonic clock, and what ends it."""
        self._next = float("inf")
        """When the thread looks again."""
        self._thread: threading.Thread | None = None

    @contextmanager
    def within(self, seconds: float, end: Callable[[], object]) -> Iterator[None]:
        """Calls `end`, in another thread, if the block takes longer than so many seconds; never once it is left. `end`
        must be quick, and not raise."""
        block = object()
        with self._changed:
            self._ends[block] = (time.monotonic() + seconds, end)
            self._watch(self._ends[block][0])
        try:
            yield
        finally:
            with self._changed:
                self._ends.pop(block, None)

    def _watch(self, deadline: float) -> None:
        if self._thread is None or not self._thread.is_alive():  # the first time, and in a process that was forked
            self._next = deadline
            self._thread = threading.Thread(target=self._end_late_ones, name="deadlines", daemon=True)
            self._thread.start()
        elif deadline < self._next:
            self._changed.notify()

    def _end_late_ones(self) -> None:
        with self._changed:
            while True:
                now = time.monotonic()
                for block, (deadline, end) in list(self._ends.items()):
                    if deadline <= now:
                        del self._ends[block]
                        end()
                self._next = min((deadline for deadline, _ in self._ends.values()), default=float("inf"))
                self._changed.wait(min(self._next - now, threading.TIMEOUT_MAX))
