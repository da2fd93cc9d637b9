"""Which day does a daily report mean, and is it in time?"""

from __future__ import annotations

from collections.abc import Set
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


def find_slot(due: Due, calendar: Calendar, received: datetime, stated: date | None, filled: Set[date]) -> Slot:
    """The slot for a mail received at this moment (an aware datetime in any zone).

    A stated day decides. Else it is the day whose deadline comes next; but within `grace` after a deadline the
    day just due is meant if it is not among the `filled` ones. After the last deadline it is the last day.
    """
    day = _day(due, calendar, received, stated, filled) if due.daily else None
    deadline = due.deadline(calendar.week, day, calendar.zone)
    return Slot(day, deadline, _timing(due, calendar, received, deadline))


def _timing(due: Due, calendar: Calendar, received: datetime, deadline: datetime) -> Timing:
    if received > calendar.closes:
        return Timing.CLOSED
    if due.daily and received.astimezone(calendar.zone).date() < calendar.week.first:
        return Timing.TOO_EARLY
    return Timing.LATE if received > deadline else Timing.IN_TIME


def _day(due: Due, calendar: Calendar, received: datetime, stated: date | None, filled: Set[date]) -> date:
    week = calendar.week
    if stated is not None and stated in week:
        return stated
    just_due = None
    for day in week.days:
        deadline = due.deadline(week, day, calendar.zone)
        if received <= deadline:
            return just_due or day
        just_due = day if received <= deadline + calendar.grace and day not in filled else None
    return week.last
