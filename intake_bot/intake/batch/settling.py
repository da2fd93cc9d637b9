"""One mail, from the spool into the ledger."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from intake_bot.config.notice_context import NoticeContext
from intake_bot.config.settings import Bureau
from intake_bot.errors import TemporaryFailure
from intake_bot.files.store import Store
from intake_bot.files.worker.recorded import NotAsked, Opener
from intake_bot.home.services import Services
from intake_bot.intake.batch.ahead import ReadMail
from intake_bot.intake.mailbox_scanner import MailboxScanner
from intake_bot.intake.opening import NOTHING_SUPPLIED, open_mail
from intake_bot.judging.verdict import MailKind
from intake_bot.ledger.values.events import Detail
from intake_bot.ledger.values.orders import CommandDraft, CommandFile
from intake_bot.ledger.values.records import BouncedLetter, MailHeaders, MessageRecord, SpooledRaw
from intake_bot.ledger.values.states import MessageState
from intake_bot.mail.imap.responses import MailGone
from intake_bot.mail.imap.spool import Spool, SpooledMail
from intake_bot.mail.message import Message
from intake_bot.mail.reading.head import read_head
from intake_bot.notices.subject import read_subject

if TYPE_CHECKING:
    from intake_bot.intake.examine import Examination
    from intake_bot.intake.judgement import JudgementWriter
    from intake_bot.intake.ledger_prior_mail import RawOf
    from intake_bot.intake.order_mail import OrderMail

log = logging.getLogger(__name__)

_DAY = timedelta(days=1)
"""No cap on answers looks back further."""
_ORDER_FILES = "经办人"
"""Stands in the place of a unit in the store, for the files of a clerk."""


class Settler:
    """Settles mails of one bureau. `work` is its folder for decoded files: inside data/, on the store's own file
    system, so that keeping a file needs no second copy of it."""

    def __init__(self, services: Services, bureau: Bureau, spool: Spool, work: Path) -> None:
        self._services = services
        self._bureau = bureau
        self._ledger = services.ledger
        self._clock = services.clock
        self._contexts: dict[str, NoticeContext | None] = {}
        self._repeated: frozenset[int] = frozenset()
        """Those of the batch that may be duplicates."""
        self._spool = spool
        self._store = Store(services.home.files)
        self._work = work

    @cached_property
    def _judgements(self) -> JudgementWriter:
        # With the first mail: most passes find none, and what judges and answers takes as long to import as the ledger.
        from intake_bot.intake.judgement import JudgementWriter

        return JudgementWriter(self._services)

    def together(self) -> AbstractContextManager[None]:
        """The files of all mails that are settled within the block are durable when it ends."""
        return self._judgements.together()

    def look_up(self, records: Sequence[MessageRecord]) -> None:
        """Asks once for what is asked about every mail of a batch; to be called before its transaction."""
        self._contexts.clear()
        self._repeated = self._ledger.messages.find_repeated([record.id for record in records])
        now = self._clock()
        self._ledger.letters.find_answers_since(self._bureau.id, now - _DAY)

    def context(self, at: datetime) -> NoticeContext:
        """The notice for mail of this time, as it was when a batch began. Without one no mail can be told from another:
        all of it waits in the mailbox until there is one."""
        notice = self._services.settings.notice_for(self._bureau.id, at)
        key = notice.id if notice else ""
        if key not in self._contexts:
            self._contexts[key] = self._services.find_notice_context(self._bureau, at)
        context = self._contexts[key]
        if context is None:
            raise TemporaryFailure(
                f"{self._bureau.name}没有可用的通知（config/notices），收信暂停；补上通知后，会接着处理邮箱里的信"
            )
        return context

    def settle_alone(self, record: MessageRecord, scanner: MailboxScanner, opener: Opener) -> None:
        """All steps for one mail, from wherever an earlier attempt has left it."""
        spooled = self._make_spooled(record, scanner)
        self.look_up([record])
        record = self._ledger.messages.get(record.id)
        with tempfile.TemporaryDirectory(dir=self._work, ignore_cleanup_errors=True) as folder:
            message = open_mail(spooled.path, Path(folder), self._services.settings.intake.limits)
            (record,) = self.record_headers([record], {record.id: message})
            read = ReadMail(message, opener, Path(folder))
            is_settled = self._settle(record, read, lambda other: self._make_spooled(other, scanner).path)
        if is_settled:
            self.discard([(record, spooled)])

    def name_lines(self, record: MessageRecord, read: ReadMail) -> frozenset[str]:
        """The lines that the mail belongs to: its sender's, and its unit's. The mails of one line keep their order."""
        context, message = self.context(record.arrival.at), read.message
        unit = read_subject(message.subject, context.notice, context.bureau.roster).unit
        return frozenset({message.sender.address.lower(), unit.name if unit else ""} - {""})

    def settle_read(self, record: MessageRecord, read: ReadMail) -> bool:
        """Steps 3 and 4 for a mail that was read ahead. False when it waits for other pieces, which need its bytes.

        Raises NotAsked where it must be settled alone: it wants other mails, or files of a prior one, which may be of
        the same batch and not in the store yet.
        """
        with self._ledger.apart():
            return self._settle(record, read, _no_other_mail)

    def record_headers(
        self, records: Sequence[MessageRecord], messages: Mapping[int, Message]
    ) -> tuple[MessageRecord, ...]:
        """Records sender and subject of those that were read; returns the mails as the ledger has them now."""
        headers = {id_: MailHeaders(one.sender.address, one.subject) for id_, one in messages.items()}
        self._ledger.messages.record_headers(headers)
        known = self._ledger.messages.get_all([record.id for record in records])
        return tuple(known[record.id] for record in records)

    def discard(self, settled: Sequence[tuple[MessageRecord, SpooledMail]]) -> None:
        """Removes the raw bytes of mails that are settled. Those of a held one stay: a person may supply what is
        missing, and then it is read once more."""
        held = self._ledger.submissions.find_held_among([record.id for record, _ in settled])
        for record, spooled in settled:
            if record.id not in held:
                self._spool.discard(spooled)

    def _make_spooled(self, record: MessageRecord, scanner: MailboxScanner) -> SpooledMail:
        spooled = self.save(record, scanner)
        self.record_spooled(self.find_unrecorded(record, spooled))
        return spooled

    def save(
        self, record: MessageRecord, scanner: MailboxScanner, follow: Callable[[Path], object] | None = None
    ) -> SpooledMail:
        """The raw mail on our disk: from an earlier try where there is one, else from the server, and then `follow` is
        called as by `Spool.save`."""
        spooled = self._spool.find(record.key)
        if spooled is None or record.sha256 not in (None, spooled.sha256):  # lost, or damaged by a power cut
            spooled = self._spool.save(record.key, lambda write: scanner.fetch(record.key, write), follow)
        return spooled

    def record_spooled(self, spooled: Mapping[int, SpooledRaw]) -> None:
        """Records the raw mails."""
        if spooled:
            self._ledger.messages.record_spooled(spooled, self._clock())

    def find_unrecorded(self, record: MessageRecord, spooled: SpooledMail) -> Mapping[int, SpooledRaw]:
        """What the ledger does not know of the raw mail, by the mail's id. Raises MailGone where it is another one than
        before."""
        if record.sha256 == spooled.sha256 or record.state is MessageState.WAITING:
            return {}
        head = read_head(spooled.path)
        if record.identity not in (None, head.identity):
            self._spool.discard(spooled)
            raise MailGone("邮件已不在邮箱里，在它的位置上是另一封")
        return {record.id: SpooledRaw(spooled.path.name, spooled.sha256, head)}

    def _settle(self, record: MessageRecord, read: ReadMail, raw_of: RawOf) -> bool:
        """Writes down what the mail turned out to be, in one transaction. False when it waits for other pieces."""
        original = self._ledger.messages.find_original(record.id) if record.id in self._repeated else None
        if original is not None:
            self._ledger.messages.mark_duplicate(record.id, original.id, self._clock())
            log.info("duplicate receipt=%s of=%s", record.receipt, original.receipt)
            return True
        context = self.context(record.arrival.at)
        found = self._judgements.examine(
            record, read.message, context, read.work, raw_of, NOTHING_SUPPLIED, read.opener
        )
        if read.is_ahead and found.supplement is not None:
            raise NotAsked(found.supplement.receipt)
        if found.was_hard:
            self._ledger.messages.record_hard(record.id, self._clock())
        if found.waits is not None:
            self._ledger.pieces.mark_waiting(record.id, found.waits, self._clock())
            log.info("waiting receipt=%s piece=%d/%d", record.receipt, found.waits.number, found.waits.total)
            return False
        verdict = found.verdict
        if found.order is not None:
            day = record.arrival.at.astimezone(context.calendar.zone).date()
            self._record_order_mail(record, found.order, day)
            return True
        if found.is_trial and verdict.kind is MailKind.SUBMISSION:
            answer = self._judgements.answer(record, found, context)
            self._ledger.messages.record_trial(record.id, answer.letter, answer.unanswered, self._clock())
            log.info("trial receipt=%s disposition=%s", record.receipt, verdict.disposition)
            return True
        if verdict.kind is not MailKind.SUBMISSION:
            bounced = self._bounced_letter(found)
            self._ledger.messages.mark_ignored(record.id, verdict.kind, found.reason, self._clock(), bounced)
            log.info("ignored receipt=%s kind=%s reason=%s", record.receipt, verdict.kind, found.reason)
            return True
        judgement = self._judgements.write(record, found, context, read.work, NOTHING_SUPPLIED)
        self._ledger.messages.record_judgement(record.id, judgement, self._clock())
        log.info("judged receipt=%s disposition=%s unit=%s", record.receipt, verdict.disposition, verdict.unit)
        return True

    def _record_order_mail(self, record: MessageRecord, order: OrderMail, day: date) -> None:
        """Writes down the orders, which the desk carries out; or that they are none, for the next digest. Files are
        kept as those of a school are, under the `day` on which the mail was received. Raises TemporaryFailure when the
        disk refuses them."""
        now = self._clock()
        if order.refusal is None:
            bureau = record.key.bureau
            kept = self._store.keep(bureau, day, _ORDER_FILES, record.receipt, order.files) if order.files else ()
            files = tuple(CommandFile(one.name, one.path) for one in kept)
            draft = CommandDraft(order.sender, order.letter.id, order.words, order.code, files)
            self._ledger.messages.record_command(record.id, draft, now)
        else:
            detail: Detail = {
                "receipt": record.receipt,
                "sender": order.sender,
                "reason": order.refusal,
                "needs": "、".join(sorted(order.letter.recipients)),
            }
            self._ledger.messages.record_refused(record.id, order.refusal, detail, now)
        log.info("command receipt=%s refused=%s", record.receipt, order.refusal)

    def _bounced_letter(self, found: Examination) -> BouncedLetter | None:
        """Which letter of ours a bounce is about, if it is one."""
        from intake_bot.intake.bounced_letter import bounced_letter
        from intake_bot.mail.bounces import read_bounce
        from intake_bot.mail.machines.triage import BOUNCE

        if not found.reason.startswith(BOUNCE):
            return None
        return bounced_letter(read_bounce(found.message), self._bureau.id, self._ledger)


def _no_other_mail(record: MessageRecord) -> Path:
    raise NotAsked(record.receipt)
