"""Which day a material reports on, whether it arrived in time, and the findings about both."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum

from intake_bot.files.facts import FileFacts
from intake_bot.judging.verdict import Finding
from intake_bot.notices.day_words import BRIEF_DEADLINE, month_day, write_time
from intake_bot.notices.deadline import Due, Week
from intake_bot.notices.named_days import read_day
from intake_bot.notices.notice import FormPart, Material, Severity

_FILLING_DATE = re.compile(r"填报|填表|填写|报送|上报|制表|打印|审核|签发")
"""Labels of the date on which a form was written. For a 次日 report that is the day after the one reported on."""
_MAXIMUM_DATE_LENGTH = 30
"""Characters of a cell. A longer cell is prose, in which any day may be named."""

Table = tuple[tuple[str, ...], ...]


class Timing(StrEnum):
    """How the time of arrival relates to the deadline."""

    IN_TIME = "in_time"
    LATE = "late"
    TOO_EARLY = "too_early"
    CLOSED = "closed"
    UNCERTAIN = "uncertain"
    """The time of arrival is an estimate, and another one would give another day or lateness."""


@dataclass(frozen=True)
class Slot:
    """The day that an item reports on, and its deadline. `day` is None for materials that are due once."""

    day: date | None
    deadline: datetime
    timing: Timing


@dataclass(frozen=True)
class Calendar:
    """The week of a notice in its time zone.

    Within `grace` after a deadline, a mail without a date still reports on the day that was just due. After `closes_at`
    nothing is accepted any more.
    """

    week: Week
    zone: tzinfo
    grace: timedelta
    closes_at: datetime


Deadlines = Callable[[date | None], datetime]
"""Returns the deadline of a unit for a day (None: of a material that is due once), extensions included."""


def find_slot(
    due: Due, deadlines: Deadlines, calendar: Calendar, received: datetime, stated: date | None, filled: Set[date]
) -> Slot:
    """Returns the slot for a mail received at this time (aware, in any zone).

    A stated day decides. Without one it is the day whose deadline comes next. But within `grace` after a deadline, or
    within an extension of it, it is the day that was just due, unless that day is among the `filled` ones. After the
    last deadline it is the last day.
    """
    day = _day(due, deadlines, calendar, received, stated, filled) if due.daily else None
    deadline = deadlines(day)
    return Slot(day, deadline, _timing(due, calendar, received, deadline))


def compare_slots(estimated: Slot, latest: Slot) -> Slot:
    """The slot of a mail whose time of arrival is an estimate, by the one of the latest time at which it came.

    A mail that was surely there before its deadline, or before the week began, is judged as any other.
    """
    surely = latest.timing in (Timing.IN_TIME, Timing.TOO_EARLY)
    return estimated if surely and latest == estimated else replace(estimated, timing=Timing.UNCERTAIN)


def _timing(due: Due, calendar: Calendar, received: datetime, deadline: datetime) -> Timing:
    if due.daily and received.astimezone(calendar.zone).date() < calendar.week.first:
        return Timing.TOO_EARLY
    if received <= deadline:
        return Timing.IN_TIME
    return Timing.CLOSED if received > calendar.closes_at else Timing.LATE


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


def find_days_in_forms(material: Material, files: Sequence[FileFacts], week: Week) -> Iterator[tuple[FileFacts, date]]:
    """Yields each form of the material whose cells name one day of the week, with that day."""
    # Whoever asks for a deadline has no form: `status`, and a poll cycle without a mail.
    from intake_bot.judging.forms import is_form

    parts = [part for part in material.parts if isinstance(part, FormPart)]
    for file in files:
        if file.text and any(is_form(part, file) for part in parts):
            days = {day for table in file.text.tables for day in _days_in(table, week)}
            if len(days) == 1:
                yield file, days.pop()


def _days_in(table: Table, week: Week) -> Iterator[date]:
    for number, row in enumerate(table):
        for column, cell in enumerate(row):
            if len(cell) <= _MAXIMUM_DATE_LENGTH and not _FILLING_DATE.search(
                f"{cell} {_label(table, number, column)}"
            ):
                day = read_day(cell, week)
                if day is not None:
                    yield day


def _label(table: Table, number: int, column: int) -> str:
    """Returns the texts to the left of a cell and at the head of its column."""
    left = table[number][column - 1] if column else ""
    head = table[0][column] if number and column < len(table[0]) else ""
    return f"{left} {head}"


def check_arrival_time(material: Material, slot: Slot, calendar: Calendar, received: datetime) -> list[Finding]:
    """Returns one finding where a material is not in time."""
    if slot.timing in (Timing.IN_TIME, Timing.UNCERTAIN):
        return []
    arrived = f"服务器收到时间为{write_time(received.astimezone(calendar.zone), BRIEF_DEADLINE)}"
    if slot.timing is Timing.TOO_EARLY:
        code, severity = "deadline.closed", Severity.ERROR
        found, todo = f"{arrived}，活动周还没有开始", f"请从{month_day(calendar.week.first)}起报送"
    elif slot.timing is Timing.CLOSED:
        code, severity = "deadline.closed", Severity.ERROR
        found, todo = f"{arrived}，这次报送已经结束", "如果还需要报送，请和我们联系"
    elif material.late == "reject":
        code, severity = "deadline.late", Severity.ERROR
        found, todo = f"{arrived}，已过截止时间", ""
    else:
        code, severity = "deadline.late", Severity.REMARK
        found, todo = f"{arrived}，已过截止时间", "照收，记为迟报；下次请早一点"
    granted = slot.deadline > material.due.deadline(calendar.week, slot.day, calendar.zone)
    until = f"{write_time(slot.deadline.astimezone(calendar.zone), BRIEF_DEADLINE)}截止"
    asked = (
        f"{material.due.words}报送（已为贵单位延期，{until}）" if granted else f"{material.due.words}报送（{until}）"
    )
    return [Finding(code, severity, found, asked, todo, clause=material.clause, quote=material.quote)]


def check_uncertain_time(slot: Slot, calendar: Calendar, latest: datetime | None) -> list[Finding]:
    """Holds an item where nobody knows whether it came in time."""
    if slot.timing is not Timing.UNCERTAIN or latest is None:
        return []
    there = write_time(latest.astimezone(calendar.zone), BRIEF_DEADLINE)
    found = f"邮箱服务器没有给出可信的收信时间，只知道不晚于{there}收到，是否赶在截止时间之前需要人工核对"
    asked = f"{write_time(slot.deadline.astimezone(calendar.zone), BRIEF_DEADLINE)}截止"
    return [Finding("deadline.uncertain", Severity.REMARK, found, asked, holds=True)]


_ARRIVAL = "{date}{minutes}"


def report_kept_in_time(material: Material, first: datetime | None, received: datetime, calendar: Calendar) -> Finding:
    """Reports a late item that takes the place of one in time and counts as in time. `first`: when that one was
    received; None where its author is not the one that is written to."""
    now = write_time(received.astimezone(calendar.zone), _ARRIVAL)
    before = f"{write_time(first.astimezone(calendar.zone), _ARRIVAL)}已经按时收到" if first else "此前已经按时收到"
    found = f"{material.name}{before}，{now}又收到这一封；这一封收下后替换原来的文件，仍算按时"
    return Finding("deadline.kept", Severity.REMARK, found, clause=material.clause, quote=material.quote)


def check_named_days(named: Sequence[date], slot: Slot) -> list[Finding]:
    """Reports a subject that names a day outside the week, or several days, where another day was used."""
    if slot.day is None or not named:
        return []
    days = "、".join(month_day(day) for day in named)
    why = "不止一天" if len(named) > 1 else "不在活动周内"
    found = f"主题里的{days}{why}，已按{month_day(slot.day)}登记"
    todo = "如不对，请在主题里写明日期后重新发送"
    return [Finding("subject.other_day", Severity.REMARK, found, "", todo)]
