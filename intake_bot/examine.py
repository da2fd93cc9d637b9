"""From raw bytes to a verdict, without a trace: what `poll` does with a mail before it writes anything down, and all
that `judge` does.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from intake_bot.brakes.braking import Occasion, silence
from intake_bot.config.settings import Bureau, Limits, Settings
from intake_bot.files.facts import FileFacts, MailFacts, TextFacts
from intake_bot.files.inspect import Inspected, inspect_files
from intake_bot.files.limits import FileLimits
from intake_bot.files.words import count_words
from intake_bot.files.worker import Worker
from intake_bot.files.worker_process import Allowance
from intake_bot.judging.days import Calendar
from intake_bot.judging.judge import Case, judge
from intake_bot.judging.pieces import Piece
from intake_bot.judging.recognise import LOOKS_LIKE_ONE, looks_like_one, recognise
from intake_bot.judging.replies import (
    Approach,
    is_courtesy,
    is_message,
    is_question,
    is_thanks,
    message_in_words,
    question,
)
from intake_bot.judging.rules.text import BODY_NAME
from intake_bot.judging.sender import Sender
from intake_bot.judging.supplement import (
    combine,
    complete,
    find_rejected,
    may_supplement,
    same_unit_at_least,
    says_nothing_new,
)
from intake_bot.judging.verdict import Disposition, MailKind, Verdict
from intake_bot.ledger.receipt import find_receipt
from intake_bot.ledger.records import KeptFile
from intake_bot.mail.authentication import authentication_results, is_doubtful
from intake_bot.mail.cloud import CloudLink
from intake_bot.mail.message import Address, Attachment, Message, ReadingLimits, read_message
from intake_bot.mail.smime import unsealed
from intake_bot.notices.notice import Material, Notice
from intake_bot.notices.subject import SubjectReading, UnitFault, read_subject
from intake_bot.past import EarlierMail, Past, Sibling
from intake_bot.unwrapping import Meant, Unwrapping, joined, out_of_winmail, several_mails


@dataclass(frozen=True)
class Desk:
    """Whose mail it is, and everything that is known before it is opened."""

    bureau: Bureau
    notice: Notice
    limits: Limits
    calendar: Calendar
    own_addresses: frozenset[str]
    """The mailboxes of all configured bureaus, lower case: no letter from them is ever answered."""


@dataclass(frozen=True)
class Supplement:
    """Which submission was mended, and what of it was judged again."""

    receipt: str
    taken_over: tuple[str, ...] = ()
    """`FileFacts.shown_name` of the files taken over."""
    files: tuple[KeptFile, ...] = ()
    """The files as they were attached: an archive for what was in it."""
    leaves_out: bool = False
    """Others of its files had a fault, and were not judged again."""


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
    supplement: Supplement | None = None
    siblings: tuple[Sibling, ...] = ()
    """The mails that were judged as part of this one."""
    waits: Piece | None = None
    """Nothing was judged: it has to wait for the mails that belong to it."""

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
    if (machine := silence(Occasion(message, desk.own_addresses))) is not None:
        return Examined(message, Verdict(MailKind.MACHINE, Disposition.IGNORED), machine.reason)
    unwrapping = Unwrapping(desk.notice, desk.bureau.roster, desk.own_addresses)
    whole = replace(message, attachments=(*message.attachments, *given.files))
    meant = unwrapping.meant(whole, work / "mails", _reading_limits(desk.limits))
    examining = _Examining(received, desk, work, past, worker)
    if meant.several:
        inspected = examining.inspect(meant.message.attachments, "archives")
        return Examined(meant.message, several_mails(meant.several), "", inspected, meant.body)
    return examining.one(meant, message, given)


class _Examining:
    """The way of one mail that is judged, once it is known which mail is meant."""

    def __init__(self, received: datetime, desk: Desk, work: Path, past: Past, worker: Worker) -> None:
        self._received = received
        self._desk = desk
        self._work = work
        self._past = past
        self._worker = worker

    def one(self, meant: Meant, outer: Message, given: Given) -> Examined:
        answered = _answered(meant, self._past)
        reading = read_subject(meant.message.subject, self._desk.notice, self._desk.bureau.roster)
        approach = self._approach(meant, answered is not None or _answers_us(outer, self._past))
        if recognise(reading, approach, self._desk.notice, self._desk.bureau.roster) is MailKind.OTHER:
            return _left_alone(meant, self._why_left_alone(meant.message))
        only_replies = not _has_own_subject(reading)
        if only_replies and is_thanks(approach, meant.body):
            return _left_alone(meant, "thanks")
        unit = _unit(reading, answered)
        if is_question(approach, "" if answered else reading.original, meant.body):
            return Examined(meant.message, question(unit), body=meant.body)
        mended = answered if answered and may_supplement(reading, answered.earlier) else None
        reading = self._completed(reading, answered, mended)
        piece = self._piece(reading)
        siblings = self._past.siblings(piece) if piece else ()
        if siblings is None:
            return Examined(meant.message, Verdict(MailKind.SUBMISSION, Disposition.HELD), waits=piece)
        most_files = self._desk.limits.archive_members
        meant = out_of_winmail(self._together(meant, siblings), self._work / "winmail", self._worker, most_files)
        inspected = self.inspect(meant.message.attachments, "archives")
        facts = _facts(meant, inspected, given)
        if answered and only_replies and says_nothing_new(facts, answered.earlier):
            if is_courtesy(meant.body) or not meant.body.strip():
                return _left_alone(meant, "nothing new")
            return Examined(meant.message, message_in_words(unit), body=meant.body)
        case = replace(
            self._case(reading, facts),
            sender=self._sender(meant.author, outer),
            pieces=frozenset({piece.number, *(one.number for one in siblings)}) if piece else frozenset(),
        )
        case, supplement = self._mended(case, mended or self._rejected_before(case))
        known = self._past.known_files([one.facts for one in inspected], supplement.receipt if supplement else None)
        verdict = judge(replace(case, known_files=known))
        if only_replies and _are_for_a_person(approach, meant.body, verdict, supplement):
            return Examined(meant.message, message_in_words(unit), body=meant.body)
        return Examined(
            meant.message, verdict, "", inspected, meant.body, meant.links, supplement, siblings=tuple(siblings)
        )

    def inspect(self, files: Sequence[Attachment], folder: str) -> tuple[Inspected, ...]:
        return inspect_files(files, self._work / folder, _file_limits(self._desk.limits), self._worker)

    def _why_left_alone(self, message: Message) -> str:
        names = (attachment.name for attachment in message.attachments)
        looks = looks_like_one(message.subject, names, self._desk.notice, self._desk.bureau.roster)
        return LOOKS_LIKE_ONE if looks else "no submission"

    def _approach(self, meant: Meant, answers_us: bool) -> Approach:
        carries_files = bool(meant.message.attachments or meant.links or meant.message.sealed)
        return Approach(meant.author.address, carries_files, answers_us)

    def _completed(
        self, reading: SubjectReading, answered: EarlierMail | None, mended: EarlierMail | None
    ) -> SubjectReading:
        roster = self._desk.bureau.roster
        if mended:
            return complete(reading, mended.earlier, roster)
        return same_unit_at_least(reading, answered.earlier, roster) if answered else reading

    def _case(self, reading: SubjectReading, facts: MailFacts) -> Case:
        return Case(
            notice=self._desk.notice,
            calendar=self._desk.calendar,
            reading=reading,
            received=self._received,
            facts=facts,
            filled_days=self._past.filled_days(reading.unit.name) if reading.unit else {},
            unit_names=self._desk.bureau.roster.names,
        )

    def _sender(self, author: Address, outer: Message) -> Sender:
        known = self._desk.bureau.roster.at_address(author.address)
        own_server = self._desk.bureau.authserv_id
        headers = outer.headers.get("authentication-results", ())
        doubtful = own_server is not None and is_doubtful(authentication_results(headers, own_server))
        return Sender(author.address, known.name if known else None, doubtful)

    def _piece(self, reading: SubjectReading) -> Piece | None:
        """What the mail is a piece of; None for a whole mail, and for one that cannot be accepted anyhow.

        Its day is told without its forms: the other pieces hold none, and must be found.
        """
        if reading.piece is None or reading.piece[1] == 1 or reading.unit is None or not reading.materials:
            return None
        case = self._case(reading, MailFacts((), TextFacts("", 0)))
        days = [slot.day for material in _asked(case) if (slot := case.slot(material)) and slot.day]
        number, total = reading.piece
        day = days[0] if days else None
        return Piece(self._desk.notice.id, reading.unit.name, reading.materials, day, number, total)

    def _together(self, meant: Meant, siblings: Sequence[Sibling]) -> Meant:
        """The mail with all that its siblings bring."""
        unwrapping = Unwrapping(self._desk.notice, self._desk.bureau.roster, self._desk.own_addresses)
        limits = _reading_limits(self._desk.limits)
        for sibling in siblings:
            folder = self._work / f"sibling-{sibling.id}"
            other = unwrapping.meant(open_mail(sibling.raw, folder, self._desk.limits), folder / "mails", limits)
            meant = joined(meant, other, sibling.number)
        return meant

    def _rejected_before(self, case: Case) -> EarlierMail | None:
        """What a new mail for the same unit, material and day mends, though it does not say so."""
        unit = case.reading.unit
        # Of what a unit owes several (quotas), a second one is no second try.
        slots = {m.name: slot.day for m in _asked(case) if not m.quotas and (slot := case.slot(m)) is not None}
        if unit is None or not slots:
            return None
        mails = {one.earlier.receipt: one for one in self._past.unsettled(unit.name)}
        found = find_rejected(slots, (one.earlier for one in mails.values()))
        return mails[found.receipt] if found else None

    def _mended(self, case: Case, mended: EarlierMail | None) -> tuple[Case, Supplement | None]:
        """The case with the good files of the earlier submission, measured anew from our disk: what was found then may
        have changed with the notice or the program."""
        if mended is None:
            return case, None
        there = [(kept, path) for kept, path in mended.files if path.is_file()]
        words = [path.read_text("utf-8-sig", "replace") for kept, path in there if kept.name == BODY_NAME]
        attached = [
            Attachment(kept.name, path, kept.bytes, kept.sha256, "") for kept, path in there if kept.name != BODY_NAME
        ]
        body = "\n\n".join(words)
        inspected = tuple(one.facts for one in self.inspect(attached, "earlier"))
        old = MailFacts(inspected, TextFacts(body, count_words(body)))
        together = combine(case.facts, old, [material for material in _asked(case) if material.channel == "mail"])
        taken = together.taken_over
        first_volumes = {file.name: file.volume_of for file in inspected if file.volume_of}
        files = tuple(kept for kept, _ in there if _holds(first_volumes.get(kept.name, kept.name), taken))
        case = replace(case, facts=together.facts, taken_over=frozenset(taken), stated_days=mended.earlier.days)
        return case, Supplement(mended.earlier.receipt, taken, files, together.leaves_out)


def _left_alone(meant: Meant, reason: str) -> Examined:
    return Examined(meant.message, Verdict(MailKind.OTHER, Disposition.IGNORED), reason)


def _are_for_a_person(approach: Approach, words: str, verdict: Verdict, supplement: Supplement | None) -> bool:
    """Words that answer us, and neither mend anything nor speak of files that were forgotten.

    What is accepted only because faulty files were left out is not mended by words: nothing came in their place.
    """
    if verdict.disposition is Disposition.REJECTED:
        return is_message(approach, words)
    return not approach.carries_files and supplement is not None and supplement.leaves_out


def _has_own_subject(reading: SubjectReading) -> bool:
    """A subject as the notice wants it, and not ours, which an answer repeats with its receipt number."""
    return reading.keyword and find_receipt(reading.original) is None


def _unit(reading: SubjectReading, answered: EarlierMail | None) -> str | None:
    """Whose mail it is: by its subject, else by what it answers."""
    if reading.unit:
        return reading.unit.name
    return answered.earlier.unit if answered and reading.fault is UnitFault.NO_UNIT else None


def _asked(case: Case) -> list[Material]:
    return [material for name in case.reading.materials if (material := case.notice.material(name)) is not None]


def _facts(meant: Meant, inspected: Sequence[Inspected], given: Given) -> MailFacts:
    return MailFacts(
        tuple(one.facts for one in inspected),
        TextFacts(text=meant.body, words=count_words(meant.body)),
        cloud_links=tuple(link for link in meant.links if link.link not in given.links),
        sealed=meant.message.sealed,
        incomplete=meant.message.incomplete,
    )


def _holds(kept: str, taken: Collection[str]) -> bool:
    """A kept file of this name is one that was taken over, or the archive that such a one came out of."""
    return any(name == kept or name.startswith(f"{kept}/") for name in taken)


def _answered(meant: Meant, past: Past) -> EarlierMail | None:
    """What the mail answers: by its thread, else by a number in its subject, else by one in its own words."""
    thread = (*meant.message.in_reply_to, *meant.message.references)
    receipts = [receipt for text in (meant.message.subject, meant.body) if (receipt := find_receipt(text))]
    asked: list[tuple[Collection[str], Collection[str]]] = [(thread, ()), *(((), (one,)) for one in receipts)]
    return next((found for ids, numbers in asked if (found := past.answered(ids, numbers))), None)


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
