"""`run`: APScheduler repeats the rounds until a signal ends it, cleanly, between two mails; edits are taken over."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import FrameType

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from intake_bot.clock import Clock
from intake_bot.config.settings import Settings
from intake_bot.errors import IntakeError
from intake_bot.health.pinging import Pinger
from intake_bot.health.systemd import Watchdog, notify
from intake_bot.rereading import Rereading
from intake_bot.rounds import Rounds

log = logging.getLogger(__name__)

DIGEST_CHECK_SECONDS = 60
EDIT_CHECK_SECONDS = 3
TURN_SECONDS = 1
"""So long a look at edits waits for its turn: less than until the next look."""
STOP_CHECK_SECONDS = 0.5
STUCK_SECONDS = 3600
"""Longer than this no mail takes, be the line ever so slow: who is silent for so long, beside the pause between two
rounds, hangs. The watchdog may then end us."""
JUMP = timedelta(seconds=5)
"""By so much the clock must have moved against the time that passed, to have been set: time servers move it by less."""


class ClockWatch:
    """Notices that the clock was set, or that the machine slept: its time then goes apart from the time that passed."""

    def __init__(self, clock: Clock, passed: Callable[[], float] = time.monotonic) -> None:
        """`passed` gives seconds from any beginning, and nobody can set it."""
        self._clock = clock
        self._passed = passed
        self._apart = self._difference()

    def jump(self) -> timedelta:
        """How far the clock moved, backward or forward, since a jump was last told of; zero when it did not."""
        moved = self._difference() - self._apart
        if abs(moved) < JUMP:
            return timedelta()
        self._apart += moved
        return moved

    def _difference(self) -> timedelta:
        return self._clock() - datetime.fromtimestamp(0, UTC) - timedelta(seconds=self._passed())


class Every(IntervalTrigger):  # type: ignore[misc]  # it ships no types
    """An interval that forgets the runs it missed. APScheduler would list each of them before it runs one: for a
    machine that wakes without a clock, in 1970, and is then set right, that is gigabytes."""

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        last = previous_fire_time and max(previous_fire_time, now)
        following: datetime | None = super().get_next_fire_time(last, now)
        return following


class Daemon:
    """Polls every mailbox, and files every digest at its hour."""

    def __init__(self, settings: Settings, rounds: Rounds, rereading: Rereading, clock: Clock) -> None:
        self._settings = settings
        self._rounds = rounds
        self._rereading = rereading
        self._clock = clock
        self._stopping = threading.Event()
        self._pinger = Pinger(settings.intake.health.ping_url)
        self._last_sign = time.monotonic()
        # The ledger and the kept connections belong to one job at a time; a digest waits for the mail in hand.
        self._turn = threading.Lock()
        self._scheduler = BackgroundScheduler(
            timezone=settings.intake.zone,
            # misfire_grace_time defaults to one second: after a suspend, or a slow round, the run would be dropped.
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )

    def run(self) -> None:
        """Works until SIGTERM or SIGINT (Ctrl-C); then finishes the mail or letter in hand and returns."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        every = self._settings.intake.polling.every_seconds
        start = self._now()
        self._scheduler.add_job(self._poll, Every(seconds=every), next_run_time=start, id="poll")
        # Whether a digest is due is asked of the ledger, again and again: so neither a restart nor a suspend over its
        # hour loses it, and a clock set back does not repeat it.
        trigger = Every(seconds=DIGEST_CHECK_SECONDS)
        self._scheduler.add_job(self._file_digests, trigger, next_run_time=start, id="digest")
        self._scheduler.add_job(self._reread, Every(seconds=EDIT_CHECK_SECONDS), next_run_time=start, id="edits")
        log.info("started bureaus=%s every=%ds", ",".join(b.id for b in self._settings.bureaus), every)
        self._scheduler.start()
        notify("READY=1", "STATUS=已启动")
        watch, watchdog = ClockWatch(self._clock), Watchdog()
        while not self._stopping.is_set():
            time.sleep(STOP_CHECK_SECONDS)
            self._mind(watch.jump())
            if time.monotonic() - self._last_sign < STUCK_SECONDS + 2 * self._settings.intake.polling.every_seconds:
                watchdog.feed()
        notify("STOPPING=1", "STATUS=正在停止，先做完手头的一封")
        self._scheduler.shutdown()  # waits for the job in hand
        log.info("stopped")

    def _mind(self, jump: timedelta) -> None:
        """The scheduler waits for a time of day: with a clock set back by five hours, five hours too long."""
        if not jump:
            return
        log.warning("clock moved seconds=%+d", jump.total_seconds())
        for job in self._scheduler.get_jobs():
            job.modify(next_run_time=self._now())

    def _now(self) -> datetime:
        return self._clock().astimezone(self._settings.intake.zone)

    def _stop(self, number: int, _frame: FrameType | None) -> None:
        """Only remembers: it runs between any two steps of `run`, and once for every signal."""
        log.info("stopping signal=%s", signal.Signals(number).name)
        self._stopping.set()

    def _is_ending(self) -> bool:
        """Asked between two mails and two letters; that it is asked at all shows that the work goes on."""
        self._last_sign = time.monotonic()
        self._rounds.health.sign_of_life()
        return self._stopping.is_set()

    def _poll(self) -> None:
        settings = self._settings
        for bureau in settings.bureaus:
            with self._turn:
                if self._is_ending() or settings is not self._settings:
                    return
                done = self._rounds.go(bureau, self._is_ending)
            log.info(
                "round bureau=%s seen=%d settled=%d failed=%d sent=%d deferred=%d",
                bureau.id, done.taken.seen, done.taken.settled, done.taken.failed,
                done.delivered.sent, done.delivered.deferred,
            )  # fmt: skip
        health = self._rounds.health
        notify(f"STATUS={health.words}")
        if health.is_well:
            self._pinger.ping()

    def _reread(self) -> None:
        """Between two rounds: the mail in hand is judged by the rules with which it was begun."""
        # A long round is not waited for: the looks behind it would pile up, and each be told in the log.
        if not self._turn.acquire(timeout=TURN_SECONDS):
            return
        try:
            settings = None if self._stopping.is_set() else self._rereading.settings()
            self._rounds.faulty_edit = self._rereading.faulty
            if settings is None:
                return
            try:
                self._rounds.take_over(settings)
            except IntakeError as error:  # edited once more in this moment: it is looked at in the next one
                log.warning("edit not taken over: %s", error)
                return
            self._settings = settings
            self._pinger = Pinger(settings.intake.health.ping_url)
        finally:
            self._turn.release()
        every = settings.intake.polling.every_seconds
        self._scheduler.modify_job("poll", trigger=Every(seconds=every), next_run_time=self._now())
        self._scheduler.modify_job("digest", next_run_time=self._now())
        log.info("configuration read anew bureaus=%s every=%ds", ",".join(b.id for b in settings.bureaus), every)

    def _file_digests(self) -> None:
        settings = self._settings
        for bureau in settings.bureaus:
            with self._turn:
                if self._stopping.is_set() or settings is not self._settings:
                    return
                try:
                    self._rounds.file_due_digest(bureau)
                except IntakeError as error:  # asked again in a minute
                    log.warning("digest put off bureau=%s: %s", bureau.id, error)
