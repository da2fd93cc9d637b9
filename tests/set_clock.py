"""Runs a command in a process whose clock can be set from outside, while its monotonic time goes on undisturbed."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Self

import apscheduler.executors.base
import apscheduler.schedulers.base
import apscheduler.triggers.interval

import intake_bot.clock
from intake_bot import cli


class SetClock(datetime):
    """A datetime whose `now` is so many seconds away from the machine's as a file says."""

    file: Path

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        away = timedelta(seconds=float(cls.file.read_text(encoding="ascii")))
        return cls.fromtimestamp((datetime.now(tz) + away).timestamp(), tz)


def main() -> None:
    """FILE COMMAND…"""
    SetClock.file = Path(sys.argv[1])
    for module in (
        intake_bot.clock,
        apscheduler.executors.base,
        apscheduler.schedulers.base,
        apscheduler.triggers.interval,
    ):
        vars(module).update(datetime=SetClock)
    cli.main(sys.argv[2:])


if __name__ == "__main__":
    main()
