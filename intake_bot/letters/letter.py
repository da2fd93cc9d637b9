"""A finished letter: what is stored in the outbox, and later sent word for word."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Letter:
    """`text` and `html` say the same; `subject` is one line. None of them holds raw text from a mail."""

    subject: str
    text: str
    html: str
