"""What the loop guard needs to know before an answer is written: how many there were, and whether it repeats one."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from intake_bot.config.settings import SendingSettings, Settings
from intake_bot.intake.answers.loop_guard import IntendedAnswer, Tally
from intake_bot.intake.answers.repeated_answers import Complaint, complaint_of
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.values.events import Cap
from intake_bot.ledger.values.records import MessageRecord, ReportedContest
from intake_bot.ledger.values.written_answers import WrittenAnswers

HOUR = timedelta(hours=1)
RESERVED_SHARE = 0.5
"""Share of the bureau's maximum that is kept for familiar addresses and for the first answer of the day about each
unit, so that a flood of strangers silences no school."""


@dataclass(frozen=True)
class Recipient:
    """Whom an answer goes to, and about which unit it is."""

    people: frozenset[str]
    """The sending address and the recipient address."""
    unit: str | None
    is_familiar: bool
    """The sending address is in the roster, or mail from it was accepted before."""


def intended_answer(
    ledger: Ledger,
    settings: Settings,
    record: MessageRecord,
    recipient: Recipient,
    said: Complaint | None,
    now: datetime,
) -> IntendedAnswer:
    """The answer to this mail, with the complaint `said`."""
    zone = settings.intake.zone
    midnight = datetime.combine(now.astimezone(zone).date(), time(), zone)
    bureau, wanted = record.key.bureau, frozenset(address.lower() for address in recipient.people)
    start = min(midnight, now - HOUR)
    written = ledger.letters.find_answers_since(bureau, start)
    contests = ledger.authors.find_contests_since(bureau, start) if written.times_to(wanted) else ()
    answered = ledger.prior_mails.find_answered_since(bureau, wanted, midnight) if said else ()
    said_in = next((one.receipt for one in answered if one.receipt != record.receipt and complaint_of(one) == said), "")
    sending = settings.intake.sending
    return IntendedAnswer(tallies(written, recipient, now, midnight, sending, contests), said_in)


def tallies_of_contest_letter(
    ledger: Ledger, settings: Settings, bureau: str, to: str, now: datetime
) -> tuple[Tally, ...]:
    """What counts towards each cap of a letter that somebody else's mail causes: every letter to the address, and
    nothing of the share of the bureau's maximum that is kept for schools."""
    midnight = datetime.combine(now.astimezone(settings.intake.zone).date(), time(), settings.intake.zone)
    written = ledger.letters.find_answers_since(bureau, min(midnight, now - HOUR))
    return tallies(written, Recipient(frozenset({to}), None, False), now, midnight, settings.intake.sending)


def tallies(
    written: WrittenAnswers,
    recipient: Recipient,
    now: datetime,
    midnight: datetime,
    sending: SendingSettings,
    contests: Iterable[ReportedContest] = (),
) -> tuple[Tally, ...]:
    """What counts towards each cap. `midnight` is local to the bureau. `contests` are told by letters that strangers
    cause: they use up nothing of what the address may be answered."""
    people = frozenset(address.lower() for address in recipient.people)
    # As all times of the ledger: to compare those of two zones takes ten times as long.
    now, midnight = now.astimezone(UTC), midnight.astimezone(UTC)
    is_first = recipient.unit is not None and not written.is_answered(recipient.unit, midnight)
    every = _count(written.times, now, midnight)
    own = _count(written.times_to(people), now, midnight)
    reported = _count(sorted(one.at for one in contests if one.contest.to.lower() in people), now, midnight)
    return (
        Tally(Cap.SENDER_HOUR, max(0, own.hour - reported.hour), sending.answers_per_hour),
        Tally(Cap.SENDER_DAY, max(0, own.day - reported.day), sending.answers_per_day),
        *_bureau_tallies(every, recipient.is_familiar or is_first, sending),
    )


@dataclass(frozen=True)
class _Count:
    hour: int
    day: int


def _count(times: Sequence[datetime], now: datetime, midnight: datetime) -> _Count:
    """Counts times, the earliest first, within the hour before now and since midnight."""
    return _Count(len(times) - bisect_right(times, now - HOUR), len(times) - bisect_left(times, midnight))


def _bureau_tallies(written: _Count, is_preferred: bool, sending: SendingSettings) -> tuple[Tally, Tally]:
    per_hour, per_day = sending.bureau_answers_per_hour, sending.bureau_answers_per_day
    if is_preferred:
        return Tally(Cap.BUREAU_HOUR, written.hour, per_hour), Tally(Cap.BUREAU_DAY, written.day, per_day)
    return (
        Tally(Cap.STRANGERS_HOUR, written.hour, per_hour - int(per_hour * RESERVED_SHARE)),
        Tally(Cap.STRANGERS_DAY, written.day, per_day - int(per_day * RESERVED_SHARE)),
    )
