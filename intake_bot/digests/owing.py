"""Who lacks something that is due, and the text for the chat group. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from intake_bot.digests.day_lists import name_items
from intake_bot.digests.standing import Slot, UnitStanding
from intake_bot.judging.verdict import Decision, ReportedItem
from intake_bot.letters.digest_lines import ContactLine, Owing, OwingUnit
from intake_bot.letters.mark import Mark
from intake_bot.notices.day_words import BRIEF_DEADLINE, deadline_day, item_name, write_time

_MAXIMUM_NAMED = 3
_NO_CONTACT = ContactLine()
_SAME_DAY = timedelta(days=1)
_MAXIMUM_NEXT = 3
"""Maximum deadlines that are named as the next ones."""


def find_owing(
    standings: Sequence[UnitStanding],
    contacts: Mapping[str, ContactLine],
    now: datetime,
    items: Iterable[ReportedItem] = (),
) -> Owing:
    """Each unit that lacks something due, or has a return to mend, once. `contacts` by the unit's name; `items`: all
    that no later one has superseded, some of which were sent of the unit's own accord."""
    last_due = _last_due(standings, now)
    unasked = _returned_unasked(standings, items)
    nothing, unmended, partly = [], [], []
    missing_units = returned_units = 0
    for standing in standings:
        missing = _missing(standing.slots, now)
        returned = [*_find_returned(standing.slots), *unasked.get(standing.unit.name, ())]
        if not missing and not returned:
            continue
        missing_units += bool(missing)
        returned_units += bool(returned)
        unit = OwingUnit(
            standing.unit.name,
            name_items(missing),
            name_items(returned),
            contacts.get(standing.unit.name, _NO_CONTACT),
            is_doubted=any(slot.is_doubted and slot.is_due(now) for slot in standing.slots),
        )
        if returned:
            unmended.append(unit)
        elif _sent_nothing(standing.slots, last_due):
            nothing.append(unit)
        else:
            partly.append(unit)
    return Owing(tuple(nothing), tuple(unmended), tuple(partly), missing_units, returned_units)


def write_group_text(owing: Owing, event: str, address: str, now: datetime) -> tuple[str, ...]:
    """Lines for the chat group of the units: what is missing, the units that lack the same together."""
    if not owing.units:
        return ()
    lines = [f"各位老师好，{event}的材料，到{write_time(now, '{date}{minutes}')}还缺这些："]
    lines += _group_lines("还没报{}的", ((unit.missing, unit.unit) for unit in owing.units if unit.missing))
    lines += _group_lines("{}退回后还没改好的", ((unit.returned, unit.unit) for unit in owing.units if unit.returned))
    return (*lines, f"请尽快发到 {address}；已经发了没收到回信的，请打电话告诉我们。谢谢！")


def name_next_due(standings: Sequence[UnitStanding], now: datetime) -> tuple[str, ...]:
    """What is due next, a line for each deadline: 照片（5月17日），今天 16:00前. One of a unit with an extension stands
    before that of all others, within a day of it."""
    ahead = sorted({slot.deadline for standing in standings for slot in standing.slots if slot.deadline >= now})
    near = [deadline for deadline in ahead if deadline - ahead[0] < _SAME_DAY][:_MAXIMUM_NEXT]
    return tuple(line for deadline in near for line in _due_at(deadline, standings, now))


def _due_at(deadline: datetime, standings: Sequence[UnitStanding], now: datetime) -> Iterator[str]:
    """What is still to come by this deadline. Few units are named: they can be called."""
    missing = {
        standing.unit.name: [s for s in standing.slots if s.deadline == deadline and not s.is_in]
        for standing in standings
    }
    units = [unit for unit, slots in missing.items() if slots]
    if units:
        names = name_items(dict.fromkeys((slot.material, slot.day) for slots in missing.values() for slot in slots))
        who = f"：{'、'.join(units)}" if len(units) <= _MAXIMUM_NAMED else ""
        yield f"{names}，{_when(deadline, now)}前，还有 {len(units)} 个单位没报{who}"


def _when(deadline: datetime, now: datetime) -> str:
    if deadline_day(deadline) == now.date():
        return write_time(deadline, "今天 {last_clock}")
    return write_time(deadline, BRIEF_DEADLINE)


def _last_due(standings: Iterable[UnitStanding], now: datetime) -> frozenset[tuple[str, str]]:
    """Unit, and material with day, of what was due on the last day on which anything was."""
    due = [
        (deadline_day(slot.deadline), standing.unit.name, item_name(slot.material, slot.day))
        for standing in standings
        for slot in standing.slots
        if slot.is_due(now)
    ]
    last = max((day for day, _, _ in due), default=None)
    return frozenset((unit, name) for day, unit, name in due if day == last)


def _sent_nothing(slots: Iterable[Slot], last_due: frozenset[tuple[str, str]]) -> bool:
    """True where nothing is in of what was due last, nor of the days before where nothing was due then."""
    names = {name for _, name in last_due}
    of_last = [slot for slot in slots if item_name(slot.material, slot.day) in names]
    return not any(slot.is_in for slot in of_last or slots)


def _missing(slots: Iterable[Slot], now: datetime) -> list[tuple[str, date | None]]:
    return [(slot.material, slot.day) for slot in slots if slot.mark is Mark.NOTHING and slot.is_due(now)]


def _find_returned(slots: Iterable[Slot]) -> list[tuple[str, date | None]]:
    return [(slot.material, slot.day) for slot in slots if slot.mark is Mark.RETURNED]


def _returned_unasked(
    standings: Sequence[UnitStanding], items: Iterable[ReportedItem]
) -> Mapping[str, list[tuple[str, date | None]]]:
    """By unit, what was returned of the materials that it need not report, and is neither in nor held."""
    asked = {(one.unit.name, slot.material, slot.day) for one in standings for slot in one.slots}
    decisions: dict[tuple[str, str, date | None], set[Decision]] = {}
    for item in items:
        decisions.setdefault((item.unit, item.material, item.day), set()).add(item.decision)
    found: dict[str, list[tuple[str, date | None]]] = {}
    for (unit, material, day), decided in decisions.items():
        if decided == {Decision.REJECTED} and (unit, material, day) not in asked:
            found.setdefault(unit, []).append((material, day))
    return found


def _group_lines(sentence: str, lacking: Iterable[tuple[str, str]]) -> list[str]:
    """One line for each set of items, which `sentence` names, those that most units lack first."""
    units: dict[str, list[str]] = {}
    for lacks, unit in lacking:
        units.setdefault(lacks, []).append(unit)
    groups = sorted(units.items(), key=lambda group: -len(group[1]))
    return [f"{sentence.format(lacks)}（{len(names)} 个单位）：{'、'.join(names)}" for lacks, names in groups]
