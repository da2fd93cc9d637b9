"""The letter that tells a clerk what was done of what she ordered, and how to undo it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from intake_bot.letters.templates import Letter, Templates
from intake_bot.letters.untrusted import short_line
from intake_bot.mail.reply_line import REPLY_LINE
from intake_bot.mail.smtp.outgoing import AttachedFile

_WORDS = "words/confirmation.txt"
_SUBJECT_LENGTH = 30
"""Characters of the first order in the subject."""


class OrderOutcome(StrEnum):
    """What became of one order. The values are shown."""

    DONE = "已办"
    ANSWERED = "查询"
    """It asked for something, which stands below it; nothing was changed."""
    ASKED = "请确认"
    """It writes to many schools, and waits for a yes."""
    REFUSED = "没有办"
    MISREAD = "没看懂"


@dataclass(frozen=True)
class OrderLine:
    """One order with what became of it, in words."""

    line: str
    """As the clerk wrote it."""
    outcome: OrderOutcome
    sentences: tuple[str, ...]
    to_copy: str = ""
    """A line to answer with: how to undo it, or what was probably meant."""
    attached: tuple[AttachedFile, ...] = ()
    """Files that she asked for."""


@dataclass(frozen=True)
class Confirmation:
    """The values of the letter. `now` is in the bureau's zone."""

    bureau: str
    lines: tuple[OrderLine, ...]
    unread: tuple[str, ...]
    """Lines that were no orders, and that nobody was sent."""
    now: datetime
    reply_line: str = REPLY_LINE

    @property
    def done(self) -> int:
        return sum(one.outcome is OrderOutcome.DONE for one in self.lines)

    @property
    def undone(self) -> int:
        return sum(one.outcome in (OrderOutcome.REFUSED, OrderOutcome.MISREAD) for one in self.lines)

    @property
    def asked(self) -> int:
        return sum(one.outcome is OrderOutcome.ASKED for one in self.lines)

    @property
    def first(self) -> str:
        """The first order, for the subject."""
        return short_line(self.lines[0].line, _SUBJECT_LENGTH) if self.lines else ""


def compose_confirmation(confirmation: Confirmation, templates: Templates) -> Letter:
    """Writes the letter. Raises ConfigError for a broken template."""
    values = {"letter": confirmation, "headline": templates.render_line(_WORDS, "headline", letter=confirmation)}
    return Letter(
        subject=templates.render_line(_WORDS, "subject", letter=confirmation),
        text=templates.render_text("confirmation.txt", **values),
        html=templates.render_html("confirmation.html", **values),
    )
