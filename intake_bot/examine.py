"""From raw bytes to a verdict, without a trace: what `poll` does with a mail before it writes anything down, and all
that `judge` does.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Protocol

from intake_bot.config.settings import Bureau, Limits, Settings
from intake_bot.files.facts import FileFacts, MailFacts, TextFacts
from intake_bot.files.inspect import Inspected, inspect_files
from intake_bot.files.limits import FileLimits
from intake_bot.files.words import count_words
from intake_bot.files.worker import Worker
from intake_bot.files.worker_process import Allowance
from intake_bot.judging.days import Calendar
from intake_bot.judging.judge import Case, judge
from intake_bot.judging.recognise import Approach, recognise
from intake_bot.judging.sender import Sender
from intake_bot.judging.verdict import Disposition, MailKind, Verdict
from intake_bot.ledger.receipt import find_receipt
from intake_bot.mail.cloud import CloudLink
from intake_bot.mail.message import Address, Attachment, Message, ReadingLimits, read_message
from intake_bot.mail.outgoing import is_our_message_id
from intake_bot.mail.smime import unsealed
from intake_bot.mail.triage import machine_reason
from intake_bot.notices.notice import Notice
from intake_bot.notices.subject import SubjectReading, read_subject
from intake_bot.unwrapping import Unwrapping, several_mails


@dataclass(frozen=True)
class Desk:
    """Whose mail it is, and everything that is known before it is opened."""

    bureau: Bureau
    notice: Notice
    limits: Limits
    calendar: Calendar
    own_addresses: frozenset[str]
    """The mailboxes of all configured bureaus, lower case: no letter from them is ever answered."""


class Past(Protocol):
    """What is known of earlier mails."""

    def filled_days(self, unit: str) -> Mapping[str, Set[date]]:
        """Material → days for which this unit has something accepted."""

    def knows_letter(self, message_ids: Collection[str]) -> bool:
        """True when one of these Message-IDs is that of a letter of ours."""

    def knows_receipt(self, receipt: str) -> bool:
        """True when this receipt number was given out."""


class NoPast:
    """For a trial judgement: nothing was ever sent before, and what looks like ours is taken for ours."""

    def filled_days(self, unit: str) -> Mapping[str, Set[date]]:
        return {}

    def knows_letter(self, message_ids: Collection[str]) -> bool:
        return any(is_our_message_id(one) for one in message_ids)

    def knows_receipt(self, receipt: str) -> bool:
        return True


@dataclass(frozen=True)
class Examined:
    """All that one mail turned out to be. `reason` says why it is no submission."""

    message: Message
    verdict: Verdict
    reason: str = ""
    inspected: tuple[Inspected, ...] = ()
    body: str = ""
    """What the sender wrote himself, without quoted history."""
    links: tuple[CloudLink, ...] = ()
    """Files that he left at a mail provider."""

    @property
    def files(self) -> tuple[FileFacts, ...]:
        return tuple(one.facts for one in self.inspected)


@dataclass(frozen=True)
class Given:
    """What a clerk fetched for a mail: files, and the links that they came from."""

    files: tuple[Attachment, ...] = ()
    links: frozenset[str] = frozenset()


def desk_for(settings: Settings, bureau: Bureau, at: datetime) -> Desk | None:
    """The desk for mail that this bureau received at this moment; None where it has no notice."""
    notice = settings.notice_for(bureau.id, at)
    if notice is None:
        return None
    zone = settings.intake.zone
    calendar = Calendar(notice.days, zone, timedelta(hours=notice.grace_hours), notice.closes(zone))
    own = frozenset(other.mailbox.address.lower() for other in settings.bureaus)
    return Desk(bureau, notice, settings.intake.limits, calendar, own)


def open_mail(raw: Path, work: Path, limits: Limits) -> Message:
    """Reads a raw mail, and what is wrapped by a signature; its attachments are decoded into `work`."""
    return unsealed(
        read_message(raw, work / "parts", _reading_limits(limits)), work / "sealed", _reading_limits(limits)
    )


def worker_for(limits: Limits) -> Worker:
    """The process that opens the files of all mails; it starts with the first file."""
    return Worker(Allowance(limits.measure_seconds, limits.measure_bytes, limits.archive_bytes))


def examine(
    message: Message,
    received: datetime,
    desk: Desk,
    work: Path,
    past: Past,
    worker: Worker,
    given: Given = Given(),
) -> Examined:
    """Triage, then the subject, then every file, then the judgement. `work` is a folder for what archives hold.

    What a clerk has given counts as attached, and the links it came from as done with.
    """
    if (machine := machine_reason(message, desk.own_addresses)) is not None:
        return Examined(message, Verdict(MailKind.MACHINE, Disposition.IGNORED), machine)
    answers_us = _answers_us(message, past)
    message = replace(message, attachments=(*message.attachments, *given.files))
    unwrapping = Unwrapping(desk.notice, desk.bureau.roster, desk.own_addresses)
    meant = unwrapping.meant(message, work / "mails", _reading_limits(desk.limits))
    if not meant.several:
        reading = read_subject(meant.message.subject, desk.notice, desk.bureau.roster)
        carries_files = bool(meant.message.attachments or meant.links or meant.message.sealed)
        approach = Approach(meant.author.address, carries_files, answers_us)
        kind = recognise(reading, approach, desk.notice, desk.bureau.roster)
        if kind is not MailKind.SUBMISSION:
            return Examined(message, Verdict(kind, Disposition.IGNORED), "no submission")
    inspected = inspect_files(meant.message.attachments, work / "archives", _file_limits(desk.limits), worker)
    if meant.several:
        return Examined(meant.message, several_mails(meant.several), "", inspected, meant.body)
    facts = MailFacts(
        tuple(one.facts for one in inspected),
        TextFacts(text=meant.body, words=count_words(meant.body)),
        cloud_links=tuple(link for link in meant.links if link.link not in given.links),
        sealed=meant.message.sealed,
    )
    verdict = judge(_case(reading, facts, meant.author, received, desk, past))
    return Examined(meant.message, verdict, "", inspected, meant.body, meant.links)


def _case(
    reading: SubjectReading, facts: MailFacts, author: Address, received: datetime, desk: Desk, past: Past
) -> Case:
    known = desk.bureau.roster.at_address(author.address)
    return Case(
        notice=desk.notice,
        calendar=desk.calendar,
        reading=reading,
        received=received,
        facts=facts,
        sender=Sender(author.address, known.name if known else None),
        filled_days=past.filled_days(reading.unit.name) if reading.unit else {},
        unit_names=desk.bureau.roster.names,
    )


def _answers_us(message: Message, past: Past) -> bool:
    receipt = find_receipt(message.subject)
    return past.knows_letter((*message.in_reply_to, *message.references)) or (
        receipt is not None and past.knows_receipt(receipt)
    )


def _reading_limits(limits: Limits) -> ReadingLimits:
    return ReadingLimits(limits.header_bytes, limits.parts, limits.depth)


def _file_limits(limits: Limits) -> FileLimits:
    return FileLimits(
        members=limits.archive_members,
        unpacked_bytes=limits.archive_bytes,
        depth=limits.archive_depth,
        jpeg_pixels=limits.photo_pixels,
        program_seconds=limits.measure_seconds * 0.8,
    )
