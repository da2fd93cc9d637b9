"""Quotas: how many articles a unit owes over the week, and how many it has reported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from intake_bot.judging.verdict import ReportedItem
from intake_bot.notices.notice import Material, Notice, Quota
from intake_bot.notices.roster import Roster, Unit


@dataclass(frozen=True)
class QuotaRow:
    """Articles that a unit owes over the week, and the number accepted so far."""

    unit: str
    material: str
    reported: int
    owed: int


def quota_rows(notice: Notice, roster: Roster, accepted: Iterable[ReportedItem]) -> tuple[QuotaRow, ...]:
    """The quotas of every unit, with the number accepted so far."""
    items = list(accepted)
    return tuple(
        QuotaRow(unit.name, material.name, _count_accepted(items, unit, material), quota.at_least)
        for material in notice.materials
        for unit in roster.units
        if (quota := _find_quota(material, unit)) is not None
    )


@dataclass(frozen=True)
class QuotaLine:
    """How much of one quota a unit has met, for its receipt."""

    material: str
    reported: int
    asked: int

    @property
    def owed(self) -> int:
        return max(0, self.asked - self.reported)

    @property
    def sentence(self) -> str:
        """宣传材料：本单位已报 1 篇，尚需 1 篇（通知要求不少于 2 篇）。"""
        rest = f"尚需 {self.owed} 篇" if self.owed else "已经报够"
        return f"{self.material}：本单位已报 {self.reported} 篇，{rest}（通知要求不少于 {self.asked} 篇）。"


def quota_lines_of(notice: Notice, unit: Unit, counts: Mapping[str, int]) -> tuple[QuotaLine, ...]:
    """How much of its quotas a unit has met: a line for each of these materials that has one."""
    lines = []
    for material in notice.materials:
        quota = _find_quota(material, unit)
        if quota is None or material.name not in counts:
            continue
        lines.append(QuotaLine(material.name, counts[material.name], quota.at_least))
    return tuple(lines)


def _find_quota(material: Material, unit: Unit) -> Quota | None:
    """The first quota that applies to the unit: the notice lists special quotas first."""
    return next(
        (
            quota
            for quota in material.quotas
            if (not quota.categories or unit.category in quota.categories)
            and (not quota.ranks or unit.rank in quota.ranks)
        ),
        None,
    )


def _count_accepted(items: list[ReportedItem], unit: Unit, material: Material) -> int:
    return sum(item.fills for item in items if item.unit == unit.name and item.material == material.name)
