"""Never a loop, never a storm: five brakes, each of which ends a loop of its kind alone, when the other four fail.

They are asked twice about a mail: when it has come, and, once it was judged, before an answer to it is written. The
first who has a reason to be silent decides. What the first three stop is no submission; what the last two stop was
judged and filed like any other mail, and only gets no letter, of which the digest tells. Pure: what was written before
is an argument.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from intake_bot.mail.message import Message
from intake_bot.mail.triage import machine_reason, own_header_reason, own_mail_reason

SAID_ALREADY = "said_already"


class Cap(StrEnum):
    """For whom, and in what time, so many answers are enough."""

    SENDER_HOUR = "sender_hour"
    SENDER_DAY = "sender_day"
    BUREAU_HOUR = "bureau_hour"
    BUREAU_DAY = "bureau_day"


@dataclass(frozen=True)
class Tally:
    """How many answers were written, and how many may be."""

    cap: Cap
    written: int
    most: int


@dataclass(frozen=True)
class IntendedAnswer:
    """An answer that is about to be written, as far as a brake must know it."""

    tallies: tuple[Tally, ...]
    said_in: str = ""
    """Receipt number of a mail that was answered the very same today; empty when there is none."""


@dataclass(frozen=True)
class Occasion:
    """A mail; and the answer to it, once it was judged."""

    message: Message
    own_addresses: frozenset[str]
    """The mailboxes of all configured bureaus, lower case."""
    answer: IntendedAnswer | None = None


@dataclass(frozen=True)
class Silence:
    """Why nothing is answered: a word, and what else the trail should tell."""

    reason: str
    detail: Mapping[str, str | int] = field(default_factory=dict)


Brake = Callable[[Occasion], Silence | None]


def machine_mail(occasion: Occasion) -> Silence | None:
    """A machine wrote it: a bounce, an auto-reply, a read receipt, a list (RFC 3834, and the providers' own signs)."""
    return _silence(machine_reason(occasion.message))


def own_mail(occasion: Occasion) -> Silence | None:
    """It comes from one of our mailboxes, or under one of our Message-IDs."""
    return _silence(own_mail_reason(occasion.message, occasion.own_addresses))


def own_header(occasion: Occasion) -> Silence | None:
    """It is, or only encloses, a letter with the header that this program writes into each of its own."""
    return _silence(own_header_reason(occasion.message))


def caps(occasion: Occasion) -> Silence | None:
    """The sender, or the whole bureau, has had its answers of this hour or day."""
    tallies = occasion.answer.tallies if occasion.answer else ()
    spent = next((one for one in tallies if one.written >= one.most), None)
    return Silence(spent.cap, {"most": spent.most}) if spent else None


def said_already(occasion: Occasion) -> Silence | None:
    """The sender was told the same about the same files today."""
    said_in = occasion.answer.said_in if occasion.answer else ""
    return Silence(SAID_ALREADY, {"earlier": said_in}) if said_in else None


BRAKES: tuple[Brake, ...] = (machine_mail, own_mail, own_header, caps, said_already)


def silence(occasion: Occasion) -> Silence | None:
    """Why to be silent on this occasion, or None when an answer may be written."""
    return next((found for brake in BRAKES if (found := brake(occasion)) is not None), None)


def _silence(reason: str | None) -> Silence | None:
    return Silence(reason) if reason else None
