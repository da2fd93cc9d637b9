"""When digests and notes are due. Pure: the time is an argument, in the bureau's zone."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, time, timedelta

from intake_bot.config.settings import DigestSettings
from intake_bot.digests.standing import UnitStanding, is_expected, list_begun
from intake_bot.judging.days import Calendar
from intake_bot.letters.mark import Mark
from intake_bot.notices.notice import Notice
from intake_bot.notices.roster import Roster

NOTE_INTERVAL = timedelta(hours=1)
"""Minimum time from a digest or a note to the next note."""
_SOON = timedelta(minutes=30)
"""No note comes so shortly before a digest, which says the same."""


def digest_times(
    hours: Iterable[time], deadlines: Iterable[datetime], settings: DigestSettings, now: datetime
) -> tuple[datetime, ...]:
    """The times of the day at which a digest is due, in order: at the hours of the bureau, and some minutes after each
    deadline. One that falls into the night waits until work begins."""
    today = now.date()
    begin = datetime.combine(today, settings.work_hours[0], now.tzinfo)
    times = {datetime.combine(today, hour, now.tzinfo) for hour in hours}
    if settings.minutes_after_deadline:
        after = {deadline + timedelta(minutes=settings.minutes_after_deadline) for deadline in deadlines}
        times |= {max(one, begin) for one in after if one.date() == today}
    return tuple(sorted(times))


def find_deadlines(notice: Notice, roster: Roster, calendar: Calendar, now: datetime) -> frozenset[datetime]:
    """The deadlines of all that units are expected to report, without extensions."""
    # One unit for all of its category: each poll asks, and there may be hundreds.
    samples = {unit.category: unit for unit in roster.units}.values()
    return frozenset(
        notice.deadline(material, None, day, calendar.zone)
        for material, day in list_begun(notice, calendar, now)
        if any(is_expected(material, unit) for unit in samples)
    )


def find_extended(notice: Notice, roster: Roster) -> Roster:
    """The units that have more time for something."""
    named = {extension.unit for extension in notice.extensions}
    return Roster(tuple(unit for unit in roster.units if unit.name in named))


def find_moved_deadlines(notice: Notice, calendar: Calendar, standings: Iterable[UnitStanding]) -> frozenset[datetime]:
    """The deadlines that an extension moved, of what the unit had not brought in time."""
    usual = {material.name: material for material in notice.materials}
    return frozenset(
        slot.deadline
        for standing in standings
        for slot in standing.slots
        if slot.mark not in (Mark.IN_TIME, Mark.HELD)
        and slot.deadline > notice.deadline(usual[slot.material], None, slot.day, calendar.zone)
    )


def latest_due(times: Iterable[datetime], now: datetime) -> datetime | None:
    """The newest of these times that has come; the digests of earlier ones, which nobody wrote, are not made up for."""
    return max((one for one in times if one <= now), default=None)


def is_note_due(
    last_said: datetime | None, times: Collection[datetime], settings: DigestSettings, now: datetime
) -> bool:
    """True where a note may be written now, if something new waits. `last_said` is when the last digest or note was
    filed."""
    first, last = settings.work_hours
    if not first <= now.time() < last:
        return False
    if last_said is not None and timedelta(0) <= now - last_said < NOTE_INTERVAL:
        return False
    return not any(timedelta(0) <= one - now <= _SOON for one in times)
