"""A text while it is being explained: what is recognised is taken out, and what is left over decides."""

from __future__ import annotations

import re

GAP = "\x00"
"""Marks where something recognised was taken out."""


class Rest:
    """The text that nothing explains yet. What is taken is overwritten with `GAP`, so that places stay the same."""

    def __init__(self, text: str) -> None:
        self.text = text

    def take(self, pattern: re.Pattern[str]) -> list[re.Match[str]]:
        """Takes out every match of a pattern, and returns them."""
        found = list(pattern.finditer(self.text))
        for match in found:
            self.blank(match.start(), match.end())
        return found

    def blank(self, start: int, end: int) -> None:
        """Takes out what stands between two places."""
        self.text = self.text[:start] + GAP * (end - start) + self.text[end:]
