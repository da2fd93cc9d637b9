"""Is the clerks' daily letter where it should be?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from intake_bot.config.settings import Bureau, Settings
from intake_bot.digests.digesting import digest_is_due
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.reports import DigestRecord
from intake_bot.ledger.states import LetterState
from intake_bot.letters.chinese import month_day

RECENT = timedelta(days=3)
"""A digest of last season, which never left, is nobody's business any more."""
LATE_AFTER = timedelta(hours=1)
"""So long a digest may take from its hour to the clerks: servers put letters off for some minutes."""


@dataclass(frozen=True)
class Lateness:
    """A digest that has not left. `since` is when it should have, `why` in words for the admin."""

    since: datetime
    why: str


def digest_lateness(settings: Settings, ledger: Ledger, bureau: Bureau, now: datetime) -> Lateness | None:
    """What is wrong with the newest digest, or with today's that is not made yet; None where all is well."""
    zone = settings.intake.zone
    local = now.astimezone(zone)
    hour = settings.digest_at(bureau)
    due = datetime.combine(local.date(), hour, zone)
    if now - due >= LATE_AFTER and digest_is_due(settings, ledger, bureau, now):
        return Lateness(due, f"{month_day(local.date())}的每日汇总到了{hour:%H:%M}还没有做出来")
    newest = ledger.digests.newest(bureau.id)
    return None if newest is None or now - newest.created > RECENT else _unsent(newest, now)


def _unsent(digest: DigestRecord, now: datetime) -> Lateness | None:
    letter, name = digest.letter, f"{month_day(digest.day)}的每日汇总"
    match letter.state:
        case LetterState.SENT:
            return None
        case LetterState.FAILED | LetterState.BOUNCED:
            return Lateness(digest.created, f"{name}没有送到：{letter.last_error or '被拒收'}")
        case _ if now - digest.created >= LATE_AFTER:
            return Lateness(digest.created, f"{name}做好了，还没有发出：{letter.last_error or '发信服务器没有接收'}")
        case _:
            return None
