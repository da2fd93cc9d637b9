"""The matrix of units and materials, with a mark for each day. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from intake_bot.digests.standing import Slot, UnitStanding
from intake_bot.letters.chinese import brief_deadline
from intake_bot.letters.digest_lines import Matrix, MatrixColumn, MatrixRow
from intake_bot.letters.mark import Mark
from intake_bot.notices.notice import Notice
from intake_bot.notices.roster import Unit


def make_matrix(notice: Notice, standings: Sequence[UnitStanding]) -> Matrix:
    """One row for each unit, one column for each material that is shown. Times of `standings` are in the bureau's
    zone."""
    slots = {(standing.unit.name, slot.material, slot.day): slot for standing in standings for slot in standing.slots}
    shown = {(slot.material, slot.day) for slot in slots.values()}
    columns = [
        (material.name, sorted((day for name, day in shown if name == material.name), key=lambda day: day or date.min))
        for material in notice.materials
        if any(name == material.name for name, _ in shown)
    ]
    rows = tuple(
        MatrixRow(
            short_name(standing.unit),
            tuple(
                "".join(_mark(slots.get((standing.unit.name, material, day))) for day in days)
                for material, days in columns
            ),
        )
        for standing in standings
        if standing.slots
    )
    return Matrix(tuple(_column(material, days, slots.values()) for material, days in columns), rows)


def short_name(unit: Unit) -> str:
    """The first short name of the roster where it is shorter, else the name."""
    return next((alias for alias in unit.aliases if 1 < len(alias) < len(unit.name)), unit.name)


def _mark(slot: Slot | None) -> str:
    return Mark.NOT_ASKED if slot is None else slot.mark


def _column(material: str, days: Sequence[date | None], slots: Iterable[Slot]) -> MatrixColumn:
    newest = [slot for slot in slots if (slot.material, slot.day) == (material, days[-1])]
    (usual, _), *_ = Counter(slot.deadline for slot in newest).most_common(1)  # not that of a unit with an extension
    return MatrixColumn(
        material=material,
        days=tuple(day for day in days if day is not None),
        reported=sum(slot.is_in for slot in newest),
        expected=len(newest),
        due=f"截止 {brief_deadline(usual, days[-1])}",
    )
