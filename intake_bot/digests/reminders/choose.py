"""Which units are to be reminded of what. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from intake_bot.digests.standing import Slot, UnitStanding
from intake_bot.letters.mark import Mark
from intake_bot.notices.day_words import deadline_day
from intake_bot.notices.roster import Unit

MENDING = timedelta(hours=1)
"""A unit that was sent something back is left in peace for this long: somebody is mending it."""
AGAIN = timedelta(hours=1)
"""A unit that was reminded of something is not reminded of it again within this time, whoever asks."""
AHEAD = timedelta(hours=24)
"""What a clerk has units reminded of: all that is due, and what will be within this time."""


@dataclass(frozen=True)
class Debt:
    """One material of one day that a unit has not sent, or has to send again."""

    material: str
    day: date | None
    deadline: datetime
    is_returned: bool = False


@dataclass(frozen=True)
class UnitDebts:
    """One unit with all that it owes, in the notice's order."""

    unit: Unit
    debts: tuple[Debt, ...]


@dataclass(frozen=True)
class Reminded:
    """A reminder that was written: of which unit, of what, and when."""

    unit: str
    material: str
    day: date | None
    deadline: datetime
    at: datetime


def find_debts(
    standings: Iterable[UnitStanding], received: Mapping[str, datetime], waiting: Collection[str], now: datetime
) -> tuple[UnitDebts, ...]:
    """What units owe where nothing is in, held, or being mended. `received`: by receipt number, when a mail came;
    `waiting`: the units with pieces （2/3） that wait for others."""
    found = (
        UnitDebts(one.unit, tuple(_debt(slot) for slot in one.slots if _is_owed(slot, received, now)))
        for one in standings
        if one.unit.name not in waiting
    )
    return tuple(one for one in found if one.debts)


def select_due(
    units: Iterable[UnitDebts], reminded: Sequence[Reminded], now: datetime, ahead: timedelta
) -> tuple[UnitDebts, ...]:
    """What is due within this time, once for each deadline: a deadline that was moved is another one."""
    known = {(one.unit, one.material, one.day, one.deadline) for one in reminded}
    return _keep(
        units,
        lambda unit, debt: (
            now <= debt.deadline <= now + ahead and (unit, debt.material, debt.day, debt.deadline) not in known
        ),
    )


def select_asked(
    units: Iterable[UnitDebts], reminded: Sequence[Reminded], now: datetime, material: str = "", unit: str = ""
) -> tuple[UnitDebts, ...]:
    """What a clerk has units reminded of: of one material or one unit only, where she names them; never of the report
    on a day that is not over, which is due the day after."""
    fresh = {(one.unit, one.material, one.day) for one in reminded if now - one.at < AGAIN}
    return _keep(
        units,
        lambda name, debt: (
            debt.deadline <= now + AHEAD
            and not _is_about_an_open_day(debt, now)
            and unit in ("", name)
            and material in ("", debt.material)
            and (name, debt.material, debt.day) not in fresh
        ),
    )


def _is_about_an_open_day(debt: Debt, now: datetime) -> bool:
    if debt.day is None or debt.is_returned:
        return False
    return now.astimezone(debt.deadline.tzinfo).date() <= debt.day < deadline_day(debt.deadline)


def _keep(units: Iterable[UnitDebts], wanted: Callable[[str, Debt], bool]) -> tuple[UnitDebts, ...]:
    kept = (replace(one, debts=tuple(debt for debt in one.debts if wanted(one.unit.name, debt))) for one in units)
    return tuple(one for one in kept if one.debts)


def _is_owed(slot: Slot, received: Mapping[str, datetime], now: datetime) -> bool:
    if slot.mark is Mark.RETURNED:
        came = received.get(slot.receipt)
        return came is None or now - came >= MENDING
    return slot.mark in (Mark.NOTHING, Mark.AHEAD)


def _debt(slot: Slot) -> Debt:
    return Debt(slot.material, slot.day, slot.deadline, slot.mark is Mark.RETURNED)
