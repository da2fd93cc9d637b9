"""What was decided, as values: findings, items, the verdict on a mail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from intake_bot.notices.notice import Severity


@dataclass(frozen=True)
class Finding:
    """One thing to say about a mail or a file, in plain Chinese.

    `severity` is ERROR (must be mended) or REMARK (good to know). `holds` marks a finding that a person must
    look at: it is a remark to the school, and keeps the item from being accepted by the robot alone.
    """

    code: str
    severity: Severity
    found: str
    """What was found, with the measured value: 长边1280像素."""
    asked: str = ""
    """What the notice asks, with its value: 不低于2000像素."""
    todo: str = ""
    """What the school should do."""
    file: str | None = None
    clause: str | None = None
    quote: str = ""
    """The clause in the notice's own words."""
    holds: bool = False
    private: bool = False
    """For the clerks only: no letter to a school speaks of it."""

    @property
    def turns_away(self) -> bool:
        """True for an error that no better file can mend: too early, too late or the wrong way."""
        return self.severity is Severity.ERROR and self.code in _TURNING_AWAY

    @property
    def message(self) -> str:
        """One sentence: found, asked, what to do."""
        asked = f"通知要求{self.asked}" if self.asked else ""
        return "，".join(p for p in (self.found, asked) if p) + (f"。{self.todo}" if self.todo else "") + "。"


_TURNING_AWAY = frozenset({"deadline.closed", "deadline.late", "channel.online"})


class Decision(StrEnum):
    """The verdict on one item."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    HELD = "held"


class MailKind(StrEnum):
    """What a mail is, before its content is looked at."""

    SUBMISSION = "submission"
    COMMAND = "command"
    MACHINE = "machine"
    OTHER = "other"


class Disposition(StrEnum):
    """What became of a mail as a whole."""

    ACCEPTED = "accepted"
    PARTIAL = "partial"
    REJECTED = "rejected"
    HELD = "held"
    IGNORED = "ignored"


@dataclass(frozen=True)
class FilledForm:
    """What a form says, row by row: header or label → value."""

    title: str
    """The name of the part that it serves."""
    file: str
    """`FileFacts.shown_name`."""
    rows: tuple[Mapping[str, str], ...] = field(repr=False)


@dataclass(frozen=True)
class ItemVerdict:
    """One material of one day. `day` and `deadline` are None where neither can be told."""

    material: str
    day: date | None
    deadline: datetime | None
    late: bool
    decision: Decision
    findings: tuple[Finding, ...] = ()
    files: tuple[str, ...] = ()
    """`FileFacts.shown_name` of the files that serve this item."""
    fills: int = 1
    """How many of a quota it fills: two articles in one mail are two."""
    forms: tuple[FilledForm, ...] = field(default=(), repr=False)
    """Personal data stand in them, which is why they are not shown with the rest."""

    @property
    def turned_away(self) -> bool:
        """It came too early, too late or the wrong way, whatever is in it: there is nothing to mend."""
        return self.decision is Decision.REJECTED and any(finding.turns_away for finding in self.findings)


@dataclass(frozen=True)
class Verdict:
    """The decision on one mail. `findings` are those about the mail itself; items carry their own."""

    kind: MailKind
    disposition: Disposition
    unit: str | None = None
    items: tuple[ItemVerdict, ...] = ()
    findings: tuple[Finding, ...] = ()
    correct_subject: str = ""
    """A subject to copy, ready made; empty where the subject was right."""

    @property
    def all_findings(self) -> tuple[Finding, ...]:
        return self.findings + tuple(f for item in self.items for f in item.findings)

    @property
    def for_school(self) -> Verdict:
        """The same without what only clerks should know."""
        items = tuple(replace(item, findings=_public(item.findings)) for item in self.items)
        return replace(self, items=items, findings=_public(self.findings))


def _public(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    return tuple(finding for finding in findings if not finding.private)
