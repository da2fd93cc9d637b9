"""Quotas in one line for each material. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from intake_bot.letters.digest_lines import QuotaGroup, QuotaSummary
from intake_bot.letters.missing_reports import QuotaRow


def quota_lines(rows: Iterable[QuotaRow]) -> tuple[QuotaSummary, ...]:
    """One line for each material with a quota: 一篇没报, then 差 n 篇, those that lack most first."""
    by_material: dict[str, list[QuotaRow]] = {}
    for row in rows:
        by_material.setdefault(row.material, []).append(row)
    return tuple(_line(material, of) for material, of in by_material.items())


def _line(material: str, rows: list[QuotaRow]) -> QuotaSummary:
    lacking = [row for row in rows if row.reported < row.owed]
    groups: dict[tuple[bool, int], list[str]] = {}
    for row in lacking:
        groups.setdefault((row.reported > 0, -(row.owed - row.reported) if row.reported else 0), []).append(row.unit)
    named = [
        QuotaGroup(f"差 {-lack} 篇" if began else "一篇没报", tuple(units))
        for (began, lack), units in sorted(groups.items())
    ]
    return QuotaSummary(material, tuple(named), len(rows) - len(lacking), len(rows))
