"""The pause between two letters of one mailbox, and what its server has taught about it."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic

from intake_bot.config.settings import Bureau, PauseRange, SendingSettings
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.values.events import EventName
from intake_bot.mail.connection import is_loopback

GROWTH = 2
SMALLEST_STEP = 5
"""Seconds by which a pause grows at least."""
HALF_LIFE = timedelta(hours=6)
"""Time in which half of what a pause has grown by is gone: servers count by the quarter of an hour and by the day."""


def pause_range(bureau: Bureau, sending: SendingSettings) -> PauseRange:
    """The shortest and the longest pause of a bureau. Providers require pauses; a relay on this machine paces its own
    mail."""
    is_relay = is_loopback(bureau.mailbox.smtp.host)
    return PauseRange(least=0, most=0) if is_relay else sending.pause_seconds


def longer_pause(pause: float, limits: PauseRange) -> float:
    """The pause after a server has counted too many letters that came with this one. In seconds."""
    return min(max(pause * GROWTH, pause + SMALLEST_STEP), limits.most)


def shrunk_pause(grown: float, passed: timedelta, limits: PauseRange) -> float:
    """What is left of a pause that had grown to so many seconds, after this time without another refusal. A clock that
    was set back ends it."""
    if passed < timedelta():
        return limits.least
    more = max(0.0, min(grown, limits.most) - limits.least)
    return limits.least + more * math.pow(0.5, passed / HALF_LIFE)


class LearnedPause:
    """The pause of one bureau, in seconds. What was learned is in the ledger, and outlasts a restart."""

    def __init__(self, bureau: str, ledger: Ledger, limits: PauseRange) -> None:
        self._bureau = bureau
        self._trail = ledger.trail
        self._limits = limits

    def at(self, now: datetime) -> float:
        """The pause at this time."""
        if self._limits.most == self._limits.least:
            return self._limits.least
        grown = self._trail.find_last(self._bureau, (EventName.OUTBOX_SLOWED,))
        if grown is None:
            return self._limits.least
        return shrunk_pause(float(str(grown.detail["seconds"])), now - grown.at, self._limits)

    def grow(self, why: str, now: datetime) -> None:
        """The server has counted too many letters."""
        pause = self.at(now)
        longer = math.ceil(longer_pause(pause, self._limits))
        if longer > pause:
            self._trail.add(self._bureau, EventName.OUTBOX_SLOWED, {"seconds": longer, "why": why}, now)


class Pacer:
    """Keeps the letters of one mailbox apart, from one run to the next too."""

    def __init__(self, wait: Callable[[float], object]) -> None:
        """`wait` waits so many seconds, or shorter where the program is to stop."""
        self._wait = wait
        self._last = -math.inf
        """When the last letter was sent, by the monotonic clock."""

    def seconds_left(self, pause: float) -> float:
        """Seconds until the next letter may be sent."""
        return max(0.0, self._last + pause - monotonic())

    def wait(self, pause: float) -> None:
        """Waits until the pause since the last letter is over."""
        if left := self.seconds_left(pause):
            self._wait(left)

    def record_letter(self) -> None:
        """A letter was offered to the server just now."""
        self._last = monotonic()
