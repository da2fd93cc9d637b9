"""Alerts: letters to the admins when a mailbox, the digest or an edit fails, and when it works again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from intake_bot.letters import chinese
from intake_bot.letters.templates import Letter, Templates
from intake_bot.letters.untrusted import defuse_server_text


class AlertEvent(StrEnum):
    """What happened. The value is the name of its file under `templates/words/`."""

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
    """One event of one bureau. Times are aware and in the bureau's zone."""

    bureau: str
    mailbox: str
    """Address of the mailbox."""
    event: AlertEvent
    since: datetime
    """When the failure began; for a digest, when it was due; for an edit, when it was made."""
    now: datetime
    reason: str = ""
    """Message of the server, of the disk or of the check of the configuration, raw; empty on recovery."""

    @property
    def lasted(self) -> str:
        """Time since the failure began: 16 小时 12 分钟."""
        return chinese.span(self.now - self.since)


def compose_alert(context: AlertContext, templates: Templates) -> Letter:
    """Writes the letter to the admins. Raises ConfigError for a broken template."""
    words = f"words/{context.event}.txt"
    values = {
        "alert": context,
        "reason": defuse_server_text(context.reason),
        "headline": templates.render_line(words, "headline", alert=context),
        "opening": templates.render_paragraphs(words, "opening", alert=context),
    }
    return Letter(
        subject=templates.render_line(words, "subject", alert=context),
        text=templates.render_text("alert.txt", **values),
        html=templates.render_html("alert.html", **values),
    )
