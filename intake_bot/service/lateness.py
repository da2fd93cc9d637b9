"""How late is too late: trouble that lasts, a mailbox that is not read, letters and a digest that do not leave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from intake_bot.config.settings import Bureau, Settings
from intake_bot.digests.due import find_due_time
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.values.reports import DigestRecord
from intake_bot.ledger.values.states import LetterState
from intake_bot.notices.day_words import month_day

ALERT_AFTER = timedelta(minutes=15)
"""Shorter outages raise no alert."""
RECENT = timedelta(days=3)
"""Maximum age of a digest that is reported: older ones belong to a past season."""
LATE_AFTER = timedelta(hours=1)
"""Time from a digest's hour after which it is late: servers defer letters for some minutes."""

LETTER_WAITS = timedelta(hours=2)
"""Time for which a letter may wait that could be sent: an hour's letters of the largest bureau take less."""


def poll_limit(settings: Settings) -> timedelta:
    """Maximum age of a mailbox's last good poll. A short outage is over by then."""
    return ALERT_AFTER + 2 * timedelta(seconds=settings.intake.polling.every_seconds)


def unread_since(
    last_poll: datetime | None, started: datetime | None, limit: timedelta, now: datetime
) -> datetime | None:
    """Since when a mailbox was not read, if that is too long; the program has had time since it `started`, too.

    Times that are later than now come from a clock that was set back, and prove nothing.
    """
    known = [time for time in (last_poll, started) if time is not None and time <= now]
    since = max(known, default=None)
    return since if since is not None and now - since > limit else None


@dataclass(frozen=True)
class Lateness:
    """A digest that was not sent in time. `since` is the time at which it was due, or made where it
    was made and not sent; `why` is in words for the admin."""

    since: datetime
    why: str


def digest_lateness(settings: Settings, ledger: Ledger, bureau: Bureau, now: datetime) -> Lateness | None:
    """The lateness of today's digest if it is not made, else of the newest one; None if neither is late."""
    newest = ledger.digests.find_newest(bureau.id)
    if newest is None or now - newest.created_at >= LATE_AFTER:
        due = find_due_time(settings, ledger, bureau, now)
        if due is not None and now - due >= LATE_AFTER:
            return Lateness(due, f"{month_day(due)}的每日汇总到了{due:%H:%M}还没有做出来")
    return None if newest is None or now - newest.created_at > RECENT else _find_unsent(newest, now)


def _find_unsent(digest: DigestRecord, now: datetime) -> Lateness | None:
    letter, name = digest.letter, f"{month_day(digest.day)}的每日汇总"
    match letter.state:
        case LetterState.SENT:
            return None
        case LetterState.FAILED | LetterState.BOUNCED:
            return Lateness(digest.created_at, f"{name}没有送到：{letter.last_error or '被拒收'}")
        case _ if now - digest.created_at >= LATE_AFTER:
            return Lateness(digest.created_at, f"{name}做好了，还没有发出：{letter.last_error or '发信服务器没有接收'}")
        case _:
            return None
