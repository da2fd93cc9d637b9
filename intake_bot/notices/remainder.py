"""The part of a text that is not recognised yet. A parser takes out what it recognises and looks at the remainder."""

from __future__ import annotations

import re

GAP = "\x00"
"""Fills the place of what was taken out."""


class Remainder:
    """A text from which parts are taken out. They are overwritten with `GAP`, so that all positions stay the same."""

    def __init__(self, text: str) -> None:
        self.text = text

    def take(self, pattern: re.Pattern[str]) -> list[re.Match[str]]:
        """Takes out every match of a pattern, and returns the matches."""
        found = list(pattern.finditer(self.text))
        for match in found:
            self.blank(match.start(), match.end())
        return found

    def blank(self, start: int, end: int) -> None:
        """Takes out the characters from `start` up to `end`, which is not included."""
        self.text = self.text[:start] + GAP * (end - start) + self.text[end:]
