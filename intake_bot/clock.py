"""The clock is a value: whatever asks for the time is handed one of these."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Returns the present moment as an aware datetime."""


def system_clock() -> datetime:
    """The machine's own clock, in UTC."""
    return datetime.now(UTC)


def stopped_clock(at: datetime) -> Clock:
    """A clock that always shows `at`, for `--now`. Raises ValueError for a time without an offset."""
    if at.tzinfo is None:
        raise ValueError("a clock needs a time zone")
    return lambda: at
