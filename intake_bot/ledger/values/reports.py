"""What the digest reports of a bureau, and its figures. Plain values, as in `records`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from intake_bot.judging.verdict import Decision
from intake_bot.ledger.values.events import EventRecord
from intake_bot.ledger.values.receipt import message_of_receipt
from intake_bot.ledger.values.records import FiledMail, Letter, Outcome


@dataclass(frozen=True)
class DaySums:
    """How many mails and items of a day had which result."""

    mails: Mapping[Outcome | None, int] = field(default_factory=dict)
    items: Mapping[tuple[Decision, bool], int] = field(default_factory=dict)
    """By decision, and whether they were late; superseded ones included."""

    @property
    def all_mails(self) -> int:
        return sum(self.mails.values())

    def count_items(self, decision: Decision) -> int:
        return self.items.get((decision, False), 0) + self.items.get((decision, True), 0)


@dataclass(frozen=True)
class AcceptedEntry:
    """One accepted item, for the list of all of them. `files` is their number; times are UTC."""

    unit: str
    material: str
    day: date | None
    receipt: str
    received: datetime
    deadline: datetime | None
    late: bool
    files: int


@dataclass(frozen=True)
class DayReport:
    """All that one bureau's digest reports: what happened since the last digest of an earlier day.

    The span is measured in events of the trail and not by the clock: no mail is dropped between two digests or reported
    twice when it is settled while a digest is made, when the clock is set back, or when another year is replayed.
    """

    bureau: str
    since: datetime | None
    """When the last digest of an earlier day was filed (UTC); None where there is none."""
    last_event: int
    """Id of the last event in the span: the next span begins after it."""
    mails: tuple[FiledMail, ...]
    """Settled in the span (judged, held, ignored, duplicates); each has an outcome. Mails of a junk folder that are no
    submissions are left out. Where the report is for a digest, only those of which it says more than their number."""
    unfinished: tuple[FiledMail, ...]
    """Seen and not settled yet, so that they have no outcome; a later digest reports them."""
    undelivered: tuple[Letter, ...]
    """Failed or bounced in the span, or deferred or in doubt now."""
    withheld: tuple[Letter, ...]
    """Written in the span and not sent, because the bureau is in shadow mode."""
    trouble: tuple[EventRecord, ...]
    """Events of the span whose name begins with `mailbox.`."""
    waiting: tuple[FiledMail, ...] = ()
    """Pieces that wait for the others of their submission; they have no outcome either."""
    sums: DaySums = field(default_factory=DaySums)
    """Of all mails that were settled in the span."""
    settled: frozenset[int] = frozenset()
    """Ids of the same mails."""
    begin: int = 0
    """Id of the last event before the span."""

    def has_settled(self, receipt: str) -> bool:
        """Whether the mail with this receipt number was settled in the span."""
        return message_of_receipt(receipt) in self.settled


class DigestKind(StrEnum):
    """What clerks get."""

    DIGEST = "digest"
    """All of a day so far."""
    NOTE = "note"
    """Only what newly waits for them."""


@dataclass(frozen=True)
class Figures:
    """How many letters and mails of a bureau are open now."""

    queued: int
    """Letters that wait to be sent."""
    oldest_queued: datetime | None
    """When the oldest of them was written (UTC)."""
    oldest_due: datetime | None
    """Since when a letter may be sent and is not (UTC)."""
    in_doubt: int
    """Letters that are being sent, or of which nobody knows whether they went out."""
    held: int
    """Mails that are held for a clerk."""
    waiting: int
    """Pieces that wait for the others of their submission."""
    unfinished: int
    """Mails that were seen and are not settled yet."""


@dataclass(frozen=True)
class LastSaid:
    """The newest digest or note."""

    at: datetime
    """UTC."""
    last_event: int
    """Id of the last event that it tells of."""


@dataclass(frozen=True)
class DigestRecord:
    """A digest that was filed."""

    bureau: str
    day: date
    """In the bureau's local time."""
    last_event: int
    """Id of the last event that it reports."""
    created_at: datetime
    """UTC."""
    letter: Letter
