"""Submissions in several mails, called pieces （2/3）: which pieces belong together, and how long they wait.

A waiting piece is not answered. The other pieces usually arrive within minutes, and one letter about all of them is
clearer than one about each. A school that forgets a piece gets its letter after `Notice.pieces_wait_hours`, or at the
deadline.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from intake_bot.judging.verdict import Finding
from intake_bot.notices.notice import Notice, Severity
from intake_bot.notices.severities import CHOICES

SAME_NUMBER = "part.piece_conflict"


@dataclass(frozen=True)
class Piece:
    """One piece: number 2 of a total of 3, about these materials of this unit and day."""

    notice: str
    unit: str
    materials: tuple[str, ...]
    day: date | None
    number: int
    total: int

    def belongs_to(self, other: Piece) -> bool:
        """True for pieces of the same submission, whatever their numbers."""
        return (self.notice, self.unit, self.total, self.day) == (
            other.notice,
            other.unit,
            other.total,
            other.day,
        ) and set(self.materials) == set(other.materials)


def are_complete(pieces: Iterable[Piece]) -> bool:
    """True for pieces with every number. A number may occur twice."""
    listed = list(pieces)
    return bool(listed) and {piece.number for piece in listed} >= set(range(1, listed[0].total + 1))


def wait_until(piece: Piece, first: datetime, notice: Notice, zone: tzinfo) -> datetime:
    """Returns the time at which incomplete pieces are judged. `first`: when the first of them was received.

    They wait for the hours that the notice sets, but not beyond the next deadline.
    """
    asked = [material for name in piece.materials if (material := notice.material(name)) is not None]
    deadlines = [
        notice.deadline(material, piece.unit, piece.day if material.due.daily else None, zone)
        for material in asked
        if not material.due.daily or piece.day is not None
    ]
    ahead = [deadline for deadline in deadlines if deadline > first]
    return min([first + timedelta(hours=notice.pieces_wait_hours), *ahead])


def check_pieces(piece: tuple[int, int] | None, judged: Set[int]) -> list[Finding]:
    """Reports missing pieces. `judged`: numbers of the pieces that are judged together; empty: only this piece."""
    if piece is None:
        return []
    number, total = piece
    here = judged or {number}
    missing = [one for one in range(1, total + 1) if one not in here]
    if not missing:
        return []
    found = f"主题写明分 {total} 封发送，第 {'、'.join(map(str, missing))} 封没有收到，先按收到的查看"
    return [Finding("part.piece", CHOICES["part.piece"].default, found, "", "没有收到的请补发，可以直接回复这封信")]


def check_same_numbers(contents: Iterable[tuple[int, frozenset[str]]]) -> list[Finding]:
    """Holds pieces of which two have one number and different files. `contents`: number, and SHA-256 of the files."""
    by_number: dict[int, set[frozenset[str]]] = {}
    for number, files in contents:
        by_number.setdefault(number, set()).add(files)
    return report_same_numbers(number for number, different in by_number.items() if len(different) > 1)


def report_same_numbers(numbers: Iterable[int]) -> list[Finding]:
    """Holds pieces of which two have one of these numbers and different files."""
    doubled = sorted(numbers)
    if not doubled:
        return []
    found = f"有两封内容不同的邮件都写明是第 {'、'.join(map(str, doubled))} 封，要由工作人员查看"
    return [Finding(SAME_NUMBER, Severity.REMARK, found, holds=True)]
