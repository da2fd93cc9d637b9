"""What goes into the ledger and comes out of it: plain frozen values.

All times have a zone; those that come out of the ledger are in UTC. Texts from mails are untrusted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from intake_bot.files.facts import Kind
from intake_bot.judging.author import Author
from intake_bot.judging.prior_mail.pieces import Piece
from intake_bot.judging.verdict import Decision, Disposition, Finding, MailKind, Verdict
from intake_bot.ledger.values.events import Detail
from intake_bot.ledger.values.orders import OrderCode, SheetPhoto
from intake_bot.ledger.values.states import LetterState, MessageState
from intake_bot.mail.imap.arrival import Arrival
from intake_bot.mail.imap.mail_key import MailHead, MailKey


@dataclass(frozen=True)
class MessageRecord:
    """One mail as far as it has been read: sender and subject are empty, and the rest None, until then."""

    id: int
    key: MailKey
    receipt: str
    state: MessageState
    arrival: Arrival
    attempts: int
    spool: str | None
    """Name of the spool file."""
    sha256: str | None
    """Of the raw bytes, hexadecimal."""
    message_id: str | None
    identity: str | None
    """By which it is recognised when its bytes change."""
    sender: str
    subject: str
    reason: str
    """Why it was held or ignored."""
    last_error: str
    """Of the last attempt that failed or was excused."""


@dataclass(frozen=True)
class SpooledRaw:
    """The raw bytes of a mail on disk."""

    spool: str
    """Name of the spool file."""
    sha256: str
    """Hexadecimal."""
    head: MailHead


@dataclass(frozen=True)
class MailHeaders:
    """What a clerk finds a mail by."""

    sender: str
    subject: str


@dataclass(frozen=True)
class KeptFile:
    """One file in the store. `name` is its `FileFacts.shown_name`; `path` is relative to data/files, with slashes."""

    name: str
    path: str
    sha256: str
    bytes: int
    kind: Kind
    supplied: bool = False
    """Given by a clerk, who fetched it from a mail provider; the mail did not contain it."""


@dataclass(frozen=True)
class KeptLink:
    """A file that the sender left at a mail provider (超大附件). Size and expiry are the provider's words."""

    name: str
    link: str
    size: str = ""
    expires: str = ""
    is_settled: bool = False
    """True once nobody has to fetch it: a clerk has given the file or closed the link, it has expired, or a later mail
    has brought the file or taken the link over."""


@dataclass(frozen=True)
class Fingerprint:
    """How a duplicate of one file of a submission is recognised."""

    name: str
    """`FileFacts.shown_name`."""
    sha256: str
    """Of the content, hexadecimal."""
    look: int | None = None
    """Perceptual hash of a picture, 64 bits; None for other files."""


@dataclass(frozen=True)
class FiledFingerprint:
    """A fingerprint, with receipt number and unit of its submission."""

    receipt: str
    unit: str | None
    fingerprint: Fingerprint
    sender: str = ""
    """The address that its mail came from."""


def letter_sha256(raw: bytes, recipients: Sequence[str]) -> str:
    """The SHA-256 of a letter and of the addresses that it goes to, hexadecimal."""
    return hashlib.sha256(b"\n".join([*(one.encode("utf-8", "replace") for one in recipients), raw])).hexdigest()


class LetterKind(StrEnum):
    """Why a letter of ours is written."""

    ANSWER = "answer"
    DIGEST = "digest"
    ALERT = "alert"
    CONFIRMATION = "confirmation"
    """To a clerk, about what she ordered."""


@dataclass(frozen=True)
class LetterDraft:
    """A finished letter that is not in the ledger yet. WITHHELD (shadow mode): it is kept and never sent."""

    recipients: tuple[str, ...]
    subject: str
    message_id: str
    """Made when the letter was composed; the same on each attempt to send it."""
    raw: bytes
    text: str
    """Its body as plain text, for people."""
    state: Literal[LetterState.QUEUED, LetterState.WITHHELD] = LetterState.QUEUED
    codes: tuple[OrderCode, ...] = ()
    """Of the buttons in a letter to a clerk."""
    photos: tuple[SheetPhoto, ...] = ()
    """Of its contact sheet."""


@dataclass(frozen=True)
class Letter:
    """A letter of ours and its state. `receipt` is that of the mail that it answers."""

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
    created_at: datetime
    sent_at: datetime | None
    """When a server took it."""
    sha256: str = ""
    """`letter_sha256` of what was filed."""

    @property
    def is_intact(self) -> bool:
        """False for a letter that is not what was filed: it must not be sent."""
        return letter_sha256(self.raw, self.recipients) == self.sha256


@dataclass(frozen=True)
class DueLetter:
    """A letter that may be sent now, with what decides how urgent it is."""

    id: int
    kind: LetterKind
    recipients: tuple[str, ...]
    created_at: datetime
    disposition: Disposition | None
    """Of the mail that it answers; None for a letter that answers none."""
    mend_by: datetime | None = None
    """The first deadline, still ahead, of something that it asks for again."""


@dataclass(frozen=True)
class BouncedLetter:
    """A letter of ours that a server returned. `error` says in Chinese, for the clerks, which recipient did not get it
    and why; `words` are the server's own."""

    letter: int
    error: str
    words: str


@dataclass(frozen=True)
class Contest:
    """An accepted item in whose place somebody else has sent another."""

    receipt: str
    """Of the mail that the accepted item came with."""
    material: str
    day: str | None
    """ISO 8601."""
    unit: str = ""
    to: str = ""
    """The address of its author, who is told."""

    def is_of_same_item(self, other: Contest) -> bool:
        """True for contests of one unit, material and day that one address is told of."""
        own, others = ((one.to.lower(), one.unit, one.material, one.day) for one in (self, other))
        return own == others


@dataclass(frozen=True)
class ReportedContest:
    """A contest of which a letter was written at this time."""

    at: datetime
    contest: Contest


@dataclass(frozen=True)
class ContestLetter:
    """A letter that tells the author of an accepted item that somebody else wrote in the unit's name."""

    contest: Contest
    letter: LetterDraft


@dataclass(frozen=True)
class SettledLinks:
    """Links of the mail with this receipt number that a later mail settles."""

    receipt: str
    links: frozenset[str]


@dataclass(frozen=True)
class Judgement:
    """All that one transaction writes when a submission has been judged."""

    notice: str
    verdict: Verdict
    files: tuple[KeptFile, ...] = ()
    answer: LetterDraft | None = None
    cumulative: frozenset[str] = frozenset()
    """Materials with a quota, of which a unit owes several: a later item counts beside the earlier ones. Of any other
    material an accepted item supersedes the earlier ones of the same unit and day."""
    supplements: str | None = None
    """Receipt number of the submission whose good files were judged again together with these （补件）."""
    pieces: tuple[int, ...] = ()
    """Ids of the waiting mails that were judged as pieces of this one （2/3）."""
    fingerprints: tuple[Fingerprint, ...] = ()
    links: tuple[KeptLink, ...] = ()
    unanswered: Detail | None = None
    """Detail of MAILBOX_UNANSWERED, where an answer was due and none is written."""
    author: Author | None = None
    """Decides which items of other mail its accepted items supersede. None, for a clerk's decision: the items that she
    accepts supersede whatever was accepted, and all others only what came from the same address."""
    settled_links: tuple[SettledLinks, ...] = ()
    contest_letters: tuple[ContestLetter, ...] = ()


@dataclass(frozen=True)
class WaitingMail:
    """A piece that waits for the others of its submission."""

    mail: MessageRecord
    piece: Piece


@dataclass(frozen=True)
class LedgerItem:
    """One item with its mail, as the `ledger` command prints it. `files` are those that serve the item."""

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
    """The four categories of the digest. Each settled mail has exactly one."""

    ACCEPTED = "accepted"
    """收: a submission without faults."""
    REJECTED = "rejected"
    """退: a submission with at least one rejected item."""
    HELD = "held"
    """待人工: held for a clerk, because of its content or because it could not be opened."""
    OTHER = "other"
    """非报送: machine mail, commands, other mail, duplicates, questions that a clerk has answered."""


_OUTCOMES = {
    Disposition.ACCEPTED: Outcome.ACCEPTED,
    Disposition.PARTIAL: Outcome.REJECTED,
    Disposition.REJECTED: Outcome.REJECTED,
    Disposition.HELD: Outcome.HELD,
    Disposition.IGNORED: Outcome.OTHER,
}


def find_outcome(state: MessageState, disposition: Disposition | None) -> Outcome | None:
    """The category of a mail; None while it is not settled."""
    if disposition is not None:
        return _OUTCOMES[disposition]
    if state is MessageState.HELD:
        return Outcome.HELD
    return Outcome.OTHER if state in (MessageState.IGNORED, MessageState.DUPLICATE) else None


@dataclass(frozen=True)
class FiledMail:
    """One mail with its judgement.

    `disposition` and `notice` are None where it was not judged, `unit` also where it is not known. `findings` are those
    about the mail itself.
    """

    receipt: str
    bureau: str
    received: datetime
    sender: str
    subject: str
    state: MessageState
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
    """Files at mail providers, settled ones included."""
    merged_into: str | None = None
    """Receipt number of the mail with which it was merged as a piece （2/3）, and which has its items and files."""
    answer: LetterState | None = None
    """State of the letter that answers it; None where none was written."""
    supplemented: bool = False
    """True when a later mail was judged together with its good files （补件） and reports the faults that are left."""
    submission: int | None = None
    """Id of the judgement; None where there is none."""
    junk_folder: str = ""
    """Name of the folder for junk, advertising or viruses that it was found in; empty for all other mail."""

    @property
    def open_links(self) -> tuple[KeptLink, ...]:
        """Links that wait for a clerk."""
        return tuple(link for link in self.links if not link.is_settled)

    @property
    def outcome(self) -> Outcome | None:
        """Its category in the digest; None while it is not settled."""
        return find_outcome(self.state, self.disposition)
