"""Telephone numbers in a line of the bureau's own, so that a letter can have them dialled at a touch. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NUMBER = re.compile(
    r"(?<![\d-])(?:\+?86[ -]?)?"
    r"(?P<main>1[3-9]\d[ -]?\d{4}[ -]?\d{4}|0\d{2,3}[ -]?\d{7,8}|[48]00[ -]?\d{3}[ -]?\d{4}|[2-8]\d{6,7}|12\d{3})"
    r"(?:[ -]?(?:转|分机)[ ]?\d{1,6})?(?![\d-])"
)
"""Of China: a mobile phone, a line with its area code, 400 and 800, a line without area code, a hotline."""


@dataclass(frozen=True)
class TextPiece:
    """A piece of a line. `number` is what a telephone dials; empty for other words."""

    text: str
    number: str = ""


def telephones(line: str) -> tuple[TextPiece, ...]:
    """The line in pieces, its telephone numbers apart: 职成科 , 0393-8991718. An extension is shown and not dialled."""
    pieces, end = [], 0
    for found in _NUMBER.finditer(line):
        pieces.append(TextPiece(line[end : found.start()]))
        pieces.append(TextPiece(found[0], re.sub(r"\D", "", found["main"])))
        end = found.end()
    pieces.append(TextPiece(line[end:]))
    return tuple(piece for piece in pieces if piece.text)
