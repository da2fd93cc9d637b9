"""Mails that a school sends in several pieces （2/3）: which belong together, and how long they wait for each other.

A piece that waits is not answered. Its siblings are usually sent within minutes, and the one letter about all of them
says more than three that each miss something; a school that forgets one hears of it after `hours`, or at the deadline.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from intake_bot.judging.verdict import Finding
from intake_bot.notices.notice import Notice
from intake_bot.notices.severities import CHOICES


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


def wait_until(piece: Piece, first: datetime, notice: Notice, zone: tzinfo) -> datetime:
    """When pieces whose first was received at `first` are judged though some are missing: after the hours that the
    notice grants, but at the latest at the earliest deadline that lies ahead of them."""
    asked = [material for name in piece.materials if (material := notice.material(name)) is not None]
    deadlines = [
        notice.deadline(material, piece.unit, piece.day if material.due.daily else None, zone)
        for material in asked
        if not material.due.daily or piece.day is not None
    ]
    ahead = [deadline for deadline in deadlines if deadline > first]
    return min([first + timedelta(hours=notice.pieces_wait_hours), *ahead])


def about_pieces(piece: tuple[int, int] | None, judged: Set[int]) -> list[Finding]:
    """A remark where a mail says that others belong to it, and not all of them are here. `judged`: the numbers that
    are; empty for this mail's own alone."""
    if piece is None:
        return []
    number, total = piece
    here = judged or {number}
    missing = [one for one in range(1, total + 1) if one not in here]
    if not missing:
        return []
    found = f"主题写明分{total}封发送，第{'、'.join(map(str, missing))}封没有收到，先按收到的查看"
    return [Finding("part.piece", CHOICES["part.piece"].default, found, "", "没有收到的请补发，可以直接回复这封信")]
