"""Gives this process a clock that can be set from outside; its monotonic time is unchanged."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Self

import apscheduler.executors.base
import apscheduler.schedulers.base
import apscheduler.triggers.interval

import intake_bot.clock
from tests.fast_daemon import shorten_waits


class SetClock(datetime):
    """A datetime whose `now` differs from the machine's clock by the seconds in a file."""

    file: Path

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        away = timedelta(seconds=float(cls.file.read_text(encoding="ascii")))
        return cls.fromtimestamp((datetime.now(tz) + away).timestamp(), tz)


def read_clock_from(file: Path) -> None:
    """From now on, with short intervals as well."""
    SetClock.file = file
    for module in (
        intake_bot.clock,
        apscheduler.executors.base,
        apscheduler.schedulers.base,
        apscheduler.triggers.interval,
    ):
        vars(module).update(datetime=SetClock)
    shorten_waits()
