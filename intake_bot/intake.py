"""The walk in: from a bureau's mailbox into the ledger, in the order of writes that no crash can break.

1. the ledger sees the mail, and counts the attempt before its bytes are touched;
2. the raw bytes go to the spool;
3. the attachments go to the store;
4. ONE transaction writes message, submission, items, findings, files and the finished answer, or why there is
   none. Here we take responsibility. Whatever was done before is done again after a crash, with the same result.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from intake_bot.answering import Answering
from intake_bot.clock import Clock
from intake_bot.concluding import Concluding
from intake_bot.config.settings import Bureau, Settings
from intake_bot.disk import disk_failures_of
from intake_bot.errors import TemporaryFailure
from intake_bot.examine import Desk, Examined, Given, desk_for, open_mail
from intake_bot.files.worker import Worker
from intake_bot.home import Home
from intake_bot.judging.verdict import MailKind
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.records import MessageRecord, Returned
from intake_bot.ledger.states import MessageState
from intake_bot.looking import Looking
from intake_bot.mail.bounces import read_bounce
from intake_bot.mail.connection import LoginRefused, ServerFailure
from intake_bot.mail.mailbox import Mailbox, MailGone
from intake_bot.mail.message import message_id_of
from intake_bot.mail.spool import Spool, Spooled
from intake_bot.mail.triage import BOUNCE
from intake_bot.recall import RawOf, overdue
from intake_bot.returning import returned_letter

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Taken:
    """What one pass over a mailbox did, in mails."""

    seen: int = 0
    settled: int = 0
    failed: int = 0


class Intake:
    """Takes in the mail of one bureau."""

    def __init__(
        self,
        settings: Settings,
        bureau: Bureau,
        home: Home,
        ledger: Ledger,
        answering: Answering,
        clock: Clock,
        worker: Worker,
    ) -> None:
        self._settings = settings
        self._bureau = bureau
        self._home = home
        self._ledger = ledger
        self._clock = clock
        self._concluding = Concluding(settings, home, ledger, answering, clock, worker)
        self._spool = Spool(home.spool)

    def take_in(self, mailbox: Mailbox, stop: Callable[[], bool]) -> Taken:
        """One pass: notes every mail that is new, and settles what is unsettled, oldest first; what has failed before
        comes last.

        `stop` is asked between two mails. Raises LoginRefused, or TemporaryFailure when the mailbox cannot be reached
        (again), the disk is nearly full or the bureau has no notice; a mail that fails is left for the next pass and
        never stops those behind it. Neither does a junk folder, or the daily comparison: the inbox is served by then.
        """
        self._check_disk()
        self._desk(self._clock())
        mailbox.open()
        self._clean_up()
        looking = Looking(self._settings, self._bureau, self._ledger, mailbox, self._clock)
        taken = Taken()
        for record in self._turns(looking):
            if stop():
                break
            try:
                mailbox.open()
            except ServerFailure as error:
                if not record.last_error:
                    raise
                log.warning("rest put off bureau=%s: %s", self._bureau.id, error)
                break
            settled = self._try_one(record, looking)
            taken = replace(taken, settled=taken.settled + settled, failed=taken.failed + (not settled))
        return replace(taken, seen=looking.new)

    def _turns(self, looking: Looking) -> Iterator[MessageRecord]:
        """The mails to be settled; looks for new ones on its way. What failed in an earlier pass comes last: it may be
        what breaks the connection."""
        tried = set()
        for look in (looking.inbox, looking.junk, looking.reconcile):
            look()
            for record in self._ledger.messages.unfinished(self._bureau.id):
                if not record.last_error and record.id not in tried:
                    tried.add(record.id)
                    yield record
        looking.note_left_out()
        yield from overdue(self._ledger, self._settings, self._bureau, self._clock())
        for record in self._ledger.messages.unfinished(self._bureau.id):
            if record.id not in tried:
                yield record

    def _try_one(self, record: MessageRecord, looking: Looking) -> bool:
        """True when the mail is settled, or waits for others. The one broad `except` of this walk stands here."""
        if record.attempts >= self._settings.intake.limits.attempts:
            reason = f"连续{record.attempts}次没能处理（{record.last_error or '收件程序意外中断'}），请人工打开查看"
            self._ledger.messages.hold(record.id, reason, self._clock())
            log.warning("message held receipt=%s attempts=%d", record.receipt, record.attempts)
            return True
        self._check_disk()
        self._ledger.messages.count_attempt(record.id)
        try:
            with disk_failures_of(self._home.data):
                self._settle(record, looking)
        except MailGone as error:
            self._ledger.messages.attempt_failed(record.id, str(error), self._clock())
            log.warning("message gone receipt=%s uid=%d", record.receipt, record.key.uid)
            return False
        except (TemporaryFailure, LoginRefused) as error:
            self._ledger.messages.attempt_excused(record.id, str(error), self._clock())
            log.warning("message put off receipt=%s: %s", record.receipt, error)
            return False
        except Exception as error:
            self._ledger.messages.attempt_failed(record.id, type(error).__name__, self._clock())
            log.exception("message failed receipt=%s", record.receipt)
            return False
        return True

    def _settle(self, record: MessageRecord, looking: Looking) -> None:
        spooled = self._spooled(record, looking)
        waits = False
        original = self._ledger.messages.earlier_copy(record.id)
        if original is not None:
            self._ledger.messages.headers_read(record.id, original.sender, original.subject)
            self._ledger.messages.file_duplicate(record.id, original.id, self._clock())
            log.info("duplicate receipt=%s of=%s", record.receipt, original.receipt)
        else:
            self._home.work.mkdir(parents=True, exist_ok=True)
            # Inside data/, on the store's own file system, so that keeping a file needs no second copy of it.
            with tempfile.TemporaryDirectory(dir=self._home.work, ignore_cleanup_errors=True) as work:
                waits = not self._judge(record, spooled, Path(work), lambda other: self._spooled(other, looking).path)
        if not waits and not self._ledger.history.is_held(record.id):
            # A person may give what is missing, and then it is read once more.
            self._spool.discard(spooled)

    def _spooled(self, record: MessageRecord, looking: Looking) -> Spooled:
        """The raw mail on our disk: from an earlier try where there is one, else from the server."""
        spooled = self._spool.find(record.key)
        if spooled is None or record.sha256 not in (None, spooled.sha256):  # lost, or damaged by a power cut
            spooled = self._spool.save(record.key, lambda write: looking.fetch(record.key, write))
        if record.sha256 != spooled.sha256 and record.state is not MessageState.WAITING:
            message_id = message_id_of(spooled.path)
            self._ledger.messages.spooled(record.id, spooled.path.name, spooled.sha256, message_id, self._clock())
        return spooled

    def _judge(self, record: MessageRecord, spooled: Spooled, work: Path, raw_of: RawOf) -> bool:
        """True when it was settled; false when it waits for the mails that belong to it."""
        message = open_mail(spooled.path, work, self._settings.intake.limits)
        self._ledger.messages.headers_read(record.id, message.sender.address, message.subject)
        desk = self._desk(record.key.internaldate)
        examined = self._concluding.examined(record, message, desk, work, raw_of, Given())
        if examined.waits is not None:
            self._ledger.pieces.wait(record.id, examined.waits, self._clock())
            log.info("waiting receipt=%s piece=%d/%d", record.receipt, examined.waits.number, examined.waits.total)
            return False
        if examined.verdict.kind is not MailKind.SUBMISSION:
            self._ledger.messages.file_ignored(
                record.id, examined.verdict.kind, examined.reason, self._clock(), self._returned(examined)
            )
            log.info("ignored receipt=%s kind=%s reason=%s", record.receipt, examined.verdict.kind, examined.reason)
            return True
        judgement = self._concluding.judgement(record, examined, desk, work, Given())
        self._ledger.messages.file_judgement(record.id, judgement, self._clock())
        log.info(
            "judged receipt=%s disposition=%s unit=%s",
            record.receipt,
            examined.verdict.disposition,
            examined.verdict.unit,
        )
        return True

    def _returned(self, examined: Examined) -> Returned | None:
        """Which letter of ours a bounce brings back, if it is one."""
        if examined.reason != BOUNCE:
            return None
        return returned_letter(read_bounce(examined.message), self._bureau.id, self._ledger)

    def _desk(self, at: datetime) -> Desk:
        """Without a notice no mail can be told from another: all of it waits in the mailbox until there is one."""
        desk = desk_for(self._settings, self._bureau, at)
        if desk is None:
            raise TemporaryFailure(
                f"{self._bureau.name}没有可用的通知（config/notices），收信暂停；补上通知后，会接着处理邮箱里的信"
            )
        return desk

    def _check_disk(self) -> None:
        """Nothing is fetched onto a disk that is nearly full: a ledger that cannot be written helps nobody."""
        with disk_failures_of(self._home.data):
            free = shutil.disk_usage(self._home.data).free
        if free < self._settings.intake.limits.free_disk_bytes:
            raise TemporaryFailure(f"磁盘只剩 {free // 1_000_000} MB，暂停收信，请清理 {self._home.data} 所在的磁盘")

    def _clean_up(self) -> None:
        """Removes what a killed run left half done; the lock on the home makes sure that no other run is at work."""
        self._spool.sweep(self._clock(), timedelta(hours=36))
        self._spool.remove(self._ledger.messages.with_raw_mail_to_spare(self._spool.names()))
        shutil.rmtree(self._home.work, ignore_errors=True)
