"""Reads unit, material and day out of the words behind an order, and says what was left over.

Unlike a subject, an order is carried out: whatever is not understood makes the whole of it not understood.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from intake_bot.notices.named_days import take_days
from intake_bot.notices.notice import Notice
from intake_bot.notices.remainder import GAP, Remainder
from intake_bot.notices.roster import Roster
from intake_bot.notices.spelling import compact, name_pattern, normalise
from intake_bot.orders.order import NamedSlot

_FILLER = re.compile(
    r"[\s,，、;；。.:：()（）\[\]【】“”\"'的]|单位|材料|改[为成到]|应[为是该]*|归|算|作为?|是|当[作成]?|吧|谢谢|一下|全部|所有|都"
)


@dataclass(frozen=True)
class SlotReading:
    """What the words say. `left` are the words that nothing recognised; `fault` says what is named twice."""

    slot: NamedSlot
    left: str = ""
    fault: str = ""


def read_slot(words: str, notice: Notice, roster: Roster) -> SlotReading:
    """Reads the words. Names of units and materials are those of the roster and of the notice, in any spelling of
    theirs; a day is one of the week."""
    rest = Remainder(normalise(words))
    names = roster.compact_names
    units = _take(rest, names)
    days = take_days(rest, notice.activity_week)
    materials = _take(rest, {compact(word): one.name for one in notice.materials for word in (*one.aliases, one.name)})
    owners = {owner.name: None for name in units if (owner := roster.find(name)) is not None}
    slot = NamedSlot(next(iter(owners), ""), materials, days[0] if days else None)
    left = _FILLER.sub("", rest.text.replace(GAP, ""))
    return SlotReading(slot, left, _fault(tuple(owners), days, notice))


def _fault(units: tuple[str, ...], days: tuple[object, ...], notice: Notice) -> str:
    if len(units) > 1:
        return f"一行只能写一个单位，这里有{'、'.join(units)}"
    if len(days) > 1:
        return "一行只能写一天"
    if days and days[0] not in notice.activity_week.days:
        return "日期不在活动周内"
    return ""


def _take(rest: Remainder, meanings: Mapping[str, str]) -> tuple[str, ...]:
    """Takes all of these names out, and returns what each means, once."""
    found = rest.take(name_pattern(tuple(meanings)))
    return tuple(dict.fromkeys(meanings[match.group().replace(" ", "")] for match in found))
