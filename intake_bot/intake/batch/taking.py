"""A batch of mails through the order of writes: each step for all of them, and the steps of each in their order,
numbered as in the README.

1. one transaction, behind the one that recorded them as seen, counts the attempts at them;
2. few requests fetch them, one wave of flushes puts them into the spool, one transaction records that;
   then they are read and measured, several at a time;
3. they are judged in order, and their files go to the store in one wave of flushes;
4. ONE transaction writes the verdicts of all.

Where a batch fails as a whole, and for a mail that wants more than was prepared, the steps are done for one mail alone.
"""

from __future__ import annotations

import logging
import shutil
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, wait
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import takewhile
from pathlib import Path

from intake_bot.errors import DiskFailure, LedgerDamaged, LedgerUnavailable, TemporaryFailure
from intake_bot.files.worker.recorded import NotAsked
from intake_bot.intake.batch.ahead import ReadAhead, ReadMail
from intake_bot.intake.batch.attempts import OUR_TROUBLE, Attempts
from intake_bot.intake.batch.sequence import LARGE_BYTES, SMALL_BYTES
from intake_bot.intake.batch.settling import Settler
from intake_bot.intake.batch.stopwatch import Stage, Stopwatch
from intake_bot.intake.mailbox_scanner import MailboxScanner
from intake_bot.ledger.ledger import Ledger
from intake_bot.ledger.values.records import MessageRecord, SpooledRaw
from intake_bot.mail.imap.spool import Spool, SpooledMail

log = logging.getLogger(__name__)

_SHARE = 0.1
"""Share of the time of one mail that its files may take ahead, where others wait. A harder one goes last."""


@dataclass(frozen=True)
class IntakeCount:
    """What one pass over a mailbox did, in mails."""

    seen: int = 0
    settled: int = 0
    failed: int = 0
    trouble: LedgerDamaged | DiskFailure | None = None
    """What is wrong with the ledger or the disk, where it kept a mail from being settled."""
    seconds: Mapping[Stage, float] = field(default_factory=dict, compare=False)
    """What each stage took, all mails together."""

    def __add__(self, other: IntakeCount) -> IntakeCount:
        settled, failed = self.settled + other.settled, self.failed + other.failed
        return IntakeCount(self.seen + other.seen, settled, failed, other.trouble or self.trouble)


@dataclass
class Batch:
    """Mails whose attempts are counted, and how far they have come."""

    waiting: deque[MessageRecord] = field(default_factory=deque)
    """Those that are not settled yet, in order."""
    spooled: dict[int, SpooledMail] = field(default_factory=dict)
    reading: dict[int, Future[ReadMail]] = field(default_factory=dict)
    """What is read of them ahead, by their ids. One without it is settled alone."""
    count: IntakeCount = IntakeCount()
    """Those that failed on the way."""

    @property
    def is_one_large_mail(self) -> bool:
        """Whether it is worthwhile to read it while it is fetched."""
        return len(self.waiting) == 1 and self.waiting[0].key.bytes >= LARGE_BYTES

    def drop_readings(self) -> None:
        """Removes the files of the mails that were read, or are not to be read any more."""
        for reading in self.reading.values():
            _clear(reading)
        self.reading.clear()


class BatchTaker:
    """Takes the batches of one pass in."""

    def __init__(
        self,
        ledger: Ledger,
        spool: Spool,
        settler: Settler,
        attempts: Attempts,
        ahead: ReadAhead,
        scanner: MailboxScanner,
        stopwatch: Stopwatch,
    ) -> None:
        self._ledger = ledger
        self._spool = spool
        self._settler = settler
        self._attempts = attempts
        self._ahead = ahead
        self._scanner = scanner
        self._stopwatch = stopwatch
        self.put_back: list[MessageRecord] = []
        """Mails that were too hard to be measured ahead, and those behind them that are in a line with them. No attempt
        at them counts."""
        self._late_lines: set[str] = set()

    def prepare(self, records: Sequence[MessageRecord]) -> Batch:
        """Steps 1 and 2. Mails that fail in them are out of the batch."""
        self._ledger.messages.count_attempts([record.id for record in records])
        batch = Batch(deque(records))
        self._ahead.wake(len(records))
        try:
            with self._stopwatch.time(Stage.FETCH):
                self._save(batch)
            self._note_spooled(batch)
        except OUR_TROUBLE as error:
            log.warning("batch taken apart: %s", error)
            batch.drop_readings()
            return batch
        for record in (one for one in batch.waiting if one.id not in batch.reading):
            try:
                context = self._settler.context(record.arrival.at)
            except TemporaryFailure:  # which is met once more, and reported, when it is settled
                continue
            share = _SHARE if len(records) > 1 else 1
            batch.reading[record.id] = self._ahead.start(record, batch.spooled[record.id].path, context, share)
        return batch

    def _save(self, batch: Batch) -> None:
        self._scanner.fetch_ahead([one.key for one in batch.waiting if one.key.bytes < SMALL_BYTES])

        whole: Future[SpooledMail] = Future()

        def save(record: MessageRecord) -> None:
            follow = partial(self._follow, batch, record, whole) if batch.is_one_large_mail else None
            batch.spooled[record.id] = self._settler.save(record, self._scanner, follow)

        try:
            with self._spool.together():
                self._step(batch, save)
            for record in batch.waiting if batch.is_one_large_mail else ():
                whole.set_result(batch.spooled[record.id])
        finally:
            whole.cancel()  # where it was not fetched, nobody is to wait for it

    def _follow(self, batch: Batch, record: MessageRecord, whole: Future[SpooledMail], growing: Path) -> None:
        """Begins to read a mail that is being fetched."""
        with suppress(TemporaryFailure):  # which is met once more when it is there
            context = self._settler.context(record.arrival.at)
            batch.reading[record.id] = self._ahead.follow(record, growing, whole, context)

    def _note_spooled(self, batch: Batch) -> None:
        """Records those that are what the ledger takes them for."""
        spooled: dict[int, SpooledRaw] = {}

        def check(record: MessageRecord) -> None:
            spooled.update(self._settler.find_unrecorded(record, batch.spooled[record.id]))

        with self._ledger.together():
            self._step(batch, check)
            self._settler.record_spooled(spooled)

    def _step(self, batch: Batch, step: Callable[[MessageRecord], None]) -> None:
        """Does the step for each waiting mail; those that fail wait no longer."""
        kept: deque[MessageRecord] = deque()
        for record in batch.waiting:
            try:
                is_done = self._attempts.make(record, partial(step, record))
            except DiskFailure as error:  # a smaller mail may find room
                self._attempts.excuse(record, error)
                batch.count += IntakeCount(failed=1, trouble=error)
                continue
            if is_done:
                kept.append(record)
            else:
                batch.count += IntakeCount(failed=1)
        batch.waiting = kept

    def finish(self, batch: Batch, stop: Callable[[], bool]) -> IntakeCount:
        """Steps 3 and 4. `stop` is asked between two mails; no attempt at those that are left counts.

        Raises LedgerUnavailable.
        """
        count, batch.count = batch.count, IntakeCount()
        try:
            while batch.waiting and not (count.settled and stop()):
                if batch.waiting[0].id in batch.reading:
                    count += self._judge_together(batch, stop)
                else:
                    count += self.settle_alone(batch.waiting.popleft())
            for record in batch.waiting:
                self._ledger.messages.uncount_attempt(record.id)
        except (LedgerUnavailable, LedgerDamaged) as error:
            for record in batch.waiting:
                self._attempts.excuse(record, error)
            batch.waiting.clear()
            raise
        finally:
            batch.drop_readings()
        return count

    def settle_alone(self, record: MessageRecord) -> IntakeCount:
        """All steps for one mail whose attempt is counted. Raises LedgerUnavailable."""
        self._ahead.wake(1)
        try:
            with self._ahead.worker() as worker:
                settle = partial(self._settler.settle_alone, record, self._scanner, worker)
                is_done = self._attempts.make(record, settle)
        except LedgerUnavailable as error:
            self._attempts.excuse(record, error)
            raise
        except (LedgerDamaged, DiskFailure) as error:
            # The ledger may be damaged in one place only, and a smaller mail may find room.
            self._attempts.excuse(record, error)
            return IntakeCount(failed=1, trouble=error)
        return IntakeCount(settled=int(is_done), failed=int(not is_done))

    def _judge_together(self, batch: Batch, stop: Callable[[], bool]) -> IntakeCount:
        """Judges mails in order in one transaction, until the next one is not read yet or has to be settled alone."""
        wait([batch.reading[batch.waiting[0].id]])
        ready = list(takewhile(lambda one: one.id in batch.reading and batch.reading[one.id].done(), batch.waiting))
        self._settler.look_up(ready)
        done: list[tuple[MessageRecord, bool]] = []
        settled: list[MessageRecord] = []
        before = len(self.put_back)
        try:
            # The files are durable before the transaction that names them is committed.
            with self._stopwatch.time(Stage.FILE), self._ledger.together(), self._settler.together():
                records = self._note_headers(batch, ready)
                self._judge_in_order(batch, records, stop, done, settled)
        except OUR_TROUBLE as error:
            log.warning("batch taken apart: %s", error)
            # Rolled back with the transaction, these are settled one by one now.
            del self.put_back[before:]
            batch.drop_readings()
            return IntakeCount()
        for record, _ in done:
            batch.waiting.popleft()
            _clear(batch.reading.pop(record.id))
        self._settler.discard([(record, batch.spooled[record.id]) for record in settled])
        failed = sum(not is_done for _, is_done in done)
        put_back = len(self.put_back) - before
        return IntakeCount(settled=len(done) - failed - put_back, failed=failed)

    def _note_headers(self, batch: Batch, ready: Sequence[MessageRecord]) -> Iterable[MessageRecord]:
        """The mails with sender and subject, as the ledger has them now. Those that could not be read have none."""
        readings = {one.id: batch.reading[one.id] for one in ready}
        messages = {id_: one.result().message for id_, one in readings.items() if one.exception() is None}
        return self._settler.record_headers(ready, messages)

    def _judge_in_order(
        self,
        batch: Batch,
        records: Iterable[MessageRecord],
        stop: Callable[[], bool],
        done: list[tuple[MessageRecord, bool]],
        settled: list[MessageRecord],
    ) -> None:
        for record in records:
            if done and stop():
                return
            reading = batch.reading[record.id]
            try:
                with self._stopwatch.time(Stage.JUDGE):
                    is_done = self._attempts.make(record, partial(self._judge, record, reading, settled))
            except NotAsked:
                _clear(batch.reading.pop(record.id))
                return
            done.append((record, is_done))

    def _judge(self, record: MessageRecord, reading: Future[ReadMail], settled: list[MessageRecord]) -> None:
        read = reading.result()
        if read.is_hard or self._is_behind_a_late_one(record, read):
            self._late_lines |= self._settler.name_lines(record, read)
            self._ledger.messages.uncount_attempt(record.id)
            self.put_back.append(record)
        elif self._settler.settle_read(record, read):
            settled.append(record)

    def _is_behind_a_late_one(self, record: MessageRecord, read: ReadMail) -> bool:
        if not self._late_lines:
            return False
        return not self._late_lines.isdisjoint(self._settler.name_lines(record, read))


def _clear(reading: Future[ReadMail]) -> None:
    """Removes the files of a mail that was read, or that is not to be read any more."""
    if not reading.cancel() and reading.exception() is None:
        shutil.rmtree(reading.result().work, ignore_errors=True)
