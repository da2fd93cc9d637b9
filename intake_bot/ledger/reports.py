"""What the digest tells of a bureau, and how things stand with it. Plain values, as in `records`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from intake_bot.ledger.events import EventRecord
from intake_bot.ledger.records import FiledMail, Letter, Outcome


@dataclass(frozen=True)
class ReportedItem:
    """One item of a unit that no later one has superseded."""

    unit: str
    material: str
    day: date | None
    late: bool
    receipt: str
    received: datetime
    fills: int = 1
    """How many of a quota it fills."""


@dataclass(frozen=True)
class DayReport:
    """All that one bureau's digest tells: what happened after the digest before it.

    The span is counted in the trail and not by the clock: a mail that is being settled while a digest is made, a
    clock that is set back, or a replay of another year can neither drop a mail between two digests nor report it twice.
    """

    bureau: str
    since: datetime | None
    """When the digest before was filed; None for the first one."""
    upto: int
    """Id of the last event in the span: where the next one begins."""
    mails: tuple[FiledMail, ...]
    """Settled in the span (judged, held, ignored, found to be a copy); each has an outcome. What a junk folder holds
    beside submissions is not among them."""
    unfinished: tuple[FiledMail, ...]
    """Seen, and not settled yet; in no heap, they will be in a later digest."""
    undelivered: tuple[Letter, ...]
    """Failed or bounced in the span, or put off and still not sent."""
    withheld: tuple[Letter, ...]
    """Written in the span and not sent, because the bureau is in shadow mode."""
    trouble: tuple[EventRecord, ...]
    """Events of the span whose name begins with `mailbox.`."""
    waiting: tuple[FiledMail, ...] = ()
    """Mails that wait for others that belong to them; in no heap either."""

    def heap(self, outcome: Outcome) -> tuple[FiledMail, ...]:
        """The mails of one outcome; the four heaps together are `mails`."""
        return tuple(mail for mail in self.mails if mail.outcome is outcome)


@dataclass(frozen=True)
class Standing:
    """A bureau in figures."""

    queued: int
    """Letters that wait to be sent."""
    oldest_queued: datetime | None
    """When the oldest of them was written."""
    in_doubt: int
    """Letters on their way, or of which nobody knows whether they went out."""
    held: int
    """Mails that wait for a person."""
    waiting: int
    """Mails that wait for others that belong to them."""
    unfinished: int
    """Mails that were seen and are not settled yet."""


@dataclass(frozen=True)
class DigestRecord:
    """A digest that was filed. `day` is the bureau's local day; `upto` is the last event that it reports."""

    bureau: str
    day: date
    upto: int
    created: datetime
    letter: Letter
