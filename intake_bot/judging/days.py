"""Which day does a daily report mean, and is it in time?"""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum

from intake_bot.notices.deadline import Due, Week


class Timing(StrEnum):
    """How a moment of arrival stands to a deadline."""

    IN_TIME = "in_time"
    LATE = "late"
    TOO_EARLY = "too_early"
    CLOSED = "closed"


@dataclass(frozen=True)
class Slot:
    """The day and deadline that an item falls under; `day` is None for materials that are due once."""

    day: date | None
    deadline: datetime
    timing: Timing


@dataclass(frozen=True)
class Calendar:
    """The week of a notice in its time zone; `grace` is how long after a deadline a mail without a date still means
    the day just due; after `closes` nothing is taken in any more."""

    week: Week
    zone: tzinfo
    grace: timedelta
    closes: datetime


Deadlines = Callable[[date | None], datetime]
"""The deadline of a unit for each day (None: of a material that is due once), what was granted to it included."""


def find_slot(
    due: Due, deadlines: Deadlines, calendar: Calendar, received: datetime, stated: date | None, filled: Set[date]
) -> Slot:
    """The slot for a mail received at this moment (an aware datetime in any zone).

    A stated day decides. Else it is the day whose deadline comes next; but within `grace` after a deadline, or as long
    as the unit was granted more time, the day just due is meant if it is not among the `filled` ones. After the last
    deadline it is the last day.
    """
    day = _day(due, deadlines, calendar, received, stated, filled) if due.daily else None
    deadline = deadlines(day)
    return Slot(day, deadline, _timing(due, calendar, received, deadline))


def _timing(due: Due, calendar: Calendar, received: datetime, deadline: datetime) -> Timing:
    if due.daily and received.astimezone(calendar.zone).date() < calendar.week.first:
        return Timing.TOO_EARLY
    if received <= deadline:
        return Timing.IN_TIME
    return Timing.CLOSED if received > calendar.closes else Timing.LATE


def _day(
    due: Due, deadlines: Deadlines, calendar: Calendar, received: datetime, stated: date | None, filled: Set[date]
) -> date:
    week = calendar.week
    if stated is not None and stated in week:
        return stated
    just_due = None
    for day in week.days:
        deadline = due.deadline(week, day, calendar.zone)
        if received <= deadline:
            return just_due or day
        open_until = max(deadline + calendar.grace, deadlines(day))
        just_due = day if received <= open_until and day not in filled else None
    return week.last
