"""Letters that shadow mode kept back, as the digest shows them: what a school would have been told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from intake_bot.letters.untrusted import SENTENCE_LENGTH, one_line, unlinked

MAILED_CHARACTERS = 60_000
"""So much of the letters' text goes into one digest: some eighty letters, 200 KB."""


@dataclass(frozen=True)
class WithheldLetter:
    """A letter that shadow mode kept back."""

    to: str
    subject: str
    lines: tuple[str, ...] = ()
    """Its text without blank lines; empty where the digest only names the letter."""


def withheld_letter(to: str, subject: str, text: str) -> WithheldLetter:
    """The letter with its text on lines of its own, cleaned."""
    lines = (unlinked(line, len(line)) for line in text.splitlines())
    return WithheldLetter(one_line(to), one_line(subject, SENTENCE_LENGTH), tuple(line for line in lines if line))


def abridged(letters: Iterable[WithheldLetter]) -> tuple[WithheldLetter, ...]:
    """The same letters, without the text of those that would make a mail too long to be read."""
    shown, left = [], MAILED_CHARACTERS
    for letter in letters:
        length = sum(map(len, letter.lines))
        fits = length <= left
        shown.append(letter if fits else replace(letter, lines=()))
        left -= length if fits else 0
    return tuple(shown)
