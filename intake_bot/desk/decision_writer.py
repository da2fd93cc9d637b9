"""Writes down what a clerk decides about a mail: in one transaction, with the letter to the school.

A decision replaces the judgement that stood, which stays in the ledger. It may run while the daemon runs: where
somebody else has decided meanwhile, nothing is changed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from intake_bot.config.notice_context import NoticeContext
from intake_bot.config.settings import Bureau
from intake_bot.desk.held_decision import RAW_MAIL_NAME, without_settled
from intake_bot.errors import PermanentFailure
from intake_bot.files.facts import FileFacts, Kind
from intake_bot.files.inspect import InspectedFile
from intake_bot.files.store import Store
from intake_bot.home.services import Services
from intake_bot.intake.answers.reply import ReplyWriter
from intake_bot.intake.examine import Examination
from intake_bot.intake.judgement import UNKNOWN_UNIT_FOLDER, JudgementWriter, quota_lines
from intake_bot.intake.opening import SuppliedFiles, open_mail
from intake_bot.judging.author import Relation
from intake_bot.judging.outcome_words import DISPOSITION_WORDS
from intake_bot.judging.rules.text import BODY_NAME
from intake_bot.judging.verdict import Disposition, MailKind, Verdict
from intake_bot.ledger.values.events import Detail, EventName
from intake_bot.ledger.values.orders import DecidingOrder, OrderEntry
from intake_bot.ledger.values.records import FiledMail, Judgement, KeptFile, LetterDraft, MessageRecord
from intake_bot.ledger.values.states import MessageState
from intake_bot.letters.reply import Revision
from intake_bot.mail.imap.spool import Spool
from intake_bot.mail.message import Address, Attachment, Message
from intake_bot.outbox.compose import answer_draft

OCTETS = "application/octet-stream"


@dataclass(frozen=True)
class DeskResult:
    """The mail after a command. `letter_to` has the recipients of the letter; empty where none is sent."""

    mail: FiledMail
    letter_to: tuple[str, ...] = ()
    order: int | None = None
    """The number of the order by which it was decided."""
    is_held: bool = False
    """It still waits for a clerk."""
    change: str = ""
    """What was decided, where that is about no item."""

    @property
    def words(self) -> str:
        """The outcome in words: 已收下, 部分收下, …"""
        return outcome_words(self.mail)


def outcome_words(mail: FiledMail) -> str:
    """The outcome of a mail in words, for a clerk."""
    if mail.disposition is not None:
        return DISPOSITION_WORDS[mail.disposition].done
    return {
        MessageState.HELD: DISPOSITION_WORDS[Disposition.HELD].done,
        MessageState.IGNORED: "不是报送邮件，没有处理",
        MessageState.DUPLICATE: "与另一封邮件相同，没有处理",
        MessageState.WAITING: "等同一批的其他邮件",
    }.get(mail.state, "还没有处理")


@dataclass(frozen=True)
class ByHand:
    """One decision of a clerk. `answer`: the school is written to."""

    verdict: Verdict
    event: EventName
    reason: str
    answer: bool
    revision: Revision | None = None
    detail: Detail | None = None
    """More for the event trail."""
    letter: LetterDraft | None = None
    """In the place of the letter that the verdict would get."""


class DecisionWriter:
    """Writes the decisions of one order, or of a command on this machine."""

    def __init__(self, services: Services, order: OrderEntry | None = None) -> None:
        self._services = services
        self._settings = services.settings
        self._home = services.home
        self._ledger = services.ledger
        self._clock = services.clock
        self._order = order
        self._reply_writer = ReplyWriter(services.templates)
        self._judgements = JudgementWriter(services)
        self._spool = Spool(services.home.spool)

    def bureau(self, record: MessageRecord) -> Bureau:
        """The bureau that received the mail. Raises PermanentFailure when it is no longer configured."""
        bureau = self._settings.bureau(record.key.bureau)
        if bureau is None:
            raise PermanentFailure(f"配置里已没有教育局 {record.key.bureau}")
        return bureau

    def context(self, record: MessageRecord) -> NoticeContext:
        """What the mail is judged by. Raises PermanentFailure where it arrived when there was no notice."""
        context = self._services.find_notice_context(self.bureau(record), record.arrival.at)
        if context is None:
            raise PermanentFailure(f"{record.receipt} 收到时没有适用的通知，不能作出决定")
        return context

    # ---- judging again -----------------------------------------------------------------------------------------

    def judge_again(
        self, record: MessageRecord, supplied: SuppliedFiles, what: EventName, detail: Detail, work: Path
    ) -> DeskResult:
        """Judges the mail by the time at which it was received. Raises PermanentFailure when its raw bytes are gone or
        it is no submission by the present configuration."""
        mail = self._ledger.submissions.get_mail(record.id)
        message = open_mail(self._raw(record), work, self._settings.intake.limits)
        found = self.examine(record, mail, message, supplied, work)
        judgement = self._judgements.write(record, found, self.context(record), work, supplied)
        return self._file(record, mail, judgement, what, detail)

    def examine(
        self, record: MessageRecord, mail: FiledMail, message: Message, supplied: SuppliedFiles, work: Path
    ) -> Examination:
        """What this message is, for the mail that stands so. Raises as `judge_again`."""
        found = self._judgements.examine(record, message, self.context(record), work, self._raw, supplied)
        if found.verdict.kind is not MailKind.SUBMISSION:
            raise PermanentFailure(f"{record.receipt} 按现在的配置不算报送邮件，请用 accept 或 reject 作出决定")
        return replace(found, verdict=without_settled(found.verdict, mail))

    def refile(
        self,
        record: MessageRecord,
        mail: FiledMail,
        found: Examination,
        supplied: SuppliedFiles,
        decision: ByHand,
        work: Path,
    ) -> DeskResult:
        """Files what a mail was found to be after a clerk has corrected it, with a letter that says what changed."""
        context = self.context(record)
        judgement = self._judgements.write(record, found, context, work, supplied)
        if judgement.answer is not None:
            judgement = replace(judgement, answer=self._reply(record, found, decision.revision))
        return self._file(record, mail, judgement, decision.event, decision.detail or {})

    def supplied_before(self, mail: FiledMail) -> tuple[Attachment, ...]:
        """What a clerk supplied for the mail, from the store."""
        return tuple(
            Attachment(one.name, self._home.files / one.path, one.bytes, one.sha256, OCTETS)
            for one in mail.files
            if one.supplied
        )

    def _raw(self, record: MessageRecord) -> Path:
        spooled = self._spool.find(record.key)
        if spooled is None:
            raise PermanentFailure(f"{record.receipt} 的原邮件已不在本机，不能重新判定；请用 accept 或 reject 作出决定")
        return spooled.path

    # ---- deciding ----------------------------------------------------------------------------------------------

    def decide(self, record: MessageRecord, mail: FiledMail, decision: ByHand, work: Path) -> DeskResult:
        """Files a decision about a mail whose files are in the store."""
        context, verdict = self.context(record), decision.verdict
        answer = decision.letter
        if answer is None and decision.answer:
            answer = self._answer(record, mail, decision, work)
        judgement = Judgement(
            notice=context.notice.id,
            verdict=verdict,
            files=mail.files or self._raw_mail(record, verdict, context),
            answer=answer,
            cumulative=frozenset(material.name for material in context.notice.materials if material.quotas),
            links=tuple(replace(link, is_settled=True) for link in mail.links),
        )
        reason = {"reason": decision.reason} if decision.reason else {}
        revised = {"revised": mail.disposition} if decision.revision else {}
        detail: Detail = {**reason, **revised, **(decision.detail or {})}
        return self._file(record, mail, judgement, decision.event, detail)

    def restore(
        self, record: MessageRecord, mail: FiledMail, before: FiledMail, decision: ByHand, undoes: int, work: Path
    ) -> DeskResult:
        """Files the judgement that stood before an order once more."""
        context = self.context(record)
        judgement = Judgement(
            notice=context.notice.id,
            verdict=decision.verdict,
            files=before.files,
            answer=self._answer(record, before, decision, work) if decision.answer else None,
            cumulative=frozenset(material.name for material in context.notice.materials if material.quotas),
            links=before.links,
        )
        return self._file(record, mail, judgement, decision.event, decision.detail or {}, undoes, before.submission)

    def _file(
        self,
        record: MessageRecord,
        mail: FiledMail,
        judgement: Judgement,
        what: EventName,
        detail: Detail,
        undoes: int | None = None,
        restores: int | None = None,
    ) -> DeskResult:
        order = None if self._order is None else DecidingOrder(self._order, mail.submission, undoes, restores)
        number = self._ledger.messages.record_decision(record.id, judgement, what, detail, self._clock(), order)
        is_held = self._ledger.submissions.is_held(record.id)
        if not is_held:
            together = [record, *(piece_mail for piece_mail, _ in self._ledger.pieces.find_merged_into(record.id))]
            self._spool.remove([one.key.file_name for one in together])
        to = judgement.answer.recipients if judgement.answer else ()
        return DeskResult(self._ledger.submissions.get_mail(record.id), to, number, is_held)

    def _raw_mail(self, record: MessageRecord, verdict: Verdict, context: NoticeContext) -> tuple[KeptFile, ...]:
        """Stores the raw bytes of a mail that was never opened as its only file."""
        spooled = self._spool.find(record.key)
        if spooled is None:
            return ()
        day = next((item.day for item in verdict.items if item.day), None)
        day = day or record.arrival.at.astimezone(context.calendar.zone).date()
        raw = Attachment(RAW_MAIL_NAME, spooled.path, spooled.bytes, spooled.sha256, "message/rfc822")
        unit = verdict.unit or UNKNOWN_UNIT_FOLDER
        kept = Store(self._home.files).keep(context.bureau.id, day, unit, record.receipt, [raw])
        return tuple(KeptFile(one.name, one.path, one.sha256, one.bytes, Kind.MESSAGE) for one in kept)

    # ---- the letter to the school --------------------------------------------------------------------------------

    def _answer(self, record: MessageRecord, mail: FiledMail, decision: ByHand, work: Path) -> LetterDraft | None:
        return self._reply(
            record,
            self.examination(record, mail, self.message(record, mail, work), decision.verdict),
            decision.revision,
        )

    def examination(self, record: MessageRecord, mail: FiledMail, message: Message, verdict: Verdict) -> Examination:
        """The mail with this verdict on it, as a letter about it needs it."""
        files = tuple(
            InspectedFile(FileFacts(file.name, file.kind, file.bytes, file.sha256), self._home.files / file.path)
            for file in mail.files
            if file.name != BODY_NAME
        )
        author = self._judgements.find_author(record, message, self.context(record), verdict.unit)
        if any(finding.code == "sender.unauthenticated" for finding in mail.findings):
            author = replace(author, relation=Relation.DOUBTFUL)
        return Examination(message, verdict, inspected=files, author=author)

    def _reply(self, record: MessageRecord, found: Examination, revision: Revision | None) -> LetterDraft | None:
        context, now = self.context(record), self._clock()
        quotas = quota_lines(self._ledger, record, found.verdict, context, found.author)
        reply = self._reply_writer.reply(found, context, record.receipt, record.arrival.at, now, quotas, revision)
        if reply is None:
            return None
        at = now.astimezone(context.calendar.zone)
        return answer_draft(reply.letter, context.bureau, reply.to, found.message, record.receipt, at)

    def message(self, record: MessageRecord, mail: FiledMail, work: Path) -> Message:
        """The message to answer: parsed from the raw mail, or made from the ledger for a mail that was never opened,
        since opening it has failed three times."""
        spooled = self._spool.find(record.key) if record.state is not MessageState.HELD else None
        if spooled is not None:
            return open_mail(spooled.path, work, self._settings.intake.limits)
        answered = self._ledger.letters.find_answer_to(record.key.bureau, record.receipt)
        return Message(
            headers={}, subject=mail.subject, sender=Address("", mail.sender),
            reply_to=Address("", answered.recipients[0]) if answered else None, to=(), cc=(),
            message_id=record.message_id, in_reply_to=(), references=(), sent_at=None, received_at=None,
            text="", html="", attachments=(), bytes=record.key.bytes,
        )  # fmt: skip

    def whole_message(self, record: MessageRecord, mail: FiledMail, work: Path) -> Message:
        """The message with its files: from the raw mail, or, where that is not kept any more, from the store."""
        message = self.message(record, mail, work)
        if message.attachments or message.text:
            return message
        there = [(file, self._home.files / file.path) for file in mail.files if not file.supplied]
        words = [path.read_text("utf-8-sig", "replace") for file, path in there if file.name == BODY_NAME]
        attached = tuple(
            Attachment(file.name, path, file.bytes, file.sha256, OCTETS)
            for file, path in there
            if file.name != BODY_NAME and path.is_file()
        )
        return replace(message, text="\n\n".join(words), attachments=attached)
