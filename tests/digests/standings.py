"""Units, items and standings for the tests of the digest."""

from __future__ import annotations

from datetime import date

from intake_bot.digests.standing import UnitStanding, find_standings
from intake_bot.judging.verdict import Decision, ReportedItem
from intake_bot.notices.notice import Notice
from intake_bot.notices.roster import Roster, Unit
from tests.judging.cases import calendar, moment, notice

PUYANG = Roster(
    (
        Unit("濮阳县教育局", ("濮阳县",), category="县区"),
        Unit("范县教育局", ("范县",), category="县区"),
        Unit("台前县教育局", category="县区"),
    )
)
HEFEI = Roster(
    (
        Unit("肥东县教育体育局", category="县市"),
        Unit("合肥工业学校", category="学校", rank="省级示范"),
        Unit("高新区教育局", category="开发区"),
    )
)
NOW = moment("2023-05-17T16:30:00")


def day(number: int) -> date:
    return date(2023, 5, number)


def item(
    unit: str,
    material: str,
    of: int | None,
    decision: Decision = Decision.ACCEPTED,
    *,
    late: bool = False,
    receipt: str = "1001-9",
) -> ReportedItem:
    on = day(of) if of else None
    return ReportedItem(unit, material, on, late, receipt, moment("2023-05-17T12:00:00"), decision=decision)


def all_in(unit: str, *days: int) -> list[ReportedItem]:
    """文字材料 and 照片 of these days, accepted."""
    return [item(unit, material, one) for one in days for material in ("文字材料", "照片")]


def standings(
    *items: ReportedItem, now: str = "2023-05-17T16:30:00", of: Notice | None = None, roster: Roster = PUYANG
) -> tuple[UnitStanding, ...]:
    of = of or notice("puyang-2023")
    return find_standings(of, roster, calendar(of), items, moment(now))


def marks(found: tuple[UnitStanding, ...], unit: str) -> dict[str, str]:
    """Marks of all days in a row, by material."""
    joined: dict[str, str] = {}
    for standing in found:
        for slot in standing.slots:
            if standing.unit.name == unit:
                joined[slot.material] = joined.get(slot.material, "") + slot.mark
    return joined
