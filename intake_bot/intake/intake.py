"""One bureau's mail, from its mailbox into the ledger, in the order of writes that no crash can break.

The steps are numbered as in the README, where 5 and 6 are those of the outbox:
1. the ledger records the mail as seen, and in a second transaction counts the attempt, before its bytes are touched;
2. the raw bytes go to the spool;
3. the attachments go to the store;
4. ONE transaction writes message, submission, items, findings, files and the finished answer, or why there is
   none. Here we take responsibility. Whatever was done before is done again after a crash, with the same result.

New mails go through these steps in batches (`batch/`), so that a backlog flows; each mail still has them in this order.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from intake_bot.config.settings import Bureau
from intake_bot.errors import TemporaryFailure, disk_failures_of
from intake_bot.home.services import Services
from intake_bot.intake.batch.ahead import ReadAhead
from intake_bot.intake.batch.attempts import Attempts
from intake_bot.intake.batch.sequence import MAXIMUM_MAILS, make_batches, postpone_large
from intake_bot.intake.batch.settling import Settler
from intake_bot.intake.batch.stopwatch import Stopwatch
from intake_bot.intake.batch.taking import Batch, BatchTaker
from intake_bot.intake.batch.taking import IntakeCount as IntakeCount
from intake_bot.intake.mailbox_scanner import MailboxScanner
from intake_bot.ledger.values.records import MessageRecord
from intake_bot.mail.connection import ServerFailure
from intake_bot.mail.imap.mailbox import Mailbox
from intake_bot.mail.imap.spool import Spool

log = logging.getLogger(__name__)

KEPT_SPOOL = timedelta(hours=36)
"""Files in the spool that the ledger does not know are removed when they are older than this."""


_HARD_FOR = timedelta(hours=24)
"""Time for which the mails of a sender wait behind others, after one that took much time."""


class Intake:
    """Takes in the mail of one bureau."""

    def __init__(self, services: Services, bureau: Bureau) -> None:
        self._services = services
        self._settings = services.settings
        self._bureau = bureau
        self._home = services.home
        self._ledger = services.ledger
        self._clock = services.clock
        self._work = services.home.work / bureau.id
        self._spool = Spool(services.home.spool)
        self._settler = Settler(services, bureau, self._spool, self._work)
        self._attempts = Attempts(services)

    def take_in(self, mailbox: Mailbox, stop: Callable[[], bool]) -> IntakeCount:
        """One pass: records every mail that is new, and settles what is unsettled, oldest first; what failed before
        comes last.

        `stop` is asked between two mails. Raises LoginRefused, or TemporaryFailure when the mailbox cannot be reached
        (again), the disk is nearly full or the bureau has no notice; a mail that fails is left for the next pass and
        never stops those behind it. Neither does a junk folder, or the daily comparison: the inbox is served by then.
        """
        self._check_disk()
        self._settler.context(self._clock())
        self._clean_up()
        scanner = MailboxScanner(self._services, self._bureau, mailbox)
        stopwatch = Stopwatch()
        with ReadAhead(self._services, self._work, stopwatch) as ahead:
            taker = BatchTaker(self._ledger, self._spool, self._settler, self._attempts, ahead, scanner, stopwatch)
            failed = [one for one in self._ledger.messages.find_unfinished(self._bureau.id) if one.last_error]
            count = self._take_new(taker, scanner, mailbox, stop)
            if not stop():
                scanner.note_left_out()
                count += self._take_left_over((*taker.put_back, *self._find_overdue(), *failed), taker, mailbox, stop)
        if count.settled:
            spent = " ".join(f"{stage}={seconds:.2f}s" for stage, seconds in stopwatch.seconds.items())
            log.info("taken in bureau=%s mails=%d %s", self._bureau.id, count.settled, spent)
        return replace(count, seen=scanner.new, seconds=stopwatch.seconds)

    def _take_new(
        self, taker: BatchTaker, scanner: MailboxScanner, mailbox: Mailbox, stop: Callable[[], bool]
    ) -> IntakeCount:
        """The new mails in batches: while one is judged, the next one has been fetched and is being read."""
        count, pending = IntakeCount(), Batch()
        try:
            for records in self._find_new(taker, scanner):
                if stop():
                    break
                mailbox.open()
                self._check_disk()
                if records[0].attempts:
                    count += taker.finish(pending, stop)
                    count += self._try_again(taker, records[0])
                else:
                    # Whatever the one before ends in, this one is finished below.
                    previous, pending = pending, taker.prepare(records)
                    count += taker.finish(previous, stop)
        finally:
            count += taker.finish(pending, stop)
        return count

    def _find_new(self, taker: BatchTaker, scanner: MailboxScanner) -> Iterator[tuple[MessageRecord, ...]]:
        """Batches of the mails that never failed; scans for new ones on its way. One that was in work when the program
        ended comes alone, and those of a sender whose mail took much time are put back."""
        tried: set[int] = set()
        for scan in (scanner.inbox, scanner.junk, scanner.reconcile):
            scan()
            found = self._ledger.messages.find_unfinished(self._bureau.id)
            fresh = [one for one in found if not one.last_error and one.id not in tried]
            tried.update(one.id for one in fresh)
            for start in range(0, len(fresh), MAXIMUM_MAILS):
                ordered = postpone_large(fresh[start : start + MAXIMUM_MAILS], scanner.find_lines)
                for batch in make_batches(ordered):
                    late = self._following_hard_ones(batch, scanner)
                    taker.put_back += late
                    if rest := tuple(one for one in batch if one not in late):
                        yield rest

    def _following_hard_ones(
        self, records: Sequence[MessageRecord], scanner: MailboxScanner
    ) -> tuple[MessageRecord, ...]:
        """The mails of a sender of whom another one took much time today."""
        hard = self._ledger.authors.find_hard_senders(self._bureau.id, self._clock() - _HARD_FOR)
        if not hard:
            return ()
        return tuple(one for one in records if (one.sender.lower() or scanner.find_sender(one.key)) in hard)

    def _take_left_over(
        self, records: Iterable[MessageRecord], taker: BatchTaker, mailbox: Mailbox, stop: Callable[[], bool]
    ) -> IntakeCount:
        """One by one what was put back, pieces that need wait no longer, and last what failed in an earlier pass: it
        may be what breaks the connection."""
        count = IntakeCount()
        for record in records:
            if stop():
                break
            try:
                mailbox.open()
            except ServerFailure as error:
                if not record.last_error:
                    raise
                log.warning("rest put off bureau=%s: %s", self._bureau.id, error)
                break
            self._check_disk()
            count += self._try_again(taker, record)
        return count

    def _find_overdue(self) -> Iterable[MessageRecord]:
        if not self._ledger.pieces.find_waiting(self._bureau.id):
            return ()
        from intake_bot.intake.ledger_prior_mail import overdue  # with the first piece, as what judges

        return overdue(self._ledger, self._settings, self._bureau, self._clock())

    def _try_again(self, taker: BatchTaker, record: MessageRecord) -> IntakeCount:
        record = self._attempts.apply_excuse(record)
        if self._attempts.hold_hopeless(record):
            return IntakeCount(settled=1)
        self._ledger.messages.count_attempt(record.id)
        return taker.settle_alone(record)

    def _check_disk(self) -> None:
        """Nothing is fetched onto a disk that is nearly full: a ledger that cannot be written helps nobody."""
        with disk_failures_of(self._home.data):
            free = shutil.disk_usage(self._home.data).free
        if free < self._settings.intake.limits.free_disk_bytes:
            raise TemporaryFailure(f"磁盘只剩 {free // 1_000_000} MB，暂停收信，请清理 {self._home.data} 所在的磁盘")

    def _clean_up(self) -> None:
        """Removes what a killed run left half done. The lock on the home makes sure that no other program is at work,
        and only one pass over this bureau's mailbox runs at a time."""
        self._spool.sweep(self._clock(), KEPT_SPOOL)
        self._spool.remove(self._ledger.submissions.find_removable_spool_files(self._spool.names()))
        shutil.rmtree(self._work, ignore_errors=True)
        self._work.mkdir(parents=True, exist_ok=True)
