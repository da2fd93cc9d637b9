"""When a mail reached the server, where the server's own word for it may be wrong. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_EARLIEST = datetime(2015, 1, 1, tzinfo=UTC)
"""Servers without a clock, and mailboxes that were moved, give 1900, 1970, 1980, 2000 or the year of their device. No
notice is as old as this."""
_CLOCK_ERROR = timedelta(hours=24)
"""Maximum by which a server's clock may be ahead of ours."""


@dataclass(frozen=True)
class Arrival:
    """The time at which a mail counts as received. Aware."""

    at: datetime
    latest: datetime | None = None
    """Where `at` is an estimate, the time at which the mail was surely there. None: `at` is the server's own time."""


def is_believable(time: datetime, now: datetime) -> bool:
    """Whether a server may have received a mail at this time. `now` is our clock. Both are aware."""
    return _EARLIEST <= time <= now + _CLOCK_ERROR


def estimate_arrival(internaldate: datetime, stamped: datetime | None, first_seen: datetime) -> Arrival:
    """The server's INTERNALDATE if it is believable, else the time that a Received field of the mail states, else when
    the mail was first seen."""
    if is_believable(internaldate, first_seen):
        return Arrival(internaldate)
    if stamped is not None and is_believable(stamped, first_seen):
        return Arrival(min(stamped, first_seen), first_seen)
    return Arrival(first_seen, first_seen)
