"""`run` in a process of its own whose clock stands still until the rehearsal moves it. FILE COMMAND…"""

from __future__ import annotations

import logging
import sys
import time
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Self

import intake_bot.clock
from intake_bot import cli
from intake_bot.service import daemon
from intake_bot.service.bureau_work import BureauWork, JobKind
from intake_bot.service.schedule import Job, job_id
from tests.fast_daemon import shorten_waits

log = logging.getLogger(__name__)
_receive = daemon.Daemon._receive
_file_due_digest = daemon.Daemon._file_due_digest
_watch = daemon.ClockWatch
_received: dict[str, datetime] = {}
"""By bureau, the time of the rehearsal at which its mailbox was read last."""
_told: dict[str, datetime] = {}
"""By bureau, the last time of which the log says that all is done."""


class StandingClock(datetime):
    """A datetime whose `now` is the time in a file."""

    file: Path

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return cls.fromisoformat(cls.file.read_text(encoding="ascii")).astimezone(tz)


def _receive_and_tell(self: daemon.Daemon, work: BureauWork, job: Job) -> float | None:
    """One bureau after the other, as with `poll`: receipt numbers are given as mails are seen."""
    now = StandingClock.now()
    bureaus = list(self._workplace.works)
    before = bureaus[: bureaus.index(work.bureau.id)]
    while not self._stopping.is_set() and any(_received.get(one) != now for one in before):
        time.sleep(0.02)
    rest = _receive(self, work, job)
    _received[work.bureau.id] = now
    return rest


def _file_and_tell(self: daemon.Daemon, work: BureauWork) -> float | None:
    """The digest of a time counts what had arrived and was ordered by then, as with `poll`."""
    bureau, now = work.bureau.id, StandingClock.now()
    while not self._stopping.is_set() and (_received.get(bureau) != now or _has_orders(work)):
        # A run that goes on while the clock is set does not count, and the next one would be two minutes away.
        self._schedule.call(job_id(bureau, JobKind.RECEIVE))
        time.sleep(0.05)
    rest = _file_due_digest(self, work)
    if _told.get(bureau) != now:
        _told[bureau] = now
        log.info("all done bureau=%s at=%s", bureau, now.isoformat())
    return rest


def _has_orders(work: BureauWork) -> bool:
    return bool(work._post.services.ledger.orders.find_pending(work.bureau.id))


def main() -> None:
    StandingClock.file = Path(sys.argv[1])
    vars(intake_bot.clock).update(datetime=StandingClock)
    shorten_waits()
    # No time passes but for a move of the clock.
    vars(daemon).update(ClockWatch=lambda clock: _watch(clock, elapsed=lambda: 0.0))
    for name, method in (("_receive", _receive_and_tell), ("_file_due_digest", _file_and_tell)):
        setattr(daemon.Daemon, name, method)
    cli.main(sys.argv[2:])


if __name__ == "__main__":
    main()
