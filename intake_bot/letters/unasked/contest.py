"""The letter to the author of an accepted item: somebody else has sent the same item in the unit's name.

It says nothing of the other mail.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from intake_bot.letters.templates import Letter, Templates, write_letter
from intake_bot.notices.day_words import item_name


@dataclass(frozen=True)
class ContestContext:
    """The values of the letter. Times are aware and in the bureau's zone."""

    bureau: str
    contact: str
    """Name and telephone of the person to ask; may be empty."""
    keyword: str
    """活动周, as the notice writes it in subjects."""
    unit: str
    material: str
    day: date | None
    receipt: str
    """Of the recipient's own mail."""
    received: datetime
    """When the recipient's own mail was received."""

    @property
    def label(self) -> str:
        """照片（5月17日）."""
        return item_name(self.material, self.day)

    @property
    def about(self) -> str:
        """活动周范县教育局照片."""
        return f"{self.keyword}{self.unit}{self.material}"


def compose_contest(context: ContestContext, templates: Templates) -> Letter:
    """Writes the letter. Raises ConfigError for a broken template."""
    return write_letter("contested", context, templates)
