"""Whether a digest of a bureau is due. Light, so that each poll can ask, and `status` without what writes digests."""

from __future__ import annotations

from datetime import date, datetime

from intake_bot.config.notice_context import NoticeContext
from intake_bot.config.settings import Bureau, Settings
from intake_bot.digests.standing import find_standings
from intake_bot.digests.times import digest_times, find_deadlines, find_extended, find_moved_deadlines, latest_due
from intake_bot.home.granted_time import find_context_with_extensions
from intake_bot.judging.verdict import Decision
from intake_bot.ledger.ledger import Ledger


def find_due_time(settings: Settings, ledger: Ledger, bureau: Bureau, now: datetime) -> datetime | None:
    """The time of today at which a digest was due that is not filed; None where there is none.

    Out of season, when no notice is open, a digest is due only where there is mail or trouble to report.
    """
    local = now.astimezone(settings.intake.zone)
    context = find_context_with_extensions(settings, ledger, bureau, now)
    due = latest_due(_times(settings, ledger, bureau, context, local), local)
    if due is None or is_filed(ledger, bureau, local.date(), due):
        return None
    return due if _in_season(context, now) or ledger.reports.has_news(bureau.id, local.date()) else None


def times_of_day(settings: Settings, ledger: Ledger, bureau: Bureau, now: datetime) -> tuple[datetime, ...]:
    """When digests of this day are due. `now` is in the bureau's zone."""
    return _times(settings, ledger, bureau, find_context_with_extensions(settings, ledger, bureau, now), now)


def is_filed(ledger: Ledger, bureau: Bureau, day: date, due: datetime) -> bool:
    newest = ledger.digests.find(bureau.id, day)
    return newest is not None and newest.created_at >= due


def _times(
    settings: Settings, ledger: Ledger, bureau: Bureau, context: NoticeContext | None, now: datetime
) -> tuple[datetime, ...]:
    deadlines = frozenset[datetime]()
    if context is not None:
        notice, calendar, roster = context.notice, context.calendar, bureau.roster
        deadlines = find_deadlines(notice, roster, calendar, now)
        extended = find_extended(notice, roster)
        if extended.units:  # only they are asked for what they have sent
            names = [unit.name for unit in extended.units]
            items = ledger.submissions.find_reported_items(notice.id, tuple(Decision), names)
            deadlines |= find_moved_deadlines(notice, calendar, find_standings(notice, extended, calendar, items, now))
    return digest_times(settings.digest_times(bureau), deadlines, settings.intake.digest, now)


def _in_season(context: NoticeContext | None, now: datetime) -> bool:
    """True from the first day of the week, or an earlier deadline's day, until the day of the last deadline, moved ones
    included."""
    if context is None:
        return False
    zone, notice = context.calendar.zone, context.notice
    once = [m.due.deadline(notice.activity_week, None, zone) for m in notice.materials if not m.due.daily]
    first = min([*(deadline.date() for deadline in once), notice.week.first])
    moved = [extension.deadline(notice.activity_week, zone) for extension in notice.extensions]
    today = now.astimezone(zone).date()
    return first <= today <= max([notice.last_deadline(zone), *moved]).date()
