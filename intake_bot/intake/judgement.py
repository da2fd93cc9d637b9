"""From an opened mail to all that is recorded about it: the verdict, the files in the store, the finished answer.

The caller files it in one transaction. Until then a crash leaves nothing but files, which the next run writes again.
"""

from __future__ import annotations

import hashlib
import logging
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from intake_bot.config.notice_context import NoticeContext
from intake_bot.files.facts import ARCHIVES, FileFacts, Kind
from intake_bot.files.store import Store
from intake_bot.files.worker.recorded import Opener
from intake_bot.home.services import Services
from intake_bot.intake.answers.answer_caps import Recipient, intended_answer
from intake_bot.intake.answers.contest_letters import write_contest_letters
from intake_bot.intake.answers.loop_guard import Occasion, silence
from intake_bot.intake.answers.repeated_answers import Complaint, complaint
from intake_bot.intake.answers.reply import Reply, ReplyWriter
from intake_bot.intake.authorship import find_mail_author
from intake_bot.intake.examine import Examination, examine
from intake_bot.intake.ledger_prior_mail import LedgerPriorMail, RawOf
from intake_bot.intake.opening import SuppliedFiles
from intake_bot.judging.assignment import is_decoration
from intake_bot.judging.author import Act, Author, Relation
from intake_bot.judging.rules.text import BODY_NAME
from intake_bot.judging.verdict import Decision, MailKind, Verdict
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.values.events import NO_ADDRESS, UNREAD, Detail
from intake_bot.ledger.values.records import Fingerprint, Judgement, KeptFile, KeptLink, LetterDraft, MessageRecord
from intake_bot.letters.missing_reports import QuotaLine, quota_lines_of
from intake_bot.mail.machines.headers import is_unread_address
from intake_bot.mail.machines.triage import Weight
from intake_bot.mail.message import Attachment, Message
from intake_bot.outbox.compose import answer_draft
from intake_bot.outbox.expected_wait import ExpectedWait

log = logging.getLogger(__name__)

BODY_FILE_NAME = "邮件正文.txt"
_MAXIMUM_SENDER_LENGTH = 100
"""Characters of a sender without an address, as the digest shows it."""
UNKNOWN_UNIT_FOLDER = "未识别单位"


@dataclass(frozen=True)
class Answer:
    """An answer to a mail, or why there is none; both are empty where none is due."""

    letter: LetterDraft | None = None
    unanswered: Detail | None = None
    """Detail of MAILBOX_UNANSWERED."""


class JudgementWriter:
    """Examines a mail and writes its judgement. `work` is always a folder of that mail's own."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._ledger = services.ledger
        self._reply_writer = ReplyWriter(services.templates)
        self._store = Store(services.home.files)
        self._waits: dict[str, ExpectedWait] = {}

    def examine(
        self,
        record: MessageRecord,
        message: Message,
        context: NoticeContext,
        work: Path,
        raw_of: RawOf,
        supplied: SuppliedFiles,
        opener: Opener | None = None,
    ) -> Examination:
        """What the mail is, given the prior mail in the ledger. `raw_of` gives the bytes of other pieces; `opener`
        opens the files, in place of the services' worker."""
        prior_mail = LedgerPriorMail(
            self._ledger, context, self._services.home.files, record, raw_of, self._services.clock()
        )
        return examine(message, record.arrival, context, work, prior_mail, opener or self._services.worker, supplied)

    def together(self) -> AbstractContextManager[None]:
        """The files that are kept within the block are durable when it ends."""
        return self._store.together()

    def find_author(self, record: MessageRecord, message: Message, context: NoticeContext, unit: str | None) -> Author:
        """Who sent a mail of this unit."""
        now, files = self._services.clock(), self._services.home.files
        prior_mail = LedgerPriorMail(self._ledger, context, files, record, _no_raw_mail, now)
        return find_mail_author(message, context.bureau.roster.find(unit) if unit else None, context, prior_mail)

    def write(
        self,
        record: MessageRecord,
        found: Examination,
        context: NoticeContext,
        work: Path,
        supplied: SuppliedFiles,
    ) -> Judgement:
        """All that is filed about a submission. Its files are in the store when this returns."""
        taken_over = found.supplement.files if found.supplement else ()
        files = (*taken_over, *self._keep(record, found, context, work, supplied))
        links = tuple(
            KeptLink(
                one.name,
                one.link,
                one.size,
                one.expires,
                one.link in supplied.links or one.is_expired(record.arrival.at),
            )
            for one in found.links
        )
        taken_links = found.supplement.links if found.supplement else ()
        judgement = Judgement(
            notice=context.notice.id,
            verdict=found.verdict,
            files=files,
            cumulative=frozenset(material.name for material in context.notice.materials if material.quotas),
            pieces=tuple(one.id for one in found.pieces),
            links=(*(replace(one, is_settled=False) for one in taken_links), *links),
            settled_links=found.settled_links,
            supplements=found.supplement.receipt if found.supplement else None,
            fingerprints=_fingerprints(found.files),
            author=found.author,
            contest_letters=tuple(write_contest_letters(self._services, found, context)),
        )
        return self._add_answer(judgement, record, found, context)

    def answer(self, record: MessageRecord, found: Examination, context: NoticeContext) -> Answer:
        """The answer to a trial （预检）, of which nothing else is filed. For the caps it is about no unit and from no
        familiar address: a flood of trials must not silence a submission."""
        reply = self._reply_writer.reply(found, context, record.receipt, record.arrival.at, self._services.clock())
        if reply is None:
            return Answer()
        return self._answer(reply, record, found, context, Recipient(_people(reply, found), None, False), None)

    def _keep(
        self,
        record: MessageRecord,
        found: Examination,
        context: NoticeContext,
        work: Path,
        supplied: SuppliedFiles,
    ) -> tuple[KeptFile, ...]:
        verdict = found.verdict
        received = record.arrival.at.astimezone(context.calendar.zone).date()
        day = next((item.day for item in verdict.items if item.day), received)
        attached = [*found.message.attachments, *_body_file(found, work)]
        unit = verdict.unit or UNKNOWN_UNIT_FOLDER
        kept = self._store.keep(context.bureau.id, day, unit, record.receipt, attached)
        facts = {one.path: one.facts for one in found.inspected}
        from_clerk = {file.path for file in supplied.files}
        return tuple(
            KeptFile(
                name=one.name if file.path in facts else BODY_NAME,
                path=one.path,
                sha256=one.sha256,
                bytes=one.bytes,
                kind=facts[file.path].kind if file.path in facts else Kind.TEXT,
                supplied=file.path in from_clerk,
            )
            for file, one in zip(attached, kept, strict=True)
        )

    def _add_answer(
        self, judgement: Judgement, record: MessageRecord, found: Examination, context: NoticeContext
    ) -> Judgement:
        """The judgement with its answer, or with the reason why there is none."""
        now = self._services.clock()
        quotas = quota_lines(self._ledger, record, found.verdict, context, found.author)
        is_slow = self._is_slow(record, context, now)
        reply = self._reply_writer.reply(
            found, context, record.receipt, record.arrival.at, now, quotas, mentions_arrival=is_slow
        )
        if reply is None and context.is_own_person(found.message.sender.address):
            return judgement  # a held mail, which the digest names anyhow
        if reply is None:
            return replace(judgement, unanswered=_without_reader(found, record.receipt))
        said = complaint(judgement.verdict, judgement.files, judgement.links)
        recipient = Recipient(_people(reply, found), found.verdict.unit, found.author.is_familiar)
        answer = self._answer(reply, record, found, context, recipient, said)
        return replace(judgement, answer=answer.letter, unanswered=answer.unanswered)

    def _is_slow(self, record: MessageRecord, context: NoticeContext, now: datetime) -> bool:
        """True when the answer will leave so late that the school may ask which time counts."""
        sending = self._services.settings.intake.sending
        wait = self._waits.setdefault(context.bureau.id, ExpectedWait(self._ledger, context.bureau, sending))
        leaves_at = now + wait.at(now)
        return leaves_at - record.arrival.at > timedelta(minutes=sending.mention_arrival_after_minutes)

    def _answer(
        self,
        reply: Reply,
        record: MessageRecord,
        found: Examination,
        context: NoticeContext,
        recipient: Recipient,
        said: Complaint | None,
    ) -> Answer:
        """The reply as a letter for the outbox, unless the loop guard stops it."""
        now = self._services.clock()
        intended = intended_answer(self._ledger, self._services.settings, record, recipient, said, now)
        quiet = silence(Occasion(found.message, context.own_addresses, intended, Weight.UNREAD))
        if quiet is not None:
            # The sender may be a machine that answers our answers. The mail itself is judged and filed like any other.
            log.warning("unanswered receipt=%s reason=%s", record.receipt, quiet.reason)
            return Answer(
                unanswered={"to": reply.to, "receipt": record.receipt, "reason": quiet.reason, **quiet.detail}
            )
        at = now.astimezone(context.calendar.zone)
        return Answer(answer_draft(reply.letter, context.bureau, reply.to, found.message, record.receipt, at))


def _people(reply: Reply, found: Examination) -> frozenset[str]:
    return frozenset({reply.to, found.message.sender.address})


def _no_raw_mail(record: MessageRecord) -> Path:
    raise AssertionError(f"nobody asks for the raw mail of {record.receipt}")


def quota_lines(
    ledger: Ledger, record: MessageRecord, verdict: Verdict, context: NoticeContext, author: Author
) -> tuple[QuotaLine, ...]:
    """One line for each quota of the unit: what is accepted, this verdict included, and what is still owed.

    None where somebody else has sent some of it, unless the author's address is the unit's.
    """
    unit = context.bureau.roster.find(verdict.unit) if verdict.unit else None
    owed = {material.name for material in context.notice.materials if material.quotas}
    if unit is None or owed.isdisjoint(item.material for item in verdict.items):
        return ()
    accepted = ledger.authors.find_accepted_items(context.notice.id, unit.name, record)
    of_others = {
        one.material
        for one in accepted
        if not one.superseded and not author.is_same(one.sender) and author.relation is not Relation.UNITS
    }
    counts = {
        item.material: ledger.prior_mails.count_accepted(context.notice.id, unit.name, item.material, besides=record.id)
        for item in verdict.items
        if item.material in owed - of_others
    }
    for item in verdict.items:
        if item.material in counts:
            counts[item.material] += item.fills if item.decision is Decision.ACCEPTED else 0
    return quota_lines_of(context.notice, unit, counts)


def _without_reader(found: Examination, receipt: str) -> Detail | None:
    """Detail of MAILBOX_UNANSWERED for a submission that nobody could read an answer to; None for other mails,
    and for those of doubtful authors, which are listed as held."""
    if found.verdict.kind is not MailKind.SUBMISSION or not found.author.may(Act.BE_ANSWERED):
        return None
    sender = found.message.sender.address
    if sender and (found.is_unread or is_unread_address(sender)):
        return {"to": sender, "receipt": receipt, "reason": UNREAD}
    written = found.message.header("from") or "空白"
    return {"to": written[:_MAXIMUM_SENDER_LENGTH], "receipt": receipt, "reason": NO_ADDRESS}


def _fingerprints(files: tuple[FileFacts, ...]) -> tuple[Fingerprint, ...]:
    """What identifies the files when they come again: those inside archives, and not the archives."""
    return tuple(
        Fingerprint(file.shown_name, file.sha256, file.photo.look if file.photo else None)
        for file in files
        if file.kind not in (*ARCHIVES, Kind.EMPTY) and not is_decoration(file)
    )


def _body_file(found: Examination, work: Path) -> list[Attachment]:
    """The mail body as a file: it may be the material itself, and is kept with the other files."""
    if not found.body.strip():
        return []
    content = found.body.encode("utf-8-sig", "replace")
    path = work / "body.txt"
    path.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    return [Attachment(BODY_FILE_NAME, path, len(content), digest, "text/plain")]
