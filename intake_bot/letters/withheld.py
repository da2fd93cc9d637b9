"""Letters that shadow mode withheld, as the digest shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from intake_bot.letters.untrusted import SENTENCE_LENGTH, defuse_server_text, short_line

MAXIMUM_CHARACTERS = 10_000
"""Maximum characters of withheld letters in one digest: some 13 letters, 30 KB."""


@dataclass(frozen=True)
class WithheldLetter:
    """A letter that shadow mode withheld."""

    to: str
    subject: str
    lines: tuple[str, ...] = ()
    """Its text without blank lines; empty where the digest shows the subject only."""


def make_withheld_letter(to: str, subject: str, text: str) -> WithheldLetter:
    """The letter with its text in lines. What it quotes was cleaned when it was written; its links do not work here."""
    lines = (defuse_server_text(line, len(line)) for line in text.splitlines())
    return WithheldLetter(short_line(to), short_line(subject, SENTENCE_LENGTH), tuple(line for line in lines if line))


def abridge(letters: Iterable[WithheldLetter]) -> tuple[WithheldLetter, ...]:
    """The same letters, without the text of those above `MAXIMUM_CHARACTERS`."""
    shown, left = [], MAXIMUM_CHARACTERS
    for letter in letters:
        length = sum(map(len, letter.lines))
        fits = length <= left
        shown.append(letter if fits else replace(letter, lines=()))
        left -= length if fits else 0
    return tuple(shown)
