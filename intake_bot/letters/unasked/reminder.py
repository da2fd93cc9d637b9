"""The letter that reminds a unit of what it has not sent. It is short, and says which subject to copy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from intake_bot.letters import chinese
from intake_bot.letters.templates import Letter, Templates, write_letter


@dataclass(frozen=True)
class ReminderLine:
    """One material of one day. Times are aware and in the bureau's zone."""

    label: str
    """照片（5月17日）."""
    deadline: datetime
    now: datetime
    is_returned: bool
    """It was sent, and sent back."""
    subject: str
    """To copy."""
    taken_late: bool = True
    """What comes after the deadline is accepted, as late."""

    @property
    def is_over(self) -> bool:
        return self.deadline < self.now

    @property
    def due(self) -> str:
        """今天（5月17日）16:00 前; 5月16日 16:00 已截止."""
        if self.is_over:
            return f"{chinese.short_deadline(self.deadline)} 已截止"
        return f"{chinese.deadline_words(self.deadline, self.now)} 前".strip()


@dataclass(frozen=True)
class ReminderContext:
    """The values of the letter."""

    bureau: str
    contact: str
    """Name and telephone of the person to ask; may be empty."""
    event: str
    """职教活动周."""
    unit: str
    lines: tuple[ReminderLine, ...]
    receipt: str = ""
    """Always empty: it answers no mail."""

    @property
    def invites_late(self) -> bool:
        """Something is over, and all such is still accepted."""
        over = [line for line in self.lines if line.is_over]
        return bool(over) and all(line.taken_late for line in over)

    @property
    def about(self) -> str:
        """The subject to copy where there is one, so that an answer has it, else how many there are."""
        first = self.lines[0].subject
        return first if len(self.lines) == 1 else f"{first}等 {len(self.lines)} 项"


def compose_reminder(context: ReminderContext, templates: Templates) -> Letter:
    """Writes the letter. Raises ConfigError for a broken template."""
    return write_letter("reminder", context, templates)
