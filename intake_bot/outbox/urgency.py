"""Which letter goes first. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from enum import IntEnum

from intake_bot.judging.verdict import Disposition
from intake_bot.ledger.values.records import DueLetter, LetterKind

NEAR = timedelta(hours=24)
"""A deadline within this time is near."""
REPORT_WAITS = timedelta(minutes=10)
"""Digests and alerts are few; after this time they wait for nobody any more, or a clerk had no digest at the peak."""
_LATEST = datetime.max.replace(tzinfo=UTC)

School = tuple[str, ...]
"""The recipients of a letter, in lower case."""


class Urgency(IntEnum):
    """The classes of letters, the most urgent one first."""

    MEND_SOON = 0
    """Something is to be sent again before a deadline that is near."""
    REJECTION = 1
    RECEIPT = 2
    REST = 3
    """Digests, alerts, and letters that answer no mail."""


def urgency(letter: DueLetter, now: datetime) -> Urgency:
    """The class of a letter."""
    if letter.kind is not LetterKind.ANSWER:
        return Urgency.MEND_SOON if now - letter.created_at >= REPORT_WAITS else Urgency.REST
    if letter.disposition is None:
        return Urgency.REST
    if letter.mend_by is not None and letter.mend_by - now <= NEAR:
        return Urgency.MEND_SOON
    is_rejection = letter.disposition in (Disposition.REJECTED, Disposition.PARTIAL)
    return Urgency.REJECTION if is_rejection else Urgency.RECEIPT


def in_order(letters: Iterable[DueLetter], served: Mapping[School, int], now: datetime) -> list[DueLetter]:
    """The letters in the order in which they are sent.

    By urgency; what is to be mended soon by its deadline. Within a class each school has one turn, and its second
    letter comes behind everybody's first: `served` counts the letters that a school has been sent in this run.
    """
    turns = Counter(served)
    ranked = []
    for letter in sorted(letters, key=lambda one: (urgency(one, now), one.mend_by or _LATEST, one.id)):
        rank, school = urgency(letter, now), school_of(letter.recipients)
        deadline = (letter.mend_by or now) if rank is Urgency.MEND_SOON else _LATEST
        ranked.append((rank, deadline, turns[school], letter.id, letter))
        turns[school] += 1
    return [letter for *_, letter in sorted(ranked, key=lambda one: one[:4])]


def school_of(recipients: Iterable[str]) -> School:
    """To whom a letter goes, whatever the spelling."""
    return tuple(sorted(address.lower() for address in recipients))
