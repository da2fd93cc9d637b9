"""The loop guard: five checks, each of which ends mail loops of its kind alone when the other four fail (RFC 3834).

They are asked twice about a mail: when it arrives, and after it was judged, before an answer is written. The first that
has a reason for silence decides. What the first three stop is no submission. What the last two stop is judged and filed
like any other mail; only no letter is written, and the digest reports that. Pure: earlier answers are an argument.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from intake_bot.ledger.values.events import SAID_ALREADY, Cap
from intake_bot.mail.machines.triage import MachineMark, Weight, machine_mark, own_header_reason, own_mail_reason
from intake_bot.mail.message import Message


@dataclass(frozen=True)
class Tally:
    """Answers written within the time of a cap, and the maximum."""

    cap: Cap
    written: int
    most: int


@dataclass(frozen=True)
class IntendedAnswer:
    """An answer that is about to be written, as far as the loop guard needs to know it."""

    tallies: tuple[Tally, ...]
    said_in: str = ""
    """Receipt number of a mail that got the same answer today; empty when there is none."""


@dataclass(frozen=True)
class Occasion:
    """A mail and, after it was judged, the answer to it."""

    message: Message
    own_addresses: frozenset[str]
    """The bureau's own mailbox, in lower case."""
    answer: IntendedAnswer | None = None
    outweighed: Weight = Weight.NONE
    """The heaviest mark of a program that the mail's material outweighs."""

    @cached_property
    def mark(self) -> MachineMark | None:
        """The mark of the program that wrote the mail, if one did."""
        return machine_mark(self.message)


@dataclass(frozen=True)
class Silence:
    """Why no answer is written: the reason, and further detail for the event trail."""

    reason: str
    detail: Mapping[str, str | int] = field(default_factory=dict)


Guard = Callable[[Occasion], Silence | None]


def machine_mail(occasion: Occasion) -> Silence | None:
    """A machine wrote it: a bounce, an auto-reply, a read receipt, a list (RFC 3834, and providers' own headers)."""
    mark = occasion.mark
    return Silence(mark.reason) if mark and mark.weight > occasion.outweighed else None


def own_mail(occasion: Occasion) -> Silence | None:
    """It comes from our own mailbox, or has a Message-ID of our form."""
    return _silence(own_mail_reason(occasion.message, occasion.own_addresses))


def own_header(occasion: Occasion) -> Silence | None:
    """It is, or only encloses, a letter with the header that this program writes into all of its letters."""
    return _silence(own_header_reason(occasion.message))


def caps(occasion: Occasion) -> Silence | None:
    """The sender, or the whole bureau, has reached the maximum of answers for this hour or day."""
    tallies = occasion.answer.tallies if occasion.answer else ()
    spent = next((one for one in tallies if one.written >= one.most), None)
    return Silence(spent.cap, {"most": spent.most}) if spent else None


def said_already(occasion: Occasion) -> Silence | None:
    """The sender got the same answer about the same files today."""
    said_in = occasion.answer.said_in if occasion.answer else ""
    return Silence(SAID_ALREADY, {"earlier": said_in}) if said_in else None


GUARDS: tuple[Guard, ...] = (machine_mail, own_mail, own_header, caps, said_already)


def silence(occasion: Occasion) -> Silence | None:
    """The first reason for silence, or None when an answer may be written."""
    return next((found for guard in GUARDS if (found := guard(occasion)) is not None), None)


def _silence(reason: str | None) -> Silence | None:
    return Silence(reason) if reason else None
