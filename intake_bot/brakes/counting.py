"""What the brakes must know of an answer before it is written: how many there were, and whether it was said today."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, time, timedelta

from intake_bot.brakes.braking import Cap, IntendedAnswer, Tally
from intake_bot.brakes.repetition import Complaint, complaint_of
from intake_bot.config.settings import Sending, Settings
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.records import MessageRecord, WrittenAnswer

HOUR = timedelta(hours=1)


def intended_answer(
    ledger: Ledger,
    settings: Settings,
    record: MessageRecord,
    people: Collection[str],
    said: Complaint | None,
    now: datetime,
) -> IntendedAnswer:
    """The answer to this mail, which will say `said`. `people` are the addresses of its sender: where he writes from,
    and where he wants his answer."""
    zone = settings.intake.zone
    midnight = datetime.combine(now.astimezone(zone).date(), time(), zone)
    bureau, wanted = record.key.bureau, frozenset(address.lower() for address in people)
    written = ledger.letters.answers_since(bureau, min(midnight, now - HOUR))
    told = ledger.earlier.told_since(bureau, wanted, midnight) if said else ()
    said_in = next((one.receipt for one in told if one.receipt != record.receipt and complaint_of(one) == said), "")
    return IntendedAnswer(tallies(written, wanted, now, midnight, settings.intake.sending), said_in)


def tallies(
    written: Iterable[WrittenAnswer], people: frozenset[str], now: datetime, midnight: datetime, sending: Sending
) -> tuple[Tally, ...]:
    """What counts towards each cap. `people` in lower case; `midnight` is the bureau's."""
    answers = list(written)
    today = [one for one in answers if one.at >= midnight]
    hour = [one for one in answers if one.at > now - HOUR]
    return (
        Tally(Cap.SENDER_HOUR, _to(people, hour), sending.answers_per_hour),
        Tally(Cap.SENDER_DAY, _to(people, today), sending.answers_per_day),
        Tally(Cap.BUREAU_HOUR, len(hour), sending.bureau_answers_per_hour),
        Tally(Cap.BUREAU_DAY, len(today), sending.bureau_answers_per_day),
    )


def _to(people: frozenset[str], answers: Iterable[WrittenAnswer]) -> int:
    return sum(not people.isdisjoint(one.people) for one in answers)
