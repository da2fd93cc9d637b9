"""Limits the text that is read from one document."""

from __future__ import annotations

from intake_bot.files.facts import Trouble, Unreadable


class CharacterBudget:
    """The characters that a document may still add to its text."""

    def __init__(self, maximum_characters: int) -> None:
        self._left = maximum_characters

    def spend(self, characters: int) -> None:
        """Counts characters as used. Raises Unreadable, with Trouble.UNSUPPORTED, beyond the maximum."""
        self._left -= characters
        if self._left < 0:
            raise Unreadable(Trouble.UNSUPPORTED)
