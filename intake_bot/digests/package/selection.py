"""What goes into a package, and under which names. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePosixPath

from intake_bot.files.store import safe_name
from intake_bot.judging.verdict import Decision
from intake_bot.ledger.values.records import FiledMail, KeptFile
from intake_bot.notices.day_words import month_day

_MAXIMUM_SUFFIX = 8
"""Characters of a file's suffix, its dot included; what is longer is no suffix."""


@dataclass(frozen=True)
class Wanted:
    """Which accepted items; an empty set means all of them."""

    materials: frozenset[str] = frozenset()
    days: frozenset[date] = frozenset()

    def takes(self, material: str, day: date | None) -> bool:
        return (not self.materials or material in self.materials) and (not self.days or day in self.days)


EVERYTHING = Wanted()


@dataclass(frozen=True)
class PackedItem:
    """One accepted item with the files that serve it, as they were attached."""

    unit: str
    material: str
    day: date | None
    receipt: str
    received: datetime
    files: tuple[KeptFile, ...]


def select_items(mails: Iterable[FiledMail], wanted: Wanted, materials: Sequence[str]) -> tuple[PackedItem, ...]:
    """The accepted items that no later one has superseded: by material in the notice's order, day, unit and time."""
    found = [
        PackedItem(mail.unit, item.material, item.day, mail.receipt, mail.received, item.files)
        for mail in mails
        for item in mail.items
        if mail.unit
        and item.decision is Decision.ACCEPTED
        and not item.superseded
        and wanted.takes(item.material, item.day)
    ]
    places = {name: place for place, name in enumerate(materials)}
    return tuple(
        sorted(
            found,
            key=lambda one: (
                places.get(one.material, len(places)),
                one.material,
                one.day or date.min,
                one.unit,
                one.received,
            ),
        )
    )


class PackageNames:
    """Gives each file its place: 照片/2023-05-17/濮阳县教育局_照片_5月17日_01.jpg."""

    def __init__(self) -> None:
        self._given: dict[tuple[str, str, date | None], int] = {}

    def skip(self, item: PackedItem, numbers: int) -> None:
        """Goes on behind so many numbers that were given before."""
        slot = item.unit, item.material, item.day
        self._given[slot] = max(self._given.get(slot, 0), numbers)

    def next(self, item: PackedItem, name: str) -> str:
        """The place of the next file of this unit, material and day; the suffix is that of `name`."""
        slot = item.unit, item.material, item.day
        number = self._given[slot] = self._given.get(slot, 0) + 1
        folders = [safe_name(item.material), *([item.day.isoformat()] if item.day else [])]
        words = [item.unit, item.material, *([month_day(item.day)] if item.day else []), f"{number:02}"]
        return "/".join([*folders, safe_name("_".join(words) + _suffix(name))])


def _suffix(name: str) -> str:
    suffix = PurePosixPath(name.replace("\\", "/")).suffix.lower()
    return suffix if 1 < len(suffix) <= _MAXIMUM_SUFFIX and suffix[1:].isalnum() else ""
