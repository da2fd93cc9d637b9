"""A word to the admins when mailbox, digest or an edit of theirs do not work, and when they work again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from intake_bot.letters import chinese
from intake_bot.letters.letter import Letter
from intake_bot.letters.templates import Templates
from intake_bot.letters.untrusted import SENTENCE_LENGTH, unlinked


class MailboxEvent(StrEnum):
    """What happened: the name of its file under `templates/words/`."""

    LOGIN_REFUSED = "login_refused"
    UNREACHABLE = "unreachable"
    LOCAL = "local"
    RECOVERED = "recovered"
    DIGEST_LATE = "digest_late"
    DIGEST_SENT = "digest_sent"
    EDIT_FAULTY = "edit_faulty"
    EDIT_TAKEN = "edit_taken"


@dataclass(frozen=True)
class AlertContext:
    """One event of one bureau. Moments are aware and in the bureau's zone."""

    bureau: str
    mailbox: str
    """Its address."""
    event: MailboxEvent
    since: datetime
    """When it stopped working; for a digest, when it was due; for an edit, when it was made."""
    now: datetime
    reason: str = ""
    """What the server said, this machine or the check of the configuration, raw; empty when it works again."""

    @property
    def lasted(self) -> str:
        """16 小时 12 分钟."""
        return chinese.span(self.now - self.since)


def compose_alert(context: AlertContext, templates: Templates) -> Letter:
    """The letter to the admins. Raises ConfigError for a broken template."""
    words = f"words/{context.event}.txt"
    values = {
        "alert": context,
        "reason": unlinked(context.reason, SENTENCE_LENGTH),
        "headline": templates.line(words, "headline", alert=context),
        "opening": templates.paragraphs(words, "opening", alert=context),
    }
    return Letter(
        subject=templates.line(words, "subject", alert=context),
        text=templates.text("alert.txt", **values),
        html=templates.html("alert.html", **values),
    )
