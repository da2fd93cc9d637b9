"""What goes into the ledger and comes out of it: plain frozen values, no database in sight.

All moments are aware; those that come out are in UTC. Texts from mails are untrusted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from intake_bot.files.facts import Kind
from intake_bot.judging.pieces import Piece
from intake_bot.judging.verdict import Decision, Disposition, Finding, MailKind, Verdict
from intake_bot.ledger.events import Detail
from intake_bot.ledger.states import LetterState, MessageState
from intake_bot.mail.key import MailKey


@dataclass(frozen=True)
class MessageRecord:
    """One mail, as far as the ledger knows it. What has not been read yet is empty."""

    id: int
    key: MailKey
    receipt: str
    state: MessageState
    attempts: int
    spool: str | None
    """Name of the spool file."""
    sha256: str | None
    """Of the raw bytes, hexadecimal."""
    message_id: str | None
    sender: str
    subject: str
    kind: MailKind | None
    reason: str
    last_error: str


@dataclass(frozen=True)
class KeptFile:
    """One file in the store. `name` is its `FileFacts.shown_name`; `path` is relative to data/files, with slashes."""

    name: str
    path: str
    sha256: str
    bytes: int
    kind: Kind
    supplied: bool = False
    """Given by a clerk, who fetched it from a mail provider; it did not come with the mail."""


@dataclass(frozen=True)
class KeptLink:
    """A file that the sender left at a mail provider (超大附件). `supplied`: a clerk has given the file."""

    name: str
    link: str
    size: str = ""
    expires: str = ""
    supplied: bool = False


@dataclass(frozen=True)
class Fingerprint:
    """What one file of a submission is known by: its content, and for a picture its perceptual hash (64 bits)."""

    name: str
    """`FileFacts.shown_name`."""
    sha256: str
    look: int | None = None


@dataclass(frozen=True)
class FiledFingerprint:
    """A fingerprint with the submission that it came with."""

    receipt: str
    unit: str | None
    print: Fingerprint


class LetterKind(StrEnum):
    """Why a letter of ours is written."""

    ANSWER = "answer"
    DIGEST = "digest"
    ALERT = "alert"


@dataclass(frozen=True)
class LetterDraft:
    """A finished letter on its way into the ledger. WITHHELD (shadow mode) is kept and never sent."""

    recipients: tuple[str, ...]
    subject: str
    message_id: str
    """Made when the letter was composed; the same on every attempt to send it."""
    raw: bytes
    text: str
    """What it says, for people to read."""
    state: Literal[LetterState.QUEUED, LetterState.WITHHELD] = LetterState.QUEUED


@dataclass(frozen=True)
class WrittenAnswer:
    """An answer to a mail, whatever became of it."""

    at: datetime
    people: frozenset[str]
    """Whom it went to, and who had sent the mail: addresses in lower case."""


@dataclass(frozen=True)
class Letter:
    """A letter of ours, with what became of it. `receipt` names the mail that it answers."""

    id: int
    bureau: str
    kind: LetterKind
    receipt: str | None
    recipients: tuple[str, ...]
    subject: str
    message_id: str
    raw: bytes
    text: str
    state: LetterState
    attempts: int
    next_attempt: datetime | None
    last_error: str
    created: datetime
    sent: datetime | None


@dataclass(frozen=True)
class Returned:
    """A letter of ours that came back. `error` says to whom it did not go and why, in words for the clerks; `words` are
    the mail server's own."""

    letter: int
    error: str
    words: str


@dataclass(frozen=True)
class Judgement:
    """All that is written down in one transaction when a submission has been judged.

    `cumulative` names the materials of which a unit may owe several (quotas): there a later item stands beside the
    earlier ones, elsewhere an accepted item supersedes the earlier ones of the same unit, material and day.
    """

    notice: str
    verdict: Verdict
    files: tuple[KeptFile, ...] = ()
    answer: LetterDraft | None = None
    cumulative: frozenset[str] = frozenset()
    supplements: str | None = None
    """Receipt number of the earlier submission whose good files were judged again together with these （补件）."""
    joined: tuple[int, ...] = ()
    """Ids of the waiting mails that were judged as part of this one （2/3）."""
    prints: tuple[Fingerprint, ...] = ()
    links: tuple[KeptLink, ...] = ()
    unanswered: Detail | None = None
    """What UNANSWERED tells, where an answer was due and none is written."""


@dataclass(frozen=True)
class WaitingMail:
    """A mail that waits for those that belong to it."""

    mail: MessageRecord
    piece: Piece


@dataclass(frozen=True)
class LedgerItem:
    """One item of the ledger with its mail, as `ledger` prints it. `files` are those that serve the item."""

    receipt: str
    bureau: str
    notice: str
    unit: str | None
    material: str
    day: date | None
    received: datetime
    decision: Decision
    late: bool
    message_id: str | None
    files: tuple[KeptFile, ...]
    superseded: bool


@dataclass(frozen=True)
class FiledItem:
    """One item inside its mail. `files` are those that serve the item."""

    material: str
    day: date | None
    deadline: datetime | None
    late: bool
    decision: Decision
    findings: tuple[Finding, ...]
    files: tuple[KeptFile, ...]
    superseded: bool
    fills: int = 1


class Outcome(StrEnum):
    """The four heaps of the digest: every settled mail lies on exactly one."""

    ACCEPTED = "accepted"
    """收: a submission with nothing to mend."""
    REJECTED = "rejected"
    """退: a submission with something to mend, were it one item of several."""
    HELD = "held"
    """待人工: a person must look, be it at the content or at a mail that could not be opened."""
    OTHER = "other"
    """非报送: machine mail, commands, foreign mail, second copies, questions that a person has answered."""


_OUTCOMES = {
    Disposition.ACCEPTED: Outcome.ACCEPTED,
    Disposition.PARTIAL: Outcome.REJECTED,
    Disposition.REJECTED: Outcome.REJECTED,
    Disposition.HELD: Outcome.HELD,
    Disposition.IGNORED: Outcome.OTHER,
}


@dataclass(frozen=True)
class FiledMail:
    """One mail with all that was written down about it.

    `disposition` and `notice` are None where no judgement was made, `unit` also where it is not known. `findings` are
    those about the mail itself.
    """

    receipt: str
    bureau: str
    received: datetime
    sender: str
    subject: str
    state: MessageState
    attempts: int
    kind: MailKind | None
    reason: str
    """Why it was held or ignored."""
    disposition: Disposition | None
    notice: str | None
    unit: str | None
    items: tuple[FiledItem, ...]
    findings: tuple[Finding, ...]
    files: tuple[KeptFile, ...]
    links: tuple[KeptLink, ...] = ()
    joined: str | None = None
    """Receipt number of the mail as part of which it was judged （2/3）; its items and files stand there."""
    answer: LetterState | None = None
    """What became of the letter that answers it; None where none was written."""
    supplemented: bool = False
    """A later mail was judged together with its good files （补件）: what is still to be mended is said there."""
    junk_folder: str = ""
    """The folder for junk, advertising or viruses that it was found in; empty for all other mail."""

    @property
    def outcome(self) -> Outcome | None:
        """The heap that it lies on; None while it is not settled."""
        if self.disposition is not None:
            return _OUTCOMES[self.disposition]
        if self.state is MessageState.HELD:
            return Outcome.HELD
        return Outcome.OTHER if self.state in (MessageState.IGNORED, MessageState.DUPLICATE) else None
