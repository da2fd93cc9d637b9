"""Who has not reported what: unit × material × day, as the digest shows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from intake_bot.judging.days import Calendar
from intake_bot.ledger.reports import ReportedItem
from intake_bot.letters import chinese
from intake_bot.notices.notice import Material, Notice, Quota
from intake_bot.notices.roster import Roster, Unit

EVERYBODY = "全部"
"""In `expected_from`: every unit of the roster."""

_AHEAD = timedelta(days=7)
"""Materials that are due once are shown from this long before their deadline."""


@dataclass(frozen=True)
class MissingRow:
    """One material of one day that units are expected to report, with those that have not."""

    material: str
    day: date | None
    deadline: datetime
    units: tuple[str, ...]
    """Who is missing, in the roster's order; empty when all have reported."""
    expected: int
    """How many units are expected to report."""

    @property
    def reported(self) -> int:
        return self.expected - len(self.units)

    @property
    def label(self) -> str:
        """照片（5月17日，截止 16:00）."""
        day = f"{chinese.month_day(self.day)}，" if self.day else ""
        return f"{self.material}（{day}{self.due}）"

    @property
    def due(self) -> str:
        """截止 16:00."""
        return f"截止 {chinese.brief_deadline(self.deadline, self.day)}"

    @property
    def name(self) -> str:
        """照片（5月17日）."""
        return f"{self.material}（{chinese.month_day(self.day)}）" if self.day else self.material

    @property
    def percent(self) -> int:
        """How much is in, from 0 to 100, rounded down: 100 means all."""
        return 100 * self.reported // self.expected if self.expected else 100


@dataclass(frozen=True)
class QuotaRow:
    """What a unit owes over the week, and what was accepted so far."""

    unit: str
    material: str
    reported: int
    owed: int


@dataclass(frozen=True)
class MissingGroup:
    """Materials that exactly the same units miss."""

    rows: tuple[MissingRow, ...]
    named: bool
    """The units are named here; else the list by unit names them."""

    @property
    def units(self) -> tuple[str, ...]:
        return self.rows[0].units


@dataclass(frozen=True)
class UnitsOwing:
    """Units that miss exactly the same materials."""

    materials: tuple[str, ...]
    units: tuple[str, ...]


def missing_rows(
    notice: Notice, roster: Roster, calendar: Calendar, items: Iterable[ReportedItem], now: datetime
) -> tuple[MissingRow, ...]:
    """Every material that somebody is expected to report about now, complete or not, in the notice's order.

    `items` are those that count as reported: accepted, or waiting for a person (that school has done its part).

    While the week lasts that is the day just due and the day still open; afterwards every day that anybody missed.
    """
    reported = {(item.unit, item.material, item.day) for item in items}
    rows = [
        row
        for material in notice.materials
        if (units := _expected(material, roster))
        for row in _rows_of(notice, material, units, calendar, reported, now)
    ]
    return tuple(rows)


def grouped(due: tuple[MissingRow, ...]) -> tuple[MissingGroup, ...]:
    """Rows with the same units in one group. A group that lists everybody is not named beside others."""
    rows: dict[tuple[str, ...], list[MissingRow]] = {}
    for row in due:
        rows.setdefault(row.units, []).append(row)
    return tuple(
        MissingGroup(tuple(same), len(rows) == 1 or any(row.reported for row in same)) for same in rows.values()
    )


def by_unit(due: tuple[MissingRow, ...]) -> tuple[UnitsOwing, ...]:
    """The same rows seen by unit, those who miss most first."""
    one_day = len({row.day for row in due}) == 1
    materials: dict[str, list[str]] = {}
    for row in due:
        for unit in row.units:
            materials.setdefault(unit, []).append(row.material if one_day else row.name)
    units: dict[tuple[str, ...], list[str]] = {}
    for unit, names in materials.items():
        units.setdefault(tuple(names), []).append(unit)
    owing = [UnitsOwing(names, tuple(owers)) for names, owers in units.items()]
    return tuple(sorted(owing, key=lambda group: -len(group.materials)))


def quota_rows(notice: Notice, roster: Roster, accepted: Iterable[ReportedItem]) -> tuple[QuotaRow, ...]:
    """What each unit owes over the week, and what was accepted so far."""
    items = list(accepted)
    return tuple(
        QuotaRow(unit.name, material.name, _count(items, unit, material), quota.at_least)
        for material in notice.materials
        for unit in roster.units
        if (quota := _quota(material, unit)) is not None
    )


def quota_sentences(notice: Notice, unit: Unit, counts: Mapping[str, int]) -> tuple[str, ...]:
    """Where a unit stands with what it owes of these materials, a sentence each, for its receipt."""
    sentences = []
    for material in notice.materials:
        quota = _quota(material, unit)
        if quota is None or material.name not in counts:
            continue
        reported = counts[material.name]
        owed = max(0, quota.at_least - reported)
        rest = f"尚需 {owed} 篇" if owed else "已经报够"
        sentences.append(f"{material.name}：本单位已报 {reported} 篇，{rest}（通知要求不少于 {quota.at_least} 篇）。")
    return tuple(sentences)


def _expected(material: Material, roster: Roster) -> tuple[Unit, ...]:
    wanted = material.expected_from
    return tuple(unit for unit in roster.units if EVERYBODY in wanted or unit.category in wanted)


def _rows_of(
    notice: Notice,
    material: Material,
    units: tuple[Unit, ...],
    calendar: Calendar,
    reported: set[tuple[str, str, date | None]],
    now: datetime,
) -> Iterator[MissingRow]:
    for day in _days_about(material, calendar, now):
        by_deadline: dict[datetime, list[Unit]] = {}
        for unit in units:
            by_deadline.setdefault(notice.deadline(material, unit.name, day, calendar.zone), []).append(unit)
        # Who was granted more time stands in a row of its own.
        for deadline, owing in sorted(by_deadline.items()):
            absent = tuple(unit.name for unit in owing if (unit.name, material.name, day) not in reported)
            if absent or deadline > now or not _over(material, calendar, now):
                yield MissingRow(material.name, day, deadline, absent, len(owing))


def _days_about(material: Material, calendar: Calendar, now: datetime) -> tuple[date | None, ...]:
    if not material.due.daily:
        deadline = material.due.deadline(calendar.week, None, calendar.zone)
        return (None,) if now > deadline - _AHEAD else ()
    days = calendar.week.days
    if _over(material, calendar, now):
        return days
    past = [day for day in days if material.due.deadline(calendar.week, day, calendar.zone) < now]
    today = now.astimezone(calendar.zone).date()
    return (*past[-1:], *(day for day in days if day not in past and day <= today))


def _over(material: Material, calendar: Calendar, now: datetime) -> bool:
    """True once the last daily deadline has passed."""
    last = calendar.week.last if material.due.daily else None
    return now > material.due.deadline(calendar.week, last, calendar.zone)


def _quota(material: Material, unit: Unit) -> Quota | None:
    """The first quota that fits the unit: the notice's file lists the special ones first."""
    return next(
        (
            quota
            for quota in material.quotas
            if (not quota.categories or unit.category in quota.categories)
            and (not quota.ranks or unit.rank in quota.ranks)
        ),
        None,
    )


def _count(items: list[ReportedItem], unit: Unit, material: Material) -> int:
    return sum(item.fills for item in items if item.unit == unit.name and item.material == material.name)
