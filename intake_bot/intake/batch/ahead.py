"""Reads and measures the mails of a batch ahead of their judgement, several at a time.

Judging a mail asks the ledger, and goes by what the mails before it became: it is done by one thread, in order. Reading
its bytes and opening its files depends on nothing but itself, and takes most of the time.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from queue import LifoQueue
from types import TracebackType
from typing import Self

from intake_bot.config.notice_context import NoticeContext
from intake_bot.config.settings import Limits
from intake_bot.files.worker.recorded import Opener, Recorder
from intake_bot.files.worker.worker import Worker
from intake_bot.home.services import Services
from intake_bot.intake.batch.stopwatch import Stage, Stopwatch
from intake_bot.intake.opening import NOTHING_SUPPLIED, open_growing_mail, open_mail_apart
from intake_bot.ledger.values.records import MessageRecord
from intake_bot.mail.imap.spool import SpooledMail
from intake_bot.mail.message import Message


@dataclass(frozen=True)
class ReadMail:
    """A mail that was read. `opener` has what the worker said of its files, where the mail looked like a submission."""

    message: Message
    opener: Opener
    work: Path
    """A folder of its own, with its decoded files."""
    is_ahead: bool = False
    """It was read before its turn: other mails of its batch may be judged meanwhile."""
    is_hard: bool = False
    """Its files take more time than there was ahead."""


class ReadAhead:
    """Threads with a worker process each; the first is that of the services, the others are started for a batch and end
    with this."""

    def __init__(self, services: Services, folder: Path, stopwatch: Stopwatch) -> None:
        self._stopwatch = stopwatch
        self._limits = services.settings.intake.limits
        self._folder = folder
        self._helpers = [Worker(self._limits.allowance) for _ in range(self._limits.workers - 1)]
        self._asleep = deque([services.worker, *self._helpers])
        self._idle: LifoQueue[Worker] = LifoQueue()
        # One more, which loads what judges: a mail that it begins to read waits for a worker like all others.
        self._threads = ThreadPoolExecutor(self._limits.workers + 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._threads.shutdown(cancel_futures=True)
        for worker in self._helpers:
            worker.close()

    @contextmanager
    def worker(self) -> Iterator[Worker]:
        """One of the workers that were woken, as soon as one is idle."""
        worker = self._idle.get()
        try:
            yield worker
        finally:
            self._idle.put(worker)

    def wake(self, mails: int) -> None:
        """Begins to start the processes that so many mails need, and to load what judges them: to be called before they
        are fetched, as both together take longer than to fetch a small mail and to read it."""
        if len(self._asleep) == self._limits.workers:
            self._threads.submit(_load_judging)
        while self._asleep and self._limits.workers - len(self._asleep) < mails:
            self._threads.submit(self._start_worker, self._asleep.popleft())

    def _start_worker(self, worker: Worker) -> None:
        try:
            worker.start()
        finally:  # what keeps it from starting is met again, and reported, by the mail for which it is asked
            self._idle.put(worker)

    def start(self, record: MessageRecord, raw: Path, context: NoticeContext, share: float) -> Future[ReadMail]:
        """Begins to read the raw mail; its files may take this share of the time of a mail. The result raises what
        reading and the worker raise."""
        return self._threads.submit(self._read, record, partial(open_mail_apart, raw), context, share)

    def follow(
        self, record: MessageRecord, growing: Path, whole: Future[SpooledMail], context: NoticeContext
    ) -> Future[ReadMail]:
        """The same for a mail that is still being fetched; `whole` gets the one in the spool, or is cancelled."""
        return self._threads.submit(self._read, record, partial(open_growing_mail, growing, whole), context, 1)

    def _read(
        self,
        record: MessageRecord,
        open_mail: Callable[[Path, Limits, Worker], Message],
        context: NoticeContext,
        share: float,
    ) -> ReadMail:
        work = Path(tempfile.mkdtemp(dir=self._folder))
        try:
            with self.worker() as worker:
                with self._stopwatch.time(Stage.READ):
                    message = open_mail(work, self._limits, worker)
                return self._measure(record, message, work, worker, context, share)
        except BaseException:
            shutil.rmtree(work, ignore_errors=True)
            raise

    def _measure(
        self, record: MessageRecord, message: Message, work: Path, worker: Worker, context: NoticeContext, share: float
    ) -> ReadMail:
        # With the first mail: a pass that finds none starts without what measures it.
        from intake_bot.intake.checks import decide_before_files
        from intake_bot.intake.gather import Gatherer
        from intake_bot.intake.prior_mail import NoPriorMail

        recorder = Recorder(worker)
        gatherer = Gatherer(record.arrival, context, work, NoPriorMail(), recorder)
        gatherer.budget.limit(share)
        found = gatherer.read(message, NOTHING_SUPPLIED)
        if decide_before_files(found) is None:
            with self._stopwatch.time(Stage.MEASURE):
                gatherer.inspect_own(found.mail)
        is_hard = share < 1 and gatherer.budget.is_spent
        return ReadMail(message, recorder.replay, work, is_ahead=True, is_hard=is_hard)


def _load_judging() -> None:
    # With the first mail: a pass that finds none starts without it.
    import intake_bot.intake.judgement  # noqa: F401 - loaded, and used by the settler
