"""How each unit stands with each material of each day. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from intake_bot.judging.days import Calendar
from intake_bot.judging.verdict import Decision, ReportedItem
from intake_bot.letters.mark import Mark
from intake_bot.notices.notice import EVERYBODY, Material, Notice
from intake_bot.notices.roster import Roster, Unit

AHEAD = timedelta(days=7)
"""A material that is due once is shown from this time before its deadline."""


@dataclass(frozen=True)
class Slot:
    """One material of one day, as one unit stands with it."""

    material: str
    day: date | None
    deadline: datetime
    mark: Mark
    receipt: str = ""
    """Of the mail that the mark is about."""
    is_doubted: bool = False
    """Somebody wrote in the unit's name whom nobody has verified, so that it still counts as missing."""

    def is_due(self, now: datetime) -> bool:
        """True once its deadline has passed."""
        return self.deadline < now

    @property
    def is_in(self) -> bool:
        """True where the unit has done its part, or waits for the clerk."""
        return self.mark in (Mark.IN_TIME, Mark.LATE, Mark.HELD)


@dataclass(frozen=True)
class UnitStanding:
    """One unit with all slots that are shown of it, in the notice's order, days in order."""

    unit: Unit
    slots: tuple[Slot, ...]


Items = Mapping[tuple[str, str, date | None], Sequence[ReportedItem]]
"""By unit, material and day."""


def find_standings(
    notice: Notice, roster: Roster, calendar: Calendar, items: Iterable[ReportedItem], now: datetime
) -> tuple[UnitStanding, ...]:
    """Every unit with every material that it is expected to report and that has begun by now.

    `items` are all that no later one has superseded, whatever was decided about them.
    """
    known: dict[tuple[str, str, date | None], list[ReportedItem]] = {}
    for item in items:
        known.setdefault((item.unit, item.material, item.day), []).append(item)
    shown = list_begun(notice, calendar, now)
    return tuple(
        UnitStanding(
            unit,
            tuple(
                _slot(notice, material, unit, day, calendar, known, now)
                for material, day in shown
                if is_expected(material, unit)
            ),
        )
        for unit in roster.units
    )


def list_begun(notice: Notice, calendar: Calendar, now: datetime) -> tuple[tuple[Material, date | None], ...]:
    """Every material with each of its days that has begun by now, in the notice's order."""
    return tuple((material, day) for material in notice.materials for day in _days(material, calendar, now))


def is_expected(material: Material, unit: Unit) -> bool:
    """True where the notice asks this unit for the material, so that it can be missing."""
    return EVERYBODY in material.expected_from or unit.category in material.expected_from


def _days(material: Material, calendar: Calendar, now: datetime) -> tuple[date | None, ...]:
    """The days of a material that have begun; (None,) for one that is due once and soon, or was due."""
    if not material.due.daily:
        deadline = material.due.deadline(calendar.week, None, calendar.zone)
        return (None,) if now > deadline - AHEAD else ()
    today = now.astimezone(calendar.zone).date()
    return tuple(day for day in calendar.week.days if day <= today)


def _slot(
    notice: Notice, material: Material, unit: Unit, day: date | None, calendar: Calendar, known: Items, now: datetime
) -> Slot:
    deadline = notice.deadline(material, unit.name, day, calendar.zone)
    items = known.get((unit.name, material.name, day), ())
    certain = tuple(item for item in items if not item.is_doubtful)
    mark, receipt = _mark(certain, deadline < now)
    return Slot(material.name, day, deadline, mark, receipt, is_doubted=bool(items) and not certain)


def _mark(items: tuple[ReportedItem, ...], is_due: bool) -> tuple[Mark, str]:
    """What counts most of the items of one slot, with its receipt number: one that is in, else one that is held."""
    for decision in (Decision.ACCEPTED, Decision.HELD, Decision.REJECTED):
        of_decision = [item for item in items if item.decision is decision]
        if of_decision:
            newest = of_decision[-1]
            late = all(item.late for item in of_decision)
            marks = {
                Decision.ACCEPTED: Mark.LATE if late else Mark.IN_TIME,
                Decision.HELD: Mark.HELD,
                Decision.REJECTED: Mark.RETURNED,
            }
            return marks[decision], newest.receipt
    return (Mark.NOTHING if is_due else Mark.AHEAD), ""
