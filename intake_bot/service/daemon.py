"""The daemon of `run`: each bureau receives, serves its clerks, sends and files digests at its own pace, until a signal
stops it."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import FrameType

from intake_bot.clock import Clock
from intake_bot.config.settings import Settings
from intake_bot.errors import IntakeError
from intake_bot.mail.command_socket import cut_all
from intake_bot.mail.connection import Backoff
from intake_bot.outbox.deliver import DeliveryCount
from intake_bot.service.bureau_work import BureauWork, JobKind, UnexpectedFailure
from intake_bot.service.config_watcher import ConfigWatcher
from intake_bot.service.pinger import Pinger
from intake_bot.service.schedule import Job, Schedule, job_id
from intake_bot.service.systemd import Watchdog, notify
from intake_bot.service.workplace import Workplace

log = logging.getLogger(__name__)

DIGEST_CHECK_SECONDS = 60
EDIT_CHECK_SECONDS = 3
HEALTH_CHECK_SECONDS = 1
STOP_CHECK_SECONDS = 0.5
GRACE_SECONDS = 10.0
"""Time that mail servers have to end what they are at when the daemon is to stop."""
STUCK_SECONDS = 3600
"""Maximum time for one mail, over the slowest connection. After this time and two poll intervals without a sign of life
the daemon counts as hung, and the systemd watchdog restarts it."""
_HOUSE = "/"
"""The group of the jobs that belong to no bureau. No bureau has this id, which is the name of a file."""
MINIMUM_DRIFT = timedelta(seconds=5)
"""Minimum drift treated as a clock change: time servers adjust the clock by less."""


class ClockWatch:
    """Detects that the clock was set or the machine slept, by comparing the clock with the elapsed time."""

    def __init__(self, clock: Clock, elapsed: Callable[[], float] = time.monotonic) -> None:
        """`elapsed` returns the seconds of a monotonic clock."""
        self._clock = clock
        self._elapsed = elapsed
        self._drift = self._difference()

    def jump(self) -> timedelta:
        """Time by which the clock was set since the last call, negative for backward; zero if it was not."""
        change = self._difference() - self._drift
        if abs(change) < MINIMUM_DRIFT:
            return timedelta()
        self._drift += change
        return change

    def _difference(self) -> timedelta:
        return self._clock() - datetime.fromtimestamp(0, UTC) - timedelta(seconds=self._elapsed())


class Daemon:
    """Polls every mailbox at intervals, carries out orders, sends what is due, files digests, and takes over edits of
    the configuration.

    Each bureau has a job for each of these, and none waits for another."""

    def __init__(self, workplace: Workplace, settings: Settings, watcher: ConfigWatcher, stop: threading.Event) -> None:
        """`stop` ends the daemon between two mails or letters; the workplace's pauses end with it."""
        self._workplace = workplace
        self._settings = settings
        self._watcher = watcher
        self._clock = workplace.clock
        self._stopping = stop
        self._pinger = Pinger(settings.intake.health.ping_url)
        self._pinged = 0.0
        self._schedule = Schedule(self._clock, settings.intake.zone)
        self._closing: list[threading.Thread] = []
        self._backoffs: dict[str, Backoff] = {}
        """By the id of a job."""

    def run(self) -> None:
        """Runs until SIGTERM or SIGINT (Ctrl-C), then finishes the current mails and letters and returns."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        for work in self._workplace.works.values():
            self._add_jobs(work)
        self._schedule.add(Job(_HOUSE, "edits", EDIT_CHECK_SECONDS, self._watch_config))
        self._schedule.add(Job(_HOUSE, "health", HEALTH_CHECK_SECONDS, self._write_health))
        every = self._settings.intake.polling.every_seconds
        log.info("started bureaus=%s every=%ds", ",".join(self._workplace.works), every)
        watch, watchdog = ClockWatch(self._clock), Watchdog()
        self._schedule.start()
        notify("READY=1", "STATUS=已启动")
        if not self._stopping.wait(STOP_CHECK_SECONDS):  # the first requests to the servers come before it
            import_the_rest()
        while not self._stopping.wait(STOP_CHECK_SECONDS):
            if jump := watch.jump():
                log.warning("clock moved seconds=%+d", jump.total_seconds())
                self._schedule.run_all_now()
            longest_silence = STUCK_SECONDS + 2 * self._settings.intake.polling.every_seconds
            if self._schedule.silent_seconds() < longest_silence:
                watchdog.feed()
        notify("STOPPING=1", "STATUS=正在停止，先做完手头的一封")
        with _cutting_slow_servers():
            self._schedule.stop()  # waits for the jobs that are running
            for closing in self._closing:
                closing.join()
        self._workplace.health.write()
        log.info("stopped")

    def _stop(self, number: int, _frame: FrameType | None) -> None:
        """Signal handler. It only sets an event, since it may run between any two steps of `run`."""
        log.info("stopping signal=%s", signal.Signals(number).name)
        self._stopping.set()

    # ---- the jobs of a bureau ----------------------------------------------------------------------------------------

    def _add_jobs(self, work: BureauWork) -> None:
        group = work.bureau.id
        every = self._settings.intake.polling.every_seconds
        receive = Job(group, JobKind.RECEIVE, every, lambda: self._receive(work, receive))
        supply = Job(group, JobKind.SUPPLY, every, lambda: self._take_supplies(work))
        orders = Job(group, JobKind.ORDERS, every, lambda: self._carry_out_orders(work))
        send = Job(group, JobKind.SEND, every, lambda: self._send(work, send))
        # The ledger decides whether a digest is due: a restart or suspend at its hour does not lose it, and a clock
        # that is set back does not repeat it.
        digest = Job(group, JobKind.DIGEST, DIGEST_CHECK_SECONDS, lambda: self._file_due_digest(work))
        for job in (receive, supply, orders, send, digest):
            self._schedule.add(job)

    def _receive(self, work: BureauWork, job: Job) -> float | None:
        letters, orders = _id(work, JobKind.SEND), _id(work, JobKind.ORDERS)

        def should_stop() -> bool:
            job.give_sign()
            self._schedule.call(orders)
            self._schedule.call(letters)  # each receipt leaves at once, and not behind the last mail of a backlog
            return self._stopping.is_set()

        run = work.receive(should_stop)
        taken = run.result
        log.info(
            "received bureau=%s seen=%d settled=%d failed=%d", work.bureau.id, taken.seen, taken.settled, taken.failed
        )
        self._schedule.call(orders)
        self._schedule.call(letters)
        return self._rest(work, JobKind.RECEIVE, run.trouble)

    def _take_supplies(self, work: BureauWork) -> float | None:
        if self._stopping.is_set():
            return None
        run = work.take_supplies()
        if run.result:
            self._schedule.call(_id(work, JobKind.SEND))
        return self._rest(work, JobKind.SUPPLY, run.trouble)

    def _carry_out_orders(self, work: BureauWork) -> float | None:
        if self._stopping.is_set():
            return None
        run = work.carry_out_orders()
        if run.result:
            self._schedule.call(_id(work, JobKind.SEND))
        return self._rest(work, JobKind.ORDERS, run.trouble)

    def _send(self, work: BureauWork, job: Job) -> float | None:
        def should_stop() -> bool:
            job.give_sign()
            return self._stopping.is_set()

        run = work.send(should_stop)
        if run.result != DeliveryCount():
            sent, deferred, failed = run.result.sent, run.result.deferred, run.result.failed
            log.info("delivered bureau=%s sent=%d deferred=%d failed=%d", work.bureau.id, sent, deferred, failed)
        return self._rest(work, JobKind.SEND, run.trouble)

    def _file_due_digest(self, work: BureauWork) -> float | None:
        if self._stopping.is_set():
            return None
        run = work.file_due_digest()
        self._schedule.call(_id(work, JobKind.SEND))  # the digest, and alerts
        return self._rest(work, JobKind.DIGEST, run.trouble)

    def _rest(self, work: BureauWork, kind: JobKind, trouble: IntakeError | None) -> float | None:
        """The seconds until a job that met trouble runs again: the interval, and longer each time while the program
        itself is at fault."""
        every = DIGEST_CHECK_SECONDS if kind is JobKind.DIGEST else self._settings.intake.polling.every_seconds
        backoff = self._backoffs.setdefault(_id(work, kind), Backoff(time.monotonic))
        if not isinstance(trouble, UnexpectedFailure):
            backoff.reset()
            return every if trouble is not None else None
        backoff.back_off()
        return max(every, backoff.seconds_left)

    # ---- the jobs of the house ---------------------------------------------------------------------------------------

    def _watch_config(self) -> None:
        """Takes over edits. A mail that is being judged is still judged by the old configuration."""
        settings = None if self._stopping.is_set() else self._watcher.take_edit(self._settings)
        self._workplace.report_edits(self._watcher.faulty)
        if settings is None:
            return
        try:
            gone = self._workplace.use_settings(settings)
        except IntakeError as error:  # edited again just now, or the ledger is busy: the next check tries again
            log.warning("edit not taken over: %s", error)
            self._watcher.read_again()
            return
        self._settings = settings
        self._pinger = Pinger(settings.intake.health.ping_url)
        for work in gone:
            self._schedule.remove(work.bureau.id)
            self._closing.append(threading.Thread(target=work.close, name=f"close {work.bureau.id}"))
            self._closing[-1].start()
        every = settings.intake.polling.every_seconds
        for work in self._workplace.works.values():
            if not self._schedule.has(work.bureau.id):
                self._add_jobs(work)
                continue
            for kind in (JobKind.RECEIVE, JobKind.SUPPLY, JobKind.ORDERS, JobKind.SEND):
                self._schedule.set_interval(_id(work, kind), every)
            self._schedule.call(_id(work, JobKind.DIGEST))
        log.info("configuration read anew bureaus=%s every=%ds", ",".join(self._workplace.works), every)

    def _write_health(self) -> None:
        """Writes the health file, and pings the monitor once in a poll interval while all is well."""
        health = self._workplace.health
        if health.is_outdated():
            health.write()
            notify(f"STATUS={health.words}")
        now = time.monotonic()
        if health.is_well and now - self._pinged >= self._settings.intake.polling.every_seconds:
            self._pinged = now
            self._pinger.ping()


def import_the_rest() -> None:
    """Imports what the first mail, order, reminder and digest need. It is not left to them: an upgrade of the program's
    files would give a service that runs for weeks one half of each version."""
    import intake_bot.desk.clerk_desk
    import intake_bot.desk.supply_folder
    import intake_bot.digests.package.archive
    import intake_bot.digests.write_digest
    import intake_bot.intake.bounced_letter
    import intake_bot.intake.judgement  # noqa: F401 - loaded, and used by others


@contextmanager
def _cutting_slow_servers() -> Iterator[None]:
    """Ends all connections when the block lasts longer than GRACE_SECONDS. A mail that was being fetched is fetched
    again by the next run, and a letter in between is in doubt and settled then: nothing is lost by it."""
    is_over = threading.Event()

    def cut() -> None:
        wait = GRACE_SECONDS
        while not is_over.wait(wait):
            cut_all()
            wait = STOP_CHECK_SECONDS  # a job may have connected anew

    thread = threading.Thread(target=cut, name="cut")
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def _id(work: BureauWork, kind: JobKind) -> str:
    return job_id(work.bureau.id, kind)
