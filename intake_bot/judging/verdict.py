"""Decisions as values: findings, items, the verdict on a mail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from intake_bot.notices.notice import Severity


@dataclass(frozen=True)
class Finding:
    """One statement about a mail or a file, in plain Chinese.

    `severity` is ERROR (the school must correct it) or REMARK (good to know). `holds`: a person must decide, so
    that the item is held instead of accepted.
    """

    code: str
    severity: Severity
    found: str
    """What was found, with the measured value: 长边1280像素."""
    asked: str = ""
    """What the notice asks for, with its value: 不低于2000像素."""
    todo: str = ""
    """What the school should do."""
    file: str | None = None
    clause: str | None = None
    quote: str = ""
    """The clause in the words of the notice."""
    holds: bool = False
    private: bool = False
    """For clerks only. It is in no letter to a school."""

    @property
    def turns_away(self) -> bool:
        """True for an error that no better file can correct: too early, too late, or not by mail."""
        return self.severity is Severity.ERROR and self.code in _TURNING_AWAY

    @property
    def needs_person(self) -> bool:
        """True for a doubt about who sent it: a person decides, whatever else is wrong with it."""
        return self.holds and self.code in _DOUBTS

    @property
    def message(self) -> str:
        """`found`, `asked` and `todo` as sentences."""
        asked = f"通知要求{self.asked}" if self.asked else ""
        return "，".join(p for p in (self.found, asked) if p) + (f"。{self.todo}" if self.todo else "") + "。"


LOOKS_LIKE_SUBMISSION = "looks like a submission"
"""The reason of ignored mail that the digest lists."""
QUESTION = "mail.question"
"""Code of the finding that holds a mail in words for a person to answer."""
SENDER_DOUBTS = frozenset({"sender.contested", "sender.unauthenticated", "sender.unproven"})
"""Codes of findings that hold a mail because of a doubt about who sent it."""
_DOUBTS = SENDER_DOUBTS | {"part.piece_conflict"}
_TURNING_AWAY = frozenset({"deadline.closed", "deadline.late", "channel.online"})


class Decision(StrEnum):
    """The verdict on one item."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    HELD = "held"


class MailKind(StrEnum):
    """What a mail is, before its content is judged."""

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
    """The data of a form, row by row: header or label → value."""

    title: str
    """The name of the part that the form is assigned to."""
    file: str
    """`FileFacts.shown_name`."""
    rows: tuple[Mapping[str, str], ...] = field(repr=False)


@dataclass(frozen=True)
class ItemVerdict:
    """The verdict on one material of one day. `day` and `deadline` are None where they are unknown."""

    material: str
    day: date | None
    deadline: datetime | None
    late: bool
    decision: Decision
    findings: tuple[Finding, ...] = ()
    files: tuple[str, ...] = ()
    """`FileFacts.shown_name` of the files of this item."""
    fills: int = 1
    """How many of a quota the item counts as: two articles in one mail are two."""
    forms: tuple[FilledForm, ...] = field(default=(), repr=False)
    """They contain personal data, so `repr` leaves them out."""

    @property
    def turned_away(self) -> bool:
        """True where nothing can be corrected: too early, too late, or not by mail."""
        return self.decision is Decision.REJECTED and any(finding.turns_away for finding in self.findings)


@dataclass(frozen=True)
class Verdict:
    """The verdict on one mail. `findings` are about the mail itself; items have their own."""

    kind: MailKind
    disposition: Disposition
    unit: str | None = None
    items: tuple[ItemVerdict, ...] = ()
    findings: tuple[Finding, ...] = ()
    correct_subject: str = ""
    """A subject to copy. Empty where the subject is right."""

    @property
    def all_findings(self) -> tuple[Finding, ...]:
        return self.findings + tuple(f for item in self.items for f in item.findings)

    @property
    def for_school(self) -> Verdict:
        """The same verdict without private findings."""
        items = tuple(replace(item, findings=_public(item.findings)) for item in self.items)
        return replace(self, items=items, findings=_public(self.findings))


def _public(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    return tuple(finding for finding in findings if not finding.private)


@dataclass(frozen=True)
class ReportedItem:
    """An item of a unit that no later item has superseded."""

    unit: str
    material: str
    day: date | None
    late: bool
    receipt: str
    received: datetime
    fills: int = 1
    """How many of a quota the item counts as."""
    is_doubtful: bool = False
    """It is held because of a doubt about who sent it. Nobody knows that the unit has reported."""
    decision: Decision = Decision.ACCEPTED
