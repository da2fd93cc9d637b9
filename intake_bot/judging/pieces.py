"""Mails that a school sends in several pieces （2/3）: which belong together, and how long they wait for each other.

A piece that waits is not answered. Its siblings are usually sent within minutes, and the one letter about all of them
says more than three that each miss something; a school that forgets one hears of it after `hours`, or at the deadline.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta


@dataclass(frozen=True)
class Piece:
    """One of several mails: number 2 of a total of 3, about these materials of this unit and day."""

    notice: str
    unit: str
    materials: tuple[str, ...]
    day: date | None
    number: int
    total: int

    def belongs_to(self, other: Piece) -> bool:
        """Both are pieces of the same whole, whichever numbers they carry."""
        return (self.notice, self.unit, self.total, self.day) == (
            other.notice,
            other.unit,
            other.total,
            other.day,
        ) and set(self.materials) == set(other.materials)


def are_complete(pieces: Iterable[Piece]) -> bool:
    """True when every number is there. A number may be there twice."""
    listed = list(pieces)
    return bool(listed) and {piece.number for piece in listed} >= set(range(1, listed[0].total + 1))


def wait_until(first: datetime, deadlines: Iterable[datetime], hours: int) -> datetime:
    """When pieces whose first was received at `first` are judged though some are missing: after so many hours, but at
    the latest at the earliest deadline that lies ahead of them."""
    ahead = [deadline for deadline in deadlines if deadline > first]
    return min([first + timedelta(hours=hours), *ahead])
