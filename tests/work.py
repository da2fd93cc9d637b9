"""How much work something is, told so that it holds on a busy machine too.

`within_lines` counts what Python executes: the same on every machine, so any test may use it. What a library does
inside one line is not seen; there `assert_grows_linearly` compares processor times, in tests marked slow only.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import Any, TypeVar

T = TypeVar("T")

TIMES = 8
ROUNDS = 5
_NOISE_SECONDS = 0.01
"""What is over sooner is too short to compare."""


def within_lines(most: int, task: Callable[[], T]) -> T:
    """What the task returns; it may execute so many lines of Python, those of the functions that it calls included.

    Raises AssertionError inside the task when they are more, so that an endless task ends as well.
    """
    count = 0

    def note(frame: FrameType, event: str, argument: Any) -> Callable[..., Any]:
        nonlocal count
        count += event == "line"
        assert count <= most, f"more than {most} lines"
        return note

    before = sys.gettrace()
    sys.settrace(note)
    try:
        return task()
    finally:
        sys.settrace(before)


def assert_grows_linearly(task: Callable[[int], object], size: int) -> None:
    """Holds when 8 times the size takes less than 24 times as long; by the square it would be 64 times.

    Both are measured in turn, at most five times, and the shortest of each count: other programs only lengthen them.
    """
    few, many = float("inf"), float("inf")
    for _ in range(ROUNDS):
        few = min(few, _processor_seconds(task, size // TIMES))
        many = min(many, _processor_seconds(task, size))
        if many < 3 * TIMES * max(few, _NOISE_SECONDS):
            return
    raise AssertionError(f"{TIMES} times the size takes {many / few:.0f} times as long: {few:.3f} s and {many:.3f} s")


def shortest_seconds(task: Callable[[], object], enough: float) -> float:
    """The shortest of at most five processor times of the task; the first that is below `enough` ends the search."""
    shortest = float("inf")
    for _ in range(ROUNDS):
        shortest = min(shortest, _processor_seconds(lambda _: task(), 0))
        if shortest < enough:
            break
    return shortest


def _processor_seconds(task: Callable[[int], object], size: int) -> float:
    began = time.process_time()
    task(size)
    return time.process_time() - began
